-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
local function f() return pcall(f) end while true do f() end
