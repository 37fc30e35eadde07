-- Functions within 1 ulp, in vectors and in their tails.
return function(m)
	m:math { ulp = 1 }
	m.h:split("i", "io", "ii", m.target.lanes, "mask"):order("n", "io", "ii"):vectorize("ii")
	m.c:compute_at(m.h, "n"):split("i", "io", "ii", m.target.lanes):vectorize("ii")
	m.a:compute_at(m.h, "n")
end
