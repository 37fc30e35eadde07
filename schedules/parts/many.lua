-- parts/many.lua · how stages run when sequences are many (16 and more): sums over tiles of sequences by two vectors of units
--
-- The calls are those of parts/few.lua. A tile of 6 sequences by 2 vectors is 12 sums, for which an iteration loads 2 vectors
-- of weights and 6 numbers: the arithmetic units are the limit, not the loads. One gate comes after the other, so that all
-- sums are of one gate; what is left of the sequences, or of the units, is a tile of its own.
--
-- With 32 registers a tile is 8 sequences by 2 vectors, or by 3 (`--knob vectors=3`), or 6 by 4: fewer loads for a multiply-add, and fewer
-- slices for threads to share. With 512 units 3 are 5 to 7 % faster on 1 and 2 threads, 4 are so from 64 sequences on.
local chunk, sums = require("parts.chunk")(8), require("parts.sums")     -- 8 steps of 16 and more sequences
local widest = knob("vectors", 2, { 2, 3, 4 })                           -- of a tile, where there are 32 registers

return function(m, time, work)
  local V = m.target.lanes
  local vectors = m.target.registers >= 32 and widest or 2
  local rows = m.target.registers < 32 and 6 or vectors == 4 and 6 or 8
  local team = time and (work or 0) >= 1 << 11       -- of one sequence: there are 16 and more
  local persistent = false
  local run = { rows = rows }
  if time then time:chunk(chunk) end

  function run.chunk(s)
    if time then s:compute_at(time) end
  end

  local function width(E) return E > V and math.min(vectors, math.max(2, E // V)) * V or V end

  function run.product(s, w)
    local i, n, t = w.i or "i", w.n or "n", w.row and {} or "t"
    local io, ii, no, ni = i .. "o", i .. "i", n .. "o", n .. "i"
    local B = width(s:extent(i))
    local wide = s:extent(i) >= 4 * B                -- else there are few slices: threads take steps
    run.chunk(s)
    s:split(i, io, ii, B):split(n, no, ni, rows)
    if wide then
      s:order(io, t, no, { w.gates }, sums.axes(w), ni, ii)
    else
      s:order(t, no, io, { w.gates }, sums.axes(w), ni, ii)
    end
    s:unroll(ni):vectorize(ii):parallel(wide and io or w.row and no or t)
    sums.pack(s, w, i, B, true)
  end

  -- A tile that sums both has no first sum to write and read. All weights of its units should stay in the second cache, 256 KiB.
  function run.joins(s, w, i)
    local E = s:extent(i or "i")
    return E >= 4 * width(E) and sums.gates(s, w) * sums.terms(s, w) * width(E) <= 1 << 16
  end

  function run.each(s, i, inside)
    i = i or "i"
    local wide = s:extent(i) > 4 * V
    run.chunk(s)
    if wide then s:vectorize(i, V) else s:vectorize(i) end
    if time then s:parallel("t") end
    for _, x in ipairs(inside or {}) do x:compute_at(s, wide and i .. "o" or "n"):vectorize(i) end
  end

  -- `rows` and `beside`: so many sequences in a tile, all gates side by side.
  function run.slices(h, o)
    local i, n = o.i or "i", o.n or "n"
    local io, ii, no, ni, E, own = i .. "o", i .. "i", n .. "o", n .. "i", h:extent(i), o.own or {}
    local B = width(E)
    h:split(i, io, ii, B):split(n, no, ni, o.rows or rows):order(io, no, { own.gates }, sums.axes(own), ni, ii):vectorize(ii)
    if o.own then h:unroll(ni) end
    sums.pack(h, own, i, B, true)
    sums.prefetch(h, own, i, 48)
    if team and E > B then
      h:parallel(io)
      if not persistent then time:persistent { barrier = "flag" } end
      persistent = true
    end
    for _, s in ipairs(o.inside or {}) do s:compute_at(h, no):vectorize(i) end
    for _, x in ipairs(o) do
      local i, s, w = x.i or i, x[1], { gates = x.gates, at = x.at, table.unpack(x, 2) }
      local apart, beside = { w.gates }, {}
      if o.beside then apart, beside = {}, apart end
      s:compute_at(h, no):order(apart, sums.axes(w), n, beside, i):unroll(n, beside):vectorize(i)
      sums.pack(s, w, i, B, not o.beside)
      sums.prefetch(s, w, i, 48)
    end
  end

  run.rows, run.width = rows, width                  -- sequences and units of a tile
  return run
end
