-- Layers of LSTM whose input is added to their output, few sequences at a time, for any depth: a sum with what lies below is made with the
-- chunk of steps that it belongs to.
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m)
  for l, layer in ipairs(m.layers) do
    local run = lstm(few, m, layer)
    if l > 1 then run.each(layer.y) end
  end
end
