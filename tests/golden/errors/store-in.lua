-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.c:compute_at(m.h, "n")
	m.a:compute_at(m.h, "n"):store_in("registers")
end
