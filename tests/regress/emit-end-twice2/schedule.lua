return function(m)
  m:stage("layer1.a3"):split("n", "l0o", "l1i", 8)
  m:stage("layer1.a3"):split("i1", "l2o", "l3i", 16)
  m:stage("layer1.a3"):unroll("l1i")
  m:stage("layer1.a3"):unroll("l2o")
  m:stage("layer1.a3"):parallel("l3i")
  m:stage("y8"):split("n", "l4o", "l5i", 16)
  m:stage("y8"):order("i0", "l4o", "l5i", "i1")
  m:stage("y8"):vectorize("i1")
  m:stage("y8"):pack("W9", "i1/16", "i1%16")
  m.recurrences[1]:persistent { barrier = "spin" }
end
