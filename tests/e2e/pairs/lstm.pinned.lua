-- A team whose threads stay on a core each.
return function(m)
	m.h:split("i", "io", "ii", 16):order("io", "n", "ii"):vectorize("ii"):parallel("io")
	m.c:compute_at(m.h, "n"):vectorize("i")
	m.a:compute_at(m.h, "n"):order("n", "k", "j", "g", "i"):unroll("g"):vectorize("i")
	m.time:persistent { barrier = "flag", pin = true }
end
