-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local xw = m.a:extract("xw", "x")
	xw:compute_at(m.h, "n")
end
