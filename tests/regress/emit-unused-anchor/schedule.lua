return function(m)
  m:math { reassoc = true }
  m:stage("layer1.h2"):split("n", "l0o", "l1i", 2)
  m:stage("layer1.h2"):split("i2", "l2o", "l3i", 8)
  m:stage("layer1.h2"):order("l0o", "l1i", "l2o", "l3i")
  m:stage("layer1.h2"):vectorize("l3i")
  m:stage("y3"):split("j0", "l4o", "l5i", 8)
  m:stage("y3"):order("t", { "i2", "l4o", "l5i" }, "n", "i0")
  m:stage("y3"):unroll("n")
  m:stage("y3"):vectorize("i0")
  m.recurrences[1]:persistent { barrier = "omp" }
end
