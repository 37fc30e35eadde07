return function(m)
  m.time:chunk(4)
  m.e:compute_at(m.time):split("t", "to", "ti", 3, "pad")
end
