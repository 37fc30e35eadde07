-- Teams that wait at one counter; each stage is a loop of its own, so that every step has several barriers.
return function(m)
	m.a:split("i", "io", "ii", 4):order("io", "n", "g", "k", "j", "ii"):vectorize("ii"):parallel("io")
	m.c:split("i", "io", "ii", 4):order("io", "n", "ii"):vectorize("ii"):parallel("io")
	m.h:split("i", "io", "ii", 16):order("io", "n", "ii"):vectorize("ii"):parallel("io")
	m.time:persistent { barrier = "spin" }
end
