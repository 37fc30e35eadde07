-- parts/chunk.lua · steps in a chunk of time: what is computed for a whole chunk stays in the cache until its steps run, and
-- memory does not grow with the length of sequences. chunk(usual): usual or what --knob chunk=N says; asked for once.
local chunk

return function(usual)
  chunk = chunk or knob("chunk", usual, { 4, 8, 16, 24, 48, 96, 192, 384 })
  return chunk
end
