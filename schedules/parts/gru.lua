-- parts/gru.lua · a layer of GRU whose reset gate r comes before the product: a step has two parts, since the candidate sums
-- over all of r h'
--
-- gru(batch, m, layer, gates): batch is parts.few or parts.many; gates: the names of r, the other gate and the candidate, in
-- the order of the weights. Returns how the layer runs, for what is computed after it.
return function(batch, m, layer, gates)
  local H = layer.h:extent("i")
  local run = batch(m, layer.time, 3 * H * H)
  local after = { together = true }                    -- the other two sums share their loops
  for q, name in ipairs(gates) do
    local s, at = layer[name], tostring(q - 1)
    run.product(s:extract(name .. "_x", "W"), { { "W", "k" }, at = at })
    if name ~= "r" then
      after[#after + 1] = { s, { "U", "j" }, at = at }
    elseif run.rows == 1 then
      run.slices(s, { own = { { "U", "j" }, at = at } })
    else                                               -- r h' once, and not in each slice of the candidate's units
      run.slices(layer[gates[3]]:precompute("rh", "r"), { i = "j", { s, { "U", "j" }, at = at, i = "i" } })
    end
  end
  run.slices(layer.h, after)
  return run
end
