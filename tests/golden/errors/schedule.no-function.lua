-- rnngen show c models/lstm.lua THIS --target avx2
return 1
