-- rnngen show model THIS
local lstm = require("cells.ltsm")
