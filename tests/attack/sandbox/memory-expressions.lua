-- rnngen show model THIS --max-memory 8
-- error[budget] THIS:4: 8 MiB
local i = axis('i')
while true do local x = exp(i) + 1 end
