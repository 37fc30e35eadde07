-- rnngen show model THIS
local names = { x = 1 }
local _ENV = names
