return function(m)
  m:stage("layer1.h6"):split("i0", "l2o", "l3i", 16)
  m:stage("layer1.h6"):split("l3i", "l4o", "l5i", 2)
  m:stage("layer1.h6"):unroll("l2o")
  m:stage("layer1.h6"):vectorize("l5i")
end
