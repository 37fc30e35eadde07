-- Whole tiles of sequences, and a tile of three that begins earlier at the end: what is promised of N makes both right.
return function(m)
  m:bound("N", { min = 4, multiple = 4 })
  m.a:extract("xw", "x"):split("n", "no", "ni", 3, "shift"):order("t", "no", "i", "k", "ni"):unroll("ni"):parallel("t")
  m.a:split("i", "io", "ii", 8):split("n", "no", "ni", 4):order("no", "io", "j", "ni", "ii"):unroll("ni"):vectorize("ii"):parallel("no")
  m.h:split("n", "no", "ni", 4):order("no", "ni", "i"):vectorize("i", 8):parallel("no")
  m.time:persistent { barrier = "spin" }
end
