-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:prefetch("U", "j", 0):prefetch("U", "j", 4):prefetch("W", "j", 2):prefetch("U", "i", 2):vectorize("i")
	m.a:prefetch("x", "nobody", 2):prefetch("h0", "k", 2)
end
