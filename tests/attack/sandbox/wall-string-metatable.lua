-- rnngen show model THIS
-- error[sandbox] THIS:3: metatable of a string
getmetatable('').__index = nil
