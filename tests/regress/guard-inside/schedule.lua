return function(m)
  m:stage("layer1.h2"):split("n", "l0o", "l1i", 16, "guard")
  m:stage("layer1.h2"):unroll("l1i")
  m:stage("layer1.h3"):split("n", "l2o", "l3i", 2)
  m:stage("layer1.h2"):compute_at(m:stage("layer1.h3"), "l2o")
end
