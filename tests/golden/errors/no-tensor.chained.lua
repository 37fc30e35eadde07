-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("xw", "y"):split("i", "io", "ii", 16):vectorize("ii")
	m.h:vectorise("i")
end
