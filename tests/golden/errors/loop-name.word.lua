-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:split("i", "i.o", "ii", 16)
end
