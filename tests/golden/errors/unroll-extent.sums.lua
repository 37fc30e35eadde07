-- rnngen show c tests/golden/errors/helper/parts.lua THIS --target avx2
return function(m)
	m.s:order("j", "k", "n", "i")
end
