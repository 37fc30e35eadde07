-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:pack("U", "i", "j", "g")
	m.a:pack("U", "j", "i", "g")
end
