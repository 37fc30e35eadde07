-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.dims.H = 3
	m.layers[1].h.x = 1
end
