-- rnngen show model THIS
-- error[sandbox] THIS:3: plain tables
table.unpack(setmetatable({}, { __index = tostring }), 1, 1 << 60)
