return function(m)
  m:stage("layer1.a5"):compute_with(m:stage("layer1.h4"), "i1")
  m:stage("layer1.h6"):split("n", "l7o", "l8i", 2)
  m:stage("layer1.h6"):split("l8i", "l9o", "l10i", 6, "guard")
  m:stage("layer1.h6"):split("l10i", "l11o", "l12i", 1)
  m:stage("layer1.h4"):compute_at(m:stage("layer1.h6"), "l12i")
end
