-- models/rnnoise.lua · RNNoise (Valin, 2018, arXiv 1709.08243): gains for 22 bands and voice activity from 42 features
--
-- Three GRUs with relu candidates between dense layers, each over several of the layers below. A GRU as
-- Keras had it: order z r h, and the reset before the product:
--
--   z = sigmoid(W_z x + U_z h' + b_z)   r likewise   q = relu(W_h x + U_h (r h') + b_h)   h = z h' + (1 - z) q
local T, N = dims("T", "N")
local X, D, V = dim("X", 42), dim("D", 24), dim("V", 24)                 -- features, first dense layer, VAD's GRU
local M, H, B = dim("M", 48), dim("H", 96), dim("B", 22)                 -- noise's GRU, denoising GRU, bands
local t, n = time("t", T), axis("n")

local function dense(name, act, x, X, H)
	return scope(name, function()
		local i, k = axes("i", "k")
		local W, b = param("W", f32, {H, X}), param("b", f32, {H})
		local a, y = func("a", f32, {T, N, H}), func("y", f32, {T, N, H})
		a[t][n][i] = b[i] + sum(k, W[i][k] * x[t][n][k])
		y[t][n][i] = act(a[t][n][i])
		return y
	end)
end

local function gru(name, x, X, H)
	return scope(name, function()
		local i, j, k = axes("i", "j", "k")
		local W, U, b = param("W", f32, {3, H, X}), param("U", f32, {3, H, H}), param("b", f32, {3, H})
		local z, r, q = func("z", f32, {T, N, H}), func("r", f32, {T, N, H}), func("q", f32, {T, N, H})
		local h = state("h", f32, {T, N, H})
		z[t][n][i] = sigmoid(b[0][i] + sum(k, W[0][i][k] * x[t][n][k]) + sum(j, U[0][i][j] * h[t-1][n][j]))
		r[t][n][i] = sigmoid(b[1][i] + sum(k, W[1][i][k] * x[t][n][k]) + sum(j, U[1][i][j] * h[t-1][n][j]))
		q[t][n][i] = relu(b[2][i] + sum(k, W[2][i][k] * x[t][n][k]) + sum(j, U[2][i][j] * (r[t][n][j] * h[t-1][n][j])))
		h[t][n][i] = z[t][n][i] * h[t-1][n][i] + (1 - z[t][n][i]) * q[t][n][i]
		return h
	end)
end

local function join(name, a, A, b, B, c, C)
	local k = axis("k")
	local y = func(name, f32, {T, N, A + B + C})
	y[t][n][k] = a:pad(0)[t][n][k] + b:pad(0)[t][n][k-A] + c:pad(0)[t][n][k-A-B]
	return y
end

local x = input("x", f32, {T, N, X})
local features = dense("input_dense", tanh, x, X, D)
local voice = gru("vad_gru", features, D, V)
local vad = dense("vad_output", sigmoid, voice, V, 1)
local noise = gru("noise_gru", join("noise_input", features, D, voice, V, x, X), D + V + X, M)
local clean = gru("denoise_gru", join("denoise_input", voice, V, noise, M, x, X), V + M + X, H)
local gains = dense("denoise_output", sigmoid, clean, H, B)

return model { name = "rnnoise", inputs = {x}, outputs = {gains, vad}, states = {voice, noise, clean} }
