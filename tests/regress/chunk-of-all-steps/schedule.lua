return function(m)
  m:stage("f1"):compute_at(m.recurrences[2])
  m.recurrences[2]:chunk(1048576)
end
