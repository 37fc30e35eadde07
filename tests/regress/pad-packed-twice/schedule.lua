return function(m)
  m:stage("f5"):split("i3", "l7o", "l8i", 8, "pad")
  m:stage("f5"):pack("W6", "i3/16", "i3%16")
  m:stage("f5"):pack("W6", "i3")
end
