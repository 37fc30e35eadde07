-- rnngen show model THIS
-- error[budget] THIS:3: MiB|steps
while true do pcall(error, ('x'):rep(10000000)) end
