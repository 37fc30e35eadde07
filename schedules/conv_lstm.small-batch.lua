-- ConvLSTM, few sequences: vectors run along the channels of the result, where windows that end outside of the picture are one
-- test for all lanes, and the gates of two columns are summed at a time. The weights of a vector of channels lie together in
-- the order of the window, and stay in the nearest cache for the whole picture; so do the sums, from which h then takes columns.
-- Threads share the rows: of a step each needs its own, but for those at the edges of its neighbours, which are of the step before.
return function(m)
  local V = m.target.lanes
  local mo, mi = "m/" .. V, "m%" .. V
  m.a:split("m", "mo", "mi", V):split("z", "zo", "zi", 2)
   :order("n", "mo", "y", "zo", { "c_in", "p", "q" }, { "h_in", "p_2", "q_2" }, "zi", "g", "mi"):unroll("zi", "g"):vectorize("mi")
   :pack("a", "t", "n", mo, "y", "z", "g", mi):pack("W", mo, "c_in", "p", "q", "g", mi):pack("U", mo, "h_in", "p", "q", "g", mi)
  m.h:order("n", "m", "y", "z"):vectorize("z", V)
  m.c:compute_at(m.h, "zo"):vectorize("z")
  if m.dims.Y > 1 then
    m.a:parallel("y")
    m.h:parallel("y")
    m.time:persistent { barrier = "flag" }
  end
end
