-- rnngen show model THIS
-- error[budget] THIS:3: MiB|steps
local s = '' while true do s = s .. 'some more of it' end
