-- rnngen show model THIS
-- error[sandbox] THIS:3: 'coroutine' of Lua
coroutine.wrap(function() while true do end end)()
