-- rnngen show c models/lstm_four_gates.lua THIS --target avx2
return function(m)
	m.a_i:pack({ "U_i", "b_i" }, "i", "j", "tensor")
end
