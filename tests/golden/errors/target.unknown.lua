-- rnngen show schedule models/lstm.lua THIS
return function(m)
  m:target("avx256")
end
