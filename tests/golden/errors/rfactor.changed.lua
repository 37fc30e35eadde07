-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:math { reassoc = true }
	m.a:unroll("g"):rfactor("j", "v")
	m.a:split("i", "io", "ii", 8):rfactor("j", "v")
end
