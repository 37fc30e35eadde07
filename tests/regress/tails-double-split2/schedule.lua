return function(m)
  m:stage("layer1.a7"):split("j2", "l4o", "l5i", 2)
  m:stage("layer1.a7"):split("l4o", "l8o", "l9i", 2)
  m:stage("layer1.a7"):unroll("l5i")
end
