-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local n = "i"
	for q = 1, 100 do m.h:split(n, n .. "o", "v" .. q, 1) n = n .. "o" end
end
