-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:math { reassoc = true }
	m.a:split("j", "jo", "ji", 8):order("n", "g", "i", "k", "ji", "jo"):rfactor("ji", "v")
end
