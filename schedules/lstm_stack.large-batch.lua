-- A stack of LSTM layers, many sequences at a time, one layer after another; for any depth. See parts/lstm.lua.
local many, lstm = require("parts.many"), require("parts.lstm")

return function(m)
  for _, layer in ipairs(m.layers) do lstm(many, m, layer) end
end
