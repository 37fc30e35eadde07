-- A product of many rows, as in Goto and van de Geijn (2008): B in panels of two vectors, which follow each other in memory;
-- so many rows of A that they stay in the second cache while all panels pass by; tiles whose sums fill the registers.
--
--   C ib,jo,io = A ib,io * B jo        48 rows of 1000 numbers and a panel: 250 KiB. A tile reads 6 rows of A, which the first
--                                      cache holds for all of them, so A needs no copy.
--   ib, jo -> tiles                   Threads share blocks and panels as one loop: of 21 blocks one of two would do 11.
local block = knob("block", 48, { 24, 48, 96, 192 })   -- rows

return function(m)
  local V = m.target.lanes
  local rows, B = m.target.registers >= 32 and 8 or 6, m.C:extent("j") > V and 2 * V or V
  m.C:precompute("B_panels", "B"):split("j", "jo", "ji", B):order("jo", "k", "ji"):vectorize("ji"):parallel("jo")
     :pack("B_panels", "j/" .. B, "k", "j%" .. B)
  m.C:split("i", "ib", "ir", block):split("ir", "io", "ii", rows):split("j", "jo", "ji", B)
     :order("ib", "jo", "io", "k", "ii", "ji"):fuse("ib", "jo", "tiles"):unroll("ii"):vectorize("ji"):parallel("tiles")
end
