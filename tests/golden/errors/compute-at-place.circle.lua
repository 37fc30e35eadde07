-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.c:compute_at(m.h, "n")
	m.h:compute_at(m.c, "n")
end
