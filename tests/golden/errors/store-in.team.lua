-- rnngen show nest tests/laws/stack_team/model.lua THIS
return function(m)
	m.a:compute_at(m.h, "n"):store_in("stack")
	m.b:compute_at(m.h, "n"):parallel("i")
	m.time:persistent { barrier = "flag" }
end
