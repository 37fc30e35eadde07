-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local k = m.h:extent("t")
end
