return function(m)
  m.y:order("n", "q", "p"):vectorize("p", m.target.lanes)
  m.z:order("n", "q", "s"):vectorize("s", m.target.lanes)
end
