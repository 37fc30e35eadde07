-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:split("n", "no", "ni", 8192):unroll("ni", "i")
end
