-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("xw", "x")
	m.a:order("j", "n", "g", "i")
end
