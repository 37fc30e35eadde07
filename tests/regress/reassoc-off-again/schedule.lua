return function(m)
  m:math { reassoc = true }
  m:stage("f1"):order("t", "n", { "i1", "j0" }, "i0")
  m:stage("y6"):split("j0", "l0o", "l1i", 2)
  m:stage("y6"):split("l0o", "l2o", "l3i", 2)
  m:stage("y6"):order("t", "n", "l2o", { "l3i", "i1" }, "l1i", "i0")
  m:stage("y6"):vectorize("i0")
  m:math { reassoc = false }
end
