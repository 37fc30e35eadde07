-- The LSTM written with four equations, many sequences at a time: four sums one after the other inside the tile of h.
local many = require("parts.many")

return function(m)
  local H = m.dims.H
  local run, sums = many(m, m.time, 4 * H * H), { inside = { m.c } }
  for q, g in ipairs { "i", "f", "g", "o" } do
    local a = m["a_" .. g]
    run.product(a:extract("x_" .. g, "x"), { { "W_" .. g, "k" } })
    sums[q] = { a, { "U_" .. g, "j" } }
  end
  run.slices(m.h, sums)
end
