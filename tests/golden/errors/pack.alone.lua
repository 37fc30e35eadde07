-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:pack("U", "i/16", "j", "g")
end
