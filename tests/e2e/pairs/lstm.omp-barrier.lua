-- Teams that wait at OpenMP's own barrier; gates side by side in the result's order.
return function(m)
	m.a:extract("xw", "x"):split("i", "io", "ii", 8):order("io", "t", "n", "g", "k", "ii"):vectorize("ii"):parallel("io")
	m.h:split("i", "io", "ii", 8):vectorize("ii"):parallel("io")
	m.c:compute_at(m.h, "io"):vectorize("i")
	m.a:compute_at(m.h, "io"):order("n", "j", "g", "i"):unroll("g"):vectorize("i")
	m.time:persistent { barrier = "omp" }
end
