-- rnngen show c models/lstm.lua THIS
return function(m)
  m:expects { version = 1, model = "lstm", hash = "0123456789abcdef", tensors = {
    "x[T][N][256]", "W[4][256][256]", "U[4][256][256]", "b[4][256]", "c[T][N][256] = 0000", "h[T][N][256] = 8d37",
    "a[T][N][4][256] = 66a5" } }
end
