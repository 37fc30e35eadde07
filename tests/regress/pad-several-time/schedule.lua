return function(m)
  m:stage("f2_2"):split("n", "l4o", "l5i", 16, "pad")
end
