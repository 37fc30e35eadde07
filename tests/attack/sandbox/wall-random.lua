-- rnngen show model THIS
-- error[sandbox] THIS:3: 'math.random' of Lua
math.random()
