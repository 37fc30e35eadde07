return function(m)
  m:stage("layer2.a11"):extract("e1", "layer2.h13")
  m:stage("layer2.a12"):extract("e2", "layer1.h5")
  m:stage("layer2.e2"):compute_with(m:stage("layer2.e1"), "j2")
  m:stage("layer2.e1"):compute_at(m:stage("layer2.a11"), "n")
end
