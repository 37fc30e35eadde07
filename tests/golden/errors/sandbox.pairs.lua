-- rnngen show model THIS
local width = { [f32] = 4, [f64] = 8 }
for type, bytes in pairs(width) do end
