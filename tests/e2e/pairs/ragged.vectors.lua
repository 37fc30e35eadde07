return function(m)
  m.f:order("n", "k", "j", "i"):vectorize("i", m.target.lanes):parallel("n")
  m.b:order("n", "k", "j", "i"):vectorize("i", m.target.lanes)
  m:recurrence("f"):persistent { barrier = "spin" }
end
