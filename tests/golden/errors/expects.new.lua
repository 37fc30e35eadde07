-- rnngen show c models/lstm.lua THIS
return function(m)
  m:expects { hash = "0123456789abcdef", tensors = { "x[T][N][256]", "W[4][256][256]" } }
end
