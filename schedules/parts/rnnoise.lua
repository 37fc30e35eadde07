-- RNNoise: three GRUs (parts/gru.lua), each with the dense layers and joined inputs around it in its own chunks of steps.
-- kind: parts/few.lua or parts/many.lua, for few or many sequences at a time.
local gru = require("parts.gru")

return function(kind, m)
  local function dense(run, name)
    run.product(m:stage(name .. ".a"), { { "W", "k" } })
    run.each(m:stage(name .. ".y"))
  end
  local names, run = { "vad_gru", "noise_gru", "denoise_gru" }, {}
  for l, layer in ipairs(m.layers) do run[names[l]] = gru(kind, m, layer, { "z", "r", "q" }) end
  dense(kind(m), "input_dense")
  dense(run.vad_gru, "vad_output")
  run.noise_gru.each(m.noise_input, "k")
  run.denoise_gru.each(m.denoise_input, "k")
  dense(run.denoise_gru, "denoise_output")
end
