-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local a = { table.unpack({}, 1, 1 << 60) }
