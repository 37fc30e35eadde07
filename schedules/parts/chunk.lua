-- parts/chunk.lua · steps in a chunk of time: what is computed for a whole chunk stays in the cache until its steps run, and
-- memory does not grow with the length of sequences. A multiple of 2, 3, 4, 6 and 8 steps, the rows of tiles.
return knob("chunk", 96, { 24, 48, 96, 192, 384 })
