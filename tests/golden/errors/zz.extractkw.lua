-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:extract("for", "x")
end
