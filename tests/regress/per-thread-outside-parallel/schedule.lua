return function(m)
  m:stage("y19"):extract("e0", "layer2.h12")
  m:stage("y19"):split("t", "l7o", "l8i", 2)
  m:stage("y19"):split("i2", "l9o", "l10i", 2)
  m:stage("y19"):parallel("l10i")
  m:stage("e0"):compute_at(m:stage("y19"), "l7o")
end
