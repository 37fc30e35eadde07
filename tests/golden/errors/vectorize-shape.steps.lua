-- rnngen show c tests/golden/errors/helper/parts.lua THIS --target avx2
return function(m)
	m.turned:split("t", "to", "ti", 8):vectorize("ti")
end
