return function(m)
  m:stage("h3"):split("i0", "l6o", "l7i", 2)
  m:stage("h3"):split("t", "l8o", "l9i", 2)
  m:stage("h3"):split("l6o", "l10o", "l11i", 2)
  m:stage("h3"):order("l8o", "l9i", "l7i", "l10o", "j0", "l11i")
end
