return function(m)
  m:stage("f2"):split("n", "l4o", "l5i", 16, "pad")
  m:stage("f6"):split("n", "l7o", "l8i", 16)
  m:stage("f6"):split("l8i", "l9o", "l10i", 1)
  m:stage("f6"):unroll("l9o")
  m:stage("f2"):compute_at(m:stage("f6"), "l7o")
end
