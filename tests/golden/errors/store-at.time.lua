-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:split("n", "no", "ni", 2):order("no", "t", "ni", "i")
	m.c:compute_at(m.h, "ni")
	m.a:compute_at(m.h, "ni"):store_at(m.h, "no")
end
