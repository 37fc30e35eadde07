-- rnngen show model THIS
-- error[budget] THIS:3: 256 MiB
local s = ('x'):rep(1 << 30)
