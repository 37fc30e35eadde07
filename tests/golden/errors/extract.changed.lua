-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:split("i", "io", "ii", 8):extract("xw", "x")
end
