-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.a:order("n","i","g","k","j"):compute_at(m.c, "i")
	m.c:order("i","n")
	m.h:order("i","n")
	m.c:compute_at(m.h,"i")
end
