-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:split("i", "io", "ii", 32):unroll("ii")
	m.c:compute_at(m.h, "io"):unroll("i")
	m.a:compute_at(m.h, "io"):unroll("g", "i"):store_in("registers")
end
