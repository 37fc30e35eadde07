-- parts/softmax.lua · the stages of cells/softmax.lua over v: largest score, exponentials, their sum, the quotient
return function(run, m)
  run.chunk(m.m)
  run.each(m.e, "v")
  run.chunk(m.s)
  run.each(m.y, "v")
end
