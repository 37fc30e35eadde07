return function(m)
  m:math { reassoc = true }
  m:stage("y18"):extract("e1", "W17")
  m:stage("y18"):split("n", "l12o", "l13i", 2)
  m:stage("y18"):split("l12o", "l14o", "l15i", 2)
  m:stage("y18"):split("l14o", "l16o", "l17i", 2)
  m:stage("e1"):compute_at(m:stage("y18"), "l16o")
end
