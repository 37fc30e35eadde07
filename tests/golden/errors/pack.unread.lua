-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:pack("U", "i", "j", "g")
end
