-- rnngen show model THIS
-- error[sandbox] THIS:3: '_G' of Lua
_G.x = 1
