-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.e:fold_storage("t", 4)
end
