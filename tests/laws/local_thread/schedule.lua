return function(m)
  m:stage("y11"):extract("e1", "y8")
  m:stage("e1"):split("i0", "l12o", "l13i", 2)
  m:stage("e1"):order("n", "t", "j0", "l12o", "l13i")
  m:stage("e1"):parallel("n", { schedule = "guided" })
  m:stage("y8"):compute_at(m:stage("e1"), "n")
end
