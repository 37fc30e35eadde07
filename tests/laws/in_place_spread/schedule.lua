return function(m)
  
end
