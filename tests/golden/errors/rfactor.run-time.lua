-- rnngen show c tests/e2e/models/outside.lua THIS --target avx2
return function(m)
	m:math { reassoc = true }
	m.total:rfactor("n", "v")
end
