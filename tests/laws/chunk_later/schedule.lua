return function(m)
  m.time:chunk(2)
  m.y:compute_at(m.time)
end
