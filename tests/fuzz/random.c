/* random.c · xoshiro256** (Blackman & Vigna, 2018), seeded by splitmix64 */
#include "fuzz.h"

void rng_seed(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		r->s[i] = z ^ z >> 31;
	}
}

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

int rng_below(struct rng *r, int n) { return n < 1 ? 0 : (int)((rng_next(r) >> 32) * (uint64_t)n >> 32); }
int rng_from(struct rng *r, int lo, int hi) { return lo + rng_below(r, hi - lo + 1); }
bool rng_chance(struct rng *r, int percent) { return rng_below(r, 100) < percent; }
