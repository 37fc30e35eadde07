-- The character model, many texts at a time: layers as every LSTM, scores and probabilities with the chunk of steps of the
-- second.
local many, lstm, softmax = require("parts.many"), require("parts.lstm"), require("parts.softmax")

return function(m)
  local first, second = lstm(many, m, m.layers[1]), lstm(many, m, m.layers[2])
  first.each(m.x, "d")
  second.product(m:stage("dense.o"), { { "W", "j" }, i = "v" })
  softmax(second, m)
end
