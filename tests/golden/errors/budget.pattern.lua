-- rnngen show model THIS --max-steps 1000000
local name = ("a"):rep(50)
if name:find("a*a*a*a*a*a*a*a*b") then
	error("never")
end
