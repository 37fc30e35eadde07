-- rnngen show c models/char_lm.lua THIS --target avx2
return function(m)
	m.x:pack("E", "v/8", "d", "v%8")
end
