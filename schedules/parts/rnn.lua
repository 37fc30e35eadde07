-- parts/rnn.lua · the step of models/rnn.lua in the eight combinations of three classic directives, to see what each gives, alone
-- and with the others (rnn.small-batch.lua and rnn.large-batch.lua are what to run):
--
--   tile         64 units by 16 sequences: their weights stay in the cache from one sequence to the next
--   vectorize    16 units at a time, with their weights side by side in memory
--   parallel     slices of units shared out among threads, one team for all steps
return function(m, tile, vectorize, parallel)
  local units = "i"
  if tile then
    m.a:tile("i", "n", "io", "no", "ii", "ni", 64, 16)
    units = "ii"
  end
  if vectorize then
    m.a:split(units, "iv", "iu", 16):vectorize("iu")
     :pack("U", "i/16", "k", "i%16"):pack("W", "i/16", "j", "i%16")
    m.h:vectorize("i", 16)
    units = "iv"
  end
  m.a:order(tile and { "io", "no" } or {}, units, tile and "ni" or "n", "k", "j", vectorize and { "iu" } or {})
  if parallel then
    m.a:parallel(tile and "io" or units)
    m.h:parallel(vectorize and "io" or "i")
    m.time:persistent { barrier = "flag" }
  end
end
