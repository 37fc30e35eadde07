-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:compute_at(m.c, "i")
	m.c:compute_at(m.h, "n")
	m.h:parallel("n")
end
