-- parts/scan.lua · a recurrence that is affine in its state, over a long time: chunks of steps in parallel, block by block
--
--   scan(m, m.time, h, "i")        h: the stage whose loops its recurrence shares; along i its elements are next to each other
--
-- A chunk and what it reads stay in cache from the first reading to the second. Few steps, where a step has many elements.
local chunk = knob("scan", 32, { 4, 16, 32, 64, 128, 512, 2048 })

return function(m, time, h, i)
  local io, ii = i .. "o", i .. "i"
  m:math { reassoc = true }
  h:split(i, io, ii, math.min(m.target.lanes, h:extent(i))):vectorize(ii)
  time:scan { method = "one-pass", chunk = chunk }:persistent { barrier = "omp" }
end
