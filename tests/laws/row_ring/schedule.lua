return function(m)
  m:stage("a6"):parallel("n")
  m.recurrences[1]:persistent { barrier = "spin" }
end
