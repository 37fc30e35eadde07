return function(m)
  m:stage("a7"):compute_at(m:stage("h9"), "i2")
end
