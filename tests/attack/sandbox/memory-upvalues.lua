-- rnngen show model THIS --max-memory 8
-- error[budget] THIS:3: 8 MiB
local f = function() end while true do local g = f f = function() return g end end
