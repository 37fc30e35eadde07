return function(m)
  m:stage("layer1.h9"):extract("e0", "layer1.W14")
  m:stage("y21"):extract("e2", "W22")
  m:stage("e2"):compute_with(m:stage("layer1.e0"), "j0")
  m:stage("layer1.h9"):split("n", "l15o", "l16i", 1)
  m:stage("layer1.h9"):split("l15o", "l17o", "l18i", 2)
  m:stage("layer1.h9"):tile("l17o", "t", "l19", "l20", "l21", "l22", 2, 4)
  m:stage("layer1.e0"):compute_at(m:stage("layer1.h9"), "l19")
end
