-- rnngen show model THIS --max-memory 8
-- error[budget] THIS:4: 8 MiB
local i = axis('i') local p = i
while true do p = p + axis('k' .. 1) end
