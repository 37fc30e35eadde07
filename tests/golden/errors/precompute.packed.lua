-- rnngen show c models/gru.lua THIS --target avx2
return function(m)
	m.g:pack("U", "i/8", "2", "j", "i%8"):precompute("rh", "r")
	m.z:prefetch("U", "j", 8):precompute("Uz", "U")
end
