-- rnngen show c models/lstm.lua THIS
return function(m)
  m:expects { hash = "0123456789abcdef", tensors = { "x[T][N][256]", "len[N] i32" } }
end
