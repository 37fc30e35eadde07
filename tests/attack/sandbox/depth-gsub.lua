-- rnngen show model THIS
-- error[lua] THIS:3: C stack overflow
local function f() return ('a'):gsub('a', f) end f()
