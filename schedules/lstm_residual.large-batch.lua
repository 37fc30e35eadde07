-- Layers of LSTM whose input is added to their output, many sequences at a time, for any depth: a sum with what lies below is made with the
-- chunk of steps that it belongs to.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m)
  for l, layer in ipairs(m.layers) do
    local run = lstm(many, m, layer)
    if l > 1 then run.each(layer.y) end
  end
end
