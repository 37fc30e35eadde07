-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:split("i", "io", "ii", 8):vectorize("ii")
	m.c:compute_at(m.h, "ii")
end
