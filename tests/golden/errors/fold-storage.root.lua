-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.y:fold_storage("t", 4)
end
