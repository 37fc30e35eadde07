-- rnngen show model THIS
-- error[budget] THIS:5: 20000 dims, axes|carry too many
local t = {}
for i = 1, 40000 do t[i] = 'N' .. i end
dims(table.unpack(t))
