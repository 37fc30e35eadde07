-- Tiles with tails in both dims, another order of the sum, and layouts of weights and of what lies between stages.
return function(m)
	m:math { reassoc = true }
	m.a:extract("wx", "x")
	m.wx:tile("n", "i", "no", "io", "ni", "ii", 3, 5):reorder("ii", "ni", "k"):vectorize("ii")
	    :pack("U", "i/5", "k", "i%5")
	m.wx:pack("wx", "t", "n", "i")
	m.a:split("j", "jo", "ji", 4):order("n", "i", "ji", "jo"):unroll("ji")
	m.h:parallel("n")
	m.o:tile("t", "p", "to", "po", "ti", "pi", 4, 8):order("po", "n", "to", "j", "ti", "pi"):unroll("ti"):vectorize("pi")
	    :parallel("po"):pack("V", "j", "p")
	m.e:vectorize("v", 16)
	m.s:compute_root()
end
