-- rnngen show nest models/lstm.lua THIS
return function(m)
	m.h:store_in("workspace")
	m.c:store_in("huge-pages")
end
