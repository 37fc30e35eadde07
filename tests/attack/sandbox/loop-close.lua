-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:4: steps
local mt = { __close = function()
	while true do
	end
end }
local x <close> = setmetatable({}, mt)
