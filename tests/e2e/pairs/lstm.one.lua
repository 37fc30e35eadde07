-- One sequence, always: loops over sequences vanish, also where they are split by more.
return function(m)
  m:bound("N", 1, 1)
  m.a:extract("xw", "x")
  m.a:split("n", "no", "ni", 4):order("no", "g", "i", "j", "ni"):unroll("ni")
  m.h:split("n", "no", "ni", 4):order("no", "ni", "i"):vectorize("i", 8)
  m.time:persistent { barrier = "spin" }
end
