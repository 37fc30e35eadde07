-- rnngen show model THIS --max-declarations 500
-- error[budget] THIS:4: 500 dims, axes
local N = dims('N') local i = axis('i') local y = func('y', f32, { N })
for k = 1, 1000000 do y[i] = k end
