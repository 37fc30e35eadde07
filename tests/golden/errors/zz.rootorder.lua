-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:compute_at(m.c, "n"):compute_root()
end
