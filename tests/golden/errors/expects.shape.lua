-- rnngen show c models/lstm.lua THIS --set H=64
return function(m)
  m:expects { version = 1, model = "lstm", hash = "144288b7812d1b0c", tensors = {
    "x[T][N][256]", "W[4][256][256]", "U[4][256][256]", "b[4][256]", "c[T][N][256] = 361a", "h[T][N][256] = 8d37",
    "a[T][N][4][256] = 66a5" } }
end
