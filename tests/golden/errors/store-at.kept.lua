-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:split("i", "io", "ii", 16)
	m.c:compute_at(m.h, "io")
	m.c:store_at(m.h, "n")
end
