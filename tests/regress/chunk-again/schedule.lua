return function(m)
  m:math { reassoc = true }
  m:stage("y17"):rfactor("j0", "l4v")
  m:stage("y17"):order("n", "t", "i1", "l4v", "i0")
  m:stage("y11"):compute_at(m:stage("y17"), "n")
  m.recurrences[1]:chunk(1)
  m:stage("y17"):compute_at(m.recurrences[1])
end
