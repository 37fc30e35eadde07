-- rnngen show model THIS --max-steps 1000000
local name = ("a"):rep(1000000)
while true do
	name = name:upper()
end
