-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.a:store_at(m.a, "n")
end
