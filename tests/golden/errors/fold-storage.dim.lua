-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.h:fold_storage("n", 4):fold_storage("q", 4)
end
