-- Vectors over units, tails in them, and the gather, while steps before the first are read.
return function(m)
	m.h:split("i", "io", "ii", 16):order("n", "io", "k", "j", "ii"):vectorize("ii"):parallel("n")
	m.s:split("i", "io", "ii", 8):vectorize("ii")
	m.time:persistent { barrier = "spin" }
end
