-- rnngen show c models/lstm.lua THIS --target avx2
return function(m)
	m:stage("layer1.a"):parallel("i")
end
