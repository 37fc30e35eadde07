-- rnngen show model THIS
-- error[budget] THIS:3: MiB|steps
local s = ('x'):rep(100000):gsub('x', ('y'):rep(100000))
