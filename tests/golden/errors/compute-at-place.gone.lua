-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.c:compute_at(m.h, "i")
	m.h:split("i", "io", "ii", 8)
end
