-- parts/few.lua · how stages run when sequences are few: sums outside time over tiles of steps, a step over slices of units
--
--   local run = few(m, m.time, 4 * H * H)                     time (nil: outside recurrences), multiply-adds of a step
--   local run = few(m, m.time, 0, H)                          steps of H units that stand alone, each of its own past only
--   run.product(xw, { { "W", "k" }, gates = "g" })            a sum that needs no state, for a chunk of steps
--   run.slices(h, { inside = { c }, { a, { "U", "j" }, gates = "g" } })
--   run.each(y, "i", { r })                                   element by element along i, outside the steps; r with it, in registers
--   run.chunk(s)                                              as it is, a chunk of steps at a time
--   if run.joins(a, { { "W", "k" }, { "U", "j" }, gates = "g" }) then ... end
--                                                             should sums of which only the last needs the state be one in the step?
--
-- Units that stand alone are shared out once: a thread computes its slice of all that it calls for, from the sums to what is element by
-- element, and its state stays in registers. Threads meet only where a sum is over what another one made. (GILR-LSTM of 128 units, 2
-- threads: 1.2 times as fast as sums alone in parallel.) Below two slices nothing is shared out.
--
-- Sums are described in parts/sums.lua. Axes are i and n, unless { i = "u", n = "b" } says otherwise. parts/many.lua takes
-- the same calls.
local chunk, sums = require("parts.chunk")(96), require("parts.sums")    -- 96: a multiple of all rows of tiles

return function(m, time, work, alone)
  local V = m.target.lanes
  local slice = alone and alone >= 8 * V and 4 * V   -- four chains of steps side by side
  local most = m.target.registers * 3 // 4           -- sums at a time; weights and what they meet need the other registers
  local team = time and (work or 0) >= 1 << 14       -- below, a barrier costs more than threads gain
  local persistent = false
  local run = { rows = 1 }                           -- sequences in a tile
  if time then time:chunk(chunk) end

  function run.chunk(s)
    if time then s:compute_at(time) end
  end

  function run.product(s, w)
    local i, t, n = w.i or "i", w.row or "t", w.row and {} or w.n or "n"
    local io, ii, to, ti = i .. "o", i .. "i", t .. "o", t .. "i"
    local E, gates = s:extent(i), sums.gates(s, w)
    local all = (E + V - 1) // V
    local vectors = gates > 1 and 1 or all % 6 == 3 and not slice and 3 or math.min(all, 2)    -- odd: none are left over
    local B, rows = vectors * V, math.max(1, math.min(6, most // (gates * vectors)))
    local slices, tile = { io, to }, { ti, w.gates }
    if E < 4 * B then slices = { to, io } end        -- few slices: threads take rows
    if rows < gates * vectors then tile = { w.gates, ti } end    -- what is read once stays in fewer registers
    run.chunk(s)
    if slice then
      s:split(i, io, i .. "m", slice):split(i .. "m", i .. "v", ii, B)
      slices = { io, i .. "v", to }
    else
      s:split(i, io, ii, B)
    end
    s:split(t, to, ti, rows):order(slices, n, sums.axes(w), tile, ii):unroll(tile):vectorize(ii)
    sums.pack(s, w, i, B)
    if slice or 64 * sums.work(s, w, i) >= 1 << 18 then s:parallel(slices[1]) end
  end

  function run.each(s, i, inside)
    i = i or "i"
    local io, at = i .. "o", "n"
    run.chunk(s)
    if slice then
      s:split(i, io, i .. "i", slice):order(io, "t", "n", i .. "i"):vectorize(i .. "i"):parallel(io)
    elseif s:extent(i) > 4 * V then
      at = io
      s:vectorize(i, V)
    else
      s:vectorize(i)
    end
    for _, x in ipairs(inside or {}) do x:compute_at(s, at):vectorize(i) end
  end

  -- A step of one slice waits for its own chain of operations. What needs no state can run meanwhile, where it is not much.
  function run.joins(s, w, i)
    local E = s:extent(i or "i")
    return E > V and E <= 2 * V and sums.terms(s, w) <= 4 * V
  end

  -- The last stage of a step in slices of its units. What it is made of is computed inside: `inside` element by element, sums
  -- with their weights; `own` are the sums of h itself. `together`: the sums share their loops.
  function run.slices(h, o)
    local i, n = o.i or "i", o.n or "n"
    local io, ii, E, own = i .. "o", i .. "i", h:extent(i), o.own or {}
    if slice then                                    -- what is inside follows h
      h:split(i, io, ii, slice):order(io, n, "t", ii):vectorize(ii):parallel(io)
      time:persistent { barrier = "flag" }
      return
    end
    local at_once, vectors = o.own and sums.gates(h, own) or 0, 4
    for _, w in ipairs(o) do
      at_once = o.together and at_once + 1 or math.max(at_once, sums.gates(w[1], w))
    end
    while vectors > 1 and (at_once * vectors > most or vectors * V // 2 >= E or team and E < 4 * vectors * V) do
      vectors = vectors // 2
    end
    if vectors == 4 and E > 4 * V and E % (4 * V) ~= 0 and E % (3 * V) == 0 then vectors = 3 end
    local B, at = vectors * V, at_once > 0 and n or io
    h:split(i, io, ii, B):order(at == n and { io, n } or { n, io }, sums.axes(own), { own.gates }, ii)
     :unroll { own.gates }:vectorize(ii)
    sums.pack(h, own, i, B)
    sums.prefetch(h, own, i, 8)
    if at == n then h:alternate(io) end              -- every other step backwards, through what is still in the cache
    if team and E > B then
      h:parallel(io)
      if not persistent then time:persistent { barrier = "flag" } end
      persistent = true
    end
    for _, s in ipairs(o.inside or {}) do s:compute_at(h, at):vectorize(i) end
    for q, x in ipairs(o) do
      local i, s, w = x.i or i, x[1], { gates = x.gates, at = x.at, table.unpack(x, 2) }
      local axes = sums.axes(w)
      if q == 1 or not o.together then s:compute_at(h, at) end
      s:order(n, axes, { w.gates }, i):unroll { w.gates }:vectorize(i)
      sums.pack(s, w, i, B)
      sums.prefetch(s, w, i, 8)
      if q > 1 and o.together then s:compute_with(o[1][1], axes[#axes]) end
    end
  end

  return run
end
