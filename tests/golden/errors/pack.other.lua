-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.c:pack("a", "i", "g", "n", "t")
end
