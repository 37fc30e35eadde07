-- A copy of what is rounded with its sum, an input in panels, a function once for all units; each where it is read, or before.
return function(m)
  m.y:precompute("xs", "x"):compute_at(m.y, "n")
  m.y:order("n", "j", "i"):vectorize("i")
  m.z:precompute("Vp", "V"):vectorize("i", 8):order("io", "j", "ii"):parallel("io"):pack("Vp", "i/8", "j", "i%8")
  m.z:precompute("tx", "x"):split("n", "no", "ni", 4):parallel("no")
  m.z:split("n", "no", "ni", 4):split("i", "io", "ii", 8):order("no", "io", "j", "ni", "ii"):unroll("ni"):vectorize("ii"):parallel("no")
end
