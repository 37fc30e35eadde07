-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("xw", "x"):order("t", "n", "k", "g", "i"):parallel("i")
end
