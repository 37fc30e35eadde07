-- From the last step to the first, each sequence alone; two stages at the root share the loop outside time.
return function(m)
  local V = m.target.lanes
  m.b:order("n", "t", "i"):vectorize("i", V):parallel("n")
  m.a:order("n", "t", "k", "j", "i"):vectorize("i", V):parallel("n")
  m.f:split("n", "no", "ni", 2):order("no", "t", "k", "j", "ni", "i"):unroll("ni"):vectorize("i", V)
end
