-- rnngen show model THIS
-- error[sandbox] THIS:3: addresses
string.format('%p', {})
