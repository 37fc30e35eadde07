-- rnngen show model THIS
local a = require("../cells/lstm")
