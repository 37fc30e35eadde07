-- Layers of LSTM in both directions, for any depth. Both directions of a layer are done, one after the other, before their states are put
-- end to end.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.
local lstm = require("parts.lstm")

return function(kind, m)
  for l = 1, m.settings.L do
    lstm(kind, m, m.layers[2 * l - 1])
    lstm(kind, m, m.layers[2 * l])
    kind(m).each(m:stage("layer" .. l .. ".y"))
  end
end
