return function(m)
  m:math { reassoc = true }
  m:stage("layer1.a4"):split("i1", "l0o", "l1i", 2)
  m:stage("layer1.a4"):rfactor("l1i", "l2v")
  m:stage("layer1.a4"):split("i1_rest", "l13o", "l14i", 5, "guard")
end
