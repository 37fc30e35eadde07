-- Layers of RWKV-4 over documents end to end, for any depth; see parts/rwkv.lua.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.
local rwkv = require("parts.rwkv")

return function(kind, m)
  local all = kind(m)
  all.each(m.x_before, "d2")                           -- x of the step before, 0 where a document begins
  for l = 1, m.settings.L do
    local layer = m.layers[l]
    rwkv(kind, m, layer, m:recurrence("layer" .. l .. ".b"), true).each(layer.sum)
    if l < m.settings.L then all.each(layer.sum_before) end
  end
end
