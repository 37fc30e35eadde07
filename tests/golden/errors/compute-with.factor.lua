-- rnngen show c models/lstm_four_gates.lua THIS --target avx2
return function(m)
	m.a_i:split("i", "io", "ii", 8)
	m.a_f:split("i", "io", "ii", 16)
	m.a_f:compute_with(m.a_i, "io")
end
