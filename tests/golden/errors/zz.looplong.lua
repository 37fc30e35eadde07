-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:split("i", ("x"):rep(300), "int", 8)
end
