-- rnngen show model THIS
-- error[sandbox] THIS:3: plain tables
table.move({ 1 }, 1, 1, 2, setmetatable({}, { __newindex = tostring }))
