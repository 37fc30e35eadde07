return function(m)
  m:wavefront { chunk = 1 }
end
