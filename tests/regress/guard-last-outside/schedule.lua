return function(m)
  m:stage("layer1.h11"):split("n", "l18o", "l19i", 2)
  m:stage("layer1.h11"):split("i0", "l20o", "l21i", 2)
  m:stage("layer1.h11"):split("l19i", "l22o", "l23i", 4, "guard")
  m:stage("layer1.h11"):tile("l20o", "l18o", "l24", "l25", "l26", "l27", 16, 3)
end
