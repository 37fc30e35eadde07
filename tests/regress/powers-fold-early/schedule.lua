return function(m)
  m:bound("N", { min = 3, max = 8, multiple = 4 })
  m:stage("y24"):tile("i1", "n", "l37", "l38", "l39", "l40", 16, 5)
  m:stage("y24"):unroll("l40")
  m:stage("y24"):pack("y24", "i1", "n/7", "n%7")
end
