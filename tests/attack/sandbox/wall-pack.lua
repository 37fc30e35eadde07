-- rnngen show model THIS
-- error[sandbox] THIS:3: 'string.pack' of Lua
string.pack('i', 1)
