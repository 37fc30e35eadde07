-- The encoder of RNN-T, for any number of layers. The lower layers take two frames in a step, which are two definitions of each tensor;
-- those are computed one after the other, each in slices of its own.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.
local lstm = require("parts.lstm")

return function(kind, m)
  local H, lower, last = m.dims.H, m.settings.lower, nil
  for l, layer in ipairs(m.layers) do
    if l > lower then
      last = lstm(kind, m, layer)
      if l == lower + 1 then last.chunk(m.stacked) end
    else
      local run = kind(m, layer.time, 8 * H * H)
      for _, frame in ipairs { "", "_2" } do
        run.product(layer["a" .. frame]:extract("xw" .. frame, "W"), { { "W", "k" }, gates = "g" })
      end
      for _, frame in ipairs { "", "_2" } do
        run.slices(layer["a" .. frame], { own = { { "U", "j" }, gates = "g" } })
        run.slices(layer["c" .. frame], {})
        run.slices(layer["h" .. frame], {})
      end
    end
  end
end
