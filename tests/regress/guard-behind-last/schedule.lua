return function(m)
  m:stage("f2"):split("t", "l0o", "l1i", 3)
  m:stage("f2"):split("l0o", "l2o", "l3i", 2, "guard")
  m:stage("f2"):unroll("l1i")
  m:stage("f2"):parallel("l3i", { schedule = "guided", chunk = 3 })
end
