-- rnngen show model THIS
-- error[budget] THIS:4: 20000 dims, axes, tensors
local N = dims('N')
for i = 1, 1000000 do input('x' .. i, f32, { N }) end
