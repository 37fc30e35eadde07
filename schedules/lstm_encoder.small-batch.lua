-- Layers of LSTM in both directions over sequences of different lengths, few sequences at a time, for any depth; as lstm_bidirectional.
local few, lstm = require("parts.few"), require("parts.lstm")

return function(m)
  for l = 1, m.settings.L do
    lstm(few, m, m.layers[2 * l - 1])
    lstm(few, m, m.layers[2 * l])
    few(m).each(m:stage("layer" .. l .. ".y"))
  end
  m.code:vectorize("i")
  m.code_2:vectorize("i")
end
