-- Layers of LSTM in both directions, many sequences at a time, for any depth. Both directions of a layer are done, one after the other, before
-- their states are put end to end.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m)
  for l = 1, m.settings.L do
    lstm(many, m, m.layers[2 * l - 1])
    lstm(many, m, m.layers[2 * l])
    many(m).each(m:stage("layer" .. l .. ".y"))
  end
end
