-- models/matmul.lua · C = A B, both given at run time: A has any number of rows
local M = dims("M")
local K, N = dim("K", 1000), dim("N", 1000)
local i, j, k = axes("i", "j", "k")

local A, B = input("A", f32, {M, K}), input("B", f32, {K, N})
local C = func("C", f32, {M, N})
C[i][j] = sum(k, A[i][k] * B[k][j])

return model { name = "matmul", inputs = {A, B}, outputs = {C} }
