-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local function f() return f() end f()
