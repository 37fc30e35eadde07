-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("xw", "x"):split("i", "io", "ii", 24):order("t", "n", "g", "ii", "io", "k")
end
