-- rnngen show model THIS
local a = require("helper.syntax")
