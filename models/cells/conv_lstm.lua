-- cells/conv_lstm.lua · ConvLSTM (Shi et al., 2015, arXiv 1506.04214): an LSTM over pictures, with peepholes
--
--   i = sigmoid(W_i * x + U_i * h' + P_i c' + b_i)      f likewise      c = f c' + i tanh(W_c * x + U_c * h' + b_c)
--   o = sigmoid(W_o * x + U_o * h' + P_o c  + b_o)                      h = o tanh(c)
--
-- * is a convolution of K by K (odd) with zeros around the picture; P, the paper's W_c., holds a weight for each place.
-- conv_lstm(t, n, x, C, H, Y, X, K): H channels over the C of x[t][n][C][Y][X]; returns h and c. Order i f c o in
-- W, U and b, order i f o in P.
local T, N = dims("T", "N")

return function(t, n, x, C, H, Y, X, K)
	local g, m, c_in, h_in, y, z, p, q = axes("g", "m", "c_in", "h_in", "y", "z", "p", "q")
	local W, U = param("W", f32, {4, H, C, K, K}), param("U", f32, {4, H, H, K, K})
	local P, b = param("P", f32, {3, H, Y, X}), param("b", f32, {4, H})
	local a = func("a", f32, {T, N, 4, H, Y, X})           -- what the convolutions give
	local c, h = state("c", f32, {T, N, H, Y, X}), state("h", f32, {T, N, H, Y, X})
	local d = K // 2
	a[t][n][g][m][y][z] = b[g][m] + sum({c_in, p, q}, W[g][m][c_in][p][q] * x:pad(0)[t][n][c_in][y+p-d][z+q-d])
	                              + sum({h_in, p, q}, U[g][m][h_in][p][q] * h:pad(0)[t-1][n][h_in][y+p-d][z+q-d])
	local i = sigmoid(a[t][n][0][m][y][z] + P[0][m][y][z] * c[t-1][n][m][y][z])
	local f = sigmoid(a[t][n][1][m][y][z] + P[1][m][y][z] * c[t-1][n][m][y][z])
	local o = sigmoid(a[t][n][3][m][y][z] + P[2][m][y][z] * c[t][n][m][y][z])
	c[t][n][m][y][z] = f * c[t-1][n][m][y][z] + i * tanh(a[t][n][2][m][y][z])
	h[t][n][m][y][z] = o * tanh(c[t][n][m][y][z])
	return h, c
end
