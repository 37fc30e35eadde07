return function(m)
  m.y:split("n", "no", "ni", 2):split("no", "a", "b", 16, "guard"):split("b", "bo", "bi", 2):unroll("ni")
end
