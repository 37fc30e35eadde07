return function(m)
  m:wavefront { chunk = 2, skew = 1 }
end
