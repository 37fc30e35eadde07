-- rnngen show model THIS
-- error[sandbox] THIS:3: '_ENV'
local f = function(_ENV) return x end
