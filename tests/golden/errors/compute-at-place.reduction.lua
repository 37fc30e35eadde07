-- rnngen show c models/rnn.lua THIS --target avx2
return function(m)
	m.e:compute_at(m.s, "v")
end
