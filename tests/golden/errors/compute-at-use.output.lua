-- rnngen show c tests/golden/errors/helper/parts.lua THIS --target avx2
return function(m)
	m.wide:compute_at(m.first, "n")
end
