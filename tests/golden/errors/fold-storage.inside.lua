-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.g:compute_at(m.h, "n"):fold_storage("t", 1)
end
