-- rnngen show model THIS
-- error[sandbox] THIS:3: 'io' of Lua
pcall(function() return io end) error('not here')
