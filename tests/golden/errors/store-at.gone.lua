-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:split("i", "io", "ii", 16)
	m.c:compute_at(m.h, "io")
	m.a:compute_at(m.h, "io"):store_at(m.h, "n")
	m.h:split("n", "no", "ni", 2)
end
