return function(m)
  m:stage("y26"):extract("e1", "W28")
  m:stage("f2"):order("n", "t", "i2", "i1")
  m:stage("f2"):vectorize("i1")
  m:stage("e1"):order("n", "t", "i2", "i1")
  m:stage("e1"):vectorize("i1")
  m:stage("e1"):compute_with(m:stage("f2"), "i2")
end
