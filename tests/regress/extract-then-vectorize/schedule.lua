return function(m)
  m:stage("f4"):extract("e0", "W5")
  m:stage("f4"):vectorize("i0")
end
