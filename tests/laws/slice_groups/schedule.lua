return function(m)
  m.h:parallel("i")
  m.g:parallel("i")
  for _, r in ipairs(m.recurrences) do r:persistent { barrier = "flag" } end
  m:wavefront { chunk = 2, groups = 2 }
end
