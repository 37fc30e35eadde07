-- models/outside.lua · reads outside of extents, strides, places of maxima, a tensor without dims
local N = dims("N")
local W = dim("W", 21)
local n, p, q, k = axes("n", "p", "q", "k")
local s = axis("s", 10)

local x = input("x", f32, {N, W})
local f, g = param("f", f32, {3}), param("g", f32, {3, 4})
local r = axis("r")
local y, z = func("y", f32, {N, W}), func("z", f32, {N, 10})
local best, place, total = func("best", i32, {N}), func("place", i32, {}), func("total", f32, {})

y[n][p] = sum(q, f[q] * x:pad(0.5)[n][p+q-1]) * p
z[n][s] = sum(q, f[q] * x:pad(-1)[n][2*s+q+1])
best[n] = argmax(k, y[n][k] * y[n][k])
define(place, argmax({q, r}, f[q] * g[q][r]))
define(total, sum({n, s}, z[n][s]) / W)

return model { name = "outside", inputs = {x}, outputs = {y, z, best, place, total} }
