-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:pack("a", "i", "t", "g", "n")
	m.a:compute_at(m.h, "n")
end
