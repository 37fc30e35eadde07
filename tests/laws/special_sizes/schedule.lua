return function(m)
  m:specialize { N = 2 }
end
