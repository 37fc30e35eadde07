-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m.h:parallel("n")
	m.c:compute_at(m.h,"n")
	m.a:compute_at(m.c,"n"):parallel("g")
end
