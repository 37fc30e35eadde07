return function(m)
  m:stage("layer1.h1"):compute_at(m:stage("layer1.h2"), "i0")
end
