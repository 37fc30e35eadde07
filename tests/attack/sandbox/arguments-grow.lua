-- rnngen show model THIS
-- error[budget] THIS:3: carry too many values
local function f(n, ...) return f(n, n, ...) end f(1)
