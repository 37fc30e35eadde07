-- rnngen show nest tests/golden/errors/helper/sums.lua THIS
return function(m)
  m:wavefront { chunk = 2, recurrences = { "h", "f" } }
end
