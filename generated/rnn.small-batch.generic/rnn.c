/* rnn.c · emitted by rnngen 0.1 from models/rnn.lua and schedules/rnn.small-batch.lua for generic; yours to use as you like */
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

#include "rnn.h"
#ifdef _OPENMP
#include <omp.h>
#include <sched.h>
#define OMP(...) _Pragma(#__VA_ARGS__)
#else
#define OMP(...)
#endif

static inline float max1(float a, float b) { return a > b ? a : b; }

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

/* exp(x) = 2^n exp(r), x = n ln2 + r. Adding 1.5 * 2^23 + 254 rounds to whole n and leaves n + 254 in the low bits;
 * 2^n comes in two factors, so that overflow and gradual underflow happen in the last product. */
static inline v4 exp4(v4 x)
{
	const v4 magic = splat4(12583166.0f);
	const v4 z = max4(splat4(-104.0f), min4(splat4(89.0f), x));
	const v4 k = fma4(z, splat4(1.44269504f), magic);
	const v4 n = k - magic;
	const v4 r = reduce4(n, z);
	const u32x4 b = bits4(k);
	const v4 s = unbits4((b >> 1) << 23);
	const v4 t = unbits4((b - (b >> 1)) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r, splat4(8.28575436e-3f), splat4(4.18990813e-2f)),
		fma4(r, splat4(0.166676596f), splat4(0.499991477f)));

	return fma4(fma4(r2, p, reduce_low4(n, r) * splat4(0.999999702f)), s, s) * t;
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

/* All that the loops need to know of one run. */
struct rnn_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][256] */
	float *h;  /* [T][N][256] */
	float *o;  /* [T][N][64] */
	float *m;  /* [T][N] */
	float *e;  /* [T][N][64] */
	float *s;  /* [T][N] */
	float *y;  /* [T][N][64] */
	float *xu;  /* [T][N][256] */
	const float *b;  /* [256] */
	const float *U;  /* [32][256][8] */
	const float *W;  /* [16][256][16] */
	const float *c;  /* [64] */
	const float *V;  /* [8][256][8] */
	float *h_start;
	int64_t *flag;
};

/* U as [i/8][k][i%8]    schedules/rnn.small-batch.lua:6 */
static __attribute__((noinline, cold)) void pack_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 8; i2++)
		*p++ = from[0][(i0 * 8 + i2) * 256 + i1];
}

/* W as [i/16][j][i%16]    schedules/rnn.small-batch.lua:11 */
static __attribute__((noinline, cold)) void pack_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 16; i2++)
		*p++ = from[0][(i0 * 16 + i2) * 256 + i1];
}

/* V as [p/8][j][p%8]    schedules/rnn.small-batch.lua:13 */
static __attribute__((noinline, cold)) void pack_V(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 8; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 8; i2++)
		*p++ = from[0][(i0 * 8 + i2) * 256 + i1];
}

size_t rnn_weights_size(void) { return 591104; }

int rnn_weights_pack(void *weights,
	const float *W,
	const float *U,
	const float *V,
	const float *b,
	const float *c)
{
	char *at = (char *)weights;
	if (!weights || !W || !U || !V || !b || !c)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, b, 1024);
	{
		const float *const from[] = { U };
		pack_U((float *)(void *)(at + 1024), from);
	}
	{
		const float *const from[] = { W };
		pack_W((float *)(void *)(at + 263168), from);
	}
	memcpy(at + 525312, c, 256);
	{
		const float *const from[] = { V };
		pack_V((float *)(void *)(at + 525568), from);
	}
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t rnn_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(T * N * 256, sizeof(float)) +
	       part(T * N * 64, sizeof(float)) +
	       part(T * N, sizeof(float)) +
	       part(T * N * 64, sizeof(float)) +
	       part(T * N, sizeof(float)) +
	       part(T * N * 256, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(512, sizeof(int64_t));
}

static __attribute__((noinline)) void rnn_xu(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const xu = f->xu;
	const float *const b = f->b;
	const float *const U = f->U;
	const int64_t io_first = share(32, me->thread, me->threads), io_end = share(32, me->thread + 1, me->threads);
	/* xu[t][n][i] = b[i] + sum(k, U[i][k] * x[t][n][k])    models/rnn.lua:19; schedules/rnn.small-batch.lua:6, 19 */
	for (int64_t io = io_first; io < io_end; io++) {
		for (int64_t to = 0; to < T / 6; to++) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_io = b + io * 8;
				float *const xu_n = xu + to * N * 1536 + n * 256 + io * 8;
				float *const xu_n_2 = xu + to * N * 1536 + (N + n) * 256 + io * 8;
				float *const xu_n_3 = xu + to * N * 1536 + N * 512 + n * 256 + io * 8;
				float *const xu_n_4 = xu + to * N * 1536 + N * 768 + n * 256 + io * 8;
				float *const xu_n_5 = xu + to * N * 1536 + N * 1024 + n * 256 + io * 8;
				float *const xu_n_6 = xu + to * N * 1536 + N * 1280 + n * 256 + io * 8;
				const float *const x_n = x + to * N * 1536 + n * 256;
				const float *const x_n_2 = x + to * N * 1536 + (N + n) * 256;
				const float *const x_n_3 = x + to * N * 1536 + N * 512 + n * 256;
				const float *const x_n_4 = x + to * N * 1536 + N * 768 + n * 256;
				const float *const x_n_5 = x + to * N * 1536 + N * 1024 + n * 256;
				const float *const x_n_6 = x + to * N * 1536 + N * 1280 + n * 256;
				const v4 b_v = load4(b_io);
				v4 xu_sum_0_0 = b_v;
				const v4 b_v_2 = load4(b_io + 4);
				v4 xu_sum_0_1 = b_v_2;
				v4 xu_sum_1_0 = b_v;
				v4 xu_sum_1_1 = b_v_2;
				v4 xu_sum_2_0 = b_v;
				v4 xu_sum_2_1 = b_v_2;
				v4 xu_sum_3_0 = b_v;
				v4 xu_sum_3_1 = b_v_2;
				v4 xu_sum_4_0 = b_v;
				v4 xu_sum_4_1 = b_v_2;
				v4 xu_sum_5_0 = b_v;
				v4 xu_sum_5_1 = b_v_2;
				for (int64_t k = 0; k < 256; k++) {
					const float *const U_k = U + io * 2048 + k * 8;
					const v4 U_v = load4(U_k);
					const v4 x_n_k = splat4(x_n[k]);
					xu_sum_0_0 = fma4(U_v, x_n_k, xu_sum_0_0);
					const v4 U_v_2 = load4(U_k + 4);
					xu_sum_0_1 = fma4(U_v_2, x_n_k, xu_sum_0_1);
					const v4 x_n_2_k = splat4(x_n_2[k]);
					xu_sum_1_0 = fma4(U_v, x_n_2_k, xu_sum_1_0);
					xu_sum_1_1 = fma4(U_v_2, x_n_2_k, xu_sum_1_1);
					const v4 x_n_3_k = splat4(x_n_3[k]);
					xu_sum_2_0 = fma4(U_v, x_n_3_k, xu_sum_2_0);
					xu_sum_2_1 = fma4(U_v_2, x_n_3_k, xu_sum_2_1);
					const v4 x_n_4_k = splat4(x_n_4[k]);
					xu_sum_3_0 = fma4(U_v, x_n_4_k, xu_sum_3_0);
					xu_sum_3_1 = fma4(U_v_2, x_n_4_k, xu_sum_3_1);
					const v4 x_n_5_k = splat4(x_n_5[k]);
					xu_sum_4_0 = fma4(U_v, x_n_5_k, xu_sum_4_0);
					xu_sum_4_1 = fma4(U_v_2, x_n_5_k, xu_sum_4_1);
					const v4 x_n_6_k = splat4(x_n_6[k]);
					xu_sum_5_0 = fma4(U_v, x_n_6_k, xu_sum_5_0);
					xu_sum_5_1 = fma4(U_v_2, x_n_6_k, xu_sum_5_1);
				}
				store4(xu_n, xu_sum_0_0);
				store4(xu_n + 4, xu_sum_0_1);
				store4(xu_n_2, xu_sum_1_0);
				store4(xu_n_2 + 4, xu_sum_1_1);
				store4(xu_n_3, xu_sum_2_0);
				store4(xu_n_3 + 4, xu_sum_2_1);
				store4(xu_n_4, xu_sum_3_0);
				store4(xu_n_4 + 4, xu_sum_3_1);
				store4(xu_n_5, xu_sum_4_0);
				store4(xu_n_5 + 4, xu_sum_4_1);
				store4(xu_n_6, xu_sum_5_0);
				store4(xu_n_6 + 4, xu_sum_5_1);
			}
		}
		if ((T % 6) / 4 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_io = b + io * 8;
				float *const xu_n = xu + (T / 6) * N * 1536 + n * 256 + io * 8;
				float *const xu_n_2 = xu + (T / 6) * N * 1536 + (N + n) * 256 + io * 8;
				float *const xu_n_3 = xu + (T / 6) * N * 1536 + N * 512 + n * 256 + io * 8;
				float *const xu_n_4 = xu + (T / 6) * N * 1536 + N * 768 + n * 256 + io * 8;
				const float *const x_n = x + (T / 6) * N * 1536 + n * 256;
				const float *const x_n_2 = x + (T / 6) * N * 1536 + (N + n) * 256;
				const float *const x_n_3 = x + (T / 6) * N * 1536 + N * 512 + n * 256;
				const float *const x_n_4 = x + (T / 6) * N * 1536 + N * 768 + n * 256;
				const v4 b_v = load4(b_io);
				v4 xu_sum_0_0 = b_v;
				const v4 b_v_2 = load4(b_io + 4);
				v4 xu_sum_0_1 = b_v_2;
				v4 xu_sum_1_0 = b_v;
				v4 xu_sum_1_1 = b_v_2;
				v4 xu_sum_2_0 = b_v;
				v4 xu_sum_2_1 = b_v_2;
				v4 xu_sum_3_0 = b_v;
				v4 xu_sum_3_1 = b_v_2;
				for (int64_t k = 0; k < 256; k++) {
					const float *const U_k = U + io * 2048 + k * 8;
					const v4 U_v = load4(U_k);
					const v4 x_n_k = splat4(x_n[k]);
					xu_sum_0_0 = fma4(U_v, x_n_k, xu_sum_0_0);
					const v4 U_v_2 = load4(U_k + 4);
					xu_sum_0_1 = fma4(U_v_2, x_n_k, xu_sum_0_1);
					const v4 x_n_2_k = splat4(x_n_2[k]);
					xu_sum_1_0 = fma4(U_v, x_n_2_k, xu_sum_1_0);
					xu_sum_1_1 = fma4(U_v_2, x_n_2_k, xu_sum_1_1);
					const v4 x_n_3_k = splat4(x_n_3[k]);
					xu_sum_2_0 = fma4(U_v, x_n_3_k, xu_sum_2_0);
					xu_sum_2_1 = fma4(U_v_2, x_n_3_k, xu_sum_2_1);
					const v4 x_n_4_k = splat4(x_n_4[k]);
					xu_sum_3_0 = fma4(U_v, x_n_4_k, xu_sum_3_0);
					xu_sum_3_1 = fma4(U_v_2, x_n_4_k, xu_sum_3_1);
				}
				store4(xu_n, xu_sum_0_0);
				store4(xu_n + 4, xu_sum_0_1);
				store4(xu_n_2, xu_sum_1_0);
				store4(xu_n_2 + 4, xu_sum_1_1);
				store4(xu_n_3, xu_sum_2_0);
				store4(xu_n_3 + 4, xu_sum_2_1);
				store4(xu_n_4, xu_sum_3_0);
				store4(xu_n_4 + 4, xu_sum_3_1);
			}
		}
		if (((T % 6) / 2) % 2 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_io = b + io * 8;
				float *const xu_n = xu + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + n * 256 + io * 8;
				float *const xu_n_2 = xu + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + (N + n) * 256 + io * 8;
				const float *const x_n = x + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + n * 256;
				const float *const x_n_2 = x + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + (N + n) * 256;
				const v4 b_v = load4(b_io);
				v4 xu_sum_0_0 = b_v;
				const v4 b_v_2 = load4(b_io + 4);
				v4 xu_sum_0_1 = b_v_2;
				v4 xu_sum_1_0 = b_v;
				v4 xu_sum_1_1 = b_v_2;
				for (int64_t k = 0; k < 256; k++) {
					const float *const U_k = U + io * 2048 + k * 8;
					const v4 U_v = load4(U_k);
					const v4 x_n_k = splat4(x_n[k]);
					xu_sum_0_0 = fma4(U_v, x_n_k, xu_sum_0_0);
					const v4 U_v_2 = load4(U_k + 4);
					xu_sum_0_1 = fma4(U_v_2, x_n_k, xu_sum_0_1);
					const v4 x_n_2_k = splat4(x_n_2[k]);
					xu_sum_1_0 = fma4(U_v, x_n_2_k, xu_sum_1_0);
					xu_sum_1_1 = fma4(U_v_2, x_n_2_k, xu_sum_1_1);
				}
				store4(xu_n, xu_sum_0_0);
				store4(xu_n + 4, xu_sum_0_1);
				store4(xu_n_2, xu_sum_1_0);
				store4(xu_n_2 + 4, xu_sum_1_1);
			}
		}
		if (T % 2 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_io = b + io * 8;
				float *const xu_n = xu + (T / 2) * N * 512 + n * 256 + io * 8;
				const float *const x_n = x + (T / 2) * N * 512 + n * 256;
				v4 xu_sum_0_0 = load4(b_io);
				v4 xu_sum_0_1 = load4(b_io + 4);
				for (int64_t k = 0; k < 256; k++) {
					const float *const U_k = U + io * 2048 + k * 8;
					const v4 x_n_k = splat4(x_n[k]);
					xu_sum_0_0 = fma4(load4(U_k), x_n_k, xu_sum_0_0);
					xu_sum_0_1 = fma4(load4(U_k + 4), x_n_k, xu_sum_0_1);
				}
				store4(xu_n, xu_sum_0_0);
				store4(xu_n + 4, xu_sum_0_1);
			}
		}
	}
}

static __attribute__((noinline)) void rnn_h_steps(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	float *const h = f->h;
	const float *const h_start = f->h_start;
	const float *const xu = f->xu;
	const float *const W = f->W;
	const int64_t io_first = share(16, me->thread, me->threads), io_end = share(16, me->thread + 1, me->threads);
	for (int64_t t = 0; t < T; t++) {
		const float *const h_prev = t > 0 ? h + (t - 1) * N * 256 : h_start + t * N * 256;
		float *const h_t = h + t * N * 256;
		/* h[t][n][i] = tanh(a[t][n][i])    models/rnn.lua:21; schedules/rnn.small-batch.lua:10, 20 */
		for (int64_t io_at = io_first; io_at < io_end; io_at++) {
			const int64_t io = t % 2 ? io_first + io_end - 1 - io_at : io_at;  /* backwards on odd steps */
			for (int64_t n = 0; n < N; n++) {
				const float *const xu_n = xu + (t * N + n) * 256 + io * 16;
				float *const h_t_n = h_t + n * 256 + io * 16;
				const float *const h_prev_n = h_prev + n * 256;
				/* a[t][n][i] = xu[t][n][i] + sum(j, W[i][j] * h[t - 1][n][j])    models/rnn.lua:19; schedules/rnn.small-batch.lua:6, 11 */
				v4 a_0 = load4(xu_n);
				v4 a_1 = load4(xu_n + 4);
				v4 a_2 = load4(xu_n + 8);
				v4 a_3 = load4(xu_n + 12);
				for (int64_t j = 0; j < 256; j++) {
					const float *const W_j = W + io * 4096 + j * 16;
					const v4 h_prev_n_j = splat4(h_prev_n[j]);
					a_0 = fma4(load4(W_j), h_prev_n_j, a_0);
					a_1 = fma4(load4(W_j + 4), h_prev_n_j, a_1);
					a_2 = fma4(load4(W_j + 8), h_prev_n_j, a_2);
					a_3 = fma4(load4(W_j + 12), h_prev_n_j, a_3);
				}
				store4(h_t_n, tanh4(a_0));
				store4(h_t_n + 4, tanh4(a_1));
				store4(h_t_n + 8, tanh4(a_2));
				store4(h_t_n + 12, tanh4(a_3));
			}
		}
		/* h was written, is read in the next step */
		if (me->threads > 1)
			barrier(me);
	}
}

static __attribute__((noinline)) void rnn_o(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const h = f->h;
	float *const o = f->o;
	const float *const c = f->c;
	const float *const V = f->V;
	const int64_t to_first = share((T + 5) / 6, me->thread, me->threads), to_end = share((T + 5) / 6, me->thread + 1, me->threads);
	/* o[t][n][p] = c[p] + sum(j, V[p][j] * h[t][n][j])    models/rnn.lua:24; schedules/rnn.small-batch.lua:13, 21 */
	for (int64_t to = to_first; to < to_end; to++) {
		if (T / 6 > to) {
			for (int64_t po = 0; po < 8; po++) {
				for (int64_t n = 0; n < N; n++) {
					const float *const c_po = c + po * 8;
					float *const o_n = o + to * N * 384 + n * 64 + po * 8;
					float *const o_n_2 = o + to * N * 384 + (N + n) * 64 + po * 8;
					float *const o_n_3 = o + to * N * 384 + N * 128 + n * 64 + po * 8;
					float *const o_n_4 = o + to * N * 384 + N * 192 + n * 64 + po * 8;
					float *const o_n_5 = o + to * N * 384 + N * 256 + n * 64 + po * 8;
					float *const o_n_6 = o + to * N * 384 + N * 320 + n * 64 + po * 8;
					const float *const h_n = h + to * N * 1536 + n * 256;
					const float *const h_n_2 = h + to * N * 1536 + (N + n) * 256;
					const float *const h_n_3 = h + to * N * 1536 + N * 512 + n * 256;
					const float *const h_n_4 = h + to * N * 1536 + N * 768 + n * 256;
					const float *const h_n_5 = h + to * N * 1536 + N * 1024 + n * 256;
					const float *const h_n_6 = h + to * N * 1536 + N * 1280 + n * 256;
					const v4 c_v = load4(c_po);
					v4 o_sum_0_0 = c_v;
					const v4 c_v_2 = load4(c_po + 4);
					v4 o_sum_0_1 = c_v_2;
					v4 o_sum_1_0 = c_v;
					v4 o_sum_1_1 = c_v_2;
					v4 o_sum_2_0 = c_v;
					v4 o_sum_2_1 = c_v_2;
					v4 o_sum_3_0 = c_v;
					v4 o_sum_3_1 = c_v_2;
					v4 o_sum_4_0 = c_v;
					v4 o_sum_4_1 = c_v_2;
					v4 o_sum_5_0 = c_v;
					v4 o_sum_5_1 = c_v_2;
					for (int64_t j = 0; j < 256; j++) {
						const float *const V_j = V + po * 2048 + j * 8;
						const v4 V_v = load4(V_j);
						const v4 h_n_j = splat4(h_n[j]);
						o_sum_0_0 = fma4(V_v, h_n_j, o_sum_0_0);
						const v4 V_v_2 = load4(V_j + 4);
						o_sum_0_1 = fma4(V_v_2, h_n_j, o_sum_0_1);
						const v4 h_n_2_j = splat4(h_n_2[j]);
						o_sum_1_0 = fma4(V_v, h_n_2_j, o_sum_1_0);
						o_sum_1_1 = fma4(V_v_2, h_n_2_j, o_sum_1_1);
						const v4 h_n_3_j = splat4(h_n_3[j]);
						o_sum_2_0 = fma4(V_v, h_n_3_j, o_sum_2_0);
						o_sum_2_1 = fma4(V_v_2, h_n_3_j, o_sum_2_1);
						const v4 h_n_4_j = splat4(h_n_4[j]);
						o_sum_3_0 = fma4(V_v, h_n_4_j, o_sum_3_0);
						o_sum_3_1 = fma4(V_v_2, h_n_4_j, o_sum_3_1);
						const v4 h_n_5_j = splat4(h_n_5[j]);
						o_sum_4_0 = fma4(V_v, h_n_5_j, o_sum_4_0);
						o_sum_4_1 = fma4(V_v_2, h_n_5_j, o_sum_4_1);
						const v4 h_n_6_j = splat4(h_n_6[j]);
						o_sum_5_0 = fma4(V_v, h_n_6_j, o_sum_5_0);
						o_sum_5_1 = fma4(V_v_2, h_n_6_j, o_sum_5_1);
					}
					store4(o_n, o_sum_0_0);
					store4(o_n + 4, o_sum_0_1);
					store4(o_n_2, o_sum_1_0);
					store4(o_n_2 + 4, o_sum_1_1);
					store4(o_n_3, o_sum_2_0);
					store4(o_n_3 + 4, o_sum_2_1);
					store4(o_n_4, o_sum_3_0);
					store4(o_n_4 + 4, o_sum_3_1);
					store4(o_n_5, o_sum_4_0);
					store4(o_n_5 + 4, o_sum_4_1);
					store4(o_n_6, o_sum_5_0);
					store4(o_n_6 + 4, o_sum_5_1);
				}
			}
		} else {
			if ((T % 6) / 4 > 0) {
				for (int64_t po = 0; po < 8; po++) {
					for (int64_t n = 0; n < N; n++) {
						const float *const c_po = c + po * 8;
						float *const o_n = o + (T / 6) * N * 384 + n * 64 + po * 8;
						float *const o_n_2 = o + (T / 6) * N * 384 + (N + n) * 64 + po * 8;
						float *const o_n_3 = o + (T / 6) * N * 384 + N * 128 + n * 64 + po * 8;
						float *const o_n_4 = o + (T / 6) * N * 384 + N * 192 + n * 64 + po * 8;
						const float *const h_n = h + (T / 6) * N * 1536 + n * 256;
						const float *const h_n_2 = h + (T / 6) * N * 1536 + (N + n) * 256;
						const float *const h_n_3 = h + (T / 6) * N * 1536 + N * 512 + n * 256;
						const float *const h_n_4 = h + (T / 6) * N * 1536 + N * 768 + n * 256;
						const v4 c_v = load4(c_po);
						v4 o_sum_0_0 = c_v;
						const v4 c_v_2 = load4(c_po + 4);
						v4 o_sum_0_1 = c_v_2;
						v4 o_sum_1_0 = c_v;
						v4 o_sum_1_1 = c_v_2;
						v4 o_sum_2_0 = c_v;
						v4 o_sum_2_1 = c_v_2;
						v4 o_sum_3_0 = c_v;
						v4 o_sum_3_1 = c_v_2;
						for (int64_t j = 0; j < 256; j++) {
							const float *const V_j = V + po * 2048 + j * 8;
							const v4 V_v = load4(V_j);
							const v4 h_n_j = splat4(h_n[j]);
							o_sum_0_0 = fma4(V_v, h_n_j, o_sum_0_0);
							const v4 V_v_2 = load4(V_j + 4);
							o_sum_0_1 = fma4(V_v_2, h_n_j, o_sum_0_1);
							const v4 h_n_2_j = splat4(h_n_2[j]);
							o_sum_1_0 = fma4(V_v, h_n_2_j, o_sum_1_0);
							o_sum_1_1 = fma4(V_v_2, h_n_2_j, o_sum_1_1);
							const v4 h_n_3_j = splat4(h_n_3[j]);
							o_sum_2_0 = fma4(V_v, h_n_3_j, o_sum_2_0);
							o_sum_2_1 = fma4(V_v_2, h_n_3_j, o_sum_2_1);
							const v4 h_n_4_j = splat4(h_n_4[j]);
							o_sum_3_0 = fma4(V_v, h_n_4_j, o_sum_3_0);
							o_sum_3_1 = fma4(V_v_2, h_n_4_j, o_sum_3_1);
						}
						store4(o_n, o_sum_0_0);
						store4(o_n + 4, o_sum_0_1);
						store4(o_n_2, o_sum_1_0);
						store4(o_n_2 + 4, o_sum_1_1);
						store4(o_n_3, o_sum_2_0);
						store4(o_n_3 + 4, o_sum_2_1);
						store4(o_n_4, o_sum_3_0);
						store4(o_n_4 + 4, o_sum_3_1);
					}
				}
			}
			if (((T % 6) / 2) % 2 > 0) {
				for (int64_t po = 0; po < 8; po++) {
					for (int64_t n = 0; n < N; n++) {
						const float *const c_po = c + po * 8;
						float *const o_n = o + (T / 6) * N * 384 + ((T % 6) / 4) * N * 256 + n * 64 + po * 8;
						float *const o_n_2 = o + (T / 6) * N * 384 + ((T % 6) / 4) * N * 256 + (N + n) * 64 + po * 8;
						const float *const h_n = h + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + n * 256;
						const float *const h_n_2 = h + (T / 6) * N * 1536 + ((T % 6) / 4) * N * 1024 + (N + n) * 256;
						const v4 c_v = load4(c_po);
						v4 o_sum_0_0 = c_v;
						const v4 c_v_2 = load4(c_po + 4);
						v4 o_sum_0_1 = c_v_2;
						v4 o_sum_1_0 = c_v;
						v4 o_sum_1_1 = c_v_2;
						for (int64_t j = 0; j < 256; j++) {
							const float *const V_j = V + po * 2048 + j * 8;
							const v4 V_v = load4(V_j);
							const v4 h_n_j = splat4(h_n[j]);
							o_sum_0_0 = fma4(V_v, h_n_j, o_sum_0_0);
							const v4 V_v_2 = load4(V_j + 4);
							o_sum_0_1 = fma4(V_v_2, h_n_j, o_sum_0_1);
							const v4 h_n_2_j = splat4(h_n_2[j]);
							o_sum_1_0 = fma4(V_v, h_n_2_j, o_sum_1_0);
							o_sum_1_1 = fma4(V_v_2, h_n_2_j, o_sum_1_1);
						}
						store4(o_n, o_sum_0_0);
						store4(o_n + 4, o_sum_0_1);
						store4(o_n_2, o_sum_1_0);
						store4(o_n_2 + 4, o_sum_1_1);
					}
				}
			}
			if (T % 2 > 0) {
				for (int64_t po = 0; po < 8; po++) {
					for (int64_t n = 0; n < N; n++) {
						const float *const c_po = c + po * 8;
						float *const o_n = o + (T / 2) * N * 128 + n * 64 + po * 8;
						const float *const h_n = h + (T / 2) * N * 512 + n * 256;
						v4 o_sum_0_0 = load4(c_po);
						v4 o_sum_0_1 = load4(c_po + 4);
						for (int64_t j = 0; j < 256; j++) {
							const float *const V_j = V + po * 2048 + j * 8;
							const v4 h_n_j = splat4(h_n[j]);
							o_sum_0_0 = fma4(load4(V_j), h_n_j, o_sum_0_0);
							o_sum_0_1 = fma4(load4(V_j + 4), h_n_j, o_sum_0_1);
						}
						store4(o_n, o_sum_0_0);
						store4(o_n + 4, o_sum_0_1);
					}
				}
			}
		}
	}
}

static __attribute__((noinline)) void rnn_m(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const o = f->o;
	float *const m = f->m;
	/* m[t][n] = amax(v, o[t][n][v])    models/cells/softmax.lua:12 */
	if (me->thread == 0) {
		for (int64_t t = 0; t < T; t++) {
			float *const m_t = m + t * N;
			for (int64_t n = 0; n < N; n++) {
				const float *const o_n = o + (t * N + n) * 64;
				float m_sum = -INFINITY;
				for (int64_t v = 0; v < 64; v++) {
					m_sum = max1(m_sum, o_n[v]);
				}
				m_t[n] = m_sum;
			}
		}
	}
}

static __attribute__((noinline)) void rnn_e(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const o = f->o;
	const float *const m = f->m;
	float *const e = f->e;
	/* e[t][n][v] = exp(o[t][n][v] - m[t][n])    models/cells/softmax.lua:13; schedules/rnn.small-batch.lua:16 */
	if (me->thread == 0) {
		for (int64_t t = 0; t < T; t++) {
			for (int64_t n = 0; n < N; n++) {
				for (int64_t vo = 0; vo < 16; vo++) {
					const float *const m_n = m + t * N + n;
					store4(e + (t * N + n) * 64 + vo * 4, exp4(load4(o + (t * N + n) * 64 + vo * 4) - splat4(m_n[0])));
				}
			}
		}
	}
}

static __attribute__((noinline)) void rnn_s(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const e = f->e;
	float *const s = f->s;
	/* s[t][n] = sum(v, e[t][n][v])    models/cells/softmax.lua:14 */
	if (me->thread == 0) {
		for (int64_t t = 0; t < T; t++) {
			float *const s_t = s + t * N;
			for (int64_t n = 0; n < N; n++) {
				const float *const e_n = e + (t * N + n) * 64;
				float s_sum = 0.0f;
				for (int64_t v = 0; v < 64; v++) {
					s_sum = s_sum + e_n[v];
				}
				s_t[n] = s_sum;
			}
		}
	}
}

static __attribute__((noinline)) void rnn_y(const struct rnn_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const e = f->e;
	const float *const s = f->s;
	float *const y = f->y;
	/* y[t][n][v] = e[t][n][v] / s[t][n]    models/cells/softmax.lua:15; schedules/rnn.small-batch.lua:17 */
	if (me->thread == 0) {
		for (int64_t t = 0; t < T; t++) {
			for (int64_t n = 0; n < N; n++) {
				for (int64_t vo = 0; vo < 16; vo++) {
					const float *const s_n = s + t * N + n;
					store4(y + (t * N + n) * 64 + vo * 4, load4(e + (t * N + n) * 64 + vo * 4) / splat4(s_n[0]));
				}
			}
		}
	}
}

int rnn_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *y,
	const struct rnn_state *state, void *workspace)
{
	struct rnn_frame f;
	char *at = (char *)workspace;
	if (!weights || !workspace || !x || !y)
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
	f.y = y;
	f.b = (const float *)(const void *)((const char *)weights + 0);
	f.U = (const float *)(const void *)((const char *)weights + 1024);
	f.W = (const float *)(const void *)((const char *)weights + 263168);
	f.c = (const float *)(const void *)((const char *)weights + 525312);
	f.V = (const float *)(const void *)((const char *)weights + 525568);
	f.h = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.o = (float *)(void *)at;
	at += part(T * N * 64, sizeof(float));
	f.m = (float *)(void *)at;
	at += part(T * N, sizeof(float));
	f.e = (float *)(void *)at;
	at += part(T * N * 64, sizeof(float));
	f.s = (float *)(void *)at;
	at += part(T * N, sizeof(float));
	f.xu = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.h_start = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.flag = (int64_t *)(void *)at;
	if (!state || !state->h) {
		memset(f.h_start, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.h_start = state->h;
	}
	memset(f.flag, 0, 4096);
	OMP(omp parallel num_threads((int)f.threads))
	{
		struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;
#ifdef _OPENMP
		me->thread = omp_get_thread_num();
		me->threads = omp_get_num_threads();
#endif
		rnn_xu(&f, me);
		if (me->threads > 1)
			barrier(me);  /* xu was written, is read by other threads */
		rnn_h_steps(&f, me);
		if (me->threads > 1)
			barrier(me);  /* h was written, is read by other threads */
		rnn_o(&f, me);
		if (me->threads > 1)
			barrier(me);  /* o was written, is read by other threads */
		rnn_m(&f, me);
		rnn_e(&f, me);
		rnn_s(&f, me);
		rnn_y(&f, me);
	}
	if (state && state->h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.h + (T - 1 + k) * (N * 256) : f.h_start + (T + k) * (N * 256);
			memmove(state->h + k * (N * 256), last, (size_t)(N * 256) * sizeof(float));
		}
	}
	return RNN_OK;
}

/* ---- for hosts that know no names ---- */

static const struct rnn_tensor rnn_inputs[] = {
	{ "x", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor rnn_outputs[] = {
	{ "y", RNN_F32, 3, { -1, -2, 64 } },
};

static const struct rnn_tensor rnn_params[] = {
	{ "W", RNN_F32, 2, { 256, 256 } },
	{ "U", RNN_F32, 2, { 256, 256 } },
	{ "V", RNN_F32, 2, { 64, 256 } },
	{ "b", RNN_F32, 1, { 256 } },
	{ "c", RNN_F32, 1, { 64 } },
};

static const struct rnn_tensor rnn_states[] = {
	{ "h", RNN_F32, 3, { 1, -2, 256 } },
};

static const char *const rnn_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return rnn_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2], (const float *)params[3], (const float *)params[4]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return rnn_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct rnn_state state;
	if (states) {
		state.h = (float *)states[0];
	}
	return rnn_run(weights, dims[0], dims[1], (const float *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model rnn_model = {
	RNN_MODEL_ABI, "rnn", "generic",
	2, 1, 1, 5, 1,
	rnn_dims, rnn_inputs, rnn_outputs, rnn_params, rnn_states,
	rnn_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
