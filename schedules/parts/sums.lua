-- parts/sums.lua · the sums of a stage, as parts/few.lua and parts/many.lua take them
--
--   { { "W", "k" }, { "U", "j" }, gates = "g" }        weights and the axis of each sum, in order; an axis of few iterations
--   { { false, "s" } }                                 no weights: a sum over other tensors
--   { { "U", "j" }, at = "2" }                         weights with a constant index; "*": with several
--   { { "U", "j" }, i = "i" }                          the axis of units, where it is not that of the slices
local sums = {}

function sums.axes(w)
  local axes = {}
  for q, pair in ipairs(w) do axes[q] = pair[2] end
  return axes
end

-- How many numbers are summed side by side.
function sums.gates(s, w) return w.gates and s:extent(w.gates) or 1 end

-- Terms of one of its numbers.
function sums.terms(s, w)
  local n = 0
  for _, pair in ipairs(w) do n = n + s:extent(pair[2]) end
  return n
end

-- Multiply-adds of one row of the stage.
function sums.work(s, w, i) return s:extent(i) * sums.gates(s, w) * sums.terms(s, w) end

-- Weights in the order in which loops walk them, B units at a time: all gates of an iteration of the sum lie together, or,
-- with `apart`, all iterations of a gate.
function sums.pack(s, w, i, B, apart)
  local inner, outer = { w.gates }, { w.at }
  if apart then inner, outer = {}, { w.at or w.gates, w.at and w.gates } end
  local before                                       -- weights of several sums in a row are packed once
  for _, pair in ipairs(w) do
    if pair[1] and pair[1] ~= before then s:pack(pair[1], i .. "/" .. B, outer, pair[2], inner, i .. "%" .. B) end
    before = pair[1]
  end
end

-- Weights of which a slice no longer fits the cache of its core are asked for early, `ahead` iterations before they are met.
function sums.prefetch(s, w, i, ahead)
  for _, pair in ipairs(w) do
    if pair[1] and s:extent(i) * sums.gates(s, w) * s:extent(pair[2]) >= 1 << 18 then s:prefetch(pair[1], pair[2], ahead) end
  end
end

return sums
