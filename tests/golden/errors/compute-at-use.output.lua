-- rnngen show c models/rnn.lua THIS --target avx2
return function(m)
	m.h:compute_at(m.o, "n")
end
