return function(m)
  m:stage("y27"):unroll("t")
  m:stage("y27"):compute_at(m.recurrences[2])
  m:wavefront { chunk = 4 }
end
