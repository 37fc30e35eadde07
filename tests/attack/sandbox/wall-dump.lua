-- rnngen show model THIS
-- error[sandbox] THIS:3: 'string.dump' of Lua
string.dump(function() end)
