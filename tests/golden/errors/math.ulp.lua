-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:math { ulp = 2 }
end
