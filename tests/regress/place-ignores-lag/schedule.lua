return function(m)
  m:stage("a19"):extract("e0", "h8")
  m:stage("e0"):split("n", "l11o", "l12i", 2)
  m:stage("h8"):compute_at(m:stage("e0"), "l11o")
end
