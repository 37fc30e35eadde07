-- rnngen show model THIS
-- error[sandbox] THIS:3: 'io' of Lua
io.open('/etc/passwd')
