-- rnngen show model THIS
-- error[sandbox] THIS:3: 'rawset' of Lua
rawset({}, 1, 2)
