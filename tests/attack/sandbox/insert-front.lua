-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
local t = {}
for i = 1, 1 << 60 do table.insert(t, 1, i) end
