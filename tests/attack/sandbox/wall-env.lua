-- rnngen show model THIS
-- error[sandbox] THIS:5: '_ENV'
local s = '_ENV' -- _ENV
local l = [==[ _ENV ]] ]==] --[[ _ENV
]] _ENV = {}
