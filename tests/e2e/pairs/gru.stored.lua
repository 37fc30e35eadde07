-- Places by hand: an array on the stack in a loop further out, one that is stored whole, registers.
return function(m)
  local V = m.target.lanes
  m.h:split("n", "no", "ni", 2):split("i", "io", "ii", V):order("no", "ni", "io", "ii"):parallel("no"):vectorize("ii")
  m.r:compute_at(m.h, "ni"):store_at(m.h, "no"):store_in("stack")
  m.g:compute_at(m.h, "ni"):store_root()
  m.z:compute_at(m.h, "io"):order("n", "k", "j", "i"):vectorize("i"):store_in("registers")
  m.time:persistent { barrier = "spin" }
end
