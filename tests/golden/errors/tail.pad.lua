-- rnngen show nest models/lstm.lua THIS --set H=20
return function(m)
  m.a:extract("xw", "x"):split("n", "no", "ni", 4, "pad")     -- x is the caller's
  m.a:split("i", "io", "ii", 8, "pad")                        -- xw is not padded
  m.c:split("i", "io", "ii", 8, "pad")                        -- carried between calls
  m.h:split("i", "io", "ii", 8, "pad")                        -- an output
end
