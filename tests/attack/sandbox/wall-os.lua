-- rnngen show model THIS
-- error[sandbox] THIS:3: 'os' of Lua
os.execute('true')
