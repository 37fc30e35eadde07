return function(m)
  m:math { reassoc = true }
  m.y:split("j", "jo", "ji", 6):split("ji", "jio", "jii", 4):rfactor("jii", "v")
end
