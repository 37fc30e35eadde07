-- A product of few rows: B is read as it is, once for six rows.
return function(m)
  local V = m.target.lanes
  m.C:split("j", "jo", "ji", 2 * V):split("i", "io", "ii", m.target.registers >= 32 and 8 or 6)
     :order("jo", "io", "k", "ii", "ji"):unroll("ii"):vectorize("ji"):parallel("jo")
end
