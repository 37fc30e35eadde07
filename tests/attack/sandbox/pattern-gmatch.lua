-- rnngen show model THIS --max-steps 1000000
-- error[budget] THIS:3: steps
for w in (('a'):rep(100000)):gmatch('a*b') do end
