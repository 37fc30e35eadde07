-- parts.lua · stages of many kinds, for schedules that must be refused
local T, N = dims("T", "N")
local H = dim("H", 16)
local t = time("t", T)
local n, i, j, k, w = axes("n", "i", "j", "k", "w")
local x = input("x", f32, {T, N, H})
local U, W = param("U", f32, {H, H}), param("W", f32, {H, H})

local s = state("s", f32, {T, N, H})                   -- two sums, multiplied
s[t][n][i] = sum(j, U[i][j] * s[t-1][n][j]) * sum(k, W[i][k] * x[t][n][k])

local late = state("late", f32, {T, N, H})             -- what could be extracted comes last
late[t][n][i] = sum(j, U[i][j] * late[t-1][n][j]) + sum(k, W[i][k] * x[t][n][k])

local place = func("place", f32, {T, N, H})            -- a number made of an index
place[t][n][i] = x[t][n][i] + f32(i)

local wide = func("wide", f64, {T, N, H})              -- another type
wide[t][n][i] = f64(s[t][n][i])

local turned = func("turned", f32, {N, T})             -- steps of a state as the last dim
turned[n][t] = s[t-1][n][0]

local window = func("window", f32, {T, N, H - 2})      -- neighbours of one row
window[t][n][w] = place[t][n][w+1] + place[t][n][w+2]

local first = func("first", f32, {T, N})               -- a part of an output
first[t][n] = s[t][n][0] + f32(wide[t][n][0])

return model { name = "parts", inputs = {x}, outputs = {s, late, wide, turned, window, first}, states = {s, late} }
