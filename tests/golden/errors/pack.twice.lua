-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:pack("U", "i", "i/16", "j", "g", "i%16")
end
