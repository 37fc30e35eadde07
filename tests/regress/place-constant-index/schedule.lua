return function(m)
  m:stage("layer1.h5"):split("n", "l2o", "l3i", 2)
  m:stage("f2"):compute_at(m:stage("layer1.h5"), "l2o")
end
