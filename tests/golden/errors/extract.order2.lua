-- rnngen show c models/rnn.lua THIS --target avx2
return function(m)
	m.a:extract("vh", "W")
end
