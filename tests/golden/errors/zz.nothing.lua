-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	local x = m.a:extract("nope", "zz")
	m.h.split(x, "i", "io", "ii", 4)
	m.h.pack(x, "U", "i")
	m.h.order(x)
	m.h.compute_root(x)
	m.h.extent(x, "i")
end
