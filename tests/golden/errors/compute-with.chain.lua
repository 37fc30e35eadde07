-- rnngen show c models/lstm_four_gates.lua THIS --target avx2
return function(m)
	m.a_f:compute_with(m.a_i, "i")
	m.a_g:compute_with(m.a_f, "i")
end
