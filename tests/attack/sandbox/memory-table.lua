-- rnngen show model THIS --max-memory 8
-- error[budget] THIS:3: 8 MiB of memory
local t = {} for i = 1, 1 << 60 do t[i] = {} end
