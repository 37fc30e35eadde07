-- rnngen show model THIS
-- error[lua] THIS:3: C stack overflow
local function f() scope('a', f) end f()
