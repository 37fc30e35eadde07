return function(m)
  m:stage("y30"):extract("e2", "W31")
  m:stage("y30_2"):extract("e3", "W33")
  m:stage("e2"):order("n", "t", "i0")
  m:stage("e3"):order("n", "t", "i0")
  m:stage("e3"):compute_with(m:stage("e2"), "i0")
end
