-- rnngen show model THIS
-- error[budget] THIS:3: 256 MiB
pcall(string.rep, 'x', 1 << 50, 'yz') error('not here')
