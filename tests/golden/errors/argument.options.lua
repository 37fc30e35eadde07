-- rnngen models/lstm.lua THIS
return function(m)
  m.time:persistent("flag")
end
