-- rnngen show c models/lstm.lua THIS --target avx2
local m = 1
