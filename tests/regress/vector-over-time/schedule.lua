return function(m)
  m:stage("f2"):split("i1_2", "l0o", "l1i", 2)
  m:stage("f2"):split("t", "l2o", "l3i", 2)
  m:stage("f2"):split("i1", "l4o", "l5i", 2)
  m:stage("f2"):order("l2o", "l0o", "l1i", "l4o", "l5i", "l3i")
  m:stage("f2"):vectorize("l3i")
end
