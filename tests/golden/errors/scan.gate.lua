-- rnngen show nest models/sru.lua THIS
return function(m)
  m:math { reassoc = true }
  m:recurrence("layer1.c"):scan { chunk = 256 }
end
