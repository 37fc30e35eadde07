-- rnngen show c models/gru.lua THIS --target avx2
return function(m)
	m.g:precompute("qh", "q")
end
