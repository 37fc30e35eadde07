-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m:target("host")
end
