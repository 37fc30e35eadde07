return function(m)
  m:stage("layer1.a2"):parallel("n", { schedule = "guided", chunk = 1 })
  m.recurrences[1]:persistent { barrier = "flag" }
end
