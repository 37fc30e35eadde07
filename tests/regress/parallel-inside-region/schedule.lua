return function(m)
  m:stage("y19"):extract("e1", "W20")
  m:stage("e1"):parallel("n")
  m:stage("e1"):compute_at(m:stage("y19"), "t")
  m.recurrences[2]:persistent { barrier = "spin" }
end
