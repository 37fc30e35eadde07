-- rnngen show model THIS
local s = ("x"):rep(1000000)
local all = {}
for i = 1, 1000 do all[i] = s .. i end
