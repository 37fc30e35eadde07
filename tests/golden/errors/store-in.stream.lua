-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.h:store_in("stream")
end
