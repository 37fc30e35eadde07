-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("xw", "x"):split("t", "to", "ti", 16):order("to", "n", "k", "ti", "g", "i"):unroll("ti", "g"):vectorize("i")
end
