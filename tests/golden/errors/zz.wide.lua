-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	for q = 1, 70 do m.h:split(q == 1 and "i" or "v" .. (q-1), "w" .. q, "v" .. q, 2) end
end
