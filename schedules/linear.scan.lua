-- The linear recurrence over a long time, few units: chunks of steps in parallel, several side by side in a thread, their
-- states in registers; block by block, so that what is read twice is in cache the second time.
return function(m)
  local V = math.min(m.target.lanes, m.dims.H)
  m:math { reassoc = true }
  m.h:split("i", "io", "ii", V):order("n", "io", "t", "ii"):vectorize("ii")
  m.time:scan { method = "one-pass", chunk = knob("scan", 512, { 4, 128, 512, 1024, 2048, 4096 }) }
        :persistent { barrier = "omp" }
end
