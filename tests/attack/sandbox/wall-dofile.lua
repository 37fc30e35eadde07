-- rnngen show model THIS
-- error[sandbox] THIS:3: 'dofile' of Lua
dofile('x')
