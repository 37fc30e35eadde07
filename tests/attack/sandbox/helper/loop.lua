-- required by a case

while true do end
