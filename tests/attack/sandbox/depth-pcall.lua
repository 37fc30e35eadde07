-- rnngen show model THIS
-- error[budget] THIS:3: nested too deeply
local function f() return 1 + f() end while true do pcall(f) end
