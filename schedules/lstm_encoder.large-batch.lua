-- Layers of LSTM in both directions over sequences of different lengths, many sequences at a time, for any depth; as lstm_bidirectional.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m)
  for l = 1, m.settings.L do
    lstm(many, m, m.layers[2 * l - 1])
    lstm(many, m, m.layers[2 * l])
    many(m).each(m:stage("layer" .. l .. ".y"))
  end
  m.code:vectorize("i")
  m.code_2:vectorize("i")
end
