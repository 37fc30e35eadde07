-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:parallel("n")
	m.c:compute_at(m.h, "n"):parallel("i")
end
