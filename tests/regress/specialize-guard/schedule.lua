return function(m)
  m:specialize { N = 3 }
  m:stage("f5"):split("n", "l7o", "l8i", 4)
  m:stage("f5"):split("l7o", "l9o", "l10i", 4, "guard")
  m:stage("f5"):unroll("l8i")
end
