return function(m)
  m:wavefront { chunk = 2 }
end
