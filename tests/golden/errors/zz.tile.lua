-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:tile("n", "i", "no", "io", "ni", "ii", 2, 8):vectorize("ii")
end
