return function(m)
  m:specialize { T = 5, N = 4 }
  m:stage("h3"):split("n", "l4o", "l5i", 5)
  m:stage("h3"):split("l4o", "l6o", "l7i", 16, "guard")
  m:stage("h3"):split("l7i", "l8o", "l9i", 2)
  m:stage("h3"):unroll("l5i")
end
