return function(m)
  m:stage("layer1.a2"):compute_at(m:stage("y12"), "n")
end
