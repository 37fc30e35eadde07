-- rnngen show model THIS
-- error[sandbox] THIS:3: addresses
string.format('\0%d%%%-20p', 1, {})
