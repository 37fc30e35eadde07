-- rnngen show model THIS
-- error[budget] THIS:3: 256 MiB of memory
local t = {} for i = 1, 1 << 60 do t[i] = {} end
