-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.c:store_in("registers")
end
