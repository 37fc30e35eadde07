-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { min = 17, max = 31, multiple = 16 })
  m:bound("T", 9, 8)
end
