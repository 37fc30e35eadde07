-- rnngen show model THIS
-- error[argument] THIS:3: must be a word
local s = ('x'):rep(20000000) while true do pcall(dim, s) end
