return function(m)
  m:wavefront { chunk = 5 }
  m.recurrences[1]:chunk(100)
end
