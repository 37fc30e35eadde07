-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.weights:store_in("stack")
end
