-- rnngen show model THIS
-- error[sandbox] THIS:3: has no place
for k in pairs { [{}] = 1, [{ 2 }] = 2 } do end
