-- Everything in which an address or a hash could show: pairs, text of tables, equal elements, weak tables.
local N = dims("N")
local i = axis("i")
local x, y = input("x", f32, {N}), func("y", f32, {N})
local sum = 0
local weights = { alpha = 2, beta = 3, gamma = 5, delta = 7, epsilon = 11, [1] = 13, [2.5] = 17, [true] = 19 }
local order = {}
for k, v in pairs(weights) do
	sum = sum * 3 + v
	order[#order + 1] = { key = tostring(k), rank = v % 2 }
end
table.sort(order, function(a, b) return a.rank < b.rank end)
local text = ("%s %s %s"):format({}, pairs, x) .. tostring(function() end) .. tostring(f32)
for _, o in ipairs(order) do
	text = text .. o.key
end
local weak = setmetatable({}, { __mode = "k" })
for k = 1, 10000 do
	weak[{}] = ("x"):rep(k % 100)
end
local left = 0
for _, o in ipairs(order) do
	weak[o.key] = 1
	left = left + #o.key
end
for k = 1, #text do
	sum = (sum * 31 + text:byte(k)) % 65536
end
y[i] = x[i] + sum + left
return model { name = "names", inputs = {x}, outputs = {y} }
