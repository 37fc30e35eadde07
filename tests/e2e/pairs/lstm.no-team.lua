-- Parallel loops without a team that stays: OpenMP starts and ends one for each.
return function(m)
	m.a:extract("xw", "x"):parallel("t")
	m.a:parallel("n")
	m.c:split("i", "io", "ii", 7):parallel("io"):unroll("ii")
	m.h:compute_root():split("n", "no", "ni", 2):parallel("no")
end
