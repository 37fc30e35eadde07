-- rnngen show model THIS
local cells = {}
cells.lstm()
