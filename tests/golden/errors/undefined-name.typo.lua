-- rnngen show model THIS
local hidden = dim("H", 4)
local h = param("h", f32, {hiden})
