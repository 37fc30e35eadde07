return function(m)
  m:stage("layer2.h9"):split("i0", "l0o", "l1i", 2)
  m:stage("layer2.h9"):split("l1i", "l2o", "l3i", 16, "mask")
  m:stage("layer2.h9"):order("l0o", "l2o", "n", "l3i")
  m:stage("layer2.h9"):vectorize("l3i")
  m:stage("layer2.a8"):compute_at(m:stage("layer2.h9"), "l0o")
  m:bound("N", { min = 8, max = 1099511627776, multiple = 4 })
end
