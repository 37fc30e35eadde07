return function(m)
  m:stage("y17"):split("n", "l7o", "l8i", 2)
  m:stage("f3"):compute_at(m:stage("y12"), "n")
  m:stage("y12"):compute_at(m:stage("y17"), "l7o")
end
