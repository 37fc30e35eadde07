-- Layers of RWKV-4 over documents end to end, many sequences at a time, for any depth; see parts/rwkv.lua.
local many, rwkv = require("parts.many"), require("parts.rwkv")

return function(m)
  local all = many(m)
  all.each(m.x_before, "d2")                           -- x of the step before, 0 where a document begins
  for l = 1, m.settings.L do
    local layer = m.layers[l]
    rwkv(many, m, layer, m:recurrence("layer" .. l .. ".b"), true).each(layer.sum)
    if l < m.settings.L then all.each(layer.sum_before) end
  end
end
