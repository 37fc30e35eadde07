-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.h:fold_storage("t", 2)
end
