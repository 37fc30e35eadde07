-- The linear recurrence over a long time: chunks of steps in parallel, their states in registers; block by block, so that what is read
-- twice is in cache the second time, and what is written goes past it. Where a step has few units, several chunks run side by side in a
-- thread: their rows lie 16 units off from each other, so that they do not meet in one set of the cache. Where a tile is a whole row, one
-- block is expanded while the next one is reduced: stores that pass the caches by are slow, and memory is read beside them (1.35 times
-- as fast with 128 units on 2 threads). Narrow rows are no whole lines, and reads in between would send them to memory by halves (a tenth
-- as fast); tiles of wider ones are in strides (half as fast). Steps of fewer units than a vector, of one sequence, have a chunk in each
-- lane; what is left of a block then runs chunk by chunk, so these are short.
return function(m)
  local V, H = m.target.lanes, m.dims.H
  local tile = H <= 8 and H or math.max(math.min(H // V * V, 128), V)
  local narrow, whole, lanes = tile <= 8, tile == H and tile > 8, H < math.min(V, 8)
  local chunk = knob("scan", 0, { 0, 4, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 })   -- 0: by the width
  m:math { reassoc = true }
  if lanes then m:specialize { N = 1 } end
  m.h:split("i", "io", "ii", tile):order("n", "io", "t", "ii"):vectorize("ii"):store_in("stream")
  if chunk == 0 and lanes then chunk = 2048 // H // 16 * 16 + 32 end
  if chunk == 0 then chunk = narrow and 4096 // H + 16 or math.max(16, (whole and 8192 or 16384) // H) end
  m.time:scan { method = "one-pass", chunk = chunk, block = lanes and 32 or narrow and 16 or 4, overlap = whole }
  m.time:persistent { barrier = whole and "flag" or "omp" }
end
