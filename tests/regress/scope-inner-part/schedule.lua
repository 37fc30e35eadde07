return function(m)
  m:stage("y13"):split("n", "l4o", "l5i", 2)
  m:stage("y13"):split("l4o", "l6o", "l7i", 2)
  m:stage("y13"):split("j0", "l8o", "l9i", 2)
  m:stage("y13"):order("i0", "l5i", "i2", "l6o", "l8o", "l9i", "t", "l7i")
end
