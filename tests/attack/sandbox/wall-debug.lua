-- rnngen show model THIS
-- error[sandbox] THIS:3: 'debug' of Lua
debug.getregistry()
