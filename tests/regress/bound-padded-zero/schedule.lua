return function(m)
  m:bound("N", { max = 6, multiple = 3 })
  m:stage("y21"):split("n", "l4o", "l5i", 16, "pad")
end
