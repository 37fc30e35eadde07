-- LSTM, few sequences, more threads than a layer has slices of units: threads share out sums, too. A piece is one of `parts` of the sum
-- over h for one slice of units; a second round adds them up, after a barrier more. An input that is much longer than the state is
-- shared out likewise, for streams of one step a call. --knob parts=N: parts times slices should be the threads.
-- Sums get another order, so that the last bits differ from those of other schedules.
local few = require("parts.few")
local parts = knob("parts", 4, { 2, 3, 4, 6, 8, 12, 16 })

return function(m)
  local V, H, X = m.target.lanes, m.dims.H, m.dims.X
  local run = few(m, m.time, 4 * H * H)
  m:math { reassoc = true }

  -- s = sum(j, w[g][i][j] ...): its parts, for slices of units; rows: loops around the sum
  local function pieces(s, name, w, j, p, rows)
    local B, part = 2 * V, s:split(j, j .. "o", j .. "i", math.max(1, s:extent(j) // parts)):rfactor(j .. "o", p)
    part:split("i", "io", "ii", B):order(p, "io", rows, j .. "i", "g", "ii"):unroll("g"):vectorize("ii")
        :fuse(p, "io", "piece"):parallel("piece")
        :pack(w, "i/" .. B, j .. "i", "g", "i%" .. B):pack(name .. "_" .. p, "t", "n", p, "g", "i")
    return part
  end

  local xw = m.a:extract("xw", "x")
  if X < 8 * H then
    run.product(xw, { { "W", "k" }, gates = "g" })
  else
    run.chunk(pieces(xw, "xw", "W", "k", "q", { "t", "n" }))
    run.chunk(xw:order("t", "n", "q", "g", "i"):unroll("q"):vectorize("i", V))
  end
  pieces(m.a, "a", "U", "j", "p", { "n" })
  m.h:split("i", "io", "ii", 2 * V):order("io", "n", "ii"):vectorize("ii"):parallel("io")
  m.c:compute_at(m.h, "n"):vectorize("i")
  m.a:compute_at(m.h, "n"):order("n", "p", "g", "i"):unroll("p", "g"):vectorize("i")
  m.time:persistent { barrier = "flag" }
end
