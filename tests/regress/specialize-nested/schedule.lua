return function(m)
  m:specialize { T = 1 }
  m:stage("h12"):split("t", "l22o", "l23i", 2)
  m:stage("h12"):split("l22o", "l24o", "l25i", 2)
  m:stage("h12"):unroll("l23i")
end
