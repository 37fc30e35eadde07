-- rnngen show nest models/lstm.lua --set H=32768 THIS
return function(m)
	m.c:compute_at(m.h, "n")
	m.a:compute_at(m.h, "n"):store_in("stack")
end
