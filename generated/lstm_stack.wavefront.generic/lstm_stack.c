/* lstm_stack.c · emitted by rnngen 0.1 from models/lstm_stack.lua and schedules/lstm_stack.wavefront.lua for generic; yours to use as you like */
/* Products and sums round separately unless the text says fma. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize ("fp-contract=off")
#endif
#if defined(__FAST_MATH__)
#error "compile without -ffast-math: the code relies on IEEE rounding, infinities and NaN"
#endif

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lstm_stack.h"
#ifdef _OPENMP
#include <omp.h>
#include <sched.h>
#define OMP(...) _Pragma(#__VA_ARGS__)
#else
#define OMP(...)
#endif

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t m4 __attribute__((vector_size(16)));       /* of comparisons: 0 or -1 in each lane */
typedef uint32_t u32x4 __attribute__((vector_size(16)));

static inline v4 splat4(float a) { v4 v = { a, a, a, a }; return v; }
static inline v4 fma4(v4 a, v4 b, v4 c) { return a * b + c; }
static inline v4 load4(const float *p) { v4 a; memcpy(&a, p, sizeof a); return a; }
static inline void store4(float *p, v4 a) { memcpy(p, &a, sizeof a); }
static inline v4 select4(m4 m, v4 a, v4 b) { return (v4)((m & (m4)a) | (~m & (m4)b)); }
static inline v4 min4(v4 a, v4 b) { return select4(a < b, a, b); }
static inline v4 max4(v4 a, v4 b) { return select4(a > b, a, b); }
static inline u32x4 bits4(v4 a) { return (u32x4)a; }
static inline v4 unbits4(u32x4 u) { return (v4)u; }

/* x - n ln2: ln2 in two parts, the first so short that its product is exact */
static inline v4 reduce4(v4 n, v4 x) { return (x - n * splat4(0.693145752f)) - n * splat4(1.42860677e-6f); }

/* what reduce left of ln2: nothing */
static inline v4 reduce_low4(v4 n, v4 r) { (void)n; return r; }

/* 1 / (1 + exp(-x)) as 2^-30 / (2^-30 + 2^-30 exp(-x)): the factor keeps the divisor finite where the result
 * fades to 0. exp(-x) = 2^-n exp(-r), x = n ln2 + r; adding 1.5 * 2^23 + 127 - 30 leaves -n + 97 in the low bits. */
static inline v4 sigmoid4(v4 x)
{
	const v4 magic = splat4(12583009.0f);
	const v4 unit = splat4(9.31322575e-10f);       /* 2^-30 */
	const v4 z = max4(splat4(-105.0f), min4(splat4(60.0f), x));
	const v4 k = fma4(z, splat4(-1.44269504f), magic);
	const v4 n = magic - k;
	const v4 r = reduce4(n, z);
	const v4 s = unbits4(bits4(k) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r, splat4(-8.28575436e-3f), splat4(4.18990813e-2f)),
		fma4(r, splat4(-0.166676596f), splat4(0.499991477f)));

	return unit / fma4(fma4(r2, p, reduce_low4(n, r) * splat4(-0.999999702f)), s, unit + s);
}

static inline v4 abs4(v4 a) { return unbits4(bits4(a) & 0x7fffffffu); }
static inline m4 lt4(v4 a, v4 b) { return a < b; }

/* a, which is not negative, with the sign of x */
static inline v4 with_sign4(v4 a, v4 x) { return unbits4(bits4(a) | (bits4(x) & 0x80000000u)); }

/* 1 - 2 / (1 + exp(2a)), a = |x| = n ln2/2 + r; below 0.55, where that cancels, x + x^3 q(x^2). Half of exp(2a) + 1 is
 * (2^n + 1) / 2 + 2^n t. The error of r fades like tanh's slope, hence ln2/2 in one constant. */
static inline v4 tanh4(v4 x)
{
	const v4 magic = splat4(12583039.0f);          /* 1.5 * 2^23 + 127 */
	const v4 one = splat4(1.0f);
	const v4 half = splat4(0.5f);
	const v4 a = min4(splat4(10.0f), abs4(x));
	const v4 k = fma4(a, splat4(2.88539008f), magic);
	const v4 n = k - magic;
	const v4 r = fma4(n, splat4(-0.346573591f), a);
	const v4 s = unbits4(bits4(k) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r, splat4(0.129979998f), splat4(0.335146606f)),
		fma4(r, splat4(0.666759908f), splat4(0.999984622f)));
	const v4 t = fma4(r2, p, r);
	const v4 y = one - one / fma4(t, s, fma4(s, half, half));
	const v4 a2 = a * a;
	const v4 q = fma4(a2, fma4(a2, fma4(a2, splat4(1.6437538e-2f), splat4(-5.26719242e-2f)),
		splat4(0.133207291f)), splat4(-0.333329469f));

	return with_sign4(select4(lt4(a, splat4(0.55f)), fma4(a * a2, q, a), y), x);
}


static inline int64_t min_i(int64_t a, int64_t b) { return a < b ? a : b; }

/* First iteration of n that belongs to a thread; the next thread's first is its end. */
static inline int64_t share(int64_t n, int64_t thread, int64_t threads) { return n * thread / threads; }

/* One thread of the team that runs a sequence together. */
struct team {
	int64_t thread, threads;
	int64_t step;                   /* barriers passed */
	int64_t *flag;                  /* one every 64 bytes, in the workspace */
	int patience;                   /* how often to look at a flag before giving the core away */
};

#ifdef _OPENMP
#define PATIENCE 4000

/* Waits until *flag has reached step. With a core for each thread that is soon; where there are more threads than cores
 * the one waited for may need this core, so patience shrinks as long as it is in vain. */
static inline void wait_for(struct team *me, const int64_t *flag)
{
	int looks = 0;
	while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) < me->step) {
		if (++looks > me->patience) {
			sched_yield();
			continue;
		}
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	if (looks > me->patience)
		me->patience = me->patience / 2 + 1;
	else if (me->patience < PATIENCE)
		me->patience = 2 * me->patience;
}

/* Each thread raises its own flag, then waits for all others': one line of memory a thread, no read-modify-write. */
static void barrier(struct team *me)
{
	me->step++;
	__atomic_store_n(&me->flag[me->thread * 8], me->step, __ATOMIC_RELEASE);
	for (int64_t i = 0; i < me->threads; i++)
		if (i != me->thread)
			wait_for(me, &me->flag[i * 8]);
}
#else
static void barrier(struct team *me) { me->step++; }
#endif

/* Some of the team's threads, which share the loops of a layer: with barriers of their own, and flags behind the team's. Groups
 * differ by one thread at most. */
struct group {
	struct team team;
	int64_t number, of;             /* which group, of how many */
};

static struct group group_of(const struct team *me, int64_t *flag, int64_t most)
{
	const int64_t of = most < me->threads ? most : me->threads, number = ((me->thread + 1) * of - 1) / me->threads;
	const int64_t first = share(me->threads, number, of), next = share(me->threads, number + 1, of);
	const struct group g = { { me->thread - first, next - first, 0, flag + 8 * first, me->patience }, number, of };
	return g;
}

/* All that the loops need to know of one run. */
struct lstm_stack_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][256] */
	float *layer1_c;  /* [1 of T][N][256] */
	float *layer1_h;  /* [48 of T][N][256] */
	float *layer2_c;  /* [1 of T][N][256] */
	float *layer2_h;  /* [48 of T][N][256] */
	float *layer3_c;  /* [1 of T][N][256] */
	float *layer3_h;  /* [48 of T][N][256] */
	float *layer4_c;  /* [1 of T][N][256] */
	float *layer4_h;  /* [48 of T][N][256] */
	float *layer5_c;  /* [1 of T][N][256] */
	float *layer5_h;  /* [48 of T][N][256] */
	float *layer6_c;  /* [1 of T][N][256] */
	float *layer6_h;  /* [48 of T][N][256] */
	float *layer7_c;  /* [1 of T][N][256] */
	float *layer7_h;  /* [48 of T][N][256] */
	float *layer8_c;  /* [1 of T][N][256] */
	float *layer8_h;  /* [T][N][256] */
	float *layer1_xw;  /* [24 of T][N][4][256] */
	float *layer2_xw;  /* [24 of T][N][4][256] */
	float *layer3_xw;  /* [24 of T][N][4][256] */
	float *layer4_xw;  /* [24 of T][N][4][256] */
	float *layer5_xw;  /* [24 of T][N][4][256] */
	float *layer6_xw;  /* [24 of T][N][4][256] */
	float *layer7_xw;  /* [24 of T][N][4][256] */
	float *layer8_xw;  /* [24 of T][N][4][256] */
	const float *layer1_b;  /* [4][256] */
	const float *layer1_W;  /* [64][256][4][4] */
	const float *layer1_U;  /* [32][256][4][8] */
	const float *layer2_b;  /* [4][256] */
	const float *layer2_W;  /* [64][256][4][4] */
	const float *layer2_U;  /* [32][256][4][8] */
	const float *layer3_b;  /* [4][256] */
	const float *layer3_W;  /* [64][256][4][4] */
	const float *layer3_U;  /* [32][256][4][8] */
	const float *layer4_b;  /* [4][256] */
	const float *layer4_W;  /* [64][256][4][4] */
	const float *layer4_U;  /* [32][256][4][8] */
	const float *layer5_b;  /* [4][256] */
	const float *layer5_W;  /* [64][256][4][4] */
	const float *layer5_U;  /* [32][256][4][8] */
	const float *layer6_b;  /* [4][256] */
	const float *layer6_W;  /* [64][256][4][4] */
	const float *layer6_U;  /* [32][256][4][8] */
	const float *layer7_b;  /* [4][256] */
	const float *layer7_W;  /* [64][256][4][4] */
	const float *layer7_U;  /* [32][256][4][8] */
	const float *layer8_b;  /* [4][256] */
	const float *layer8_W;  /* [64][256][4][4] */
	const float *layer8_U;  /* [32][256][4][8] */
	float *layer8_h_start;
	int64_t *flag;
};

/* layer1.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer1_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer1.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer1_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer2.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer2_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer2.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer2_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer3.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer3_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer3.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer3_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer4.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer4_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer4.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer4_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer5.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer5_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer5.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer5_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer6.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer6_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer6.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer6_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer7.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer7_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer7.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer7_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

/* layer8.W as [i/4][k][g][i%4]    schedules/lstm_stack.wavefront.lua:6 */
static __attribute__((noinline, cold)) void pack_layer8_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 64; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 4 + i3) * 256 + i1];
}

/* layer8.U as [i/8][j][g][i%8]    schedules/lstm_stack.wavefront.lua:14 */
static __attribute__((noinline, cold)) void pack_layer8_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 65536 + (i0 * 8 + i3) * 256 + i1];
}

size_t lstm_stack_weights_size(void) { return 16809984; }

int lstm_stack_weights_pack(void *weights,
	const float *layer1_W,
	const float *layer1_U,
	const float *layer1_b,
	const float *layer2_W,
	const float *layer2_U,
	const float *layer2_b,
	const float *layer3_W,
	const float *layer3_U,
	const float *layer3_b,
	const float *layer4_W,
	const float *layer4_U,
	const float *layer4_b,
	const float *layer5_W,
	const float *layer5_U,
	const float *layer5_b,
	const float *layer6_W,
	const float *layer6_U,
	const float *layer6_b,
	const float *layer7_W,
	const float *layer7_U,
	const float *layer7_b,
	const float *layer8_W,
	const float *layer8_U,
	const float *layer8_b)
{
	char *at = (char *)weights;
	if (!weights || !layer1_W || !layer1_U || !layer1_b || !layer2_W || !layer2_U || !layer2_b || !layer3_W || !layer3_U || !layer3_b || !layer4_W || !layer4_U || !layer4_b || !layer5_W || !layer5_U || !layer5_b || !layer6_W || !layer6_U || !layer6_b || !layer7_W || !layer7_U || !layer7_b || !layer8_W || !layer8_U || !layer8_b)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, layer1_b, 4096);
	{
		const float *const from[] = { layer1_W };
		pack_layer1_W((float *)(void *)(at + 4096), from);
	}
	{
		const float *const from[] = { layer1_U };
		pack_layer1_U((float *)(void *)(at + 1052672), from);
	}
	memcpy(at + 2101248, layer2_b, 4096);
	{
		const float *const from[] = { layer2_W };
		pack_layer2_W((float *)(void *)(at + 2105344), from);
	}
	{
		const float *const from[] = { layer2_U };
		pack_layer2_U((float *)(void *)(at + 3153920), from);
	}
	memcpy(at + 4202496, layer3_b, 4096);
	{
		const float *const from[] = { layer3_W };
		pack_layer3_W((float *)(void *)(at + 4206592), from);
	}
	{
		const float *const from[] = { layer3_U };
		pack_layer3_U((float *)(void *)(at + 5255168), from);
	}
	memcpy(at + 6303744, layer4_b, 4096);
	{
		const float *const from[] = { layer4_W };
		pack_layer4_W((float *)(void *)(at + 6307840), from);
	}
	{
		const float *const from[] = { layer4_U };
		pack_layer4_U((float *)(void *)(at + 7356416), from);
	}
	memcpy(at + 8404992, layer5_b, 4096);
	{
		const float *const from[] = { layer5_W };
		pack_layer5_W((float *)(void *)(at + 8409088), from);
	}
	{
		const float *const from[] = { layer5_U };
		pack_layer5_U((float *)(void *)(at + 9457664), from);
	}
	memcpy(at + 10506240, layer6_b, 4096);
	{
		const float *const from[] = { layer6_W };
		pack_layer6_W((float *)(void *)(at + 10510336), from);
	}
	{
		const float *const from[] = { layer6_U };
		pack_layer6_U((float *)(void *)(at + 11558912), from);
	}
	memcpy(at + 12607488, layer7_b, 4096);
	{
		const float *const from[] = { layer7_W };
		pack_layer7_W((float *)(void *)(at + 12611584), from);
	}
	{
		const float *const from[] = { layer7_U };
		pack_layer7_U((float *)(void *)(at + 13660160), from);
	}
	memcpy(at + 14708736, layer8_b, 4096);
	{
		const float *const from[] = { layer8_W };
		pack_layer8_W((float *)(void *)(at + 14712832), from);
	}
	{
		const float *const from[] = { layer8_U };
		pack_layer8_U((float *)(void *)(at + 15761408), from);
	}
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t lstm_stack_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 12288, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 24576, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(1024, sizeof(int64_t));
}

static __attribute__((noinline)) void lstm_stack_layer1_h_steps(const struct lstm_stack_frame *f, struct team *me)
{
	struct group group = group_of(me, f->flag + 512, 8);
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const layer1_c = f->layer1_c;
	float *const layer1_h = f->layer1_h;
	float *const layer2_c = f->layer2_c;
	float *const layer2_h = f->layer2_h;
	float *const layer3_c = f->layer3_c;
	float *const layer3_h = f->layer3_h;
	float *const layer4_c = f->layer4_c;
	float *const layer4_h = f->layer4_h;
	float *const layer5_c = f->layer5_c;
	float *const layer5_h = f->layer5_h;
	float *const layer6_c = f->layer6_c;
	float *const layer6_h = f->layer6_h;
	float *const layer7_c = f->layer7_c;
	float *const layer7_h = f->layer7_h;
	float *const layer8_c = f->layer8_c;
	float *const layer8_h = f->layer8_h;
	const float *const layer8_h_start = f->layer8_h_start;
	float *const layer1_xw = f->layer1_xw;
	float *const layer2_xw = f->layer2_xw;
	float *const layer3_xw = f->layer3_xw;
	float *const layer4_xw = f->layer4_xw;
	float *const layer5_xw = f->layer5_xw;
	float *const layer6_xw = f->layer6_xw;
	float *const layer7_xw = f->layer7_xw;
	float *const layer8_xw = f->layer8_xw;
	const float *const layer1_b = f->layer1_b;
	const float *const layer1_W = f->layer1_W;
	const float *const layer1_U = f->layer1_U;
	const float *const layer2_b = f->layer2_b;
	const float *const layer2_W = f->layer2_W;
	const float *const layer2_U = f->layer2_U;
	const float *const layer3_b = f->layer3_b;
	const float *const layer3_W = f->layer3_W;
	const float *const layer3_U = f->layer3_U;
	const float *const layer4_b = f->layer4_b;
	const float *const layer4_W = f->layer4_W;
	const float *const layer4_U = f->layer4_U;
	const float *const layer5_b = f->layer5_b;
	const float *const layer5_W = f->layer5_W;
	const float *const layer5_U = f->layer5_U;
	const float *const layer6_b = f->layer6_b;
	const float *const layer6_W = f->layer6_W;
	const float *const layer6_U = f->layer6_U;
	const float *const layer7_b = f->layer7_b;
	const float *const layer7_W = f->layer7_W;
	const float *const layer7_U = f->layer7_U;
	const float *const layer8_b = f->layer8_b;
	const float *const layer8_W = f->layer8_W;
	const float *const layer8_U = f->layer8_U;
	const int64_t io_first = share(64, group.team.thread, group.team.threads), io_end = share(64, group.team.thread + 1, group.team.threads);
	const int64_t io_first_2 = share(32, group.team.thread, group.team.threads), io_end_2 = share(32, group.team.thread + 1, group.team.threads);
	for (int64_t diagonal = 0; diagonal < (T + 23) / 24 + 7; diagonal++) {
		float *const layer1_xw_t = layer1_xw + ((((min_i(T - diagonal * 24, 24)) / 3) * 3) % 24) * N * 1024;
		float *const layer1_xw_next1 = layer1_xw + ((((min_i(T - diagonal * 24, 24)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer1_h_prev24 = layer1_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 24)) / 3) * 3 + 24) % 48) * N * 256;
		const float *const layer1_h_prev23 = layer1_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 24)) / 3) * 3 + 25) % 48) * N * 256;
		float *const layer2_xw_prev24 = layer2_xw + ((((min_i(24, T - diagonal * 24 + 24)) / 3) * 3) % 24) * N * 1024;
		float *const layer2_xw_prev23 = layer2_xw + ((((min_i(24, T - diagonal * 24 + 24)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer2_h_prev48 = layer2_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 48)) / 3) * 3) % 48) * N * 256;
		const float *const layer2_h_prev47 = layer2_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 48)) / 3) * 3 + 1) % 48) * N * 256;
		float *const layer3_xw_prev48 = layer3_xw + ((((min_i(24, T - diagonal * 24 + 48)) / 3) * 3) % 24) * N * 1024;
		float *const layer3_xw_prev47 = layer3_xw + ((((min_i(24, T - diagonal * 24 + 48)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer3_h_prev72 = layer3_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 72)) / 3) * 3 + 24) % 48) * N * 256;
		const float *const layer3_h_prev71 = layer3_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 72)) / 3) * 3 + 25) % 48) * N * 256;
		float *const layer4_xw_prev72 = layer4_xw + ((((min_i(24, T - diagonal * 24 + 72)) / 3) * 3) % 24) * N * 1024;
		float *const layer4_xw_prev71 = layer4_xw + ((((min_i(24, T - diagonal * 24 + 72)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer4_h_prev96 = layer4_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 96)) / 3) * 3) % 48) * N * 256;
		const float *const layer4_h_prev95 = layer4_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 96)) / 3) * 3 + 1) % 48) * N * 256;
		float *const layer5_xw_prev96 = layer5_xw + ((((min_i(24, T - diagonal * 24 + 96)) / 3) * 3) % 24) * N * 1024;
		float *const layer5_xw_prev95 = layer5_xw + ((((min_i(24, T - diagonal * 24 + 96)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer5_h_prev120 = layer5_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 120)) / 3) * 3 + 24) % 48) * N * 256;
		const float *const layer5_h_prev119 = layer5_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 120)) / 3) * 3 + 25) % 48) * N * 256;
		float *const layer6_xw_prev120 = layer6_xw + ((((min_i(24, T - diagonal * 24 + 120)) / 3) * 3) % 24) * N * 1024;
		float *const layer6_xw_prev119 = layer6_xw + ((((min_i(24, T - diagonal * 24 + 120)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer6_h_prev144 = layer6_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 144)) / 3) * 3) % 48) * N * 256;
		const float *const layer6_h_prev143 = layer6_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 144)) / 3) * 3 + 1) % 48) * N * 256;
		float *const layer7_xw_prev144 = layer7_xw + ((((min_i(24, T - diagonal * 24 + 144)) / 3) * 3) % 24) * N * 1024;
		float *const layer7_xw_prev143 = layer7_xw + ((((min_i(24, T - diagonal * 24 + 144)) / 3) * 3 + 1) % 24) * N * 1024;
		const float *const layer7_h_prev168 = layer7_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 168)) / 3) * 3 + 24) % 48) * N * 256;
		const float *const layer7_h_prev167 = layer7_h + ((diagonal * 24 + ((min_i(24, T - diagonal * 24 + 168)) / 3) * 3 + 25) % 48) * N * 256;
		float *const layer8_xw_prev168 = layer8_xw + ((((min_i(24, T - diagonal * 24 + 168)) / 3) * 3) % 24) * N * 1024;
		float *const layer8_xw_prev167 = layer8_xw + ((((min_i(24, T - diagonal * 24 + 168)) / 3) * 3 + 1) % 24) * N * 1024;
		for (int64_t layer = group.number; layer < 8; layer += group.of) {
			if (1 > layer) {
				if ((T + 23) / 24 > diagonal) {
					/* layer1.xw[t][n][g][i] = layer1.b[g][i] + sum(k, layer1.W[g][i][k] * x[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
					for (int64_t io = io_first; io < io_end; io++) {
						for (int64_t to = 0; to < (min_i(T - diagonal * 24, 24)) / 3; to++) {
							float *const layer1_xw_t_2 = layer1_xw + to * N * 3072;
							float *const layer1_xw_next1_2 = layer1_xw + to * N * 3072 + N * 1024;
							float *const layer1_xw_next2 = layer1_xw + to * N * 3072 + N * 2048;
							for (int64_t n = 0; n < N; n++) {
								const float *const layer1_b_io = layer1_b + io * 4;
								float *const layer1_xw_t_2_n = layer1_xw_t_2 + n * 1024 + io * 4;
								float *const layer1_xw_next1_2_n = layer1_xw_next1_2 + n * 1024 + io * 4;
								float *const layer1_xw_next2_n = layer1_xw_next2 + n * 1024 + io * 4;
								const float *const x_n = x + diagonal * N * 6144 + to * N * 768 + n * 256;
								const float *const x_n_2 = x + diagonal * N * 6144 + to * N * 768 + (N + n) * 256;
								const float *const x_n_3 = x + diagonal * N * 6144 + to * N * 768 + N * 512 + n * 256;
								const v4 layer1_b_v = load4(layer1_b_io);
								v4 xw_sum_0_0 = layer1_b_v;
								v4 xw_sum_0_1 = layer1_b_v;
								v4 xw_sum_0_2 = layer1_b_v;
								const v4 layer1_b_v_2 = load4(layer1_b_io + 256);
								v4 xw_sum_1_0 = layer1_b_v_2;
								v4 xw_sum_1_1 = layer1_b_v_2;
								v4 xw_sum_1_2 = layer1_b_v_2;
								const v4 layer1_b_v_3 = load4(layer1_b_io + 512);
								v4 xw_sum_2_0 = layer1_b_v_3;
								v4 xw_sum_2_1 = layer1_b_v_3;
								v4 xw_sum_2_2 = layer1_b_v_3;
								const v4 layer1_b_v_4 = load4(layer1_b_io + 768);
								v4 xw_sum_3_0 = layer1_b_v_4;
								v4 xw_sum_3_1 = layer1_b_v_4;
								v4 xw_sum_3_2 = layer1_b_v_4;
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer1_W_k = layer1_W + io * 4096 + k * 16;
									const v4 layer1_W_v = load4(layer1_W_k);
									const v4 x_n_k = splat4(x_n[k]);
									xw_sum_0_0 = fma4(layer1_W_v, x_n_k, xw_sum_0_0);
									const v4 x_n_2_k = splat4(x_n_2[k]);
									xw_sum_0_1 = fma4(layer1_W_v, x_n_2_k, xw_sum_0_1);
									const v4 x_n_3_k = splat4(x_n_3[k]);
									xw_sum_0_2 = fma4(layer1_W_v, x_n_3_k, xw_sum_0_2);
									const v4 layer1_W_v_2 = load4(layer1_W_k + 4);
									xw_sum_1_0 = fma4(layer1_W_v_2, x_n_k, xw_sum_1_0);
									xw_sum_1_1 = fma4(layer1_W_v_2, x_n_2_k, xw_sum_1_1);
									xw_sum_1_2 = fma4(layer1_W_v_2, x_n_3_k, xw_sum_1_2);
									const v4 layer1_W_v_3 = load4(layer1_W_k + 8);
									xw_sum_2_0 = fma4(layer1_W_v_3, x_n_k, xw_sum_2_0);
									xw_sum_2_1 = fma4(layer1_W_v_3, x_n_2_k, xw_sum_2_1);
									xw_sum_2_2 = fma4(layer1_W_v_3, x_n_3_k, xw_sum_2_2);
									const v4 layer1_W_v_4 = load4(layer1_W_k + 12);
									xw_sum_3_0 = fma4(layer1_W_v_4, x_n_k, xw_sum_3_0);
									xw_sum_3_1 = fma4(layer1_W_v_4, x_n_2_k, xw_sum_3_1);
									xw_sum_3_2 = fma4(layer1_W_v_4, x_n_3_k, xw_sum_3_2);
								}
								store4(layer1_xw_t_2_n, xw_sum_0_0);
								store4(layer1_xw_next1_2_n, xw_sum_0_1);
								store4(layer1_xw_next2_n, xw_sum_0_2);
								store4(layer1_xw_t_2_n + 256, xw_sum_1_0);
								store4(layer1_xw_next1_2_n + 256, xw_sum_1_1);
								store4(layer1_xw_next2_n + 256, xw_sum_1_2);
								store4(layer1_xw_t_2_n + 512, xw_sum_2_0);
								store4(layer1_xw_next1_2_n + 512, xw_sum_2_1);
								store4(layer1_xw_next2_n + 512, xw_sum_2_2);
								store4(layer1_xw_t_2_n + 768, xw_sum_3_0);
								store4(layer1_xw_next1_2_n + 768, xw_sum_3_1);
								store4(layer1_xw_next2_n + 768, xw_sum_3_2);
							}
						}
						if ((min_i(T - diagonal * 24, 24)) % 3 > 1) {
							for (int64_t n = 0; n < N; n++) {
								const float *const layer1_b_io = layer1_b + io * 4;
								float *const layer1_xw_t_n = layer1_xw_t + n * 1024 + io * 4;
								float *const layer1_xw_next1_n = layer1_xw_next1 + n * 1024 + io * 4;
								const float *const x_n = x + diagonal * N * 6144 + ((min_i(T - diagonal * 24, 24)) / 3) * N * 768 + n * 256;
								const float *const x_n_2 = x + diagonal * N * 6144 + ((min_i(T - diagonal * 24, 24)) / 3) * N * 768 + (N + n) * 256;
								const v4 layer1_b_v = load4(layer1_b_io);
								v4 xw_sum_0_0 = layer1_b_v;
								v4 xw_sum_0_1 = layer1_b_v;
								const v4 layer1_b_v_2 = load4(layer1_b_io + 256);
								v4 xw_sum_1_0 = layer1_b_v_2;
								v4 xw_sum_1_1 = layer1_b_v_2;
								const v4 layer1_b_v_3 = load4(layer1_b_io + 512);
								v4 xw_sum_2_0 = layer1_b_v_3;
								v4 xw_sum_2_1 = layer1_b_v_3;
								const v4 layer1_b_v_4 = load4(layer1_b_io + 768);
								v4 xw_sum_3_0 = layer1_b_v_4;
								v4 xw_sum_3_1 = layer1_b_v_4;
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer1_W_k = layer1_W + io * 4096 + k * 16;
									const v4 layer1_W_v = load4(layer1_W_k);
									const v4 x_n_k = splat4(x_n[k]);
									xw_sum_0_0 = fma4(layer1_W_v, x_n_k, xw_sum_0_0);
									const v4 x_n_2_k = splat4(x_n_2[k]);
									xw_sum_0_1 = fma4(layer1_W_v, x_n_2_k, xw_sum_0_1);
									const v4 layer1_W_v_2 = load4(layer1_W_k + 4);
									xw_sum_1_0 = fma4(layer1_W_v_2, x_n_k, xw_sum_1_0);
									xw_sum_1_1 = fma4(layer1_W_v_2, x_n_2_k, xw_sum_1_1);
									const v4 layer1_W_v_3 = load4(layer1_W_k + 8);
									xw_sum_2_0 = fma4(layer1_W_v_3, x_n_k, xw_sum_2_0);
									xw_sum_2_1 = fma4(layer1_W_v_3, x_n_2_k, xw_sum_2_1);
									const v4 layer1_W_v_4 = load4(layer1_W_k + 12);
									xw_sum_3_0 = fma4(layer1_W_v_4, x_n_k, xw_sum_3_0);
									xw_sum_3_1 = fma4(layer1_W_v_4, x_n_2_k, xw_sum_3_1);
								}
								store4(layer1_xw_t_n, xw_sum_0_0);
								store4(layer1_xw_next1_n, xw_sum_0_1);
								store4(layer1_xw_t_n + 256, xw_sum_1_0);
								store4(layer1_xw_next1_n + 256, xw_sum_1_1);
								store4(layer1_xw_t_n + 512, xw_sum_2_0);
								store4(layer1_xw_next1_n + 512, xw_sum_2_1);
								store4(layer1_xw_t_n + 768, xw_sum_3_0);
								store4(layer1_xw_next1_n + 768, xw_sum_3_1);
							}
						} else if ((min_i(T - diagonal * 24, 24)) % 3 > 0) {
							for (int64_t n = 0; n < N; n++) {
								const float *const layer1_b_io = layer1_b + io * 4;
								float *const layer1_xw_t_n = layer1_xw_t + n * 1024 + io * 4;
								const float *const x_n = x + diagonal * N * 6144 + ((min_i(T - diagonal * 24, 24)) / 3) * N * 768 + n * 256;
								v4 xw_sum_0_0 = load4(layer1_b_io);
								v4 xw_sum_1_0 = load4(layer1_b_io + 256);
								v4 xw_sum_2_0 = load4(layer1_b_io + 512);
								v4 xw_sum_3_0 = load4(layer1_b_io + 768);
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer1_W_k = layer1_W + io * 4096 + k * 16;
									const v4 x_n_k = splat4(x_n[k]);
									xw_sum_0_0 = fma4(load4(layer1_W_k), x_n_k, xw_sum_0_0);
									xw_sum_1_0 = fma4(load4(layer1_W_k + 4), x_n_k, xw_sum_1_0);
									xw_sum_2_0 = fma4(load4(layer1_W_k + 8), x_n_k, xw_sum_2_0);
									xw_sum_3_0 = fma4(load4(layer1_W_k + 12), x_n_k, xw_sum_3_0);
								}
								store4(layer1_xw_t_n, xw_sum_0_0);
								store4(layer1_xw_t_n + 256, xw_sum_1_0);
								store4(layer1_xw_t_n + 512, xw_sum_2_0);
								store4(layer1_xw_t_n + 768, xw_sum_3_0);
							}
						}
					}
					/* layer1_xw was written, is read by other threads */
					if (group.team.threads > 1)
						barrier(&group.team);
					for (int64_t t = diagonal * 24; t < diagonal * 24 + min_i(T - diagonal * 24, 24); t++) {
						const float *const layer1_xw_t_2 = layer1_xw + (t % 24) * N * 1024;
						const float *const layer1_h_prev = layer1_h + ((t + 47) % 48) * N * 256;
						const float *const layer1_c_prev = layer1_c;
						float *const layer1_c_t = layer1_c;
						float *const layer1_h_t = layer1_h + (t % 48) * N * 256;
						/* layer1.h[t][n][i] = sigmoid(layer1.a[t][n][3][i]) * tanh(layer1.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
						for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
							const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
							for (int64_t n = 0; n < N; n++) {
								const float *const layer1_xw_t_2_n = layer1_xw_t_2 + n * 1024 + io * 8;
								const float *const layer1_c_prev_n = layer1_c_prev + n * 256 + io * 8;
								float *const layer1_c_t_n = layer1_c_t + n * 256 + io * 8;
								float *const layer1_h_t_n = layer1_h_t + n * 256 + io * 8;
								const float *const layer1_h_prev_n = layer1_h_prev + n * 256;
								/* layer1.a[t][n][g][i] = layer1.xw[t][n][g][i] + sum(j, layer1.U[g][i][j] * layer1.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
								v4 a_0_0 = load4(layer1_xw_t_2_n);
								v4 a_0_1 = load4(layer1_xw_t_2_n + 4);
								v4 a_1_0 = load4(layer1_xw_t_2_n + 256);
								v4 a_1_1 = load4(layer1_xw_t_2_n + 260);
								v4 a_2_0 = load4(layer1_xw_t_2_n + 512);
								v4 a_2_1 = load4(layer1_xw_t_2_n + 516);
								v4 a_3_0 = load4(layer1_xw_t_2_n + 768);
								v4 a_3_1 = load4(layer1_xw_t_2_n + 772);
								for (int64_t j = 0; j < 256; j++) {
									const float *const layer1_U_j = layer1_U + io * 8192 + j * 32;
									const v4 layer1_h_prev_n_j = splat4(layer1_h_prev_n[j]);
									a_0_0 = fma4(load4(layer1_U_j), layer1_h_prev_n_j, a_0_0);
									a_0_1 = fma4(load4(layer1_U_j + 4), layer1_h_prev_n_j, a_0_1);
									a_1_0 = fma4(load4(layer1_U_j + 8), layer1_h_prev_n_j, a_1_0);
									a_1_1 = fma4(load4(layer1_U_j + 12), layer1_h_prev_n_j, a_1_1);
									a_2_0 = fma4(load4(layer1_U_j + 16), layer1_h_prev_n_j, a_2_0);
									a_2_1 = fma4(load4(layer1_U_j + 20), layer1_h_prev_n_j, a_2_1);
									a_3_0 = fma4(load4(layer1_U_j + 24), layer1_h_prev_n_j, a_3_0);
									a_3_1 = fma4(load4(layer1_U_j + 28), layer1_h_prev_n_j, a_3_1);
								}
								/* layer1.c[t][n][i] = sigmoid(layer1.a[t][n][1][i]) * layer1.c[t - 1][n][i] + sigmoid(layer1.a[t][n][0][i]) * tanh(layer1.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
								store4(layer1_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer1_c_prev_n)));
								store4(layer1_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer1_c_prev_n + 4)));
								store4(layer1_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer1_c_t_n)));
								store4(layer1_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer1_c_t_n + 4)));
							}
						}
						/* layer1_h was written, is read in the next step */
						if (group.team.threads > 1)
							barrier(&group.team);
					}
				}
			} else if (2 > layer) {
				if (diagonal > 0) {
					if ((T + 23) / 24 + 1 > diagonal) {
						/* layer2.xw[t][n][g][i] = layer2.b[g][i] + sum(k, layer2.W[g][i][k] * layer1.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 24)) / 3; to++) {
								const float *const layer1_h_prev24_2 = layer1_h + ((diagonal * 24 + to * 3 + 24) % 48) * N * 256;
								const float *const layer1_h_prev23_2 = layer1_h + ((diagonal * 24 + to * 3 + 25) % 48) * N * 256;
								const float *const layer1_h_prev22 = layer1_h + ((diagonal * 24 + to * 3 + 26) % 48) * N * 256;
								float *const layer2_xw_prev24_2 = layer2_xw + to * N * 3072;
								float *const layer2_xw_prev23_2 = layer2_xw + to * N * 3072 + N * 1024;
								float *const layer2_xw_prev22 = layer2_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer2_b_io = layer2_b + io * 4;
									float *const layer2_xw_prev24_2_n = layer2_xw_prev24_2 + n * 1024 + io * 4;
									float *const layer2_xw_prev23_2_n = layer2_xw_prev23_2 + n * 1024 + io * 4;
									float *const layer2_xw_prev22_n = layer2_xw_prev22 + n * 1024 + io * 4;
									const float *const layer1_h_prev24_2_n = layer1_h_prev24_2 + n * 256;
									const float *const layer1_h_prev23_2_n = layer1_h_prev23_2 + n * 256;
									const float *const layer1_h_prev22_n = layer1_h_prev22 + n * 256;
									const v4 layer2_b_v = load4(layer2_b_io);
									v4 xw_sum_0_0 = layer2_b_v;
									v4 xw_sum_0_1 = layer2_b_v;
									v4 xw_sum_0_2 = layer2_b_v;
									const v4 layer2_b_v_2 = load4(layer2_b_io + 256);
									v4 xw_sum_1_0 = layer2_b_v_2;
									v4 xw_sum_1_1 = layer2_b_v_2;
									v4 xw_sum_1_2 = layer2_b_v_2;
									const v4 layer2_b_v_3 = load4(layer2_b_io + 512);
									v4 xw_sum_2_0 = layer2_b_v_3;
									v4 xw_sum_2_1 = layer2_b_v_3;
									v4 xw_sum_2_2 = layer2_b_v_3;
									const v4 layer2_b_v_4 = load4(layer2_b_io + 768);
									v4 xw_sum_3_0 = layer2_b_v_4;
									v4 xw_sum_3_1 = layer2_b_v_4;
									v4 xw_sum_3_2 = layer2_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer2_W_k = layer2_W + io * 4096 + k * 16;
										const v4 layer2_W_v = load4(layer2_W_k);
										const v4 layer1_h_prev24_2_n_k = splat4(layer1_h_prev24_2_n[k]);
										xw_sum_0_0 = fma4(layer2_W_v, layer1_h_prev24_2_n_k, xw_sum_0_0);
										const v4 layer1_h_prev23_2_n_k = splat4(layer1_h_prev23_2_n[k]);
										xw_sum_0_1 = fma4(layer2_W_v, layer1_h_prev23_2_n_k, xw_sum_0_1);
										const v4 layer1_h_prev22_n_k = splat4(layer1_h_prev22_n[k]);
										xw_sum_0_2 = fma4(layer2_W_v, layer1_h_prev22_n_k, xw_sum_0_2);
										const v4 layer2_W_v_2 = load4(layer2_W_k + 4);
										xw_sum_1_0 = fma4(layer2_W_v_2, layer1_h_prev24_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer2_W_v_2, layer1_h_prev23_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer2_W_v_2, layer1_h_prev22_n_k, xw_sum_1_2);
										const v4 layer2_W_v_3 = load4(layer2_W_k + 8);
										xw_sum_2_0 = fma4(layer2_W_v_3, layer1_h_prev24_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer2_W_v_3, layer1_h_prev23_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer2_W_v_3, layer1_h_prev22_n_k, xw_sum_2_2);
										const v4 layer2_W_v_4 = load4(layer2_W_k + 12);
										xw_sum_3_0 = fma4(layer2_W_v_4, layer1_h_prev24_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer2_W_v_4, layer1_h_prev23_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer2_W_v_4, layer1_h_prev22_n_k, xw_sum_3_2);
									}
									store4(layer2_xw_prev24_2_n, xw_sum_0_0);
									store4(layer2_xw_prev23_2_n, xw_sum_0_1);
									store4(layer2_xw_prev22_n, xw_sum_0_2);
									store4(layer2_xw_prev24_2_n + 256, xw_sum_1_0);
									store4(layer2_xw_prev23_2_n + 256, xw_sum_1_1);
									store4(layer2_xw_prev22_n + 256, xw_sum_1_2);
									store4(layer2_xw_prev24_2_n + 512, xw_sum_2_0);
									store4(layer2_xw_prev23_2_n + 512, xw_sum_2_1);
									store4(layer2_xw_prev22_n + 512, xw_sum_2_2);
									store4(layer2_xw_prev24_2_n + 768, xw_sum_3_0);
									store4(layer2_xw_prev23_2_n + 768, xw_sum_3_1);
									store4(layer2_xw_prev22_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 24)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer2_b_io = layer2_b + io * 4;
									float *const layer2_xw_prev24_n = layer2_xw_prev24 + n * 1024 + io * 4;
									float *const layer2_xw_prev23_n = layer2_xw_prev23 + n * 1024 + io * 4;
									const float *const layer1_h_prev24_n = layer1_h_prev24 + n * 256;
									const float *const layer1_h_prev23_n = layer1_h_prev23 + n * 256;
									const v4 layer2_b_v = load4(layer2_b_io);
									v4 xw_sum_0_0 = layer2_b_v;
									v4 xw_sum_0_1 = layer2_b_v;
									const v4 layer2_b_v_2 = load4(layer2_b_io + 256);
									v4 xw_sum_1_0 = layer2_b_v_2;
									v4 xw_sum_1_1 = layer2_b_v_2;
									const v4 layer2_b_v_3 = load4(layer2_b_io + 512);
									v4 xw_sum_2_0 = layer2_b_v_3;
									v4 xw_sum_2_1 = layer2_b_v_3;
									const v4 layer2_b_v_4 = load4(layer2_b_io + 768);
									v4 xw_sum_3_0 = layer2_b_v_4;
									v4 xw_sum_3_1 = layer2_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer2_W_k = layer2_W + io * 4096 + k * 16;
										const v4 layer2_W_v = load4(layer2_W_k);
										const v4 layer1_h_prev24_n_k = splat4(layer1_h_prev24_n[k]);
										xw_sum_0_0 = fma4(layer2_W_v, layer1_h_prev24_n_k, xw_sum_0_0);
										const v4 layer1_h_prev23_n_k = splat4(layer1_h_prev23_n[k]);
										xw_sum_0_1 = fma4(layer2_W_v, layer1_h_prev23_n_k, xw_sum_0_1);
										const v4 layer2_W_v_2 = load4(layer2_W_k + 4);
										xw_sum_1_0 = fma4(layer2_W_v_2, layer1_h_prev24_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer2_W_v_2, layer1_h_prev23_n_k, xw_sum_1_1);
										const v4 layer2_W_v_3 = load4(layer2_W_k + 8);
										xw_sum_2_0 = fma4(layer2_W_v_3, layer1_h_prev24_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer2_W_v_3, layer1_h_prev23_n_k, xw_sum_2_1);
										const v4 layer2_W_v_4 = load4(layer2_W_k + 12);
										xw_sum_3_0 = fma4(layer2_W_v_4, layer1_h_prev24_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer2_W_v_4, layer1_h_prev23_n_k, xw_sum_3_1);
									}
									store4(layer2_xw_prev24_n, xw_sum_0_0);
									store4(layer2_xw_prev23_n, xw_sum_0_1);
									store4(layer2_xw_prev24_n + 256, xw_sum_1_0);
									store4(layer2_xw_prev23_n + 256, xw_sum_1_1);
									store4(layer2_xw_prev24_n + 512, xw_sum_2_0);
									store4(layer2_xw_prev23_n + 512, xw_sum_2_1);
									store4(layer2_xw_prev24_n + 768, xw_sum_3_0);
									store4(layer2_xw_prev23_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 24)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer2_b_io = layer2_b + io * 4;
									float *const layer2_xw_prev24_n = layer2_xw_prev24 + n * 1024 + io * 4;
									const float *const layer1_h_prev24_n = layer1_h_prev24 + n * 256;
									v4 xw_sum_0_0 = load4(layer2_b_io);
									v4 xw_sum_1_0 = load4(layer2_b_io + 256);
									v4 xw_sum_2_0 = load4(layer2_b_io + 512);
									v4 xw_sum_3_0 = load4(layer2_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer2_W_k = layer2_W + io * 4096 + k * 16;
										const v4 layer1_h_prev24_n_k = splat4(layer1_h_prev24_n[k]);
										xw_sum_0_0 = fma4(load4(layer2_W_k), layer1_h_prev24_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer2_W_k + 4), layer1_h_prev24_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer2_W_k + 8), layer1_h_prev24_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer2_W_k + 12), layer1_h_prev24_n_k, xw_sum_3_0);
									}
									store4(layer2_xw_prev24_n, xw_sum_0_0);
									store4(layer2_xw_prev24_n + 256, xw_sum_1_0);
									store4(layer2_xw_prev24_n + 512, xw_sum_2_0);
									store4(layer2_xw_prev24_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer2_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 24; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 24) - 24; t++) {
							const float *const layer2_xw_t = layer2_xw + (t % 24) * N * 1024;
							const float *const layer2_h_prev = layer2_h + ((t + 47) % 48) * N * 256;
							const float *const layer2_c_prev = layer2_c;
							float *const layer2_c_t = layer2_c;
							float *const layer2_h_t = layer2_h + (t % 48) * N * 256;
							/* layer2.h[t][n][i] = sigmoid(layer2.a[t][n][3][i]) * tanh(layer2.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer2_xw_t_n = layer2_xw_t + n * 1024 + io * 8;
									const float *const layer2_c_prev_n = layer2_c_prev + n * 256 + io * 8;
									float *const layer2_c_t_n = layer2_c_t + n * 256 + io * 8;
									float *const layer2_h_t_n = layer2_h_t + n * 256 + io * 8;
									const float *const layer2_h_prev_n = layer2_h_prev + n * 256;
									/* layer2.a[t][n][g][i] = layer2.xw[t][n][g][i] + sum(j, layer2.U[g][i][j] * layer2.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer2_xw_t_n);
									v4 a_0_1 = load4(layer2_xw_t_n + 4);
									v4 a_1_0 = load4(layer2_xw_t_n + 256);
									v4 a_1_1 = load4(layer2_xw_t_n + 260);
									v4 a_2_0 = load4(layer2_xw_t_n + 512);
									v4 a_2_1 = load4(layer2_xw_t_n + 516);
									v4 a_3_0 = load4(layer2_xw_t_n + 768);
									v4 a_3_1 = load4(layer2_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer2_U_j = layer2_U + io * 8192 + j * 32;
										const v4 layer2_h_prev_n_j = splat4(layer2_h_prev_n[j]);
										a_0_0 = fma4(load4(layer2_U_j), layer2_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer2_U_j + 4), layer2_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer2_U_j + 8), layer2_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer2_U_j + 12), layer2_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer2_U_j + 16), layer2_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer2_U_j + 20), layer2_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer2_U_j + 24), layer2_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer2_U_j + 28), layer2_h_prev_n_j, a_3_1);
									}
									/* layer2.c[t][n][i] = sigmoid(layer2.a[t][n][1][i]) * layer2.c[t - 1][n][i] + sigmoid(layer2.a[t][n][0][i]) * tanh(layer2.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer2_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer2_c_prev_n)));
									store4(layer2_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer2_c_prev_n + 4)));
									store4(layer2_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer2_c_t_n)));
									store4(layer2_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer2_c_t_n + 4)));
								}
							}
							/* layer2_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (3 > layer) {
				if (diagonal > 1) {
					if ((T + 23) / 24 + 2 > diagonal) {
						/* layer3.xw[t][n][g][i] = layer3.b[g][i] + sum(k, layer3.W[g][i][k] * layer2.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 48)) / 3; to++) {
								const float *const layer2_h_prev48_2 = layer2_h + ((diagonal * 24 + to * 3) % 48) * N * 256;
								const float *const layer2_h_prev47_2 = layer2_h + ((diagonal * 24 + to * 3 + 1) % 48) * N * 256;
								const float *const layer2_h_prev46 = layer2_h + ((diagonal * 24 + to * 3 + 2) % 48) * N * 256;
								float *const layer3_xw_prev48_2 = layer3_xw + to * N * 3072;
								float *const layer3_xw_prev47_2 = layer3_xw + to * N * 3072 + N * 1024;
								float *const layer3_xw_prev46 = layer3_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer3_b_io = layer3_b + io * 4;
									float *const layer3_xw_prev48_2_n = layer3_xw_prev48_2 + n * 1024 + io * 4;
									float *const layer3_xw_prev47_2_n = layer3_xw_prev47_2 + n * 1024 + io * 4;
									float *const layer3_xw_prev46_n = layer3_xw_prev46 + n * 1024 + io * 4;
									const float *const layer2_h_prev48_2_n = layer2_h_prev48_2 + n * 256;
									const float *const layer2_h_prev47_2_n = layer2_h_prev47_2 + n * 256;
									const float *const layer2_h_prev46_n = layer2_h_prev46 + n * 256;
									const v4 layer3_b_v = load4(layer3_b_io);
									v4 xw_sum_0_0 = layer3_b_v;
									v4 xw_sum_0_1 = layer3_b_v;
									v4 xw_sum_0_2 = layer3_b_v;
									const v4 layer3_b_v_2 = load4(layer3_b_io + 256);
									v4 xw_sum_1_0 = layer3_b_v_2;
									v4 xw_sum_1_1 = layer3_b_v_2;
									v4 xw_sum_1_2 = layer3_b_v_2;
									const v4 layer3_b_v_3 = load4(layer3_b_io + 512);
									v4 xw_sum_2_0 = layer3_b_v_3;
									v4 xw_sum_2_1 = layer3_b_v_3;
									v4 xw_sum_2_2 = layer3_b_v_3;
									const v4 layer3_b_v_4 = load4(layer3_b_io + 768);
									v4 xw_sum_3_0 = layer3_b_v_4;
									v4 xw_sum_3_1 = layer3_b_v_4;
									v4 xw_sum_3_2 = layer3_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer3_W_k = layer3_W + io * 4096 + k * 16;
										const v4 layer3_W_v = load4(layer3_W_k);
										const v4 layer2_h_prev48_2_n_k = splat4(layer2_h_prev48_2_n[k]);
										xw_sum_0_0 = fma4(layer3_W_v, layer2_h_prev48_2_n_k, xw_sum_0_0);
										const v4 layer2_h_prev47_2_n_k = splat4(layer2_h_prev47_2_n[k]);
										xw_sum_0_1 = fma4(layer3_W_v, layer2_h_prev47_2_n_k, xw_sum_0_1);
										const v4 layer2_h_prev46_n_k = splat4(layer2_h_prev46_n[k]);
										xw_sum_0_2 = fma4(layer3_W_v, layer2_h_prev46_n_k, xw_sum_0_2);
										const v4 layer3_W_v_2 = load4(layer3_W_k + 4);
										xw_sum_1_0 = fma4(layer3_W_v_2, layer2_h_prev48_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer3_W_v_2, layer2_h_prev47_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer3_W_v_2, layer2_h_prev46_n_k, xw_sum_1_2);
										const v4 layer3_W_v_3 = load4(layer3_W_k + 8);
										xw_sum_2_0 = fma4(layer3_W_v_3, layer2_h_prev48_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer3_W_v_3, layer2_h_prev47_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer3_W_v_3, layer2_h_prev46_n_k, xw_sum_2_2);
										const v4 layer3_W_v_4 = load4(layer3_W_k + 12);
										xw_sum_3_0 = fma4(layer3_W_v_4, layer2_h_prev48_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer3_W_v_4, layer2_h_prev47_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer3_W_v_4, layer2_h_prev46_n_k, xw_sum_3_2);
									}
									store4(layer3_xw_prev48_2_n, xw_sum_0_0);
									store4(layer3_xw_prev47_2_n, xw_sum_0_1);
									store4(layer3_xw_prev46_n, xw_sum_0_2);
									store4(layer3_xw_prev48_2_n + 256, xw_sum_1_0);
									store4(layer3_xw_prev47_2_n + 256, xw_sum_1_1);
									store4(layer3_xw_prev46_n + 256, xw_sum_1_2);
									store4(layer3_xw_prev48_2_n + 512, xw_sum_2_0);
									store4(layer3_xw_prev47_2_n + 512, xw_sum_2_1);
									store4(layer3_xw_prev46_n + 512, xw_sum_2_2);
									store4(layer3_xw_prev48_2_n + 768, xw_sum_3_0);
									store4(layer3_xw_prev47_2_n + 768, xw_sum_3_1);
									store4(layer3_xw_prev46_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 48)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer3_b_io = layer3_b + io * 4;
									float *const layer3_xw_prev48_n = layer3_xw_prev48 + n * 1024 + io * 4;
									float *const layer3_xw_prev47_n = layer3_xw_prev47 + n * 1024 + io * 4;
									const float *const layer2_h_prev48_n = layer2_h_prev48 + n * 256;
									const float *const layer2_h_prev47_n = layer2_h_prev47 + n * 256;
									const v4 layer3_b_v = load4(layer3_b_io);
									v4 xw_sum_0_0 = layer3_b_v;
									v4 xw_sum_0_1 = layer3_b_v;
									const v4 layer3_b_v_2 = load4(layer3_b_io + 256);
									v4 xw_sum_1_0 = layer3_b_v_2;
									v4 xw_sum_1_1 = layer3_b_v_2;
									const v4 layer3_b_v_3 = load4(layer3_b_io + 512);
									v4 xw_sum_2_0 = layer3_b_v_3;
									v4 xw_sum_2_1 = layer3_b_v_3;
									const v4 layer3_b_v_4 = load4(layer3_b_io + 768);
									v4 xw_sum_3_0 = layer3_b_v_4;
									v4 xw_sum_3_1 = layer3_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer3_W_k = layer3_W + io * 4096 + k * 16;
										const v4 layer3_W_v = load4(layer3_W_k);
										const v4 layer2_h_prev48_n_k = splat4(layer2_h_prev48_n[k]);
										xw_sum_0_0 = fma4(layer3_W_v, layer2_h_prev48_n_k, xw_sum_0_0);
										const v4 layer2_h_prev47_n_k = splat4(layer2_h_prev47_n[k]);
										xw_sum_0_1 = fma4(layer3_W_v, layer2_h_prev47_n_k, xw_sum_0_1);
										const v4 layer3_W_v_2 = load4(layer3_W_k + 4);
										xw_sum_1_0 = fma4(layer3_W_v_2, layer2_h_prev48_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer3_W_v_2, layer2_h_prev47_n_k, xw_sum_1_1);
										const v4 layer3_W_v_3 = load4(layer3_W_k + 8);
										xw_sum_2_0 = fma4(layer3_W_v_3, layer2_h_prev48_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer3_W_v_3, layer2_h_prev47_n_k, xw_sum_2_1);
										const v4 layer3_W_v_4 = load4(layer3_W_k + 12);
										xw_sum_3_0 = fma4(layer3_W_v_4, layer2_h_prev48_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer3_W_v_4, layer2_h_prev47_n_k, xw_sum_3_1);
									}
									store4(layer3_xw_prev48_n, xw_sum_0_0);
									store4(layer3_xw_prev47_n, xw_sum_0_1);
									store4(layer3_xw_prev48_n + 256, xw_sum_1_0);
									store4(layer3_xw_prev47_n + 256, xw_sum_1_1);
									store4(layer3_xw_prev48_n + 512, xw_sum_2_0);
									store4(layer3_xw_prev47_n + 512, xw_sum_2_1);
									store4(layer3_xw_prev48_n + 768, xw_sum_3_0);
									store4(layer3_xw_prev47_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 48)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer3_b_io = layer3_b + io * 4;
									float *const layer3_xw_prev48_n = layer3_xw_prev48 + n * 1024 + io * 4;
									const float *const layer2_h_prev48_n = layer2_h_prev48 + n * 256;
									v4 xw_sum_0_0 = load4(layer3_b_io);
									v4 xw_sum_1_0 = load4(layer3_b_io + 256);
									v4 xw_sum_2_0 = load4(layer3_b_io + 512);
									v4 xw_sum_3_0 = load4(layer3_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer3_W_k = layer3_W + io * 4096 + k * 16;
										const v4 layer2_h_prev48_n_k = splat4(layer2_h_prev48_n[k]);
										xw_sum_0_0 = fma4(load4(layer3_W_k), layer2_h_prev48_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer3_W_k + 4), layer2_h_prev48_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer3_W_k + 8), layer2_h_prev48_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer3_W_k + 12), layer2_h_prev48_n_k, xw_sum_3_0);
									}
									store4(layer3_xw_prev48_n, xw_sum_0_0);
									store4(layer3_xw_prev48_n + 256, xw_sum_1_0);
									store4(layer3_xw_prev48_n + 512, xw_sum_2_0);
									store4(layer3_xw_prev48_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer3_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 48; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 48) - 48; t++) {
							const float *const layer3_xw_t = layer3_xw + (t % 24) * N * 1024;
							const float *const layer3_h_prev = layer3_h + ((t + 47) % 48) * N * 256;
							const float *const layer3_c_prev = layer3_c;
							float *const layer3_c_t = layer3_c;
							float *const layer3_h_t = layer3_h + (t % 48) * N * 256;
							/* layer3.h[t][n][i] = sigmoid(layer3.a[t][n][3][i]) * tanh(layer3.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer3_xw_t_n = layer3_xw_t + n * 1024 + io * 8;
									const float *const layer3_c_prev_n = layer3_c_prev + n * 256 + io * 8;
									float *const layer3_c_t_n = layer3_c_t + n * 256 + io * 8;
									float *const layer3_h_t_n = layer3_h_t + n * 256 + io * 8;
									const float *const layer3_h_prev_n = layer3_h_prev + n * 256;
									/* layer3.a[t][n][g][i] = layer3.xw[t][n][g][i] + sum(j, layer3.U[g][i][j] * layer3.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer3_xw_t_n);
									v4 a_0_1 = load4(layer3_xw_t_n + 4);
									v4 a_1_0 = load4(layer3_xw_t_n + 256);
									v4 a_1_1 = load4(layer3_xw_t_n + 260);
									v4 a_2_0 = load4(layer3_xw_t_n + 512);
									v4 a_2_1 = load4(layer3_xw_t_n + 516);
									v4 a_3_0 = load4(layer3_xw_t_n + 768);
									v4 a_3_1 = load4(layer3_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer3_U_j = layer3_U + io * 8192 + j * 32;
										const v4 layer3_h_prev_n_j = splat4(layer3_h_prev_n[j]);
										a_0_0 = fma4(load4(layer3_U_j), layer3_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer3_U_j + 4), layer3_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer3_U_j + 8), layer3_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer3_U_j + 12), layer3_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer3_U_j + 16), layer3_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer3_U_j + 20), layer3_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer3_U_j + 24), layer3_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer3_U_j + 28), layer3_h_prev_n_j, a_3_1);
									}
									/* layer3.c[t][n][i] = sigmoid(layer3.a[t][n][1][i]) * layer3.c[t - 1][n][i] + sigmoid(layer3.a[t][n][0][i]) * tanh(layer3.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer3_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer3_c_prev_n)));
									store4(layer3_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer3_c_prev_n + 4)));
									store4(layer3_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer3_c_t_n)));
									store4(layer3_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer3_c_t_n + 4)));
								}
							}
							/* layer3_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (4 > layer) {
				if (diagonal > 2) {
					if ((T + 23) / 24 + 3 > diagonal) {
						/* layer4.xw[t][n][g][i] = layer4.b[g][i] + sum(k, layer4.W[g][i][k] * layer3.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 72)) / 3; to++) {
								const float *const layer3_h_prev72_2 = layer3_h + ((diagonal * 24 + to * 3 + 24) % 48) * N * 256;
								const float *const layer3_h_prev71_2 = layer3_h + ((diagonal * 24 + to * 3 + 25) % 48) * N * 256;
								const float *const layer3_h_prev70 = layer3_h + ((diagonal * 24 + to * 3 + 26) % 48) * N * 256;
								float *const layer4_xw_prev72_2 = layer4_xw + to * N * 3072;
								float *const layer4_xw_prev71_2 = layer4_xw + to * N * 3072 + N * 1024;
								float *const layer4_xw_prev70 = layer4_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer4_b_io = layer4_b + io * 4;
									float *const layer4_xw_prev72_2_n = layer4_xw_prev72_2 + n * 1024 + io * 4;
									float *const layer4_xw_prev71_2_n = layer4_xw_prev71_2 + n * 1024 + io * 4;
									float *const layer4_xw_prev70_n = layer4_xw_prev70 + n * 1024 + io * 4;
									const float *const layer3_h_prev72_2_n = layer3_h_prev72_2 + n * 256;
									const float *const layer3_h_prev71_2_n = layer3_h_prev71_2 + n * 256;
									const float *const layer3_h_prev70_n = layer3_h_prev70 + n * 256;
									const v4 layer4_b_v = load4(layer4_b_io);
									v4 xw_sum_0_0 = layer4_b_v;
									v4 xw_sum_0_1 = layer4_b_v;
									v4 xw_sum_0_2 = layer4_b_v;
									const v4 layer4_b_v_2 = load4(layer4_b_io + 256);
									v4 xw_sum_1_0 = layer4_b_v_2;
									v4 xw_sum_1_1 = layer4_b_v_2;
									v4 xw_sum_1_2 = layer4_b_v_2;
									const v4 layer4_b_v_3 = load4(layer4_b_io + 512);
									v4 xw_sum_2_0 = layer4_b_v_3;
									v4 xw_sum_2_1 = layer4_b_v_3;
									v4 xw_sum_2_2 = layer4_b_v_3;
									const v4 layer4_b_v_4 = load4(layer4_b_io + 768);
									v4 xw_sum_3_0 = layer4_b_v_4;
									v4 xw_sum_3_1 = layer4_b_v_4;
									v4 xw_sum_3_2 = layer4_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer4_W_k = layer4_W + io * 4096 + k * 16;
										const v4 layer4_W_v = load4(layer4_W_k);
										const v4 layer3_h_prev72_2_n_k = splat4(layer3_h_prev72_2_n[k]);
										xw_sum_0_0 = fma4(layer4_W_v, layer3_h_prev72_2_n_k, xw_sum_0_0);
										const v4 layer3_h_prev71_2_n_k = splat4(layer3_h_prev71_2_n[k]);
										xw_sum_0_1 = fma4(layer4_W_v, layer3_h_prev71_2_n_k, xw_sum_0_1);
										const v4 layer3_h_prev70_n_k = splat4(layer3_h_prev70_n[k]);
										xw_sum_0_2 = fma4(layer4_W_v, layer3_h_prev70_n_k, xw_sum_0_2);
										const v4 layer4_W_v_2 = load4(layer4_W_k + 4);
										xw_sum_1_0 = fma4(layer4_W_v_2, layer3_h_prev72_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer4_W_v_2, layer3_h_prev71_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer4_W_v_2, layer3_h_prev70_n_k, xw_sum_1_2);
										const v4 layer4_W_v_3 = load4(layer4_W_k + 8);
										xw_sum_2_0 = fma4(layer4_W_v_3, layer3_h_prev72_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer4_W_v_3, layer3_h_prev71_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer4_W_v_3, layer3_h_prev70_n_k, xw_sum_2_2);
										const v4 layer4_W_v_4 = load4(layer4_W_k + 12);
										xw_sum_3_0 = fma4(layer4_W_v_4, layer3_h_prev72_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer4_W_v_4, layer3_h_prev71_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer4_W_v_4, layer3_h_prev70_n_k, xw_sum_3_2);
									}
									store4(layer4_xw_prev72_2_n, xw_sum_0_0);
									store4(layer4_xw_prev71_2_n, xw_sum_0_1);
									store4(layer4_xw_prev70_n, xw_sum_0_2);
									store4(layer4_xw_prev72_2_n + 256, xw_sum_1_0);
									store4(layer4_xw_prev71_2_n + 256, xw_sum_1_1);
									store4(layer4_xw_prev70_n + 256, xw_sum_1_2);
									store4(layer4_xw_prev72_2_n + 512, xw_sum_2_0);
									store4(layer4_xw_prev71_2_n + 512, xw_sum_2_1);
									store4(layer4_xw_prev70_n + 512, xw_sum_2_2);
									store4(layer4_xw_prev72_2_n + 768, xw_sum_3_0);
									store4(layer4_xw_prev71_2_n + 768, xw_sum_3_1);
									store4(layer4_xw_prev70_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 72)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer4_b_io = layer4_b + io * 4;
									float *const layer4_xw_prev72_n = layer4_xw_prev72 + n * 1024 + io * 4;
									float *const layer4_xw_prev71_n = layer4_xw_prev71 + n * 1024 + io * 4;
									const float *const layer3_h_prev72_n = layer3_h_prev72 + n * 256;
									const float *const layer3_h_prev71_n = layer3_h_prev71 + n * 256;
									const v4 layer4_b_v = load4(layer4_b_io);
									v4 xw_sum_0_0 = layer4_b_v;
									v4 xw_sum_0_1 = layer4_b_v;
									const v4 layer4_b_v_2 = load4(layer4_b_io + 256);
									v4 xw_sum_1_0 = layer4_b_v_2;
									v4 xw_sum_1_1 = layer4_b_v_2;
									const v4 layer4_b_v_3 = load4(layer4_b_io + 512);
									v4 xw_sum_2_0 = layer4_b_v_3;
									v4 xw_sum_2_1 = layer4_b_v_3;
									const v4 layer4_b_v_4 = load4(layer4_b_io + 768);
									v4 xw_sum_3_0 = layer4_b_v_4;
									v4 xw_sum_3_1 = layer4_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer4_W_k = layer4_W + io * 4096 + k * 16;
										const v4 layer4_W_v = load4(layer4_W_k);
										const v4 layer3_h_prev72_n_k = splat4(layer3_h_prev72_n[k]);
										xw_sum_0_0 = fma4(layer4_W_v, layer3_h_prev72_n_k, xw_sum_0_0);
										const v4 layer3_h_prev71_n_k = splat4(layer3_h_prev71_n[k]);
										xw_sum_0_1 = fma4(layer4_W_v, layer3_h_prev71_n_k, xw_sum_0_1);
										const v4 layer4_W_v_2 = load4(layer4_W_k + 4);
										xw_sum_1_0 = fma4(layer4_W_v_2, layer3_h_prev72_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer4_W_v_2, layer3_h_prev71_n_k, xw_sum_1_1);
										const v4 layer4_W_v_3 = load4(layer4_W_k + 8);
										xw_sum_2_0 = fma4(layer4_W_v_3, layer3_h_prev72_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer4_W_v_3, layer3_h_prev71_n_k, xw_sum_2_1);
										const v4 layer4_W_v_4 = load4(layer4_W_k + 12);
										xw_sum_3_0 = fma4(layer4_W_v_4, layer3_h_prev72_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer4_W_v_4, layer3_h_prev71_n_k, xw_sum_3_1);
									}
									store4(layer4_xw_prev72_n, xw_sum_0_0);
									store4(layer4_xw_prev71_n, xw_sum_0_1);
									store4(layer4_xw_prev72_n + 256, xw_sum_1_0);
									store4(layer4_xw_prev71_n + 256, xw_sum_1_1);
									store4(layer4_xw_prev72_n + 512, xw_sum_2_0);
									store4(layer4_xw_prev71_n + 512, xw_sum_2_1);
									store4(layer4_xw_prev72_n + 768, xw_sum_3_0);
									store4(layer4_xw_prev71_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 72)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer4_b_io = layer4_b + io * 4;
									float *const layer4_xw_prev72_n = layer4_xw_prev72 + n * 1024 + io * 4;
									const float *const layer3_h_prev72_n = layer3_h_prev72 + n * 256;
									v4 xw_sum_0_0 = load4(layer4_b_io);
									v4 xw_sum_1_0 = load4(layer4_b_io + 256);
									v4 xw_sum_2_0 = load4(layer4_b_io + 512);
									v4 xw_sum_3_0 = load4(layer4_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer4_W_k = layer4_W + io * 4096 + k * 16;
										const v4 layer3_h_prev72_n_k = splat4(layer3_h_prev72_n[k]);
										xw_sum_0_0 = fma4(load4(layer4_W_k), layer3_h_prev72_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer4_W_k + 4), layer3_h_prev72_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer4_W_k + 8), layer3_h_prev72_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer4_W_k + 12), layer3_h_prev72_n_k, xw_sum_3_0);
									}
									store4(layer4_xw_prev72_n, xw_sum_0_0);
									store4(layer4_xw_prev72_n + 256, xw_sum_1_0);
									store4(layer4_xw_prev72_n + 512, xw_sum_2_0);
									store4(layer4_xw_prev72_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer4_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 72; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 72) - 72; t++) {
							const float *const layer4_xw_t = layer4_xw + (t % 24) * N * 1024;
							const float *const layer4_h_prev = layer4_h + ((t + 47) % 48) * N * 256;
							const float *const layer4_c_prev = layer4_c;
							float *const layer4_c_t = layer4_c;
							float *const layer4_h_t = layer4_h + (t % 48) * N * 256;
							/* layer4.h[t][n][i] = sigmoid(layer4.a[t][n][3][i]) * tanh(layer4.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer4_xw_t_n = layer4_xw_t + n * 1024 + io * 8;
									const float *const layer4_c_prev_n = layer4_c_prev + n * 256 + io * 8;
									float *const layer4_c_t_n = layer4_c_t + n * 256 + io * 8;
									float *const layer4_h_t_n = layer4_h_t + n * 256 + io * 8;
									const float *const layer4_h_prev_n = layer4_h_prev + n * 256;
									/* layer4.a[t][n][g][i] = layer4.xw[t][n][g][i] + sum(j, layer4.U[g][i][j] * layer4.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer4_xw_t_n);
									v4 a_0_1 = load4(layer4_xw_t_n + 4);
									v4 a_1_0 = load4(layer4_xw_t_n + 256);
									v4 a_1_1 = load4(layer4_xw_t_n + 260);
									v4 a_2_0 = load4(layer4_xw_t_n + 512);
									v4 a_2_1 = load4(layer4_xw_t_n + 516);
									v4 a_3_0 = load4(layer4_xw_t_n + 768);
									v4 a_3_1 = load4(layer4_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer4_U_j = layer4_U + io * 8192 + j * 32;
										const v4 layer4_h_prev_n_j = splat4(layer4_h_prev_n[j]);
										a_0_0 = fma4(load4(layer4_U_j), layer4_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer4_U_j + 4), layer4_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer4_U_j + 8), layer4_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer4_U_j + 12), layer4_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer4_U_j + 16), layer4_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer4_U_j + 20), layer4_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer4_U_j + 24), layer4_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer4_U_j + 28), layer4_h_prev_n_j, a_3_1);
									}
									/* layer4.c[t][n][i] = sigmoid(layer4.a[t][n][1][i]) * layer4.c[t - 1][n][i] + sigmoid(layer4.a[t][n][0][i]) * tanh(layer4.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer4_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer4_c_prev_n)));
									store4(layer4_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer4_c_prev_n + 4)));
									store4(layer4_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer4_c_t_n)));
									store4(layer4_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer4_c_t_n + 4)));
								}
							}
							/* layer4_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (5 > layer) {
				if (diagonal > 3) {
					if ((T + 23) / 24 + 4 > diagonal) {
						/* layer5.xw[t][n][g][i] = layer5.b[g][i] + sum(k, layer5.W[g][i][k] * layer4.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 96)) / 3; to++) {
								const float *const layer4_h_prev96_2 = layer4_h + ((diagonal * 24 + to * 3) % 48) * N * 256;
								const float *const layer4_h_prev95_2 = layer4_h + ((diagonal * 24 + to * 3 + 1) % 48) * N * 256;
								const float *const layer4_h_prev94 = layer4_h + ((diagonal * 24 + to * 3 + 2) % 48) * N * 256;
								float *const layer5_xw_prev96_2 = layer5_xw + to * N * 3072;
								float *const layer5_xw_prev95_2 = layer5_xw + to * N * 3072 + N * 1024;
								float *const layer5_xw_prev94 = layer5_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer5_b_io = layer5_b + io * 4;
									float *const layer5_xw_prev96_2_n = layer5_xw_prev96_2 + n * 1024 + io * 4;
									float *const layer5_xw_prev95_2_n = layer5_xw_prev95_2 + n * 1024 + io * 4;
									float *const layer5_xw_prev94_n = layer5_xw_prev94 + n * 1024 + io * 4;
									const float *const layer4_h_prev96_2_n = layer4_h_prev96_2 + n * 256;
									const float *const layer4_h_prev95_2_n = layer4_h_prev95_2 + n * 256;
									const float *const layer4_h_prev94_n = layer4_h_prev94 + n * 256;
									const v4 layer5_b_v = load4(layer5_b_io);
									v4 xw_sum_0_0 = layer5_b_v;
									v4 xw_sum_0_1 = layer5_b_v;
									v4 xw_sum_0_2 = layer5_b_v;
									const v4 layer5_b_v_2 = load4(layer5_b_io + 256);
									v4 xw_sum_1_0 = layer5_b_v_2;
									v4 xw_sum_1_1 = layer5_b_v_2;
									v4 xw_sum_1_2 = layer5_b_v_2;
									const v4 layer5_b_v_3 = load4(layer5_b_io + 512);
									v4 xw_sum_2_0 = layer5_b_v_3;
									v4 xw_sum_2_1 = layer5_b_v_3;
									v4 xw_sum_2_2 = layer5_b_v_3;
									const v4 layer5_b_v_4 = load4(layer5_b_io + 768);
									v4 xw_sum_3_0 = layer5_b_v_4;
									v4 xw_sum_3_1 = layer5_b_v_4;
									v4 xw_sum_3_2 = layer5_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer5_W_k = layer5_W + io * 4096 + k * 16;
										const v4 layer5_W_v = load4(layer5_W_k);
										const v4 layer4_h_prev96_2_n_k = splat4(layer4_h_prev96_2_n[k]);
										xw_sum_0_0 = fma4(layer5_W_v, layer4_h_prev96_2_n_k, xw_sum_0_0);
										const v4 layer4_h_prev95_2_n_k = splat4(layer4_h_prev95_2_n[k]);
										xw_sum_0_1 = fma4(layer5_W_v, layer4_h_prev95_2_n_k, xw_sum_0_1);
										const v4 layer4_h_prev94_n_k = splat4(layer4_h_prev94_n[k]);
										xw_sum_0_2 = fma4(layer5_W_v, layer4_h_prev94_n_k, xw_sum_0_2);
										const v4 layer5_W_v_2 = load4(layer5_W_k + 4);
										xw_sum_1_0 = fma4(layer5_W_v_2, layer4_h_prev96_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer5_W_v_2, layer4_h_prev95_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer5_W_v_2, layer4_h_prev94_n_k, xw_sum_1_2);
										const v4 layer5_W_v_3 = load4(layer5_W_k + 8);
										xw_sum_2_0 = fma4(layer5_W_v_3, layer4_h_prev96_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer5_W_v_3, layer4_h_prev95_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer5_W_v_3, layer4_h_prev94_n_k, xw_sum_2_2);
										const v4 layer5_W_v_4 = load4(layer5_W_k + 12);
										xw_sum_3_0 = fma4(layer5_W_v_4, layer4_h_prev96_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer5_W_v_4, layer4_h_prev95_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer5_W_v_4, layer4_h_prev94_n_k, xw_sum_3_2);
									}
									store4(layer5_xw_prev96_2_n, xw_sum_0_0);
									store4(layer5_xw_prev95_2_n, xw_sum_0_1);
									store4(layer5_xw_prev94_n, xw_sum_0_2);
									store4(layer5_xw_prev96_2_n + 256, xw_sum_1_0);
									store4(layer5_xw_prev95_2_n + 256, xw_sum_1_1);
									store4(layer5_xw_prev94_n + 256, xw_sum_1_2);
									store4(layer5_xw_prev96_2_n + 512, xw_sum_2_0);
									store4(layer5_xw_prev95_2_n + 512, xw_sum_2_1);
									store4(layer5_xw_prev94_n + 512, xw_sum_2_2);
									store4(layer5_xw_prev96_2_n + 768, xw_sum_3_0);
									store4(layer5_xw_prev95_2_n + 768, xw_sum_3_1);
									store4(layer5_xw_prev94_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 96)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer5_b_io = layer5_b + io * 4;
									float *const layer5_xw_prev96_n = layer5_xw_prev96 + n * 1024 + io * 4;
									float *const layer5_xw_prev95_n = layer5_xw_prev95 + n * 1024 + io * 4;
									const float *const layer4_h_prev96_n = layer4_h_prev96 + n * 256;
									const float *const layer4_h_prev95_n = layer4_h_prev95 + n * 256;
									const v4 layer5_b_v = load4(layer5_b_io);
									v4 xw_sum_0_0 = layer5_b_v;
									v4 xw_sum_0_1 = layer5_b_v;
									const v4 layer5_b_v_2 = load4(layer5_b_io + 256);
									v4 xw_sum_1_0 = layer5_b_v_2;
									v4 xw_sum_1_1 = layer5_b_v_2;
									const v4 layer5_b_v_3 = load4(layer5_b_io + 512);
									v4 xw_sum_2_0 = layer5_b_v_3;
									v4 xw_sum_2_1 = layer5_b_v_3;
									const v4 layer5_b_v_4 = load4(layer5_b_io + 768);
									v4 xw_sum_3_0 = layer5_b_v_4;
									v4 xw_sum_3_1 = layer5_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer5_W_k = layer5_W + io * 4096 + k * 16;
										const v4 layer5_W_v = load4(layer5_W_k);
										const v4 layer4_h_prev96_n_k = splat4(layer4_h_prev96_n[k]);
										xw_sum_0_0 = fma4(layer5_W_v, layer4_h_prev96_n_k, xw_sum_0_0);
										const v4 layer4_h_prev95_n_k = splat4(layer4_h_prev95_n[k]);
										xw_sum_0_1 = fma4(layer5_W_v, layer4_h_prev95_n_k, xw_sum_0_1);
										const v4 layer5_W_v_2 = load4(layer5_W_k + 4);
										xw_sum_1_0 = fma4(layer5_W_v_2, layer4_h_prev96_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer5_W_v_2, layer4_h_prev95_n_k, xw_sum_1_1);
										const v4 layer5_W_v_3 = load4(layer5_W_k + 8);
										xw_sum_2_0 = fma4(layer5_W_v_3, layer4_h_prev96_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer5_W_v_3, layer4_h_prev95_n_k, xw_sum_2_1);
										const v4 layer5_W_v_4 = load4(layer5_W_k + 12);
										xw_sum_3_0 = fma4(layer5_W_v_4, layer4_h_prev96_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer5_W_v_4, layer4_h_prev95_n_k, xw_sum_3_1);
									}
									store4(layer5_xw_prev96_n, xw_sum_0_0);
									store4(layer5_xw_prev95_n, xw_sum_0_1);
									store4(layer5_xw_prev96_n + 256, xw_sum_1_0);
									store4(layer5_xw_prev95_n + 256, xw_sum_1_1);
									store4(layer5_xw_prev96_n + 512, xw_sum_2_0);
									store4(layer5_xw_prev95_n + 512, xw_sum_2_1);
									store4(layer5_xw_prev96_n + 768, xw_sum_3_0);
									store4(layer5_xw_prev95_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 96)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer5_b_io = layer5_b + io * 4;
									float *const layer5_xw_prev96_n = layer5_xw_prev96 + n * 1024 + io * 4;
									const float *const layer4_h_prev96_n = layer4_h_prev96 + n * 256;
									v4 xw_sum_0_0 = load4(layer5_b_io);
									v4 xw_sum_1_0 = load4(layer5_b_io + 256);
									v4 xw_sum_2_0 = load4(layer5_b_io + 512);
									v4 xw_sum_3_0 = load4(layer5_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer5_W_k = layer5_W + io * 4096 + k * 16;
										const v4 layer4_h_prev96_n_k = splat4(layer4_h_prev96_n[k]);
										xw_sum_0_0 = fma4(load4(layer5_W_k), layer4_h_prev96_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer5_W_k + 4), layer4_h_prev96_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer5_W_k + 8), layer4_h_prev96_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer5_W_k + 12), layer4_h_prev96_n_k, xw_sum_3_0);
									}
									store4(layer5_xw_prev96_n, xw_sum_0_0);
									store4(layer5_xw_prev96_n + 256, xw_sum_1_0);
									store4(layer5_xw_prev96_n + 512, xw_sum_2_0);
									store4(layer5_xw_prev96_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer5_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 96; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 96) - 96; t++) {
							const float *const layer5_xw_t = layer5_xw + (t % 24) * N * 1024;
							const float *const layer5_h_prev = layer5_h + ((t + 47) % 48) * N * 256;
							const float *const layer5_c_prev = layer5_c;
							float *const layer5_c_t = layer5_c;
							float *const layer5_h_t = layer5_h + (t % 48) * N * 256;
							/* layer5.h[t][n][i] = sigmoid(layer5.a[t][n][3][i]) * tanh(layer5.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer5_xw_t_n = layer5_xw_t + n * 1024 + io * 8;
									const float *const layer5_c_prev_n = layer5_c_prev + n * 256 + io * 8;
									float *const layer5_c_t_n = layer5_c_t + n * 256 + io * 8;
									float *const layer5_h_t_n = layer5_h_t + n * 256 + io * 8;
									const float *const layer5_h_prev_n = layer5_h_prev + n * 256;
									/* layer5.a[t][n][g][i] = layer5.xw[t][n][g][i] + sum(j, layer5.U[g][i][j] * layer5.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer5_xw_t_n);
									v4 a_0_1 = load4(layer5_xw_t_n + 4);
									v4 a_1_0 = load4(layer5_xw_t_n + 256);
									v4 a_1_1 = load4(layer5_xw_t_n + 260);
									v4 a_2_0 = load4(layer5_xw_t_n + 512);
									v4 a_2_1 = load4(layer5_xw_t_n + 516);
									v4 a_3_0 = load4(layer5_xw_t_n + 768);
									v4 a_3_1 = load4(layer5_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer5_U_j = layer5_U + io * 8192 + j * 32;
										const v4 layer5_h_prev_n_j = splat4(layer5_h_prev_n[j]);
										a_0_0 = fma4(load4(layer5_U_j), layer5_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer5_U_j + 4), layer5_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer5_U_j + 8), layer5_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer5_U_j + 12), layer5_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer5_U_j + 16), layer5_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer5_U_j + 20), layer5_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer5_U_j + 24), layer5_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer5_U_j + 28), layer5_h_prev_n_j, a_3_1);
									}
									/* layer5.c[t][n][i] = sigmoid(layer5.a[t][n][1][i]) * layer5.c[t - 1][n][i] + sigmoid(layer5.a[t][n][0][i]) * tanh(layer5.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer5_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer5_c_prev_n)));
									store4(layer5_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer5_c_prev_n + 4)));
									store4(layer5_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer5_c_t_n)));
									store4(layer5_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer5_c_t_n + 4)));
								}
							}
							/* layer5_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (6 > layer) {
				if (diagonal > 4) {
					if ((T + 23) / 24 + 5 > diagonal) {
						/* layer6.xw[t][n][g][i] = layer6.b[g][i] + sum(k, layer6.W[g][i][k] * layer5.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 120)) / 3; to++) {
								const float *const layer5_h_prev120_2 = layer5_h + ((diagonal * 24 + to * 3 + 24) % 48) * N * 256;
								const float *const layer5_h_prev119_2 = layer5_h + ((diagonal * 24 + to * 3 + 25) % 48) * N * 256;
								const float *const layer5_h_prev118 = layer5_h + ((diagonal * 24 + to * 3 + 26) % 48) * N * 256;
								float *const layer6_xw_prev120_2 = layer6_xw + to * N * 3072;
								float *const layer6_xw_prev119_2 = layer6_xw + to * N * 3072 + N * 1024;
								float *const layer6_xw_prev118 = layer6_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer6_b_io = layer6_b + io * 4;
									float *const layer6_xw_prev120_2_n = layer6_xw_prev120_2 + n * 1024 + io * 4;
									float *const layer6_xw_prev119_2_n = layer6_xw_prev119_2 + n * 1024 + io * 4;
									float *const layer6_xw_prev118_n = layer6_xw_prev118 + n * 1024 + io * 4;
									const float *const layer5_h_prev120_2_n = layer5_h_prev120_2 + n * 256;
									const float *const layer5_h_prev119_2_n = layer5_h_prev119_2 + n * 256;
									const float *const layer5_h_prev118_n = layer5_h_prev118 + n * 256;
									const v4 layer6_b_v = load4(layer6_b_io);
									v4 xw_sum_0_0 = layer6_b_v;
									v4 xw_sum_0_1 = layer6_b_v;
									v4 xw_sum_0_2 = layer6_b_v;
									const v4 layer6_b_v_2 = load4(layer6_b_io + 256);
									v4 xw_sum_1_0 = layer6_b_v_2;
									v4 xw_sum_1_1 = layer6_b_v_2;
									v4 xw_sum_1_2 = layer6_b_v_2;
									const v4 layer6_b_v_3 = load4(layer6_b_io + 512);
									v4 xw_sum_2_0 = layer6_b_v_3;
									v4 xw_sum_2_1 = layer6_b_v_3;
									v4 xw_sum_2_2 = layer6_b_v_3;
									const v4 layer6_b_v_4 = load4(layer6_b_io + 768);
									v4 xw_sum_3_0 = layer6_b_v_4;
									v4 xw_sum_3_1 = layer6_b_v_4;
									v4 xw_sum_3_2 = layer6_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer6_W_k = layer6_W + io * 4096 + k * 16;
										const v4 layer6_W_v = load4(layer6_W_k);
										const v4 layer5_h_prev120_2_n_k = splat4(layer5_h_prev120_2_n[k]);
										xw_sum_0_0 = fma4(layer6_W_v, layer5_h_prev120_2_n_k, xw_sum_0_0);
										const v4 layer5_h_prev119_2_n_k = splat4(layer5_h_prev119_2_n[k]);
										xw_sum_0_1 = fma4(layer6_W_v, layer5_h_prev119_2_n_k, xw_sum_0_1);
										const v4 layer5_h_prev118_n_k = splat4(layer5_h_prev118_n[k]);
										xw_sum_0_2 = fma4(layer6_W_v, layer5_h_prev118_n_k, xw_sum_0_2);
										const v4 layer6_W_v_2 = load4(layer6_W_k + 4);
										xw_sum_1_0 = fma4(layer6_W_v_2, layer5_h_prev120_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer6_W_v_2, layer5_h_prev119_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer6_W_v_2, layer5_h_prev118_n_k, xw_sum_1_2);
										const v4 layer6_W_v_3 = load4(layer6_W_k + 8);
										xw_sum_2_0 = fma4(layer6_W_v_3, layer5_h_prev120_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer6_W_v_3, layer5_h_prev119_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer6_W_v_3, layer5_h_prev118_n_k, xw_sum_2_2);
										const v4 layer6_W_v_4 = load4(layer6_W_k + 12);
										xw_sum_3_0 = fma4(layer6_W_v_4, layer5_h_prev120_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer6_W_v_4, layer5_h_prev119_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer6_W_v_4, layer5_h_prev118_n_k, xw_sum_3_2);
									}
									store4(layer6_xw_prev120_2_n, xw_sum_0_0);
									store4(layer6_xw_prev119_2_n, xw_sum_0_1);
									store4(layer6_xw_prev118_n, xw_sum_0_2);
									store4(layer6_xw_prev120_2_n + 256, xw_sum_1_0);
									store4(layer6_xw_prev119_2_n + 256, xw_sum_1_1);
									store4(layer6_xw_prev118_n + 256, xw_sum_1_2);
									store4(layer6_xw_prev120_2_n + 512, xw_sum_2_0);
									store4(layer6_xw_prev119_2_n + 512, xw_sum_2_1);
									store4(layer6_xw_prev118_n + 512, xw_sum_2_2);
									store4(layer6_xw_prev120_2_n + 768, xw_sum_3_0);
									store4(layer6_xw_prev119_2_n + 768, xw_sum_3_1);
									store4(layer6_xw_prev118_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 120)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer6_b_io = layer6_b + io * 4;
									float *const layer6_xw_prev120_n = layer6_xw_prev120 + n * 1024 + io * 4;
									float *const layer6_xw_prev119_n = layer6_xw_prev119 + n * 1024 + io * 4;
									const float *const layer5_h_prev120_n = layer5_h_prev120 + n * 256;
									const float *const layer5_h_prev119_n = layer5_h_prev119 + n * 256;
									const v4 layer6_b_v = load4(layer6_b_io);
									v4 xw_sum_0_0 = layer6_b_v;
									v4 xw_sum_0_1 = layer6_b_v;
									const v4 layer6_b_v_2 = load4(layer6_b_io + 256);
									v4 xw_sum_1_0 = layer6_b_v_2;
									v4 xw_sum_1_1 = layer6_b_v_2;
									const v4 layer6_b_v_3 = load4(layer6_b_io + 512);
									v4 xw_sum_2_0 = layer6_b_v_3;
									v4 xw_sum_2_1 = layer6_b_v_3;
									const v4 layer6_b_v_4 = load4(layer6_b_io + 768);
									v4 xw_sum_3_0 = layer6_b_v_4;
									v4 xw_sum_3_1 = layer6_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer6_W_k = layer6_W + io * 4096 + k * 16;
										const v4 layer6_W_v = load4(layer6_W_k);
										const v4 layer5_h_prev120_n_k = splat4(layer5_h_prev120_n[k]);
										xw_sum_0_0 = fma4(layer6_W_v, layer5_h_prev120_n_k, xw_sum_0_0);
										const v4 layer5_h_prev119_n_k = splat4(layer5_h_prev119_n[k]);
										xw_sum_0_1 = fma4(layer6_W_v, layer5_h_prev119_n_k, xw_sum_0_1);
										const v4 layer6_W_v_2 = load4(layer6_W_k + 4);
										xw_sum_1_0 = fma4(layer6_W_v_2, layer5_h_prev120_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer6_W_v_2, layer5_h_prev119_n_k, xw_sum_1_1);
										const v4 layer6_W_v_3 = load4(layer6_W_k + 8);
										xw_sum_2_0 = fma4(layer6_W_v_3, layer5_h_prev120_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer6_W_v_3, layer5_h_prev119_n_k, xw_sum_2_1);
										const v4 layer6_W_v_4 = load4(layer6_W_k + 12);
										xw_sum_3_0 = fma4(layer6_W_v_4, layer5_h_prev120_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer6_W_v_4, layer5_h_prev119_n_k, xw_sum_3_1);
									}
									store4(layer6_xw_prev120_n, xw_sum_0_0);
									store4(layer6_xw_prev119_n, xw_sum_0_1);
									store4(layer6_xw_prev120_n + 256, xw_sum_1_0);
									store4(layer6_xw_prev119_n + 256, xw_sum_1_1);
									store4(layer6_xw_prev120_n + 512, xw_sum_2_0);
									store4(layer6_xw_prev119_n + 512, xw_sum_2_1);
									store4(layer6_xw_prev120_n + 768, xw_sum_3_0);
									store4(layer6_xw_prev119_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 120)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer6_b_io = layer6_b + io * 4;
									float *const layer6_xw_prev120_n = layer6_xw_prev120 + n * 1024 + io * 4;
									const float *const layer5_h_prev120_n = layer5_h_prev120 + n * 256;
									v4 xw_sum_0_0 = load4(layer6_b_io);
									v4 xw_sum_1_0 = load4(layer6_b_io + 256);
									v4 xw_sum_2_0 = load4(layer6_b_io + 512);
									v4 xw_sum_3_0 = load4(layer6_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer6_W_k = layer6_W + io * 4096 + k * 16;
										const v4 layer5_h_prev120_n_k = splat4(layer5_h_prev120_n[k]);
										xw_sum_0_0 = fma4(load4(layer6_W_k), layer5_h_prev120_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer6_W_k + 4), layer5_h_prev120_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer6_W_k + 8), layer5_h_prev120_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer6_W_k + 12), layer5_h_prev120_n_k, xw_sum_3_0);
									}
									store4(layer6_xw_prev120_n, xw_sum_0_0);
									store4(layer6_xw_prev120_n + 256, xw_sum_1_0);
									store4(layer6_xw_prev120_n + 512, xw_sum_2_0);
									store4(layer6_xw_prev120_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer6_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 120; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 120) - 120; t++) {
							const float *const layer6_xw_t = layer6_xw + (t % 24) * N * 1024;
							const float *const layer6_h_prev = layer6_h + ((t + 47) % 48) * N * 256;
							const float *const layer6_c_prev = layer6_c;
							float *const layer6_c_t = layer6_c;
							float *const layer6_h_t = layer6_h + (t % 48) * N * 256;
							/* layer6.h[t][n][i] = sigmoid(layer6.a[t][n][3][i]) * tanh(layer6.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer6_xw_t_n = layer6_xw_t + n * 1024 + io * 8;
									const float *const layer6_c_prev_n = layer6_c_prev + n * 256 + io * 8;
									float *const layer6_c_t_n = layer6_c_t + n * 256 + io * 8;
									float *const layer6_h_t_n = layer6_h_t + n * 256 + io * 8;
									const float *const layer6_h_prev_n = layer6_h_prev + n * 256;
									/* layer6.a[t][n][g][i] = layer6.xw[t][n][g][i] + sum(j, layer6.U[g][i][j] * layer6.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer6_xw_t_n);
									v4 a_0_1 = load4(layer6_xw_t_n + 4);
									v4 a_1_0 = load4(layer6_xw_t_n + 256);
									v4 a_1_1 = load4(layer6_xw_t_n + 260);
									v4 a_2_0 = load4(layer6_xw_t_n + 512);
									v4 a_2_1 = load4(layer6_xw_t_n + 516);
									v4 a_3_0 = load4(layer6_xw_t_n + 768);
									v4 a_3_1 = load4(layer6_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer6_U_j = layer6_U + io * 8192 + j * 32;
										const v4 layer6_h_prev_n_j = splat4(layer6_h_prev_n[j]);
										a_0_0 = fma4(load4(layer6_U_j), layer6_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer6_U_j + 4), layer6_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer6_U_j + 8), layer6_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer6_U_j + 12), layer6_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer6_U_j + 16), layer6_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer6_U_j + 20), layer6_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer6_U_j + 24), layer6_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer6_U_j + 28), layer6_h_prev_n_j, a_3_1);
									}
									/* layer6.c[t][n][i] = sigmoid(layer6.a[t][n][1][i]) * layer6.c[t - 1][n][i] + sigmoid(layer6.a[t][n][0][i]) * tanh(layer6.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer6_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer6_c_prev_n)));
									store4(layer6_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer6_c_prev_n + 4)));
									store4(layer6_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer6_c_t_n)));
									store4(layer6_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer6_c_t_n + 4)));
								}
							}
							/* layer6_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (7 > layer) {
				if (diagonal > 5) {
					if ((T + 23) / 24 + 6 > diagonal) {
						/* layer7.xw[t][n][g][i] = layer7.b[g][i] + sum(k, layer7.W[g][i][k] * layer6.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
						for (int64_t io = io_first; io < io_end; io++) {
							for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 144)) / 3; to++) {
								const float *const layer6_h_prev144_2 = layer6_h + ((diagonal * 24 + to * 3) % 48) * N * 256;
								const float *const layer6_h_prev143_2 = layer6_h + ((diagonal * 24 + to * 3 + 1) % 48) * N * 256;
								const float *const layer6_h_prev142 = layer6_h + ((diagonal * 24 + to * 3 + 2) % 48) * N * 256;
								float *const layer7_xw_prev144_2 = layer7_xw + to * N * 3072;
								float *const layer7_xw_prev143_2 = layer7_xw + to * N * 3072 + N * 1024;
								float *const layer7_xw_prev142 = layer7_xw + to * N * 3072 + N * 2048;
								for (int64_t n = 0; n < N; n++) {
									const float *const layer7_b_io = layer7_b + io * 4;
									float *const layer7_xw_prev144_2_n = layer7_xw_prev144_2 + n * 1024 + io * 4;
									float *const layer7_xw_prev143_2_n = layer7_xw_prev143_2 + n * 1024 + io * 4;
									float *const layer7_xw_prev142_n = layer7_xw_prev142 + n * 1024 + io * 4;
									const float *const layer6_h_prev144_2_n = layer6_h_prev144_2 + n * 256;
									const float *const layer6_h_prev143_2_n = layer6_h_prev143_2 + n * 256;
									const float *const layer6_h_prev142_n = layer6_h_prev142 + n * 256;
									const v4 layer7_b_v = load4(layer7_b_io);
									v4 xw_sum_0_0 = layer7_b_v;
									v4 xw_sum_0_1 = layer7_b_v;
									v4 xw_sum_0_2 = layer7_b_v;
									const v4 layer7_b_v_2 = load4(layer7_b_io + 256);
									v4 xw_sum_1_0 = layer7_b_v_2;
									v4 xw_sum_1_1 = layer7_b_v_2;
									v4 xw_sum_1_2 = layer7_b_v_2;
									const v4 layer7_b_v_3 = load4(layer7_b_io + 512);
									v4 xw_sum_2_0 = layer7_b_v_3;
									v4 xw_sum_2_1 = layer7_b_v_3;
									v4 xw_sum_2_2 = layer7_b_v_3;
									const v4 layer7_b_v_4 = load4(layer7_b_io + 768);
									v4 xw_sum_3_0 = layer7_b_v_4;
									v4 xw_sum_3_1 = layer7_b_v_4;
									v4 xw_sum_3_2 = layer7_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer7_W_k = layer7_W + io * 4096 + k * 16;
										const v4 layer7_W_v = load4(layer7_W_k);
										const v4 layer6_h_prev144_2_n_k = splat4(layer6_h_prev144_2_n[k]);
										xw_sum_0_0 = fma4(layer7_W_v, layer6_h_prev144_2_n_k, xw_sum_0_0);
										const v4 layer6_h_prev143_2_n_k = splat4(layer6_h_prev143_2_n[k]);
										xw_sum_0_1 = fma4(layer7_W_v, layer6_h_prev143_2_n_k, xw_sum_0_1);
										const v4 layer6_h_prev142_n_k = splat4(layer6_h_prev142_n[k]);
										xw_sum_0_2 = fma4(layer7_W_v, layer6_h_prev142_n_k, xw_sum_0_2);
										const v4 layer7_W_v_2 = load4(layer7_W_k + 4);
										xw_sum_1_0 = fma4(layer7_W_v_2, layer6_h_prev144_2_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer7_W_v_2, layer6_h_prev143_2_n_k, xw_sum_1_1);
										xw_sum_1_2 = fma4(layer7_W_v_2, layer6_h_prev142_n_k, xw_sum_1_2);
										const v4 layer7_W_v_3 = load4(layer7_W_k + 8);
										xw_sum_2_0 = fma4(layer7_W_v_3, layer6_h_prev144_2_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer7_W_v_3, layer6_h_prev143_2_n_k, xw_sum_2_1);
										xw_sum_2_2 = fma4(layer7_W_v_3, layer6_h_prev142_n_k, xw_sum_2_2);
										const v4 layer7_W_v_4 = load4(layer7_W_k + 12);
										xw_sum_3_0 = fma4(layer7_W_v_4, layer6_h_prev144_2_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer7_W_v_4, layer6_h_prev143_2_n_k, xw_sum_3_1);
										xw_sum_3_2 = fma4(layer7_W_v_4, layer6_h_prev142_n_k, xw_sum_3_2);
									}
									store4(layer7_xw_prev144_2_n, xw_sum_0_0);
									store4(layer7_xw_prev143_2_n, xw_sum_0_1);
									store4(layer7_xw_prev142_n, xw_sum_0_2);
									store4(layer7_xw_prev144_2_n + 256, xw_sum_1_0);
									store4(layer7_xw_prev143_2_n + 256, xw_sum_1_1);
									store4(layer7_xw_prev142_n + 256, xw_sum_1_2);
									store4(layer7_xw_prev144_2_n + 512, xw_sum_2_0);
									store4(layer7_xw_prev143_2_n + 512, xw_sum_2_1);
									store4(layer7_xw_prev142_n + 512, xw_sum_2_2);
									store4(layer7_xw_prev144_2_n + 768, xw_sum_3_0);
									store4(layer7_xw_prev143_2_n + 768, xw_sum_3_1);
									store4(layer7_xw_prev142_n + 768, xw_sum_3_2);
								}
							}
							if ((min_i(24, T - diagonal * 24 + 144)) % 3 > 1) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer7_b_io = layer7_b + io * 4;
									float *const layer7_xw_prev144_n = layer7_xw_prev144 + n * 1024 + io * 4;
									float *const layer7_xw_prev143_n = layer7_xw_prev143 + n * 1024 + io * 4;
									const float *const layer6_h_prev144_n = layer6_h_prev144 + n * 256;
									const float *const layer6_h_prev143_n = layer6_h_prev143 + n * 256;
									const v4 layer7_b_v = load4(layer7_b_io);
									v4 xw_sum_0_0 = layer7_b_v;
									v4 xw_sum_0_1 = layer7_b_v;
									const v4 layer7_b_v_2 = load4(layer7_b_io + 256);
									v4 xw_sum_1_0 = layer7_b_v_2;
									v4 xw_sum_1_1 = layer7_b_v_2;
									const v4 layer7_b_v_3 = load4(layer7_b_io + 512);
									v4 xw_sum_2_0 = layer7_b_v_3;
									v4 xw_sum_2_1 = layer7_b_v_3;
									const v4 layer7_b_v_4 = load4(layer7_b_io + 768);
									v4 xw_sum_3_0 = layer7_b_v_4;
									v4 xw_sum_3_1 = layer7_b_v_4;
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer7_W_k = layer7_W + io * 4096 + k * 16;
										const v4 layer7_W_v = load4(layer7_W_k);
										const v4 layer6_h_prev144_n_k = splat4(layer6_h_prev144_n[k]);
										xw_sum_0_0 = fma4(layer7_W_v, layer6_h_prev144_n_k, xw_sum_0_0);
										const v4 layer6_h_prev143_n_k = splat4(layer6_h_prev143_n[k]);
										xw_sum_0_1 = fma4(layer7_W_v, layer6_h_prev143_n_k, xw_sum_0_1);
										const v4 layer7_W_v_2 = load4(layer7_W_k + 4);
										xw_sum_1_0 = fma4(layer7_W_v_2, layer6_h_prev144_n_k, xw_sum_1_0);
										xw_sum_1_1 = fma4(layer7_W_v_2, layer6_h_prev143_n_k, xw_sum_1_1);
										const v4 layer7_W_v_3 = load4(layer7_W_k + 8);
										xw_sum_2_0 = fma4(layer7_W_v_3, layer6_h_prev144_n_k, xw_sum_2_0);
										xw_sum_2_1 = fma4(layer7_W_v_3, layer6_h_prev143_n_k, xw_sum_2_1);
										const v4 layer7_W_v_4 = load4(layer7_W_k + 12);
										xw_sum_3_0 = fma4(layer7_W_v_4, layer6_h_prev144_n_k, xw_sum_3_0);
										xw_sum_3_1 = fma4(layer7_W_v_4, layer6_h_prev143_n_k, xw_sum_3_1);
									}
									store4(layer7_xw_prev144_n, xw_sum_0_0);
									store4(layer7_xw_prev143_n, xw_sum_0_1);
									store4(layer7_xw_prev144_n + 256, xw_sum_1_0);
									store4(layer7_xw_prev143_n + 256, xw_sum_1_1);
									store4(layer7_xw_prev144_n + 512, xw_sum_2_0);
									store4(layer7_xw_prev143_n + 512, xw_sum_2_1);
									store4(layer7_xw_prev144_n + 768, xw_sum_3_0);
									store4(layer7_xw_prev143_n + 768, xw_sum_3_1);
								}
							} else if ((min_i(24, T - diagonal * 24 + 144)) % 3 > 0) {
								for (int64_t n = 0; n < N; n++) {
									const float *const layer7_b_io = layer7_b + io * 4;
									float *const layer7_xw_prev144_n = layer7_xw_prev144 + n * 1024 + io * 4;
									const float *const layer6_h_prev144_n = layer6_h_prev144 + n * 256;
									v4 xw_sum_0_0 = load4(layer7_b_io);
									v4 xw_sum_1_0 = load4(layer7_b_io + 256);
									v4 xw_sum_2_0 = load4(layer7_b_io + 512);
									v4 xw_sum_3_0 = load4(layer7_b_io + 768);
									for (int64_t k = 0; k < 256; k++) {
										const float *const layer7_W_k = layer7_W + io * 4096 + k * 16;
										const v4 layer6_h_prev144_n_k = splat4(layer6_h_prev144_n[k]);
										xw_sum_0_0 = fma4(load4(layer7_W_k), layer6_h_prev144_n_k, xw_sum_0_0);
										xw_sum_1_0 = fma4(load4(layer7_W_k + 4), layer6_h_prev144_n_k, xw_sum_1_0);
										xw_sum_2_0 = fma4(load4(layer7_W_k + 8), layer6_h_prev144_n_k, xw_sum_2_0);
										xw_sum_3_0 = fma4(load4(layer7_W_k + 12), layer6_h_prev144_n_k, xw_sum_3_0);
									}
									store4(layer7_xw_prev144_n, xw_sum_0_0);
									store4(layer7_xw_prev144_n + 256, xw_sum_1_0);
									store4(layer7_xw_prev144_n + 512, xw_sum_2_0);
									store4(layer7_xw_prev144_n + 768, xw_sum_3_0);
								}
							}
						}
						/* layer7_xw was written, is read by other threads */
						if (group.team.threads > 1)
							barrier(&group.team);
						for (int64_t t = diagonal * 24 - 144; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 144) - 144; t++) {
							const float *const layer7_xw_t = layer7_xw + (t % 24) * N * 1024;
							const float *const layer7_h_prev = layer7_h + ((t + 47) % 48) * N * 256;
							const float *const layer7_c_prev = layer7_c;
							float *const layer7_c_t = layer7_c;
							float *const layer7_h_t = layer7_h + (t % 48) * N * 256;
							/* layer7.h[t][n][i] = sigmoid(layer7.a[t][n][3][i]) * tanh(layer7.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
							for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
								const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
								for (int64_t n = 0; n < N; n++) {
									const float *const layer7_xw_t_n = layer7_xw_t + n * 1024 + io * 8;
									const float *const layer7_c_prev_n = layer7_c_prev + n * 256 + io * 8;
									float *const layer7_c_t_n = layer7_c_t + n * 256 + io * 8;
									float *const layer7_h_t_n = layer7_h_t + n * 256 + io * 8;
									const float *const layer7_h_prev_n = layer7_h_prev + n * 256;
									/* layer7.a[t][n][g][i] = layer7.xw[t][n][g][i] + sum(j, layer7.U[g][i][j] * layer7.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
									v4 a_0_0 = load4(layer7_xw_t_n);
									v4 a_0_1 = load4(layer7_xw_t_n + 4);
									v4 a_1_0 = load4(layer7_xw_t_n + 256);
									v4 a_1_1 = load4(layer7_xw_t_n + 260);
									v4 a_2_0 = load4(layer7_xw_t_n + 512);
									v4 a_2_1 = load4(layer7_xw_t_n + 516);
									v4 a_3_0 = load4(layer7_xw_t_n + 768);
									v4 a_3_1 = load4(layer7_xw_t_n + 772);
									for (int64_t j = 0; j < 256; j++) {
										const float *const layer7_U_j = layer7_U + io * 8192 + j * 32;
										const v4 layer7_h_prev_n_j = splat4(layer7_h_prev_n[j]);
										a_0_0 = fma4(load4(layer7_U_j), layer7_h_prev_n_j, a_0_0);
										a_0_1 = fma4(load4(layer7_U_j + 4), layer7_h_prev_n_j, a_0_1);
										a_1_0 = fma4(load4(layer7_U_j + 8), layer7_h_prev_n_j, a_1_0);
										a_1_1 = fma4(load4(layer7_U_j + 12), layer7_h_prev_n_j, a_1_1);
										a_2_0 = fma4(load4(layer7_U_j + 16), layer7_h_prev_n_j, a_2_0);
										a_2_1 = fma4(load4(layer7_U_j + 20), layer7_h_prev_n_j, a_2_1);
										a_3_0 = fma4(load4(layer7_U_j + 24), layer7_h_prev_n_j, a_3_0);
										a_3_1 = fma4(load4(layer7_U_j + 28), layer7_h_prev_n_j, a_3_1);
									}
									/* layer7.c[t][n][i] = sigmoid(layer7.a[t][n][1][i]) * layer7.c[t - 1][n][i] + sigmoid(layer7.a[t][n][0][i]) * tanh(layer7.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
									store4(layer7_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer7_c_prev_n)));
									store4(layer7_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer7_c_prev_n + 4)));
									store4(layer7_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer7_c_t_n)));
									store4(layer7_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer7_c_t_n + 4)));
								}
							}
							/* layer7_h was written, is read in the next step */
							if (group.team.threads > 1)
								barrier(&group.team);
						}
					}
				}
			} else if (diagonal > 6) {
				if ((T + 23) / 24 + 7 > diagonal) {
					/* layer8.xw[t][n][g][i] = layer8.b[g][i] + sum(k, layer8.W[g][i][k] * layer7.h[t][n][k])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6 */
					for (int64_t io = io_first; io < io_end; io++) {
						for (int64_t to = 0; to < (min_i(24, T - diagonal * 24 + 168)) / 3; to++) {
							const float *const layer7_h_prev168_2 = layer7_h + ((diagonal * 24 + to * 3 + 24) % 48) * N * 256;
							const float *const layer7_h_prev167_2 = layer7_h + ((diagonal * 24 + to * 3 + 25) % 48) * N * 256;
							const float *const layer7_h_prev166 = layer7_h + ((diagonal * 24 + to * 3 + 26) % 48) * N * 256;
							float *const layer8_xw_prev168_2 = layer8_xw + to * N * 3072;
							float *const layer8_xw_prev167_2 = layer8_xw + to * N * 3072 + N * 1024;
							float *const layer8_xw_prev166 = layer8_xw + to * N * 3072 + N * 2048;
							for (int64_t n = 0; n < N; n++) {
								const float *const layer8_b_io = layer8_b + io * 4;
								float *const layer8_xw_prev168_2_n = layer8_xw_prev168_2 + n * 1024 + io * 4;
								float *const layer8_xw_prev167_2_n = layer8_xw_prev167_2 + n * 1024 + io * 4;
								float *const layer8_xw_prev166_n = layer8_xw_prev166 + n * 1024 + io * 4;
								const float *const layer7_h_prev168_2_n = layer7_h_prev168_2 + n * 256;
								const float *const layer7_h_prev167_2_n = layer7_h_prev167_2 + n * 256;
								const float *const layer7_h_prev166_n = layer7_h_prev166 + n * 256;
								const v4 layer8_b_v = load4(layer8_b_io);
								v4 xw_sum_0_0 = layer8_b_v;
								v4 xw_sum_0_1 = layer8_b_v;
								v4 xw_sum_0_2 = layer8_b_v;
								const v4 layer8_b_v_2 = load4(layer8_b_io + 256);
								v4 xw_sum_1_0 = layer8_b_v_2;
								v4 xw_sum_1_1 = layer8_b_v_2;
								v4 xw_sum_1_2 = layer8_b_v_2;
								const v4 layer8_b_v_3 = load4(layer8_b_io + 512);
								v4 xw_sum_2_0 = layer8_b_v_3;
								v4 xw_sum_2_1 = layer8_b_v_3;
								v4 xw_sum_2_2 = layer8_b_v_3;
								const v4 layer8_b_v_4 = load4(layer8_b_io + 768);
								v4 xw_sum_3_0 = layer8_b_v_4;
								v4 xw_sum_3_1 = layer8_b_v_4;
								v4 xw_sum_3_2 = layer8_b_v_4;
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer8_W_k = layer8_W + io * 4096 + k * 16;
									const v4 layer8_W_v = load4(layer8_W_k);
									const v4 layer7_h_prev168_2_n_k = splat4(layer7_h_prev168_2_n[k]);
									xw_sum_0_0 = fma4(layer8_W_v, layer7_h_prev168_2_n_k, xw_sum_0_0);
									const v4 layer7_h_prev167_2_n_k = splat4(layer7_h_prev167_2_n[k]);
									xw_sum_0_1 = fma4(layer8_W_v, layer7_h_prev167_2_n_k, xw_sum_0_1);
									const v4 layer7_h_prev166_n_k = splat4(layer7_h_prev166_n[k]);
									xw_sum_0_2 = fma4(layer8_W_v, layer7_h_prev166_n_k, xw_sum_0_2);
									const v4 layer8_W_v_2 = load4(layer8_W_k + 4);
									xw_sum_1_0 = fma4(layer8_W_v_2, layer7_h_prev168_2_n_k, xw_sum_1_0);
									xw_sum_1_1 = fma4(layer8_W_v_2, layer7_h_prev167_2_n_k, xw_sum_1_1);
									xw_sum_1_2 = fma4(layer8_W_v_2, layer7_h_prev166_n_k, xw_sum_1_2);
									const v4 layer8_W_v_3 = load4(layer8_W_k + 8);
									xw_sum_2_0 = fma4(layer8_W_v_3, layer7_h_prev168_2_n_k, xw_sum_2_0);
									xw_sum_2_1 = fma4(layer8_W_v_3, layer7_h_prev167_2_n_k, xw_sum_2_1);
									xw_sum_2_2 = fma4(layer8_W_v_3, layer7_h_prev166_n_k, xw_sum_2_2);
									const v4 layer8_W_v_4 = load4(layer8_W_k + 12);
									xw_sum_3_0 = fma4(layer8_W_v_4, layer7_h_prev168_2_n_k, xw_sum_3_0);
									xw_sum_3_1 = fma4(layer8_W_v_4, layer7_h_prev167_2_n_k, xw_sum_3_1);
									xw_sum_3_2 = fma4(layer8_W_v_4, layer7_h_prev166_n_k, xw_sum_3_2);
								}
								store4(layer8_xw_prev168_2_n, xw_sum_0_0);
								store4(layer8_xw_prev167_2_n, xw_sum_0_1);
								store4(layer8_xw_prev166_n, xw_sum_0_2);
								store4(layer8_xw_prev168_2_n + 256, xw_sum_1_0);
								store4(layer8_xw_prev167_2_n + 256, xw_sum_1_1);
								store4(layer8_xw_prev166_n + 256, xw_sum_1_2);
								store4(layer8_xw_prev168_2_n + 512, xw_sum_2_0);
								store4(layer8_xw_prev167_2_n + 512, xw_sum_2_1);
								store4(layer8_xw_prev166_n + 512, xw_sum_2_2);
								store4(layer8_xw_prev168_2_n + 768, xw_sum_3_0);
								store4(layer8_xw_prev167_2_n + 768, xw_sum_3_1);
								store4(layer8_xw_prev166_n + 768, xw_sum_3_2);
							}
						}
						if ((min_i(24, T - diagonal * 24 + 168)) % 3 > 1) {
							for (int64_t n = 0; n < N; n++) {
								const float *const layer8_b_io = layer8_b + io * 4;
								float *const layer8_xw_prev168_n = layer8_xw_prev168 + n * 1024 + io * 4;
								float *const layer8_xw_prev167_n = layer8_xw_prev167 + n * 1024 + io * 4;
								const float *const layer7_h_prev168_n = layer7_h_prev168 + n * 256;
								const float *const layer7_h_prev167_n = layer7_h_prev167 + n * 256;
								const v4 layer8_b_v = load4(layer8_b_io);
								v4 xw_sum_0_0 = layer8_b_v;
								v4 xw_sum_0_1 = layer8_b_v;
								const v4 layer8_b_v_2 = load4(layer8_b_io + 256);
								v4 xw_sum_1_0 = layer8_b_v_2;
								v4 xw_sum_1_1 = layer8_b_v_2;
								const v4 layer8_b_v_3 = load4(layer8_b_io + 512);
								v4 xw_sum_2_0 = layer8_b_v_3;
								v4 xw_sum_2_1 = layer8_b_v_3;
								const v4 layer8_b_v_4 = load4(layer8_b_io + 768);
								v4 xw_sum_3_0 = layer8_b_v_4;
								v4 xw_sum_3_1 = layer8_b_v_4;
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer8_W_k = layer8_W + io * 4096 + k * 16;
									const v4 layer8_W_v = load4(layer8_W_k);
									const v4 layer7_h_prev168_n_k = splat4(layer7_h_prev168_n[k]);
									xw_sum_0_0 = fma4(layer8_W_v, layer7_h_prev168_n_k, xw_sum_0_0);
									const v4 layer7_h_prev167_n_k = splat4(layer7_h_prev167_n[k]);
									xw_sum_0_1 = fma4(layer8_W_v, layer7_h_prev167_n_k, xw_sum_0_1);
									const v4 layer8_W_v_2 = load4(layer8_W_k + 4);
									xw_sum_1_0 = fma4(layer8_W_v_2, layer7_h_prev168_n_k, xw_sum_1_0);
									xw_sum_1_1 = fma4(layer8_W_v_2, layer7_h_prev167_n_k, xw_sum_1_1);
									const v4 layer8_W_v_3 = load4(layer8_W_k + 8);
									xw_sum_2_0 = fma4(layer8_W_v_3, layer7_h_prev168_n_k, xw_sum_2_0);
									xw_sum_2_1 = fma4(layer8_W_v_3, layer7_h_prev167_n_k, xw_sum_2_1);
									const v4 layer8_W_v_4 = load4(layer8_W_k + 12);
									xw_sum_3_0 = fma4(layer8_W_v_4, layer7_h_prev168_n_k, xw_sum_3_0);
									xw_sum_3_1 = fma4(layer8_W_v_4, layer7_h_prev167_n_k, xw_sum_3_1);
								}
								store4(layer8_xw_prev168_n, xw_sum_0_0);
								store4(layer8_xw_prev167_n, xw_sum_0_1);
								store4(layer8_xw_prev168_n + 256, xw_sum_1_0);
								store4(layer8_xw_prev167_n + 256, xw_sum_1_1);
								store4(layer8_xw_prev168_n + 512, xw_sum_2_0);
								store4(layer8_xw_prev167_n + 512, xw_sum_2_1);
								store4(layer8_xw_prev168_n + 768, xw_sum_3_0);
								store4(layer8_xw_prev167_n + 768, xw_sum_3_1);
							}
						} else if ((min_i(24, T - diagonal * 24 + 168)) % 3 > 0) {
							for (int64_t n = 0; n < N; n++) {
								const float *const layer8_b_io = layer8_b + io * 4;
								float *const layer8_xw_prev168_n = layer8_xw_prev168 + n * 1024 + io * 4;
								const float *const layer7_h_prev168_n = layer7_h_prev168 + n * 256;
								v4 xw_sum_0_0 = load4(layer8_b_io);
								v4 xw_sum_1_0 = load4(layer8_b_io + 256);
								v4 xw_sum_2_0 = load4(layer8_b_io + 512);
								v4 xw_sum_3_0 = load4(layer8_b_io + 768);
								for (int64_t k = 0; k < 256; k++) {
									const float *const layer8_W_k = layer8_W + io * 4096 + k * 16;
									const v4 layer7_h_prev168_n_k = splat4(layer7_h_prev168_n[k]);
									xw_sum_0_0 = fma4(load4(layer8_W_k), layer7_h_prev168_n_k, xw_sum_0_0);
									xw_sum_1_0 = fma4(load4(layer8_W_k + 4), layer7_h_prev168_n_k, xw_sum_1_0);
									xw_sum_2_0 = fma4(load4(layer8_W_k + 8), layer7_h_prev168_n_k, xw_sum_2_0);
									xw_sum_3_0 = fma4(load4(layer8_W_k + 12), layer7_h_prev168_n_k, xw_sum_3_0);
								}
								store4(layer8_xw_prev168_n, xw_sum_0_0);
								store4(layer8_xw_prev168_n + 256, xw_sum_1_0);
								store4(layer8_xw_prev168_n + 512, xw_sum_2_0);
								store4(layer8_xw_prev168_n + 768, xw_sum_3_0);
							}
						}
					}
					/* layer8_xw was written, is read by other threads */
					if (group.team.threads > 1)
						barrier(&group.team);
					for (int64_t t = diagonal * 24 - 168; t < diagonal * 24 + min_i(24, T - diagonal * 24 + 168) - 168; t++) {
						const float *const layer8_xw_t = layer8_xw + (t % 24) * N * 1024;
						const float *const layer8_h_prev = t > 0 ? layer8_h + (t - 1) * N * 256 : layer8_h_start + t * N * 256;
						const float *const layer8_c_prev = layer8_c;
						float *const layer8_c_t = layer8_c;
						float *const layer8_h_t = layer8_h + t * N * 256;
						/* layer8.h[t][n][i] = sigmoid(layer8.a[t][n][3][i]) * tanh(layer8.c[t][n][i])    models/cells/lstm.lua:17; schedules/lstm_stack.wavefront.lua:12 */
						for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
							const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
							for (int64_t n = 0; n < N; n++) {
								const float *const layer8_xw_t_n = layer8_xw_t + n * 1024 + io * 8;
								const float *const layer8_c_prev_n = layer8_c_prev + n * 256 + io * 8;
								float *const layer8_c_t_n = layer8_c_t + n * 256 + io * 8;
								float *const layer8_h_t_n = layer8_h_t + n * 256 + io * 8;
								const float *const layer8_h_prev_n = layer8_h_prev + n * 256;
								/* layer8.a[t][n][g][i] = layer8.xw[t][n][g][i] + sum(j, layer8.U[g][i][j] * layer8.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/lstm_stack.wavefront.lua:6, 14 */
								v4 a_0_0 = load4(layer8_xw_t_n);
								v4 a_0_1 = load4(layer8_xw_t_n + 4);
								v4 a_1_0 = load4(layer8_xw_t_n + 256);
								v4 a_1_1 = load4(layer8_xw_t_n + 260);
								v4 a_2_0 = load4(layer8_xw_t_n + 512);
								v4 a_2_1 = load4(layer8_xw_t_n + 516);
								v4 a_3_0 = load4(layer8_xw_t_n + 768);
								v4 a_3_1 = load4(layer8_xw_t_n + 772);
								for (int64_t j = 0; j < 256; j++) {
									const float *const layer8_U_j = layer8_U + io * 8192 + j * 32;
									const v4 layer8_h_prev_n_j = splat4(layer8_h_prev_n[j]);
									a_0_0 = fma4(load4(layer8_U_j), layer8_h_prev_n_j, a_0_0);
									a_0_1 = fma4(load4(layer8_U_j + 4), layer8_h_prev_n_j, a_0_1);
									a_1_0 = fma4(load4(layer8_U_j + 8), layer8_h_prev_n_j, a_1_0);
									a_1_1 = fma4(load4(layer8_U_j + 12), layer8_h_prev_n_j, a_1_1);
									a_2_0 = fma4(load4(layer8_U_j + 16), layer8_h_prev_n_j, a_2_0);
									a_2_1 = fma4(load4(layer8_U_j + 20), layer8_h_prev_n_j, a_2_1);
									a_3_0 = fma4(load4(layer8_U_j + 24), layer8_h_prev_n_j, a_3_0);
									a_3_1 = fma4(load4(layer8_U_j + 28), layer8_h_prev_n_j, a_3_1);
								}
								/* layer8.c[t][n][i] = sigmoid(layer8.a[t][n][1][i]) * layer8.c[t - 1][n][i] + sigmoid(layer8.a[t][n][0][i]) * tanh(layer8.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/lstm_stack.wavefront.lua:13 */
								store4(layer8_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer8_c_prev_n)));
								store4(layer8_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer8_c_prev_n + 4)));
								store4(layer8_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer8_c_t_n)));
								store4(layer8_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer8_c_t_n + 4)));
							}
						}
						/* layer8_h was written, is read in the next step */
						if (group.team.threads > 1)
							barrier(&group.team);
					}
				}
			}
		}
		/* layer1_xw was written, is written in the next step */
		if (me->threads > 1)
			barrier(me);
	}
}

int lstm_stack_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *layer8_h,
	const struct lstm_stack_state *state, void *workspace)
{
	struct lstm_stack_frame f;
	char *at = (char *)workspace;
	if (!weights || !workspace || !x || !layer8_h)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64 || (uintptr_t)workspace % 64)
		return RNN_ERROR_ALIGN;
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return RNN_ERROR_DIM;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return RNN_ERROR_DIM;
	room /= N ? N : 1;
#ifdef _OPENMP
	f.threads = omp_get_max_threads() < 64 ? omp_get_max_threads() : 64;
#else
	f.threads = 1;
#endif
	f.T = T;
	f.N = N;
	f.x = x;
	f.layer8_h = layer8_h;
	f.layer1_b = (const float *)(const void *)((const char *)weights + 0);
	f.layer1_W = (const float *)(const void *)((const char *)weights + 4096);
	f.layer1_U = (const float *)(const void *)((const char *)weights + 1052672);
	f.layer2_b = (const float *)(const void *)((const char *)weights + 2101248);
	f.layer2_W = (const float *)(const void *)((const char *)weights + 2105344);
	f.layer2_U = (const float *)(const void *)((const char *)weights + 3153920);
	f.layer3_b = (const float *)(const void *)((const char *)weights + 4202496);
	f.layer3_W = (const float *)(const void *)((const char *)weights + 4206592);
	f.layer3_U = (const float *)(const void *)((const char *)weights + 5255168);
	f.layer4_b = (const float *)(const void *)((const char *)weights + 6303744);
	f.layer4_W = (const float *)(const void *)((const char *)weights + 6307840);
	f.layer4_U = (const float *)(const void *)((const char *)weights + 7356416);
	f.layer5_b = (const float *)(const void *)((const char *)weights + 8404992);
	f.layer5_W = (const float *)(const void *)((const char *)weights + 8409088);
	f.layer5_U = (const float *)(const void *)((const char *)weights + 9457664);
	f.layer6_b = (const float *)(const void *)((const char *)weights + 10506240);
	f.layer6_W = (const float *)(const void *)((const char *)weights + 10510336);
	f.layer6_U = (const float *)(const void *)((const char *)weights + 11558912);
	f.layer7_b = (const float *)(const void *)((const char *)weights + 12607488);
	f.layer7_W = (const float *)(const void *)((const char *)weights + 12611584);
	f.layer7_U = (const float *)(const void *)((const char *)weights + 13660160);
	f.layer8_b = (const float *)(const void *)((const char *)weights + 14708736);
	f.layer8_W = (const float *)(const void *)((const char *)weights + 14712832);
	f.layer8_U = (const float *)(const void *)((const char *)weights + 15761408);
	f.layer1_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer1_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer2_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer2_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer3_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer3_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer4_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer4_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer5_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer5_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer6_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer6_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer7_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer7_h = (float *)(void *)at;
	at += part(N * 12288, sizeof(float));
	f.layer8_c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.layer1_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer2_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer3_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer4_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer5_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer6_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer7_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer8_xw = (float *)(void *)at;
	at += part(N * 24576, sizeof(float));
	f.layer8_h_start = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.flag = (int64_t *)(void *)at;
	if (!state || !state->layer1_h) {
		memset(f.layer1_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer1_h + N * 12032, state->layer1_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer1_c) {
		memset(f.layer1_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer1_c = state->layer1_c;
	}
	if (!state || !state->layer2_h) {
		memset(f.layer2_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer2_h + N * 12032, state->layer2_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer2_c) {
		memset(f.layer2_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer2_c = state->layer2_c;
	}
	if (!state || !state->layer3_h) {
		memset(f.layer3_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer3_h + N * 12032, state->layer3_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer3_c) {
		memset(f.layer3_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer3_c = state->layer3_c;
	}
	if (!state || !state->layer4_h) {
		memset(f.layer4_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer4_h + N * 12032, state->layer4_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer4_c) {
		memset(f.layer4_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer4_c = state->layer4_c;
	}
	if (!state || !state->layer5_h) {
		memset(f.layer5_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer5_h + N * 12032, state->layer5_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer5_c) {
		memset(f.layer5_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer5_c = state->layer5_c;
	}
	if (!state || !state->layer6_h) {
		memset(f.layer6_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer6_h + N * 12032, state->layer6_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer6_c) {
		memset(f.layer6_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer6_c = state->layer6_c;
	}
	if (!state || !state->layer7_h) {
		memset(f.layer7_h + N * 12032, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		memcpy(f.layer7_h + N * 12032, state->layer7_h + 0, (size_t)(N * 256) * sizeof(float));
	}
	if (!state || !state->layer7_c) {
		memset(f.layer7_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer7_c = state->layer7_c;
	}
	if (!state || !state->layer8_h) {
		memset(f.layer8_h_start, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer8_h_start = state->layer8_h;
	}
	if (!state || !state->layer8_c) {
		memset(f.layer8_c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.layer8_c = state->layer8_c;
	}
	memset(f.flag, 0, 8192);
	OMP(omp parallel num_threads((int)f.threads))
	{
		struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;
#ifdef _OPENMP
		me->thread = omp_get_thread_num();
		me->threads = omp_get_num_threads();
#endif
		lstm_stack_layer1_h_steps(&f, me);
	}
	if (state && state->layer1_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer1_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer1_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer2_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer2_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer2_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer3_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer3_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer3_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer4_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer4_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer4_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer5_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer5_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer5_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer6_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer6_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer6_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer7_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer7_h + (T - 1 + k + 48) % 48 * (N * 256);
			memmove(state->layer7_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	if (state && state->layer8_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.layer8_h + (T - 1 + k) * (N * 256) : f.layer8_h_start + (T + k) * (N * 256);
			memmove(state->layer8_h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	return RNN_OK;
}

/* ---- for hosts that know no names ---- */

static const struct rnn_tensor lstm_stack_inputs[] = {
	{ "x", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_stack_outputs[] = {
	{ "layer8.h", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_stack_params[] = {
	{ "layer1.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer1.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer1.b", RNN_F32, 2, { 4, 256 } },
	{ "layer2.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer2.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer2.b", RNN_F32, 2, { 4, 256 } },
	{ "layer3.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer3.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer3.b", RNN_F32, 2, { 4, 256 } },
	{ "layer4.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer4.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer4.b", RNN_F32, 2, { 4, 256 } },
	{ "layer5.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer5.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer5.b", RNN_F32, 2, { 4, 256 } },
	{ "layer6.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer6.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer6.b", RNN_F32, 2, { 4, 256 } },
	{ "layer7.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer7.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer7.b", RNN_F32, 2, { 4, 256 } },
	{ "layer8.W", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer8.U", RNN_F32, 3, { 4, 256, 256 } },
	{ "layer8.b", RNN_F32, 2, { 4, 256 } },
};

static const struct rnn_tensor lstm_stack_states[] = {
	{ "layer1.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer1.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer2.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer2.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer3.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer3.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer4.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer4.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer5.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer5.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer6.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer6.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer7.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer7.c", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer8.h", RNN_F32, 3, { 1, -2, 256 } },
	{ "layer8.c", RNN_F32, 3, { 1, -2, 256 } },
};

static const char *const lstm_stack_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return lstm_stack_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2], (const float *)params[3], (const float *)params[4], (const float *)params[5], (const float *)params[6], (const float *)params[7], (const float *)params[8], (const float *)params[9], (const float *)params[10], (const float *)params[11], (const float *)params[12], (const float *)params[13], (const float *)params[14], (const float *)params[15], (const float *)params[16], (const float *)params[17], (const float *)params[18], (const float *)params[19], (const float *)params[20], (const float *)params[21], (const float *)params[22], (const float *)params[23]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return lstm_stack_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct lstm_stack_state state;
	if (states) {
		state.layer1_h = (float *)states[0];
		state.layer1_c = (float *)states[1];
		state.layer2_h = (float *)states[2];
		state.layer2_c = (float *)states[3];
		state.layer3_h = (float *)states[4];
		state.layer3_c = (float *)states[5];
		state.layer4_h = (float *)states[6];
		state.layer4_c = (float *)states[7];
		state.layer5_h = (float *)states[8];
		state.layer5_c = (float *)states[9];
		state.layer6_h = (float *)states[10];
		state.layer6_c = (float *)states[11];
		state.layer7_h = (float *)states[12];
		state.layer7_c = (float *)states[13];
		state.layer8_h = (float *)states[14];
		state.layer8_c = (float *)states[15];
	}
	return lstm_stack_run(weights, dims[0], dims[1], (const float *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model lstm_stack_model = {
	RNN_MODEL_ABI, "lstm_stack", "generic",
	2, 1, 1, 24, 16,
	lstm_stack_dims, lstm_stack_inputs, lstm_stack_outputs, lstm_stack_params, lstm_stack_states,
	lstm_stack_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
