return function(m)
  m:stage("h8"):split("n", "l8o", "l9i", 1)
  m:stage("h8"):split("l8o", "l10o", "l11i", 1)
  m:stage("h8"):order("l10o", "l11i", "l9i", "i0")
  m:stage("h8"):unroll("l11i")
  m:stage("h8"):unroll("l9i")
end
