-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:split("j", "jo", "ji", 8):rfactor("ji", "v")
end
