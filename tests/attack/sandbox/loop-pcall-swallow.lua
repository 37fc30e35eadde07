-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
local function run()
	while true do end
end
while true do pcall(pcall, run) end
