return function(m)
  m:stage("layer1.h3"):order("n", "j1", "i1")
end
