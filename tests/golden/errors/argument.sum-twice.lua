-- rnngen show model THIS
local H = dim("H", 4)
local i = axis("i")
local v = param("v", f32, {H})
local s = sum({i, i}, v[i])
