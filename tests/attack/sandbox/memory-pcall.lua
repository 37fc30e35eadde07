-- rnngen show model THIS --max-memory 8
-- error[budget] THIS:3: 8 MiB
local t = {} for i = 1, 1 << 60 do pcall(function() t[i] = {} end) end
