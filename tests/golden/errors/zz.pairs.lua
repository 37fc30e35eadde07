-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	for k, v in pairs(m) do v() end
	m.foo = 1
end
