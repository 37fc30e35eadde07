-- rnngen show c models/lstm.lua THIS --target avx2 --set H=512
return function(m)
	m.a:unroll("g", "i", "k", "j")
end
