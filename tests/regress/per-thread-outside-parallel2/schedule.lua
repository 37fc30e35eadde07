return function(m)
  m:stage("f3"):parallel("n")
  m:stage("f1"):compute_at(m:stage("f3"), "t")
end
