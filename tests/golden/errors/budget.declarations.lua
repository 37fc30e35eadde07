-- rnngen show model THIS
local N = dims("N")
for i = 1, 1000000 do
	input("x" .. i, f32, {N})
end
