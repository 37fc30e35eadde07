return function(m)
  m:stage("h2"):split("i1", "l0o", "l1i", 16)
  m:stage("h2"):split("j1_2", "l2o", "l3i", 16)
  m:stage("h2"):split("j1", "l4o", "l5i", 8)
  m:stage("h2"):order("l0o", "n", "l4o", "l5i", "l2o", "l3i", "l1i")
  m:stage("h2"):unroll("l1i")
  m:stage("h2"):parallel("n")
  m:stage("layer2.h9"):split("i0", "l6o", "l7i", 16)
  m:stage("layer2.h9"):order("l6o", "l7i", "i1")
  m:stage("layer2.h9"):vectorize("i1")
  m:stage("layer2.h9"):pack("layer2.W14", "i0%33", "i0/33", "i1")
  m.recurrences[1]:persistent { barrier = "spin" }
end
