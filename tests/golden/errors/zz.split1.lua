-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:split("i", "io", "ii", 7):unroll("ii"):split("io", "ioo", "ioi", 5):vectorize("ioi")
end
