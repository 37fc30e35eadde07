-- The LSTM written with four equations: the four products share their loops and one buffer of weights, so that what
-- runs is what lstm.small-batch.lua makes of the other form.
return function(m)
  local V = m.target.lanes
  local B = 2 * V
  local gates = { "i", "f", "g", "o" }
  local W, U, x, a = {}, {}, {}, {}
  for q, s in ipairs(gates) do
    W[q], U[q] = "W_" .. s, "U_" .. s
    a[q] = m["a_" .. s]
    x[q] = a[q]:extract("x_" .. s, "x")
  end
  for q = 1, 4 do
    x[q]:split("t", "to", "ti", 3):split("i", "io", "ii", V):order("io", "to", "n", "k", "ti", "ii")
        :unroll("ti"):vectorize("ii"):parallel("io")
    a[q]:order("n", "j", "i"):vectorize("i")
    if q > 1 then
      x[q]:compute_with(x[1], "k")
      a[q]:compute_with(a[1], "j")
    end
  end
  x[1]:pack(W, "i/" .. V, "k", "tensor", "i%" .. V)
  a[1]:pack(U, "i/" .. B, "j", "tensor", "i%" .. B)
  if m.dims.H >= 256 then a[1]:prefetch(U[1], "j", 8) end
  m.h:split("i", "io", "ii", B):order("io", "n", "ii"):vectorize("ii"):alternate("io"):parallel("io")
  m.c:compute_at(m.h, "n"):vectorize("i")
  a[1]:compute_at(m.h, "n")
  m.time:persistent { barrier = "flag" }
end
