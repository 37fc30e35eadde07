return function(m)
  m:stage("layer1.a3"):split("i2", "l9o", "l10i", 16, "shift")
  m:stage("layer1.a3"):order("n", "s", "i1", "l9o", "l10i")
  m:stage("layer1.a3"):unroll("l9o")
  m:stage("layer1.a3"):vectorize("l10i")
  m:stage("layer1.h4"):split("n", "l12o", "l13i", 2)
  m:stage("layer1.a3"):compute_at(m:stage("layer1.h4"), "l13i")
end
