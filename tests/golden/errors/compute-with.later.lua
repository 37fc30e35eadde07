-- rnngen show c models/lstm_four_gates.lua THIS --target avx2
return function(m)
	m.a_f:compute_with(m.a_i, "j")
	m.a_i:compute_at(m.c, "n")
end
