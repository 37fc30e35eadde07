-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.weights:pack("U")
end
