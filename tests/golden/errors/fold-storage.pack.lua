-- rnngen show nest tests/golden/errors/helper/rows.lua THIS
return function(m)
	local time = m:recurrence("h")
	time:chunk(8)
	m.y:compute_at(time):fold_storage("t", 16):pack("y", "i/4", "t", "n", "i%4")
end
