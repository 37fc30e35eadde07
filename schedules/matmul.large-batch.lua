-- A product of many rows, as in Goto and van de Geijn (2008): B in panels of two vectors, which follow each other in memory;
-- so many rows of A that they stay in the second cache while all panels pass by; tiles whose sums fill the registers.
--
--   C ib,jo,io = A ib,io * B jo        48 rows of 1000 numbers and a panel: 250 KiB. A tile reads 6 rows of A, which the first
--                                      cache holds for all of them, so A needs no copy.
--   32 registers                       8 rows by three vectors: 11 loads for 24 multiply-adds, with two 10 for 16 (5 to 9 % slower).
--   ib, jo -> tiles                   Threads share blocks and panels as one loop: of 21 blocks one of two would do 11.
local block = knob("block", 48, { 24, 48, 96, 192 })   -- rows

return function(m)
  local V = m.target.lanes
  local E, many = m.C:extent("j"), m.target.registers >= 32
  local rows, B = many and 8 or 6, many and E >= 3 * V and 3 * V or E > V and 2 * V or V
  m.C:precompute("B_panels", "B"):split("j", "jo", "ji", B):order("jo", "k", "ji"):vectorize("ji"):parallel("jo")
     :pack("B_panels", "j/" .. B, "k", "j%" .. B)
  m.C:split("i", "ib", "ir", block):split("ir", "io", "ii", rows):split("j", "jo", "ji", B)
     :order("ib", "jo", "io", "k", "ii", "ji"):fuse("ib", "jo", "tiles"):unroll("ii"):vectorize("ji"):parallel("tiles")
end
