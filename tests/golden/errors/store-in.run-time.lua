-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:order("i", "n")
	m.c:compute_at(m.h, "i")
	m.a:compute_at(m.h, "i"):store_in("stack")
end
