-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	m.e:order("n", "i", "t")
	m.d:store_in("stream")
end
