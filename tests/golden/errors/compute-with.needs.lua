-- rnngen show c models/gru.lua THIS --target avx2
return function(m)
	m.h:compute_with(m.r, "i")
end
