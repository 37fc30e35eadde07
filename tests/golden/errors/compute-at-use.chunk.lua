-- rnngen show nest tests/golden/errors/helper/chunks.lua THIS
return function(m)
  local time = m:recurrence("h")
  time:chunk(32)
  m.back:compute_at(time)             -- reads h from the last step to the first
  m.later:compute_at(time)            -- reads what needs all of h
end
