return function(m)
  m:math { reassoc = true }
  m:stage("h2"):split("j0_2", "l2o", "l3i", 2)
  m:stage("h2"):rfactor("l3i", "l4v")
  m:stage("h2_l4v"):split("i0", "l7o", "l8i", 6, "pad")
  m:stage("h2_l4v"):split("l8i", "l9o", "l10i", 2)
  m:stage("h2_l4v"):split("i1", "l11o", "l12i", 2)
  m:stage("h2_l4v"):order("l7o", "n", "l9o", "l11o", "l2o", "l4v", "l10i", "l12i")
  m:stage("h2_l4v"):unroll("l9o")
  m:stage("h2_l4v"):pack("h2_l4v", "l4v%7", "t/3", "t%3", "n/16", "i0%4", "i1", "i0/4", "l4v/7", "n%16")
end
