-- rnngen show model THIS
local function cell(width)
	if width > 8 then
		error("this cell is at most 8 wide")
	end
end
cell(9)
