-- rnngen show schedule models/lstm_four_gates.lua THIS
return function(m)
  m.a_i:parallel("i", { schedule = "dynamic" })
  m.a_f:parallel("i"):compute_with(m.a_i, "i")
end
