-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { min = 3 })
  m.a:extract("xw", "x"):split("n", "no", "ni", 4, "shift")
end
