return function(m)
  m:stage("layer1.a8"):split("i0", "l1o", "l2i", 2)
  m:stage("layer1.a8"):split("l1o", "l3o", "l4i", 2)
  m:stage("layer1.a8"):split("l3o", "l5o", "l6i", 2)
  m:stage("layer1.a8"):tile("j0", "l6i", "l7", "l8", "l9", "l10", 3, 33)
  m:stage("layer1.a8"):order("l5o", { "l7", "l9" }, "l8", "l10", "l4i", "l2i")
  m:stage("layer1.a8"):vectorize("l2i")
end
