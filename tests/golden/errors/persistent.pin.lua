-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.time:persistent { barrier = "flag", pin = 3 }
end
