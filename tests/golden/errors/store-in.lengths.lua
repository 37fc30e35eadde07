-- rnngen show nest models/lstm.lua THIS
return function(m)
	local V = m.target.lanes
	m.h:split("i", "io", "ii", V):unroll("ii")
	m.c:compute_at(m.h, "io"):unroll("i")
	m.a:compute_at(m.h, "io"):order("n", "k", "j", "g", "i"):unroll("g"):vectorize("i"):store_in("registers")
end
