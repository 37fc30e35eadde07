-- Layers of LSTM in both directions, few sequences at a time, for any depth. Both directions of a layer are done, one after the other, before
-- their states are put end to end.
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m)
  for l = 1, m.settings.L do
    lstm(few, m, m.layers[2 * l - 1])
    lstm(few, m, m.layers[2 * l])
    few(m).each(m:stage("layer" .. l .. ".y"))
  end
end
