-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:expects { version = 1, hash = "0123456789abcdef" }
end
