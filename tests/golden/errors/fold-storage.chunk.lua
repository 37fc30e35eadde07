-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	local time = m:recurrence("h")
	time:chunk(16)
	m.y:compute_at(time):fold_storage("t", 8)
end
