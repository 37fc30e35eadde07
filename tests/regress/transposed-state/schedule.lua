return function(m) m.h:order("i","j","t") end
