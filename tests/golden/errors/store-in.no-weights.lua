-- rnngen show nest tests/laws/fold_rows/model.lua THIS
return function(m)
	m.weights:store_in("huge-pages")
end
