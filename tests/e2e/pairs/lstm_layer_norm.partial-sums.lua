-- Partial sums: in vectors, at a loop of what they add up to and at the root; a product shared out among threads along its sum.
return function(m)
  m:math { reassoc = true }
  local V = m.target.lanes
  local s = m.s:split("l", "lo", "li", V):rfactor("li", "v")
  s:order("n", "lo", "v"):vectorize("v"):compute_at(m.s, "n")
  m.s:unroll("v")
  local mean = m.m:split("l", "lo", "li", 2 * V):rfactor("li", "v")
  mean:order("n", "lo", "v"):vectorize("v")
  m.m:unroll("v")
  m.mu:split("i", "io", "ii", 10):rfactor("ii", "v"):order("n", "e", "g", "io", "v"):vectorize("v")
  m.v:split("j", "jo", "ji", 16):rfactor("jo", "k"):parallel("k")
  m.time:persistent { barrier = "flag" }
end
