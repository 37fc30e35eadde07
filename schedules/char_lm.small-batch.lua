-- The character model, few texts at a time: layers as every LSTM (parts/lstm.lua), scores and probabilities with the chunk of
-- steps of the second.
local few, lstm, softmax = require("parts.few"), require("parts.lstm"), require("parts.softmax")

return function(m)
  local first, second = lstm(few, m, m.layers[1]), lstm(few, m, m.layers[2])
  first.each(m.x, "d")
  second.product(m:stage("dense.o"), { { "W", "j" }, i = "v" })
  softmax(second, m)
end
