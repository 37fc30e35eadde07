-- rnngen show model THIS
-- error[budget] THIS:3: 256 MiB|steps
local s = 'x' while true do s = s .. s end
