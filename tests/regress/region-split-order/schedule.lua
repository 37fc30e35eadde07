return function(m)
  m:stage("f5"):extract("e0", "x0")
  m:stage("f5"):split("t", "l1o", "l2i", 2)
  m:stage("f5"):split("l1o", "l3o", "l4i", 2)
  m:stage("f5"):order("l3o", "n", "l4i", "l2i", "i1")
  m:stage("e0"):compute_at(m:stage("f5"), "n")
end
