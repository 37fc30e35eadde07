-- rnngen show model THIS --max-steps 1000000
-- error[budget] helper/loop.lua:3: steps
require('helper.loop')
