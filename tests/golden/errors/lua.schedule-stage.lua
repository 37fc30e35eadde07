-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.c:compute_at("h", "n")
end
