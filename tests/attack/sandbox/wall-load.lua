-- rnngen show model THIS
-- error[sandbox] THIS:3: 'load' of Lua
load('x')
