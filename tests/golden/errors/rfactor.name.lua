-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:math { reassoc = true }
	m.a:extract("a_v", "x")
	m.a:rfactor("j", "v")
end
