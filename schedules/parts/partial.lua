-- parts/partial.lua · a sum along memory in vectors: partial sums of its last axis, made where the sum itself is
--
--   partial(m, mu, { "n", "e" }, { "g", "i" })      its own axes, and those that it sums over, both in order
--   partial(m, h, { "t", "b", "u" }, { "s" }, 4)    4 elements of its last axis side by side read the other factor once
--
-- A lone sum waits for the addition before it, so up to four vectors take turns. Terms are added in another order: the schedule
-- says m:math { reassoc = true } first. A sum shorter than a vector stays as it is.
return function(m, s, own, axes, rows)
  local V, i, last = m.target.lanes, axes[#axes], own[#own]
  local vectors, o, ii = s:extent(i) // V, i .. "o", i .. "i"
  if vectors == 0 then return end
  local p = s:split(i, o, ii, V * (rows and 1 or math.min(4, vectors))):rfactor(ii, "v")
  p:order(own, { table.unpack(axes, 1, #axes - 1) }, o, "v"):vectorize("v")
  s:unroll("v")
  if not rows then return p:compute_at(s, last) end
  s:split(last, last .. "o", last .. "i", rows):unroll(last .. "i")
  p:reorder("v", last, o):unroll(last):compute_at(s, last .. "o")
end
