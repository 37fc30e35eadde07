-- rnngen show c tests/e2e/models/terms.lua THIS --target avx2
return function(m)
	m.y:precompute("one", "s")
end
