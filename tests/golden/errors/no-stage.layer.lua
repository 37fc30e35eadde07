-- rnngen show c models/lstm_stack.lua THIS --target avx2
return function(m)
	m.layers[1].g:parallel("i")
end
