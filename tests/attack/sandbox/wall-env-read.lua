-- rnngen show model THIS
-- error[sandbox] THIS:3: '_ENV'
local e = _ENV
