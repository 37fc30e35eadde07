-- rnngen show model THIS
while true do end
