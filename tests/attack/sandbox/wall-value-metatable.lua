-- rnngen show model THIS
-- error[sandbox] THIS:3: metatable of a value
getmetatable(dim('N')).__add = nil
