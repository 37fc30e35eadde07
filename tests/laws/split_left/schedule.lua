return function(m)
  m:bound("N", { min = 2, multiple = 2 })
  m.y:split("n", "no", "ni", 4)
end
