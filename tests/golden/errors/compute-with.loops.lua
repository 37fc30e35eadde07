-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.c:split("i", "io", "ii", 8)
	m.a:compute_with(m.c, "n")
end
