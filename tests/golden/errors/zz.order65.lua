-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local t = {}
	for q = 1, 70 do t[q] = "i" end
	m.h:order(t)
end
