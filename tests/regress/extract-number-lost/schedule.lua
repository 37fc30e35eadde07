return function(m)
  m:math { reassoc = true }
  m:stage("y8"):extract("e0", "W11")
end
