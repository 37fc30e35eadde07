-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local t = {}
	for q = 1, 70 do t[q] = "U" end
	m.a:pack(t, "i", "j", "g", "tensor")
end
