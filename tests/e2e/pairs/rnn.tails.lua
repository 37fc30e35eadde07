-- Splits that do not divide, without a second copy of the loops: a condition inside, vectors of fewer lanes, a last tile that
-- begins earlier.
return function(m)
  m.a:extract("xw", "x"):split("i", "io", "ii", 6, "guard"):order("t", "n", "io", "k", "ii"):unroll("ii"):parallel("t")
  m.a:split("i", "io", "ii", 12, "mask"):split("n", "no", "ni", 2, "guard"):order("io", "no", "j", "ni", "ii")
     :unroll("ni"):vectorize("ii")
  m.h:vectorize("i", 12, "shift")
  m.time:persistent { barrier = "spin" }
end
