-- rnngen show c models/lstm_stack.lua THIS --target avx2
return function(m)
	m.time:persistent { barrier = "flag" }
end
