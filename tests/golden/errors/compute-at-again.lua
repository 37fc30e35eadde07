-- rnngen show c models/rnn.lua THIS --target avx2
return function(m)
	m.m:compute_at(m.e, "v")
end
