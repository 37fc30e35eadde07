return function(m)
  m:stage("h4"):split("n", "l8o", "l9i", 5, "shift")
  m:stage("h4"):parallel("i1", { schedule = "guided", chunk = 3 })
  m.recurrences[1]:persistent { barrier = "flag" }
end
