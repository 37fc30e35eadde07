-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:compute_at(m.h, "n")
end
