-- rnngen show c tests/golden/errors/helper/parts.lua THIS --target avx2
return function(m)
	m.place:compute_at(m.window, "w")
end
