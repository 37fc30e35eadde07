return function(m)
  m:stage("f2_3"):split("n", "l2o", "l3i", 3, "pad")
end
