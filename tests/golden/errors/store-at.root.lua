-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.a:store_at(m.h, "n")
end
