-- rnngen show model THIS
-- error[budget] THIS:3: 20000 dims, axes
for i = 1, 1000000 do axis('i') end
