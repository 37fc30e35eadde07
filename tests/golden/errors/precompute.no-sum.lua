-- rnngen show c models/gru.lua THIS --target avx2
return function(m)
	m.h:precompute("hp", "h")
	m.g:precompute("zp", "z")
end
