-- parts/scan.lua · a recurrence that is affine in its state, over a long time: chunks of steps in parallel, block by block
--
--   local scan = require("parts.scan")
--   if scan.wide(m, h, "i") then ... end           its steps have vectors along these axes for half of the threads, and more
--   scan.run(m, m.time, h, "i")                    h: the stage whose loops its recurrence shares; along i elements lie side by side
--
-- A scan pays where the chain of steps is the limit. Where steps are wide, products, functions and memory are, and a scan computes
-- functions twice: steps one after another, with what belongs to them a chunk at a time, are as fast as anything while there is a vector
-- for every second thread. --knob threads=N says how many there will be, --knob scan=N asks for a scan with chunks of N steps anyway.
local chunk = knob("scan", 0, { 0, 4, 16, 32, 64, 128, 512, 2048 })
local threads, scan = knob("threads", 2, { 1, 2, 4, 8, 16, 32, 64 }), {}

function scan.wide(m, h, ...)
  local elements = 1
  for _, i in ipairs { ... } do elements = elements * h:extent(i) end
  return chunk == 0 and elements > m.target.lanes * math.max(1, threads // 2)
end

-- A chunk and what it reads stay in cache from the first reading to the second. The tile is a row: memory is read in its order.
function scan.run(m, time, h, i)
  local V, E = m.target.lanes, h:extent(i)
  m:math { reassoc = true }
  h:split(i, i .. "o", i .. "i", E <= V and E or math.min(E // V, 8) * V):vectorize(i .. "i")
  time:scan { method = "one-pass", chunk = chunk > 0 and chunk or 4096 // E, block = E <= V and 16 or 4 }
      :persistent { barrier = "omp" }
end

return scan
