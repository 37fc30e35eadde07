return function(m)
  m.y:split("j", "jo", "ji", 3)
  m.y:order("n", "ji", "jo")
end
