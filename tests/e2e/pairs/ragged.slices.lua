-- Sequences of different lengths, a few of them to a slice.
return function(m)
  m.f:split("n", "no", "ni", 2):order("no", "t", "ni", "k", "j", "i"):vectorize("i", m.target.lanes):parallel("no")
  m.b:order("n", "t", "k", "j", "i"):vectorize("i", m.target.lanes)
  m:recurrence("f"):persistent { barrier = "spin" }
end
