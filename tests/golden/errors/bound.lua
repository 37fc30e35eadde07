-- rnngen show c models/rnn.lua THIS
return function(m)
  m:bound("N", { min = -1 })
  m:bound("N", { max = 0 })
  m:bound("N", { multiple = 0 })
  m:bound("N", {})
end
