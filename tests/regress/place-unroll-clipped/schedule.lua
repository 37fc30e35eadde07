return function(m)
  m:stage("f2"):extract("e0", "W4")
  m:stage("f2"):split("t", "l3o", "l4i", 2)
  m:stage("e0"):split("t", "l15o", "l16i", 2)
  m:stage("e0"):unroll("l16i")
  m:stage("e0"):compute_at(m:stage("f2"), "l3o")
end
