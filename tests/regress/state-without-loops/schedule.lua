return function(m)
  m:stage("a13"):order("t")
end
