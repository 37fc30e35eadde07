-- Layers of LSTM whose input is added to their output, for any depth: a sum with what lies below is made with the chunk of steps that it
-- belongs to.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.
local lstm = require("parts.lstm")

return function(kind, m)
  for l, layer in ipairs(m.layers) do
    local run = lstm(kind, m, layer)
    if l > 1 then run.each(layer.y) end
  end
end
