-- rnngen show c models/lstm.lua THIS
return function(m)
  m:expects { version = "1" }
end
