-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:math { reassoc = true }
	m.a:split("j", "jo", "ji", 24):split("ji", "jm", "jk", 7):rfactor("jk", "v")
end
