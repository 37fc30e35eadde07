return function(m)
  m:stage("layer3.a10"):split("n", "l5o", "l6i", 2)
  m:stage("layer3.a10"):parallel("l6i")
  m:stage("layer3.h11"):split("n", "l7o", "l8i", 2)
  m:stage("layer3.a10"):compute_at(m:stage("layer3.h11"), "l7o")
  m.recurrences[2]:persistent { barrier = "spin" }
end
