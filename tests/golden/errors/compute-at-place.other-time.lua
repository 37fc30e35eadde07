-- rnngen show nest tests/golden/errors/helper/chunks.lua THIS
return function(m)
  m:recurrence("h"):chunk(32)
  m.few:compute_at(m:recurrence("h"))
end
