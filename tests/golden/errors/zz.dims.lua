-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local q = m.dims.Q + 1
end
