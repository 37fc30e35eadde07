-- rnngen show model THIS
-- error[sandbox] helper/binary.lua:1: no text file
require('helper.binary')
