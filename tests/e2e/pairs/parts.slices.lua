-- Two sequences to a slice; the gates are stages of their own, some inside h.
return function(m)
  local V = m.target.lanes
  m.h:split("n", "no", "ni", 2):order("no", "t", "ni", "i"):vectorize("i", V):parallel("no")
  for _, a in ipairs { "a", "a_2", "a_3" } do
    m:stage(a):split("n", "no", "ni", 2):order("no", "t", "j", "ni", "i"):unroll("ni"):vectorize("i", V):parallel("no")
  end
end
