-- rnngen show nest tests/golden/errors/helper/chunks.lua THIS
return function(m)
	m.later:fold_storage("t", 4)
end
