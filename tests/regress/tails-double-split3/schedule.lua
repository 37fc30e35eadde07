return function(m)
  m:stage("layer1.a6"):split("t", "l6o", "l7i", 2)
  m:stage("layer1.a6"):split("l6o", "l8o", "l9i", 2)
  m:stage("layer1.a6"):unroll("l7i")
  m:stage("layer1.a6"):parallel("l8o")
end
