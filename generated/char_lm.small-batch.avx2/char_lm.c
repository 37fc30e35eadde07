/* char_lm.c · emitted by rnngen 0.1 from models/char_lm.lua and schedules/char_lm.small-batch.lua for avx2; yours to use as you like */
/* Products and sums round separately unless the text says fma. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize ("fp-contract=off")
#endif
#if defined(__FAST_MATH__)
#error "compile without -ffast-math: the code relies on IEEE rounding, infinities and NaN"
#endif

#if !defined(__AVX2__) || !defined(__FMA__)
#error "compile with -mavx2 -mfma (gcc, clang)"
#endif

#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "char_lm.h"
#ifdef _OPENMP
#include <omp.h>
#include <sched.h>
#define OMP(...) _Pragma(#__VA_ARGS__)
#else
#define OMP(...)
#endif

static inline float max1(float a, float b) { return a > b ? a : b; }

typedef float v8 __attribute__((vector_size(32)));
typedef int32_t m8 __attribute__((vector_size(32)));       /* of comparisons: 0 or -1 in each lane */
typedef uint32_t u32x8 __attribute__((vector_size(32)));

static inline v8 load8(const float *p) { return _mm256_loadu_ps(p); }
static inline void store8(float *p, v8 a) { _mm256_storeu_ps(p, a); }

/* a mask of the first n lanes */
static inline __m256i first8(int n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* the first n lanes, 0 <= n <= 8; the others are 0 and their memory is not touched */
static inline v8 load_n8(const float *p, int n) { return _mm256_maskload_ps(p, first8(n)); }

/* the first n lanes, 0 <= n <= 8; the memory of the others is not touched */
static inline void store_n8(float *p, v8 a, int n) { _mm256_maskstore_ps(p, first8(n), a); }

static inline v8 splat8(float a) { return _mm256_set1_ps(a); }
static inline v8 fma8(v8 a, v8 b, v8 c) { return _mm256_fmadd_ps(a, b, c); }
static inline v8 min8(v8 a, v8 b) { return _mm256_min_ps(a, b); }
static inline v8 max8(v8 a, v8 b) { return _mm256_max_ps(a, b); }
static inline u32x8 bits8(v8 a) { return (u32x8)a; }
static inline v8 unbits8(u32x8 u) { return (v8)u; }

/* x - n ln2, with ln2 rounded to a float */
static inline v8 reduce8(v8 n, v8 x) { return fma8(n, splat8(-0.693147182f), x); }

/* and the rest of ln2, so little that r^2 need not wait for it */
static inline v8 reduce_low8(v8 n, v8 r) { return fma8(n, splat8(1.90465421e-9f), r); }

/* exp(x) = 2^n exp(r), x = n ln2 + r. Adding 1.5 * 2^23 + 254 rounds to whole n and leaves n + 254 in the low bits;
 * 2^n comes in two factors, so that overflow and gradual underflow happen in the last product. */
static inline v8 exp8(v8 x)
{
	const v8 magic = splat8(12583166.0f);
	const v8 z = max8(splat8(-104.0f), min8(splat8(89.0f), x));
	const v8 k = fma8(z, splat8(1.44269504f), magic);
	const v8 n = k - magic;
	const v8 r = reduce8(n, z);
	const u32x8 b = bits8(k);
	const v8 s = unbits8((b >> 1) << 23);
	const v8 t = unbits8((b - (b >> 1)) << 23);
	const v8 r2 = r * r;
	const v8 p = fma8(r2, fma8(r, splat8(8.28575436e-3f), splat8(4.18990813e-2f)),
		fma8(r, splat8(0.166676596f), splat8(0.499991477f)));

	return fma8(fma8(r2, p, reduce_low8(n, r) * splat8(0.999999702f)), s, s) * t;
}

/* 1 / (1 + exp(-x)) as 2^-30 / (2^-30 + 2^-30 exp(-x)): the factor keeps the divisor finite where the result
 * fades to 0. exp(-x) = 2^-n exp(-r), x = n ln2 + r; adding 1.5 * 2^23 + 127 - 30 leaves -n + 97 in the low bits. */
static inline v8 sigmoid8(v8 x)
{
	const v8 magic = splat8(12583009.0f);
	const v8 unit = splat8(9.31322575e-10f);       /* 2^-30 */
	const v8 z = max8(splat8(-105.0f), min8(splat8(60.0f), x));
	const v8 k = fma8(z, splat8(-1.44269504f), magic);
	const v8 n = magic - k;
	const v8 r = reduce8(n, z);
	const v8 s = unbits8(bits8(k) << 23);
	const v8 r2 = r * r;
	const v8 p = fma8(r2, fma8(r, splat8(-8.28575436e-3f), splat8(4.18990813e-2f)),
		fma8(r, splat8(-0.166676596f), splat8(0.499991477f)));

	return unit / fma8(fma8(r2, p, reduce_low8(n, r) * splat8(-0.999999702f)), s, unit + s);
}

static inline v8 abs8(v8 a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
static inline m8 lt8(v8 a, v8 b) { return a < b; }
static inline v8 select8(m8 m, v8 a, v8 b) { return _mm256_blendv_ps(b, a, (v8)m); }

/* a, which is not negative, with the sign of x; float operations: from one kind to the other takes a cycle */
static inline v8 with_sign8(v8 a, v8 x) { return _mm256_or_ps(a, _mm256_and_ps(_mm256_set1_ps(-0.0f), x)); }

/* 1 - 2 / (1 + exp(2a)), a = |x| = n ln2/2 + r; below 0.55, where that cancels, x + x^3 q(x^2). Half of exp(2a) + 1 is
 * (2^n + 1) / 2 + 2^n t. The error of r fades like tanh's slope, hence ln2/2 in one constant. */
static inline v8 tanh8(v8 x)
{
	const v8 magic = splat8(12583039.0f);          /* 1.5 * 2^23 + 127 */
	const v8 one = splat8(1.0f);
	const v8 half = splat8(0.5f);
	const v8 a = min8(splat8(10.0f), abs8(x));
	const v8 k = fma8(a, splat8(2.88539008f), magic);
	const v8 n = k - magic;
	const v8 r = fma8(n, splat8(-0.346573591f), a);
	const v8 s = unbits8(bits8(k) << 23);
	const v8 r2 = r * r;
	const v8 p = fma8(r2, fma8(r, splat8(0.129979998f), splat8(0.335146606f)),
		fma8(r, splat8(0.666759908f), splat8(0.999984622f)));
	const v8 t = fma8(r2, p, r);
	const v8 y = one - one / fma8(t, s, fma8(s, half, half));
	const v8 a2 = a * a;
	const v8 q = fma8(a2, fma8(a2, fma8(a2, splat8(1.6437538e-2f), splat8(-5.26719242e-2f)),
		splat8(0.133207291f)), splat8(-0.333329469f));

	return with_sign8(select8(lt8(a, splat8(0.55f)), fma8(a * a2, q, a), y), x);
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

/* All that the loops need to know of one run. */
struct char_lm_frame {
	int64_t threads;
	int64_t T, N;
	const int32_t *tok;  /* [T][N] */
	float *x;  /* [96 of T][N][64] */
	float *layer1_c;  /* [1 of T][N][128] */
	float *layer1_h;  /* [T][N][128] */
	float *layer2_c;  /* [1 of T][N][128] */
	float *layer2_h;  /* [97 of T][N][128] */
	float *dense_o;  /* [96 of T][N][76] */
	float *m;  /* [96 of T][N] */
	float *e;  /* [96 of T][N][76] */
	float *s;  /* [96 of T][N] */
	float *y;  /* [T][N][76] */
	float *layer1_xw;  /* [96 of T][N][4][128] */
	float *layer2_xw;  /* [96 of T][N][4][128] */
	const float *E;  /* [76][64] */
	const float *layer1_b;  /* [4][128] */
	const float *layer1_W;  /* [16][64][4][8] */
	const float *layer1_U;  /* [8][128][4][16] */
	const float *layer2_b;  /* [4][128] */
	const float *layer2_W;  /* [16][128][4][8] */
	const float *layer2_U;  /* [8][128][4][16] */
	const float *dense_b;  /* [76] */
	const float *dense_W;  /* [5][128][16] */
	float *layer1_h_start;
	int64_t *flag;
};

/* layer1.W as [i/8][k][g][i%8]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_layer1_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 64; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 8192 + (i0 * 8 + i3) * 64 + i1];
}

/* layer1.U as [i/16][j][g][i%16]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_layer1_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 8; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 16; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 16 + i3) * 128 + i1];
}

/* layer2.W as [i/8][k][g][i%8]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_layer2_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 8 + i3) * 128 + i1];
}

/* layer2.U as [i/16][j][g][i%16]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_layer2_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 8; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 16; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 16 + i3) * 128 + i1];
}

/* dense.W as [v/16][j][v%16], padded with zeros    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_dense_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 5; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 16; i2++)
		*p++ = i0 * 16 + i2 < 76 ? from[0][(i0 * 16 + i2) * 128 + i1] : 0;
}

size_t char_lm_weights_size(void) { return 982336; }

int char_lm_weights_pack(void *weights,
	const float *E,
	const float *layer1_W,
	const float *layer1_U,
	const float *layer1_b,
	const float *layer2_W,
	const float *layer2_U,
	const float *layer2_b,
	const float *dense_W,
	const float *dense_b)
{
	char *at = (char *)weights;
	if (!weights || !E || !layer1_W || !layer1_U || !layer1_b || !layer2_W || !layer2_U || !layer2_b || !dense_W || !dense_b)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, E, 19456);
	memcpy(at + 19456, layer1_b, 2048);
	{
		const float *const from[] = { layer1_W };
		pack_layer1_W((float *)(void *)(at + 21504), from);
	}
	{
		const float *const from[] = { layer1_U };
		pack_layer1_U((float *)(void *)(at + 152576), from);
	}
	memcpy(at + 414720, layer2_b, 2048);
	{
		const float *const from[] = { layer2_W };
		pack_layer2_W((float *)(void *)(at + 416768), from);
	}
	{
		const float *const from[] = { layer2_U };
		pack_layer2_U((float *)(void *)(at + 678912), from);
	}
	memcpy(at + 941056, dense_b, 304);
	{
		const float *const from[] = { dense_W };
		pack_dense_W((float *)(void *)(at + 941376), from);
	}
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t char_lm_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 6144, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(T * N * 128, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(N * 12416, sizeof(float)) +
	       part(N * 7296, sizeof(float)) +
	       part(N * 96, sizeof(float)) +
	       part(N * 7296, sizeof(float)) +
	       part(N * 96, sizeof(float)) +
	       part(N * 49152, sizeof(float)) +
	       part(N * 49152, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(512, sizeof(int64_t));
}

static __attribute__((noinline)) void char_lm_layer1_h_steps(const struct char_lm_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const int32_t *const tok = f->tok;
	float *const x = f->x;
	float *const layer1_c = f->layer1_c;
	float *const layer1_h = f->layer1_h;
	const float *const layer1_h_start = f->layer1_h_start;
	float *const layer1_xw = f->layer1_xw;
	const float *const E = f->E;
	const float *const layer1_b = f->layer1_b;
	const float *const layer1_W = f->layer1_W;
	const float *const layer1_U = f->layer1_U;
	const int64_t io_first = share(16, me->thread, me->threads), io_end = share(16, me->thread + 1, me->threads);
	const int64_t io_first_2 = share(8, me->thread, me->threads), io_end_2 = share(8, me->thread + 1, me->threads);
	for (int64_t t_chunk = 0; t_chunk < (T + 95) / 96; t_chunk++) {
		const float *const x_t = x + ((((min_i(T - t_chunk * 96, 96)) / 3) * 3) % 96) * N * 64;
		const float *const x_next1 = x + ((((min_i(T - t_chunk * 96, 96)) / 3) * 3 + 1) % 96) * N * 64;
		float *const layer1_xw_t = layer1_xw + ((((min_i(T - t_chunk * 96, 96)) / 3) * 3) % 96) * N * 512;
		float *const layer1_xw_next1 = layer1_xw + ((((min_i(T - t_chunk * 96, 96)) / 3) * 3 + 1) % 96) * N * 512;
		/* x[t][n][d] = E[tok[t][n]][d]    models/char_lm.lua:15; schedules/parts/few.lua:30, 63 */
		if (me->thread == 0) {
			for (int64_t t = 0; t < min_i(T - t_chunk * 96, 96); t++) {
				float *const x_t_2 = x + t * N * 64;
				for (int64_t n = 0; n < N; n++) {
					for (int64_t do_ = 0; do_ < 8; do_++) {
						store8(x_t_2 + n * 64 + do_ * 8, load8(E + (int64_t)tok[t_chunk * N * 96 + t * N + n] * 64 + do_ * 8));
					}
				}
			}
		}
		/* x was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		/* layer1.xw[t][n][g][i] = layer1.b[g][i] + sum(k, layer1.W[g][i][k] * x[t][n][k])    models/cells/lstm.lua:14; schedules/parts/lstm.lua:10, 30, 48, 50, 35, 52 */
		for (int64_t io = io_first; io < io_end; io++) {
			for (int64_t to = 0; to < (min_i(T - t_chunk * 96, 96)) / 3; to++) {
				const float *const x_t_2 = x + to * N * 192;
				const float *const x_next1_2 = x + to * N * 192 + N * 64;
				const float *const x_next2 = x + to * N * 192 + N * 128;
				float *const layer1_xw_t_2 = layer1_xw + to * N * 1536;
				float *const layer1_xw_next1_2 = layer1_xw + to * N * 1536 + N * 512;
				float *const layer1_xw_next2 = layer1_xw + to * N * 1536 + N * 1024;
				for (int64_t n = 0; n < N; n++) {
					const float *const layer1_b_io = layer1_b + io * 8;
					float *const layer1_xw_t_2_n = layer1_xw_t_2 + n * 512 + io * 8;
					float *const layer1_xw_next1_2_n = layer1_xw_next1_2 + n * 512 + io * 8;
					float *const layer1_xw_next2_n = layer1_xw_next2 + n * 512 + io * 8;
					const float *const x_t_2_n = x_t_2 + n * 64;
					const float *const x_next1_2_n = x_next1_2 + n * 64;
					const float *const x_next2_n = x_next2 + n * 64;
					const v8 layer1_b_v = load8(layer1_b_io);
					v8 xw_sum_0_0 = layer1_b_v;
					v8 xw_sum_0_1 = layer1_b_v;
					v8 xw_sum_0_2 = layer1_b_v;
					const v8 layer1_b_v_2 = load8(layer1_b_io + 128);
					v8 xw_sum_1_0 = layer1_b_v_2;
					v8 xw_sum_1_1 = layer1_b_v_2;
					v8 xw_sum_1_2 = layer1_b_v_2;
					const v8 layer1_b_v_3 = load8(layer1_b_io + 256);
					v8 xw_sum_2_0 = layer1_b_v_3;
					v8 xw_sum_2_1 = layer1_b_v_3;
					v8 xw_sum_2_2 = layer1_b_v_3;
					const v8 layer1_b_v_4 = load8(layer1_b_io + 384);
					v8 xw_sum_3_0 = layer1_b_v_4;
					v8 xw_sum_3_1 = layer1_b_v_4;
					v8 xw_sum_3_2 = layer1_b_v_4;
					for (int64_t k = 0; k < 64; k++) {
						const float *const layer1_W_k = layer1_W + io * 2048 + k * 32;
						const v8 layer1_W_v = load8(layer1_W_k);
						const v8 x_t_2_n_k = splat8(x_t_2_n[k]);
						xw_sum_0_0 = fma8(layer1_W_v, x_t_2_n_k, xw_sum_0_0);
						const v8 x_next1_2_n_k = splat8(x_next1_2_n[k]);
						xw_sum_0_1 = fma8(layer1_W_v, x_next1_2_n_k, xw_sum_0_1);
						const v8 x_next2_n_k = splat8(x_next2_n[k]);
						xw_sum_0_2 = fma8(layer1_W_v, x_next2_n_k, xw_sum_0_2);
						const v8 layer1_W_v_2 = load8(layer1_W_k + 8);
						xw_sum_1_0 = fma8(layer1_W_v_2, x_t_2_n_k, xw_sum_1_0);
						xw_sum_1_1 = fma8(layer1_W_v_2, x_next1_2_n_k, xw_sum_1_1);
						xw_sum_1_2 = fma8(layer1_W_v_2, x_next2_n_k, xw_sum_1_2);
						const v8 layer1_W_v_3 = load8(layer1_W_k + 16);
						xw_sum_2_0 = fma8(layer1_W_v_3, x_t_2_n_k, xw_sum_2_0);
						xw_sum_2_1 = fma8(layer1_W_v_3, x_next1_2_n_k, xw_sum_2_1);
						xw_sum_2_2 = fma8(layer1_W_v_3, x_next2_n_k, xw_sum_2_2);
						const v8 layer1_W_v_4 = load8(layer1_W_k + 24);
						xw_sum_3_0 = fma8(layer1_W_v_4, x_t_2_n_k, xw_sum_3_0);
						xw_sum_3_1 = fma8(layer1_W_v_4, x_next1_2_n_k, xw_sum_3_1);
						xw_sum_3_2 = fma8(layer1_W_v_4, x_next2_n_k, xw_sum_3_2);
					}
					store8(layer1_xw_t_2_n, xw_sum_0_0);
					store8(layer1_xw_next1_2_n, xw_sum_0_1);
					store8(layer1_xw_next2_n, xw_sum_0_2);
					store8(layer1_xw_t_2_n + 128, xw_sum_1_0);
					store8(layer1_xw_next1_2_n + 128, xw_sum_1_1);
					store8(layer1_xw_next2_n + 128, xw_sum_1_2);
					store8(layer1_xw_t_2_n + 256, xw_sum_2_0);
					store8(layer1_xw_next1_2_n + 256, xw_sum_2_1);
					store8(layer1_xw_next2_n + 256, xw_sum_2_2);
					store8(layer1_xw_t_2_n + 384, xw_sum_3_0);
					store8(layer1_xw_next1_2_n + 384, xw_sum_3_1);
					store8(layer1_xw_next2_n + 384, xw_sum_3_2);
				}
			}
			if ((min_i(T - t_chunk * 96, 96)) % 3 > 1) {
				for (int64_t n = 0; n < N; n++) {
					const float *const layer1_b_io = layer1_b + io * 8;
					float *const layer1_xw_t_n = layer1_xw_t + n * 512 + io * 8;
					float *const layer1_xw_next1_n = layer1_xw_next1 + n * 512 + io * 8;
					const float *const x_t_n = x_t + n * 64;
					const float *const x_next1_n = x_next1 + n * 64;
					const v8 layer1_b_v = load8(layer1_b_io);
					v8 xw_sum_0_0 = layer1_b_v;
					v8 xw_sum_0_1 = layer1_b_v;
					const v8 layer1_b_v_2 = load8(layer1_b_io + 128);
					v8 xw_sum_1_0 = layer1_b_v_2;
					v8 xw_sum_1_1 = layer1_b_v_2;
					const v8 layer1_b_v_3 = load8(layer1_b_io + 256);
					v8 xw_sum_2_0 = layer1_b_v_3;
					v8 xw_sum_2_1 = layer1_b_v_3;
					const v8 layer1_b_v_4 = load8(layer1_b_io + 384);
					v8 xw_sum_3_0 = layer1_b_v_4;
					v8 xw_sum_3_1 = layer1_b_v_4;
					for (int64_t k = 0; k < 64; k++) {
						const float *const layer1_W_k = layer1_W + io * 2048 + k * 32;
						const v8 layer1_W_v = load8(layer1_W_k);
						const v8 x_t_n_k = splat8(x_t_n[k]);
						xw_sum_0_0 = fma8(layer1_W_v, x_t_n_k, xw_sum_0_0);
						const v8 x_next1_n_k = splat8(x_next1_n[k]);
						xw_sum_0_1 = fma8(layer1_W_v, x_next1_n_k, xw_sum_0_1);
						const v8 layer1_W_v_2 = load8(layer1_W_k + 8);
						xw_sum_1_0 = fma8(layer1_W_v_2, x_t_n_k, xw_sum_1_0);
						xw_sum_1_1 = fma8(layer1_W_v_2, x_next1_n_k, xw_sum_1_1);
						const v8 layer1_W_v_3 = load8(layer1_W_k + 16);
						xw_sum_2_0 = fma8(layer1_W_v_3, x_t_n_k, xw_sum_2_0);
						xw_sum_2_1 = fma8(layer1_W_v_3, x_next1_n_k, xw_sum_2_1);
						const v8 layer1_W_v_4 = load8(layer1_W_k + 24);
						xw_sum_3_0 = fma8(layer1_W_v_4, x_t_n_k, xw_sum_3_0);
						xw_sum_3_1 = fma8(layer1_W_v_4, x_next1_n_k, xw_sum_3_1);
					}
					store8(layer1_xw_t_n, xw_sum_0_0);
					store8(layer1_xw_next1_n, xw_sum_0_1);
					store8(layer1_xw_t_n + 128, xw_sum_1_0);
					store8(layer1_xw_next1_n + 128, xw_sum_1_1);
					store8(layer1_xw_t_n + 256, xw_sum_2_0);
					store8(layer1_xw_next1_n + 256, xw_sum_2_1);
					store8(layer1_xw_t_n + 384, xw_sum_3_0);
					store8(layer1_xw_next1_n + 384, xw_sum_3_1);
				}
			} else if ((min_i(T - t_chunk * 96, 96)) % 3 > 0) {
				for (int64_t n = 0; n < N; n++) {
					const float *const layer1_b_io = layer1_b + io * 8;
					float *const layer1_xw_t_n = layer1_xw_t + n * 512 + io * 8;
					const float *const x_t_n = x_t + n * 64;
					v8 xw_sum_0_0 = load8(layer1_b_io);
					v8 xw_sum_1_0 = load8(layer1_b_io + 128);
					v8 xw_sum_2_0 = load8(layer1_b_io + 256);
					v8 xw_sum_3_0 = load8(layer1_b_io + 384);
					for (int64_t k = 0; k < 64; k++) {
						const float *const layer1_W_k = layer1_W + io * 2048 + k * 32;
						const v8 x_t_n_k = splat8(x_t_n[k]);
						xw_sum_0_0 = fma8(load8(layer1_W_k), x_t_n_k, xw_sum_0_0);
						xw_sum_1_0 = fma8(load8(layer1_W_k + 8), x_t_n_k, xw_sum_1_0);
						xw_sum_2_0 = fma8(load8(layer1_W_k + 16), x_t_n_k, xw_sum_2_0);
						xw_sum_3_0 = fma8(load8(layer1_W_k + 24), x_t_n_k, xw_sum_3_0);
					}
					store8(layer1_xw_t_n, xw_sum_0_0);
					store8(layer1_xw_t_n + 128, xw_sum_1_0);
					store8(layer1_xw_t_n + 256, xw_sum_2_0);
					store8(layer1_xw_t_n + 384, xw_sum_3_0);
				}
			}
		}
		/* layer1_xw was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		for (int64_t t = t_chunk * 96; t < t_chunk * 96 + min_i(T - t_chunk * 96, 96); t++) {
			const float *const layer1_xw_t_2 = layer1_xw + (t % 96) * N * 512;
			const float *const layer1_h_prev = t > 0 ? layer1_h + (t - 1) * N * 128 : layer1_h_start + t * N * 128;
			const float *const layer1_c_prev = layer1_c;
			float *const layer1_c_t = layer1_c;
			float *const layer1_h_t = layer1_h + t * N * 128;
			/* layer1.h[t][n][i] = sigmoid(layer1.a[t][n][3][i]) * tanh(layer1.c[t][n][i])    models/cells/lstm.lua:17; schedules/parts/few.lua:95, 99, 101 */
			for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
				const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
				for (int64_t n = 0; n < N; n++) {
					const float *const layer1_xw_t_2_n = layer1_xw_t_2 + n * 512 + io * 16;
					const float *const layer1_c_prev_n = layer1_c_prev + n * 128 + io * 16;
					float *const layer1_c_t_n = layer1_c_t + n * 128 + io * 16;
					float *const layer1_h_t_n = layer1_h_t + n * 128 + io * 16;
					const float *const layer1_h_prev_n = layer1_h_prev + n * 128;
					/* layer1.a[t][n][g][i] = layer1.xw[t][n][g][i] + sum(j, layer1.U[g][i][j] * layer1.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/parts/lstm.lua:10, 109, 110, 35 */
					v8 a_0_0 = load8(layer1_xw_t_2_n);
					v8 a_0_1 = load8(layer1_xw_t_2_n + 8);
					v8 a_1_0 = load8(layer1_xw_t_2_n + 128);
					v8 a_1_1 = load8(layer1_xw_t_2_n + 136);
					v8 a_2_0 = load8(layer1_xw_t_2_n + 256);
					v8 a_2_1 = load8(layer1_xw_t_2_n + 264);
					v8 a_3_0 = load8(layer1_xw_t_2_n + 384);
					v8 a_3_1 = load8(layer1_xw_t_2_n + 392);
					for (int64_t j = 0; j < 128; j++) {
						const float *const layer1_U_j = layer1_U + io * 8192 + j * 64;
						const v8 layer1_h_prev_n_j = splat8(layer1_h_prev_n[j]);
						a_0_0 = fma8(load8(layer1_U_j), layer1_h_prev_n_j, a_0_0);
						a_0_1 = fma8(load8(layer1_U_j + 8), layer1_h_prev_n_j, a_0_1);
						a_1_0 = fma8(load8(layer1_U_j + 16), layer1_h_prev_n_j, a_1_0);
						a_1_1 = fma8(load8(layer1_U_j + 24), layer1_h_prev_n_j, a_1_1);
						a_2_0 = fma8(load8(layer1_U_j + 32), layer1_h_prev_n_j, a_2_0);
						a_2_1 = fma8(load8(layer1_U_j + 40), layer1_h_prev_n_j, a_2_1);
						a_3_0 = fma8(load8(layer1_U_j + 48), layer1_h_prev_n_j, a_3_0);
						a_3_1 = fma8(load8(layer1_U_j + 56), layer1_h_prev_n_j, a_3_1);
					}
					/* layer1.c[t][n][i] = sigmoid(layer1.a[t][n][1][i]) * layer1.c[t - 1][n][i] + sigmoid(layer1.a[t][n][0][i]) * tanh(layer1.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/parts/few.lua:105 */
					store8(layer1_c_t_n, fma8(sigmoid8(a_0_0), tanh8(a_2_0), sigmoid8(a_1_0) * load8(layer1_c_prev_n)));
					store8(layer1_c_t_n + 8, fma8(sigmoid8(a_0_1), tanh8(a_2_1), sigmoid8(a_1_1) * load8(layer1_c_prev_n + 8)));
					store8(layer1_h_t_n, sigmoid8(a_3_0) * tanh8(load8(layer1_c_t_n)));
					store8(layer1_h_t_n + 8, sigmoid8(a_3_1) * tanh8(load8(layer1_c_t_n + 8)));
				}
			}
			/* layer1_h was written, is read in the next step */
			if (me->threads > 1)
				barrier(me);
		}
	}
}

static __attribute__((noinline)) void char_lm_layer2_h_steps(const struct char_lm_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const layer1_h = f->layer1_h;
	const float *const layer1_h_start = f->layer1_h_start;
	float *const layer2_c = f->layer2_c;
	float *const layer2_h = f->layer2_h;
	float *const dense_o = f->dense_o;
	float *const m = f->m;
	float *const e = f->e;
	float *const s = f->s;
	float *const y = f->y;
	float *const layer2_xw = f->layer2_xw;
	const float *const layer2_b = f->layer2_b;
	const float *const layer2_W = f->layer2_W;
	const float *const layer2_U = f->layer2_U;
	const float *const dense_b = f->dense_b;
	const float *const dense_W = f->dense_W;
	const int64_t io_first = share(16, me->thread, me->threads), io_end = share(16, me->thread + 1, me->threads);
	const int64_t io_first_2 = share(8, me->thread, me->threads), io_end_2 = share(8, me->thread + 1, me->threads);
	const int64_t vo_first = share(5, me->thread, me->threads), vo_end = share(5, me->thread + 1, me->threads);
	for (int64_t t_chunk = 0; t_chunk < (T + 95) / 96; t_chunk++) {
		const float *const layer1_h_t = t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 3) * 3 + 1 > 0 ? layer1_h + (t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 3) * 3) * N * 128 : layer1_h_start + t_chunk * N * 12288 + ((min_i(96, T - t_chunk * 96)) / 3) * N * 384 + N * 128;
		const float *const layer1_h_next1 = t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 3) * 3 + 2 > 0 ? layer1_h + (t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 3) * 3 + 1) * N * 128 : layer1_h_start + t_chunk * N * 12288 + ((min_i(96, T - t_chunk * 96)) / 3) * N * 384 + N * 256;
		float *const layer2_xw_t = layer2_xw + ((((min_i(96, T - t_chunk * 96)) / 3) * 3) % 96) * N * 512;
		float *const layer2_xw_next1 = layer2_xw + ((((min_i(96, T - t_chunk * 96)) / 3) * 3 + 1) % 96) * N * 512;
		const float *const layer2_h_t = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6) % 97) * N * 128;
		const float *const layer2_h_next1 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6 + 1) % 97) * N * 128;
		const float *const layer2_h_next2 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6 + 2) % 97) * N * 128;
		const float *const layer2_h_next3 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6 + 3) % 97) * N * 128;
		float *const dense_o_t = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6) % 96) * N * 76;
		float *const dense_o_next1 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6 + 1) % 96) * N * 76;
		float *const dense_o_next2 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6 + 2) % 96) * N * 76;
		float *const dense_o_next3 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6 + 3) % 96) * N * 76;
		const float *const layer2_h_t_2 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6 + (((min_i(96, T - t_chunk * 96)) % 6) / 4) * 4) % 97) * N * 128;
		const float *const layer2_h_next1_2 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 6) * 6 + (((min_i(96, T - t_chunk * 96)) % 6) / 4) * 4 + 1) % 97) * N * 128;
		float *const dense_o_t_2 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6 + (((min_i(96, T - t_chunk * 96)) % 6) / 4) * 4) % 96) * N * 76;
		float *const dense_o_next1_2 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 6) * 6 + (((min_i(96, T - t_chunk * 96)) % 6) / 4) * 4 + 1) % 96) * N * 76;
		const float *const layer2_h_t_3 = layer2_h + ((t_chunk * 96 + ((min_i(96, T - t_chunk * 96)) / 2) * 2) % 97) * N * 128;
		float *const dense_o_t_3 = dense_o + ((((min_i(96, T - t_chunk * 96)) / 2) * 2) % 96) * N * 76;
		/* layer2.xw[t][n][g][i] = layer2.b[g][i] + sum(k, layer2.W[g][i][k] * layer1.h[t][n][k])    models/cells/lstm.lua:14; schedules/parts/lstm.lua:10, 30, 48, 50, 35, 52 */
		for (int64_t io = io_first; io < io_end; io++) {
			for (int64_t to = 0; to < (min_i(96, T - t_chunk * 96)) / 3; to++) {
				float *const layer2_xw_t_2 = layer2_xw + to * N * 1536;
				float *const layer2_xw_next1_2 = layer2_xw + to * N * 1536 + N * 512;
				float *const layer2_xw_next2 = layer2_xw + to * N * 1536 + N * 1024;
				for (int64_t n = 0; n < N; n++) {
					const float *const layer2_b_io = layer2_b + io * 8;
					float *const layer2_xw_t_2_n = layer2_xw_t_2 + n * 512 + io * 8;
					float *const layer2_xw_next1_2_n = layer2_xw_next1_2 + n * 512 + io * 8;
					float *const layer2_xw_next2_n = layer2_xw_next2 + n * 512 + io * 8;
					const float *const layer1_h_n = layer1_h + t_chunk * N * 12288 + to * N * 384 + n * 128;
					const float *const layer1_h_n_2 = layer1_h + t_chunk * N * 12288 + to * N * 384 + (N + n) * 128;
					const float *const layer1_h_n_3 = layer1_h + t_chunk * N * 12288 + to * N * 384 + N * 256 + n * 128;
					const v8 layer2_b_v = load8(layer2_b_io);
					v8 xw_sum_0_0 = layer2_b_v;
					v8 xw_sum_0_1 = layer2_b_v;
					v8 xw_sum_0_2 = layer2_b_v;
					const v8 layer2_b_v_2 = load8(layer2_b_io + 128);
					v8 xw_sum_1_0 = layer2_b_v_2;
					v8 xw_sum_1_1 = layer2_b_v_2;
					v8 xw_sum_1_2 = layer2_b_v_2;
					const v8 layer2_b_v_3 = load8(layer2_b_io + 256);
					v8 xw_sum_2_0 = layer2_b_v_3;
					v8 xw_sum_2_1 = layer2_b_v_3;
					v8 xw_sum_2_2 = layer2_b_v_3;
					const v8 layer2_b_v_4 = load8(layer2_b_io + 384);
					v8 xw_sum_3_0 = layer2_b_v_4;
					v8 xw_sum_3_1 = layer2_b_v_4;
					v8 xw_sum_3_2 = layer2_b_v_4;
					for (int64_t k = 0; k < 128; k++) {
						const float *const layer2_W_k = layer2_W + io * 4096 + k * 32;
						const v8 layer2_W_v = load8(layer2_W_k);
						const v8 layer1_h_n_k = splat8(layer1_h_n[k]);
						xw_sum_0_0 = fma8(layer2_W_v, layer1_h_n_k, xw_sum_0_0);
						const v8 layer1_h_n_2_k = splat8(layer1_h_n_2[k]);
						xw_sum_0_1 = fma8(layer2_W_v, layer1_h_n_2_k, xw_sum_0_1);
						const v8 layer1_h_n_3_k = splat8(layer1_h_n_3[k]);
						xw_sum_0_2 = fma8(layer2_W_v, layer1_h_n_3_k, xw_sum_0_2);
						const v8 layer2_W_v_2 = load8(layer2_W_k + 8);
						xw_sum_1_0 = fma8(layer2_W_v_2, layer1_h_n_k, xw_sum_1_0);
						xw_sum_1_1 = fma8(layer2_W_v_2, layer1_h_n_2_k, xw_sum_1_1);
						xw_sum_1_2 = fma8(layer2_W_v_2, layer1_h_n_3_k, xw_sum_1_2);
						const v8 layer2_W_v_3 = load8(layer2_W_k + 16);
						xw_sum_2_0 = fma8(layer2_W_v_3, layer1_h_n_k, xw_sum_2_0);
						xw_sum_2_1 = fma8(layer2_W_v_3, layer1_h_n_2_k, xw_sum_2_1);
						xw_sum_2_2 = fma8(layer2_W_v_3, layer1_h_n_3_k, xw_sum_2_2);
						const v8 layer2_W_v_4 = load8(layer2_W_k + 24);
						xw_sum_3_0 = fma8(layer2_W_v_4, layer1_h_n_k, xw_sum_3_0);
						xw_sum_3_1 = fma8(layer2_W_v_4, layer1_h_n_2_k, xw_sum_3_1);
						xw_sum_3_2 = fma8(layer2_W_v_4, layer1_h_n_3_k, xw_sum_3_2);
					}
					store8(layer2_xw_t_2_n, xw_sum_0_0);
					store8(layer2_xw_next1_2_n, xw_sum_0_1);
					store8(layer2_xw_next2_n, xw_sum_0_2);
					store8(layer2_xw_t_2_n + 128, xw_sum_1_0);
					store8(layer2_xw_next1_2_n + 128, xw_sum_1_1);
					store8(layer2_xw_next2_n + 128, xw_sum_1_2);
					store8(layer2_xw_t_2_n + 256, xw_sum_2_0);
					store8(layer2_xw_next1_2_n + 256, xw_sum_2_1);
					store8(layer2_xw_next2_n + 256, xw_sum_2_2);
					store8(layer2_xw_t_2_n + 384, xw_sum_3_0);
					store8(layer2_xw_next1_2_n + 384, xw_sum_3_1);
					store8(layer2_xw_next2_n + 384, xw_sum_3_2);
				}
			}
			if ((min_i(96, T - t_chunk * 96)) % 3 > 1) {
				for (int64_t n = 0; n < N; n++) {
					const float *const layer2_b_io = layer2_b + io * 8;
					float *const layer2_xw_t_n = layer2_xw_t + n * 512 + io * 8;
					float *const layer2_xw_next1_n = layer2_xw_next1 + n * 512 + io * 8;
					const float *const layer1_h_t_n = layer1_h_t + n * 128;
					const float *const layer1_h_next1_n = layer1_h_next1 + n * 128;
					const v8 layer2_b_v = load8(layer2_b_io);
					v8 xw_sum_0_0 = layer2_b_v;
					v8 xw_sum_0_1 = layer2_b_v;
					const v8 layer2_b_v_2 = load8(layer2_b_io + 128);
					v8 xw_sum_1_0 = layer2_b_v_2;
					v8 xw_sum_1_1 = layer2_b_v_2;
					const v8 layer2_b_v_3 = load8(layer2_b_io + 256);
					v8 xw_sum_2_0 = layer2_b_v_3;
					v8 xw_sum_2_1 = layer2_b_v_3;
					const v8 layer2_b_v_4 = load8(layer2_b_io + 384);
					v8 xw_sum_3_0 = layer2_b_v_4;
					v8 xw_sum_3_1 = layer2_b_v_4;
					for (int64_t k = 0; k < 128; k++) {
						const float *const layer2_W_k = layer2_W + io * 4096 + k * 32;
						const v8 layer2_W_v = load8(layer2_W_k);
						const v8 layer1_h_t_n_k = splat8(layer1_h_t_n[k]);
						xw_sum_0_0 = fma8(layer2_W_v, layer1_h_t_n_k, xw_sum_0_0);
						const v8 layer1_h_next1_n_k = splat8(layer1_h_next1_n[k]);
						xw_sum_0_1 = fma8(layer2_W_v, layer1_h_next1_n_k, xw_sum_0_1);
						const v8 layer2_W_v_2 = load8(layer2_W_k + 8);
						xw_sum_1_0 = fma8(layer2_W_v_2, layer1_h_t_n_k, xw_sum_1_0);
						xw_sum_1_1 = fma8(layer2_W_v_2, layer1_h_next1_n_k, xw_sum_1_1);
						const v8 layer2_W_v_3 = load8(layer2_W_k + 16);
						xw_sum_2_0 = fma8(layer2_W_v_3, layer1_h_t_n_k, xw_sum_2_0);
						xw_sum_2_1 = fma8(layer2_W_v_3, layer1_h_next1_n_k, xw_sum_2_1);
						const v8 layer2_W_v_4 = load8(layer2_W_k + 24);
						xw_sum_3_0 = fma8(layer2_W_v_4, layer1_h_t_n_k, xw_sum_3_0);
						xw_sum_3_1 = fma8(layer2_W_v_4, layer1_h_next1_n_k, xw_sum_3_1);
					}
					store8(layer2_xw_t_n, xw_sum_0_0);
					store8(layer2_xw_next1_n, xw_sum_0_1);
					store8(layer2_xw_t_n + 128, xw_sum_1_0);
					store8(layer2_xw_next1_n + 128, xw_sum_1_1);
					store8(layer2_xw_t_n + 256, xw_sum_2_0);
					store8(layer2_xw_next1_n + 256, xw_sum_2_1);
					store8(layer2_xw_t_n + 384, xw_sum_3_0);
					store8(layer2_xw_next1_n + 384, xw_sum_3_1);
				}
			} else if ((min_i(96, T - t_chunk * 96)) % 3 > 0) {
				for (int64_t n = 0; n < N; n++) {
					const float *const layer2_b_io = layer2_b + io * 8;
					float *const layer2_xw_t_n = layer2_xw_t + n * 512 + io * 8;
					const float *const layer1_h_t_n = layer1_h_t + n * 128;
					v8 xw_sum_0_0 = load8(layer2_b_io);
					v8 xw_sum_1_0 = load8(layer2_b_io + 128);
					v8 xw_sum_2_0 = load8(layer2_b_io + 256);
					v8 xw_sum_3_0 = load8(layer2_b_io + 384);
					for (int64_t k = 0; k < 128; k++) {
						const float *const layer2_W_k = layer2_W + io * 4096 + k * 32;
						const v8 layer1_h_t_n_k = splat8(layer1_h_t_n[k]);
						xw_sum_0_0 = fma8(load8(layer2_W_k), layer1_h_t_n_k, xw_sum_0_0);
						xw_sum_1_0 = fma8(load8(layer2_W_k + 8), layer1_h_t_n_k, xw_sum_1_0);
						xw_sum_2_0 = fma8(load8(layer2_W_k + 16), layer1_h_t_n_k, xw_sum_2_0);
						xw_sum_3_0 = fma8(load8(layer2_W_k + 24), layer1_h_t_n_k, xw_sum_3_0);
					}
					store8(layer2_xw_t_n, xw_sum_0_0);
					store8(layer2_xw_t_n + 128, xw_sum_1_0);
					store8(layer2_xw_t_n + 256, xw_sum_2_0);
					store8(layer2_xw_t_n + 384, xw_sum_3_0);
				}
			}
		}
		/* layer2_xw was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		for (int64_t t = t_chunk * 96; t < t_chunk * 96 + min_i(96, T - t_chunk * 96); t++) {
			const float *const layer2_xw_t_2 = layer2_xw + (t % 96) * N * 512;
			const float *const layer2_h_prev = layer2_h + ((t + 96) % 97) * N * 128;
			const float *const layer2_c_prev = layer2_c;
			float *const layer2_c_t = layer2_c;
			float *const layer2_h_t_4 = layer2_h + (t % 97) * N * 128;
			/* layer2.h[t][n][i] = sigmoid(layer2.a[t][n][3][i]) * tanh(layer2.c[t][n][i])    models/cells/lstm.lua:17; schedules/parts/few.lua:95, 99, 101 */
			for (int64_t io_at = io_first_2; io_at < io_end_2; io_at++) {
				const int64_t io = t % 2 ? io_first_2 + io_end_2 - 1 - io_at : io_at;  /* backwards on odd steps */
				for (int64_t n = 0; n < N; n++) {
					const float *const layer2_xw_t_2_n = layer2_xw_t_2 + n * 512 + io * 16;
					const float *const layer2_c_prev_n = layer2_c_prev + n * 128 + io * 16;
					float *const layer2_c_t_n = layer2_c_t + n * 128 + io * 16;
					float *const layer2_h_t_4_n = layer2_h_t_4 + n * 128 + io * 16;
					const float *const layer2_h_prev_n = layer2_h_prev + n * 128;
					/* layer2.a[t][n][g][i] = layer2.xw[t][n][g][i] + sum(j, layer2.U[g][i][j] * layer2.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/parts/lstm.lua:10, 109, 110, 35 */
					v8 a_0_0 = load8(layer2_xw_t_2_n);
					v8 a_0_1 = load8(layer2_xw_t_2_n + 8);
					v8 a_1_0 = load8(layer2_xw_t_2_n + 128);
					v8 a_1_1 = load8(layer2_xw_t_2_n + 136);
					v8 a_2_0 = load8(layer2_xw_t_2_n + 256);
					v8 a_2_1 = load8(layer2_xw_t_2_n + 264);
					v8 a_3_0 = load8(layer2_xw_t_2_n + 384);
					v8 a_3_1 = load8(layer2_xw_t_2_n + 392);
					for (int64_t j = 0; j < 128; j++) {
						const float *const layer2_U_j = layer2_U + io * 8192 + j * 64;
						const v8 layer2_h_prev_n_j = splat8(layer2_h_prev_n[j]);
						a_0_0 = fma8(load8(layer2_U_j), layer2_h_prev_n_j, a_0_0);
						a_0_1 = fma8(load8(layer2_U_j + 8), layer2_h_prev_n_j, a_0_1);
						a_1_0 = fma8(load8(layer2_U_j + 16), layer2_h_prev_n_j, a_1_0);
						a_1_1 = fma8(load8(layer2_U_j + 24), layer2_h_prev_n_j, a_1_1);
						a_2_0 = fma8(load8(layer2_U_j + 32), layer2_h_prev_n_j, a_2_0);
						a_2_1 = fma8(load8(layer2_U_j + 40), layer2_h_prev_n_j, a_2_1);
						a_3_0 = fma8(load8(layer2_U_j + 48), layer2_h_prev_n_j, a_3_0);
						a_3_1 = fma8(load8(layer2_U_j + 56), layer2_h_prev_n_j, a_3_1);
					}
					/* layer2.c[t][n][i] = sigmoid(layer2.a[t][n][1][i]) * layer2.c[t - 1][n][i] + sigmoid(layer2.a[t][n][0][i]) * tanh(layer2.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/parts/few.lua:105 */
					store8(layer2_c_t_n, fma8(sigmoid8(a_0_0), tanh8(a_2_0), sigmoid8(a_1_0) * load8(layer2_c_prev_n)));
					store8(layer2_c_t_n + 8, fma8(sigmoid8(a_0_1), tanh8(a_2_1), sigmoid8(a_1_1) * load8(layer2_c_prev_n + 8)));
					store8(layer2_h_t_4_n, sigmoid8(a_3_0) * tanh8(load8(layer2_c_t_n)));
					store8(layer2_h_t_4_n + 8, sigmoid8(a_3_1) * tanh8(load8(layer2_c_t_n + 8)));
				}
			}
			/* layer2_h was written, is read in the next step */
			if (me->threads > 1)
				barrier(me);
		}
		/* layer2_h was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		/* dense.o[t][n][v] = dense.b[v] + sum(j, dense.W[v][j] * layer2.h[t][n][j])    models/char_lm.lua:23; schedules/parts/few.lua:30, 48, 50, 35, 52 */
		for (int64_t vo = vo_first; vo < vo_end; vo++) {
			if (4 > vo) {
				for (int64_t to = 0; to < (min_i(96, T - t_chunk * 96)) / 6; to++) {
					const float *const layer2_h_t_4 = layer2_h + ((t_chunk * 96 + to * 6) % 97) * N * 128;
					const float *const layer2_h_next1_3 = layer2_h + ((t_chunk * 96 + to * 6 + 1) % 97) * N * 128;
					const float *const layer2_h_next2_2 = layer2_h + ((t_chunk * 96 + to * 6 + 2) % 97) * N * 128;
					const float *const layer2_h_next3_2 = layer2_h + ((t_chunk * 96 + to * 6 + 3) % 97) * N * 128;
					const float *const layer2_h_next4 = layer2_h + ((t_chunk * 96 + to * 6 + 4) % 97) * N * 128;
					const float *const layer2_h_next5 = layer2_h + ((t_chunk * 96 + to * 6 + 5) % 97) * N * 128;
					float *const dense_o_t_4 = dense_o + to * N * 456;
					float *const dense_o_next1_3 = dense_o + to * N * 456 + N * 76;
					float *const dense_o_next2_2 = dense_o + to * N * 456 + N * 152;
					float *const dense_o_next3_2 = dense_o + to * N * 456 + N * 228;
					float *const dense_o_next4 = dense_o + to * N * 456 + N * 304;
					float *const dense_o_next5 = dense_o + to * N * 456 + N * 380;
					for (int64_t n = 0; n < N; n++) {
						const float *const dense_b_vo = dense_b + vo * 16;
						float *const dense_o_t_4_n = dense_o_t_4 + n * 76 + vo * 16;
						float *const dense_o_next1_3_n = dense_o_next1_3 + n * 76 + vo * 16;
						float *const dense_o_next2_2_n = dense_o_next2_2 + n * 76 + vo * 16;
						float *const dense_o_next3_2_n = dense_o_next3_2 + n * 76 + vo * 16;
						float *const dense_o_next4_n = dense_o_next4 + n * 76 + vo * 16;
						float *const dense_o_next5_n = dense_o_next5 + n * 76 + vo * 16;
						const float *const layer2_h_t_4_n = layer2_h_t_4 + n * 128;
						const float *const layer2_h_next1_3_n = layer2_h_next1_3 + n * 128;
						const float *const layer2_h_next2_2_n = layer2_h_next2_2 + n * 128;
						const float *const layer2_h_next3_2_n = layer2_h_next3_2 + n * 128;
						const float *const layer2_h_next4_n = layer2_h_next4 + n * 128;
						const float *const layer2_h_next5_n = layer2_h_next5 + n * 128;
						const v8 dense_b_v = load8(dense_b_vo);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load8(dense_b_vo + 8);
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						v8 o_sum_2_0 = dense_b_v;
						v8 o_sum_2_1 = dense_b_v_2;
						v8 o_sum_3_0 = dense_b_v;
						v8 o_sum_3_1 = dense_b_v_2;
						v8 o_sum_4_0 = dense_b_v;
						v8 o_sum_4_1 = dense_b_v_2;
						v8 o_sum_5_0 = dense_b_v;
						v8 o_sum_5_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + vo * 2048 + j * 16;
							const v8 dense_W_v = load8(dense_W_j);
							const v8 layer2_h_t_4_n_j = splat8(layer2_h_t_4_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_4_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load8(dense_W_j + 8);
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_4_n_j, o_sum_0_1);
							const v8 layer2_h_next1_3_n_j = splat8(layer2_h_next1_3_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_3_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_3_n_j, o_sum_1_1);
							const v8 layer2_h_next2_2_n_j = splat8(layer2_h_next2_2_n[j]);
							o_sum_2_0 = fma8(dense_W_v, layer2_h_next2_2_n_j, o_sum_2_0);
							o_sum_2_1 = fma8(dense_W_v_2, layer2_h_next2_2_n_j, o_sum_2_1);
							const v8 layer2_h_next3_2_n_j = splat8(layer2_h_next3_2_n[j]);
							o_sum_3_0 = fma8(dense_W_v, layer2_h_next3_2_n_j, o_sum_3_0);
							o_sum_3_1 = fma8(dense_W_v_2, layer2_h_next3_2_n_j, o_sum_3_1);
							const v8 layer2_h_next4_n_j = splat8(layer2_h_next4_n[j]);
							o_sum_4_0 = fma8(dense_W_v, layer2_h_next4_n_j, o_sum_4_0);
							o_sum_4_1 = fma8(dense_W_v_2, layer2_h_next4_n_j, o_sum_4_1);
							const v8 layer2_h_next5_n_j = splat8(layer2_h_next5_n[j]);
							o_sum_5_0 = fma8(dense_W_v, layer2_h_next5_n_j, o_sum_5_0);
							o_sum_5_1 = fma8(dense_W_v_2, layer2_h_next5_n_j, o_sum_5_1);
						}
						store8(dense_o_t_4_n, o_sum_0_0);
						store8(dense_o_t_4_n + 8, o_sum_0_1);
						store8(dense_o_next1_3_n, o_sum_1_0);
						store8(dense_o_next1_3_n + 8, o_sum_1_1);
						store8(dense_o_next2_2_n, o_sum_2_0);
						store8(dense_o_next2_2_n + 8, o_sum_2_1);
						store8(dense_o_next3_2_n, o_sum_3_0);
						store8(dense_o_next3_2_n + 8, o_sum_3_1);
						store8(dense_o_next4_n, o_sum_4_0);
						store8(dense_o_next4_n + 8, o_sum_4_1);
						store8(dense_o_next5_n, o_sum_5_0);
						store8(dense_o_next5_n + 8, o_sum_5_1);
					}
				}
				if (((min_i(96, T - t_chunk * 96)) % 6) / 4 > 0) {
					for (int64_t n = 0; n < N; n++) {
						const float *const dense_b_vo = dense_b + vo * 16;
						float *const dense_o_t_n = dense_o_t + n * 76 + vo * 16;
						float *const dense_o_next1_n = dense_o_next1 + n * 76 + vo * 16;
						float *const dense_o_next2_n = dense_o_next2 + n * 76 + vo * 16;
						float *const dense_o_next3_n = dense_o_next3 + n * 76 + vo * 16;
						const float *const layer2_h_t_n = layer2_h_t + n * 128;
						const float *const layer2_h_next1_n = layer2_h_next1 + n * 128;
						const float *const layer2_h_next2_n = layer2_h_next2 + n * 128;
						const float *const layer2_h_next3_n = layer2_h_next3 + n * 128;
						const v8 dense_b_v = load8(dense_b_vo);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load8(dense_b_vo + 8);
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						v8 o_sum_2_0 = dense_b_v;
						v8 o_sum_2_1 = dense_b_v_2;
						v8 o_sum_3_0 = dense_b_v;
						v8 o_sum_3_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + vo * 2048 + j * 16;
							const v8 dense_W_v = load8(dense_W_j);
							const v8 layer2_h_t_n_j = splat8(layer2_h_t_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load8(dense_W_j + 8);
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_n_j, o_sum_0_1);
							const v8 layer2_h_next1_n_j = splat8(layer2_h_next1_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_n_j, o_sum_1_1);
							const v8 layer2_h_next2_n_j = splat8(layer2_h_next2_n[j]);
							o_sum_2_0 = fma8(dense_W_v, layer2_h_next2_n_j, o_sum_2_0);
							o_sum_2_1 = fma8(dense_W_v_2, layer2_h_next2_n_j, o_sum_2_1);
							const v8 layer2_h_next3_n_j = splat8(layer2_h_next3_n[j]);
							o_sum_3_0 = fma8(dense_W_v, layer2_h_next3_n_j, o_sum_3_0);
							o_sum_3_1 = fma8(dense_W_v_2, layer2_h_next3_n_j, o_sum_3_1);
						}
						store8(dense_o_t_n, o_sum_0_0);
						store8(dense_o_t_n + 8, o_sum_0_1);
						store8(dense_o_next1_n, o_sum_1_0);
						store8(dense_o_next1_n + 8, o_sum_1_1);
						store8(dense_o_next2_n, o_sum_2_0);
						store8(dense_o_next2_n + 8, o_sum_2_1);
						store8(dense_o_next3_n, o_sum_3_0);
						store8(dense_o_next3_n + 8, o_sum_3_1);
					}
				}
				if ((((min_i(96, T - t_chunk * 96)) % 6) / 2) % 2 > 0) {
					for (int64_t n = 0; n < N; n++) {
						const float *const dense_b_vo = dense_b + vo * 16;
						float *const dense_o_t_2_n = dense_o_t_2 + n * 76 + vo * 16;
						float *const dense_o_next1_2_n = dense_o_next1_2 + n * 76 + vo * 16;
						const float *const layer2_h_t_2_n = layer2_h_t_2 + n * 128;
						const float *const layer2_h_next1_2_n = layer2_h_next1_2 + n * 128;
						const v8 dense_b_v = load8(dense_b_vo);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load8(dense_b_vo + 8);
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + vo * 2048 + j * 16;
							const v8 dense_W_v = load8(dense_W_j);
							const v8 layer2_h_t_2_n_j = splat8(layer2_h_t_2_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_2_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load8(dense_W_j + 8);
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_2_n_j, o_sum_0_1);
							const v8 layer2_h_next1_2_n_j = splat8(layer2_h_next1_2_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_2_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_2_n_j, o_sum_1_1);
						}
						store8(dense_o_t_2_n, o_sum_0_0);
						store8(dense_o_t_2_n + 8, o_sum_0_1);
						store8(dense_o_next1_2_n, o_sum_1_0);
						store8(dense_o_next1_2_n + 8, o_sum_1_1);
					}
				}
				if ((min_i(96, T - t_chunk * 96)) % 2 > 0) {
					for (int64_t n = 0; n < N; n++) {
						const float *const dense_b_vo = dense_b + vo * 16;
						float *const dense_o_t_3_n = dense_o_t_3 + n * 76 + vo * 16;
						const float *const layer2_h_t_3_n = layer2_h_t_3 + n * 128;
						v8 o_sum_0_0 = load8(dense_b_vo);
						v8 o_sum_0_1 = load8(dense_b_vo + 8);
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + vo * 2048 + j * 16;
							const v8 layer2_h_t_3_n_j = splat8(layer2_h_t_3_n[j]);
							o_sum_0_0 = fma8(load8(dense_W_j), layer2_h_t_3_n_j, o_sum_0_0);
							o_sum_0_1 = fma8(load8(dense_W_j + 8), layer2_h_t_3_n_j, o_sum_0_1);
						}
						store8(dense_o_t_3_n, o_sum_0_0);
						store8(dense_o_t_3_n + 8, o_sum_0_1);
					}
				}
			} else {
				for (int64_t to = 0; to < (min_i(96, T - t_chunk * 96)) / 6; to++) {
					const float *const layer2_h_t_4 = layer2_h + ((t_chunk * 96 + to * 6) % 97) * N * 128;
					const float *const layer2_h_next1_3 = layer2_h + ((t_chunk * 96 + to * 6 + 1) % 97) * N * 128;
					const float *const layer2_h_next2_2 = layer2_h + ((t_chunk * 96 + to * 6 + 2) % 97) * N * 128;
					const float *const layer2_h_next3_2 = layer2_h + ((t_chunk * 96 + to * 6 + 3) % 97) * N * 128;
					const float *const layer2_h_next4 = layer2_h + ((t_chunk * 96 + to * 6 + 4) % 97) * N * 128;
					const float *const layer2_h_next5 = layer2_h + ((t_chunk * 96 + to * 6 + 5) % 97) * N * 128;
					float *const dense_o_t_4 = dense_o + to * N * 456;
					float *const dense_o_next1_3 = dense_o + to * N * 456 + N * 76;
					float *const dense_o_next2_2 = dense_o + to * N * 456 + N * 152;
					float *const dense_o_next3_2 = dense_o + to * N * 456 + N * 228;
					float *const dense_o_next4 = dense_o + to * N * 456 + N * 304;
					float *const dense_o_next5 = dense_o + to * N * 456 + N * 380;
					for (int64_t n = 0; n < N; n++) {
						float *const dense_o_t_4_n = dense_o_t_4 + n * 76;
						float *const dense_o_next1_3_n = dense_o_next1_3 + n * 76;
						float *const dense_o_next2_2_n = dense_o_next2_2 + n * 76;
						float *const dense_o_next3_2_n = dense_o_next3_2 + n * 76;
						float *const dense_o_next4_n = dense_o_next4 + n * 76;
						float *const dense_o_next5_n = dense_o_next5 + n * 76;
						const float *const layer2_h_t_4_n = layer2_h_t_4 + n * 128;
						const float *const layer2_h_next1_3_n = layer2_h_next1_3 + n * 128;
						const float *const layer2_h_next2_2_n = layer2_h_next2_2 + n * 128;
						const float *const layer2_h_next3_2_n = layer2_h_next3_2 + n * 128;
						const float *const layer2_h_next4_n = layer2_h_next4 + n * 128;
						const float *const layer2_h_next5_n = layer2_h_next5 + n * 128;
						const v8 dense_b_v = load8(dense_b + 64);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load_n8(dense_b + 72, (int)(4));
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						v8 o_sum_2_0 = dense_b_v;
						v8 o_sum_2_1 = dense_b_v_2;
						v8 o_sum_3_0 = dense_b_v;
						v8 o_sum_3_1 = dense_b_v_2;
						v8 o_sum_4_0 = dense_b_v;
						v8 o_sum_4_1 = dense_b_v_2;
						v8 o_sum_5_0 = dense_b_v;
						v8 o_sum_5_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + j * 16;
							const v8 dense_W_v = load8(dense_W_j + 8192);
							const v8 layer2_h_t_4_n_j = splat8(layer2_h_t_4_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_4_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load_n8(dense_W_j + 8200, (int)(4));
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_4_n_j, o_sum_0_1);
							const v8 layer2_h_next1_3_n_j = splat8(layer2_h_next1_3_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_3_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_3_n_j, o_sum_1_1);
							const v8 layer2_h_next2_2_n_j = splat8(layer2_h_next2_2_n[j]);
							o_sum_2_0 = fma8(dense_W_v, layer2_h_next2_2_n_j, o_sum_2_0);
							o_sum_2_1 = fma8(dense_W_v_2, layer2_h_next2_2_n_j, o_sum_2_1);
							const v8 layer2_h_next3_2_n_j = splat8(layer2_h_next3_2_n[j]);
							o_sum_3_0 = fma8(dense_W_v, layer2_h_next3_2_n_j, o_sum_3_0);
							o_sum_3_1 = fma8(dense_W_v_2, layer2_h_next3_2_n_j, o_sum_3_1);
							const v8 layer2_h_next4_n_j = splat8(layer2_h_next4_n[j]);
							o_sum_4_0 = fma8(dense_W_v, layer2_h_next4_n_j, o_sum_4_0);
							o_sum_4_1 = fma8(dense_W_v_2, layer2_h_next4_n_j, o_sum_4_1);
							const v8 layer2_h_next5_n_j = splat8(layer2_h_next5_n[j]);
							o_sum_5_0 = fma8(dense_W_v, layer2_h_next5_n_j, o_sum_5_0);
							o_sum_5_1 = fma8(dense_W_v_2, layer2_h_next5_n_j, o_sum_5_1);
						}
						store8(dense_o_t_4_n + 64, o_sum_0_0);
						store_n8(dense_o_t_4_n + 72, o_sum_0_1, (int)(4));
						store8(dense_o_next1_3_n + 64, o_sum_1_0);
						store_n8(dense_o_next1_3_n + 72, o_sum_1_1, (int)(4));
						store8(dense_o_next2_2_n + 64, o_sum_2_0);
						store_n8(dense_o_next2_2_n + 72, o_sum_2_1, (int)(4));
						store8(dense_o_next3_2_n + 64, o_sum_3_0);
						store_n8(dense_o_next3_2_n + 72, o_sum_3_1, (int)(4));
						store8(dense_o_next4_n + 64, o_sum_4_0);
						store_n8(dense_o_next4_n + 72, o_sum_4_1, (int)(4));
						store8(dense_o_next5_n + 64, o_sum_5_0);
						store_n8(dense_o_next5_n + 72, o_sum_5_1, (int)(4));
					}
				}
				if (((min_i(96, T - t_chunk * 96)) % 6) / 4 > 0) {
					for (int64_t n = 0; n < N; n++) {
						float *const dense_o_t_n = dense_o_t + n * 76;
						float *const dense_o_next1_n = dense_o_next1 + n * 76;
						float *const dense_o_next2_n = dense_o_next2 + n * 76;
						float *const dense_o_next3_n = dense_o_next3 + n * 76;
						const float *const layer2_h_t_n = layer2_h_t + n * 128;
						const float *const layer2_h_next1_n = layer2_h_next1 + n * 128;
						const float *const layer2_h_next2_n = layer2_h_next2 + n * 128;
						const float *const layer2_h_next3_n = layer2_h_next3 + n * 128;
						const v8 dense_b_v = load8(dense_b + 64);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load_n8(dense_b + 72, (int)(4));
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						v8 o_sum_2_0 = dense_b_v;
						v8 o_sum_2_1 = dense_b_v_2;
						v8 o_sum_3_0 = dense_b_v;
						v8 o_sum_3_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + j * 16;
							const v8 dense_W_v = load8(dense_W_j + 8192);
							const v8 layer2_h_t_n_j = splat8(layer2_h_t_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load_n8(dense_W_j + 8200, (int)(4));
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_n_j, o_sum_0_1);
							const v8 layer2_h_next1_n_j = splat8(layer2_h_next1_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_n_j, o_sum_1_1);
							const v8 layer2_h_next2_n_j = splat8(layer2_h_next2_n[j]);
							o_sum_2_0 = fma8(dense_W_v, layer2_h_next2_n_j, o_sum_2_0);
							o_sum_2_1 = fma8(dense_W_v_2, layer2_h_next2_n_j, o_sum_2_1);
							const v8 layer2_h_next3_n_j = splat8(layer2_h_next3_n[j]);
							o_sum_3_0 = fma8(dense_W_v, layer2_h_next3_n_j, o_sum_3_0);
							o_sum_3_1 = fma8(dense_W_v_2, layer2_h_next3_n_j, o_sum_3_1);
						}
						store8(dense_o_t_n + 64, o_sum_0_0);
						store_n8(dense_o_t_n + 72, o_sum_0_1, (int)(4));
						store8(dense_o_next1_n + 64, o_sum_1_0);
						store_n8(dense_o_next1_n + 72, o_sum_1_1, (int)(4));
						store8(dense_o_next2_n + 64, o_sum_2_0);
						store_n8(dense_o_next2_n + 72, o_sum_2_1, (int)(4));
						store8(dense_o_next3_n + 64, o_sum_3_0);
						store_n8(dense_o_next3_n + 72, o_sum_3_1, (int)(4));
					}
				}
				if ((((min_i(96, T - t_chunk * 96)) % 6) / 2) % 2 > 0) {
					for (int64_t n = 0; n < N; n++) {
						float *const dense_o_t_2_n = dense_o_t_2 + n * 76;
						float *const dense_o_next1_2_n = dense_o_next1_2 + n * 76;
						const float *const layer2_h_t_2_n = layer2_h_t_2 + n * 128;
						const float *const layer2_h_next1_2_n = layer2_h_next1_2 + n * 128;
						const v8 dense_b_v = load8(dense_b + 64);
						v8 o_sum_0_0 = dense_b_v;
						const v8 dense_b_v_2 = load_n8(dense_b + 72, (int)(4));
						v8 o_sum_0_1 = dense_b_v_2;
						v8 o_sum_1_0 = dense_b_v;
						v8 o_sum_1_1 = dense_b_v_2;
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + j * 16;
							const v8 dense_W_v = load8(dense_W_j + 8192);
							const v8 layer2_h_t_2_n_j = splat8(layer2_h_t_2_n[j]);
							o_sum_0_0 = fma8(dense_W_v, layer2_h_t_2_n_j, o_sum_0_0);
							const v8 dense_W_v_2 = load_n8(dense_W_j + 8200, (int)(4));
							o_sum_0_1 = fma8(dense_W_v_2, layer2_h_t_2_n_j, o_sum_0_1);
							const v8 layer2_h_next1_2_n_j = splat8(layer2_h_next1_2_n[j]);
							o_sum_1_0 = fma8(dense_W_v, layer2_h_next1_2_n_j, o_sum_1_0);
							o_sum_1_1 = fma8(dense_W_v_2, layer2_h_next1_2_n_j, o_sum_1_1);
						}
						store8(dense_o_t_2_n + 64, o_sum_0_0);
						store_n8(dense_o_t_2_n + 72, o_sum_0_1, (int)(4));
						store8(dense_o_next1_2_n + 64, o_sum_1_0);
						store_n8(dense_o_next1_2_n + 72, o_sum_1_1, (int)(4));
					}
				}
				if ((min_i(96, T - t_chunk * 96)) % 2 > 0) {
					for (int64_t n = 0; n < N; n++) {
						float *const dense_o_t_3_n = dense_o_t_3 + n * 76;
						const float *const layer2_h_t_3_n = layer2_h_t_3 + n * 128;
						v8 o_sum_0_0 = load8(dense_b + 64);
						v8 o_sum_0_1 = load_n8(dense_b + 72, (int)(4));
						for (int64_t j = 0; j < 128; j++) {
							const float *const dense_W_j = dense_W + j * 16;
							const v8 layer2_h_t_3_n_j = splat8(layer2_h_t_3_n[j]);
							o_sum_0_0 = fma8(load8(dense_W_j + 8192), layer2_h_t_3_n_j, o_sum_0_0);
							o_sum_0_1 = fma8(load_n8(dense_W_j + 8200, (int)(4)), layer2_h_t_3_n_j, o_sum_0_1);
						}
						store8(dense_o_t_3_n + 64, o_sum_0_0);
						store_n8(dense_o_t_3_n + 72, o_sum_0_1, (int)(4));
					}
				}
			}
		}
		/* dense_o was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		/* m[t][n] = amax(v, dense.o[t][n][v])    models/cells/softmax.lua:12; schedules/parts/few.lua:30 */
		if (me->thread == 0) {
			for (int64_t t = 0; t < min_i(96, T - t_chunk * 96); t++) {
				const float *const dense_o_t_4 = dense_o + t * N * 76;
				float *const m_t = m + t * N;
				for (int64_t n = 0; n < N; n++) {
					const float *const dense_o_t_4_n = dense_o_t_4 + n * 76;
					float m_sum = -INFINITY;
					for (int64_t v = 0; v < 76; v++) {
						m_sum = max1(m_sum, dense_o_t_4_n[v]);
					}
					m_t[n] = m_sum;
				}
			}
			/* e[t][n][v] = exp(dense.o[t][n][v] - m[t][n])    models/cells/softmax.lua:13; schedules/parts/few.lua:30, 63 */
			for (int64_t t = 0; t < min_i(96, T - t_chunk * 96); t++) {
				const float *const dense_o_t_4 = dense_o + t * N * 76;
				const float *const m_t = m + t * N;
				float *const e_t = e + t * N * 76;
				for (int64_t n = 0; n < N; n++) {
					const float *const m_t_n = m_t + n;
					for (int64_t vo = 0; vo < 9; vo++) {
						store8(e_t + n * 76 + vo * 8, exp8(load8(dense_o_t_4 + n * 76 + vo * 8) - splat8(m_t_n[0])));
					}
					store_n8(e_t + n * 76 + 72, exp8(load_n8(dense_o_t_4 + n * 76 + 72, (int)(4)) - splat8(m_t_n[0])), (int)(4));
				}
			}
			/* s[t][n] = sum(v, e[t][n][v])    models/cells/softmax.lua:14; schedules/parts/few.lua:30 */
			for (int64_t t = 0; t < min_i(96, T - t_chunk * 96); t++) {
				const float *const e_t = e + t * N * 76;
				float *const s_t = s + t * N;
				for (int64_t n = 0; n < N; n++) {
					const float *const e_t_n = e_t + n * 76;
					float s_sum = 0.0f;
					for (int64_t v = 0; v < 76; v++) {
						s_sum = s_sum + e_t_n[v];
					}
					s_t[n] = s_sum;
				}
			}
			/* y[t][n][v] = e[t][n][v] / s[t][n]    models/cells/softmax.lua:15; schedules/parts/few.lua:30, 63 */
			for (int64_t t = 0; t < min_i(96, T - t_chunk * 96); t++) {
				const float *const e_t = e + t * N * 76;
				const float *const s_t = s + t * N;
				for (int64_t n = 0; n < N; n++) {
					const float *const s_t_n = s_t + n;
					for (int64_t vo = 0; vo < 9; vo++) {
						store8(y + t_chunk * N * 7296 + (t * N + n) * 76 + vo * 8, load8(e_t + n * 76 + vo * 8) / splat8(s_t_n[0]));
					}
					store_n8(y + t_chunk * N * 7296 + (t * N + n) * 76 + 72, load_n8(e_t + n * 76 + 72, (int)(4)) / splat8(s_t_n[0]), (int)(4));
				}
			}
		}
	}
}

int char_lm_run(const void *weights, int64_t T, int64_t N,
	const int32_t *tok,
	float *y,
	const struct char_lm_state *state, void *workspace)
{
	struct char_lm_frame f;
	char *at = (char *)workspace;
	if (!weights || !workspace || !tok || !y)
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
	for (int64_t i = 0; i < T * N; i++)
		if (tok[i] < 0 || tok[i] >= 76)
			return RNN_ERROR_INDEX;
#ifdef _OPENMP
	f.threads = omp_get_max_threads() < 64 ? omp_get_max_threads() : 64;
#else
	f.threads = 1;
#endif
	f.T = T;
	f.N = N;
	f.tok = tok;
	f.y = y;
	f.E = (const float *)(const void *)((const char *)weights + 0);
	f.layer1_b = (const float *)(const void *)((const char *)weights + 19456);
	f.layer1_W = (const float *)(const void *)((const char *)weights + 21504);
	f.layer1_U = (const float *)(const void *)((const char *)weights + 152576);
	f.layer2_b = (const float *)(const void *)((const char *)weights + 414720);
	f.layer2_W = (const float *)(const void *)((const char *)weights + 416768);
	f.layer2_U = (const float *)(const void *)((const char *)weights + 678912);
	f.dense_b = (const float *)(const void *)((const char *)weights + 941056);
	f.dense_W = (const float *)(const void *)((const char *)weights + 941376);
	f.x = (float *)(void *)at;
	at += part(N * 6144, sizeof(float));
	f.layer1_c = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.layer1_h = (float *)(void *)at;
	at += part(T * N * 128, sizeof(float));
	f.layer2_c = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.layer2_h = (float *)(void *)at;
	at += part(N * 12416, sizeof(float));
	f.dense_o = (float *)(void *)at;
	at += part(N * 7296, sizeof(float));
	f.m = (float *)(void *)at;
	at += part(N * 96, sizeof(float));
	f.e = (float *)(void *)at;
	at += part(N * 7296, sizeof(float));
	f.s = (float *)(void *)at;
	at += part(N * 96, sizeof(float));
	f.layer1_xw = (float *)(void *)at;
	at += part(N * 49152, sizeof(float));
	f.layer2_xw = (float *)(void *)at;
	at += part(N * 49152, sizeof(float));
	f.layer1_h_start = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.flag = (int64_t *)(void *)at;
	if (!state || !state->layer1_h) {
		memset(f.layer1_h_start, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		f.layer1_h_start = state->layer1_h;
	}
	if (!state || !state->layer1_c) {
		memset(f.layer1_c, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		f.layer1_c = state->layer1_c;
	}
	if (!state || !state->layer2_h) {
		memset(f.layer2_h + N * 12288, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		memcpy(f.layer2_h + N * 12288, state->layer2_h + 0, (size_t)(N * 128) * sizeof(float));
	}
	if (!state || !state->layer2_c) {
		memset(f.layer2_c, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		f.layer2_c = state->layer2_c;
	}
	memset(f.flag, 0, 4096);
	OMP(omp parallel num_threads((int)f.threads))
	{
		struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;
#ifdef _OPENMP
		me->thread = omp_get_thread_num();
		me->threads = omp_get_num_threads();
#endif
		char_lm_layer1_h_steps(&f, me);
		if (me->threads > 1)
			barrier(me);  /* layer1_h was written, is read by other threads */
		char_lm_layer2_h_steps(&f, me);
	}
	if (state && state->layer1_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.layer1_h + (T - 1 + k) * (N * 128) : f.layer1_h_start + (T + k) * (N * 128);
			memmove(state->layer1_h + k * (N * 128), last, (size_t)(N * 128) * sizeof(float));
		}
	}
	if (state && state->layer2_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = f.layer2_h + (T - 1 + k + 97) % 97 * (N * 128);
			memmove(state->layer2_h + k * (N * 128), last, (size_t)(N * 128) * sizeof(float));
		}
	}
	return RNN_OK;
}

/* ---- for hosts that know no names ---- */

static const struct rnn_tensor char_lm_inputs[] = {
	{ "tok", RNN_I32, 2, { -1, -2 } },
};

static const struct rnn_tensor char_lm_outputs[] = {
	{ "y", RNN_F32, 3, { -1, -2, 76 } },
};

static const struct rnn_tensor char_lm_params[] = {
	{ "E", RNN_F32, 2, { 76, 64 } },
	{ "layer1.W", RNN_F32, 3, { 4, 128, 64 } },
	{ "layer1.U", RNN_F32, 3, { 4, 128, 128 } },
	{ "layer1.b", RNN_F32, 2, { 4, 128 } },
	{ "layer2.W", RNN_F32, 3, { 4, 128, 128 } },
	{ "layer2.U", RNN_F32, 3, { 4, 128, 128 } },
	{ "layer2.b", RNN_F32, 2, { 4, 128 } },
	{ "dense.W", RNN_F32, 2, { 76, 128 } },
	{ "dense.b", RNN_F32, 1, { 76 } },
};

static const struct rnn_tensor char_lm_states[] = {
	{ "layer1.h", RNN_F32, 3, { 1, -2, 128 } },
	{ "layer1.c", RNN_F32, 3, { 1, -2, 128 } },
	{ "layer2.h", RNN_F32, 3, { 1, -2, 128 } },
	{ "layer2.c", RNN_F32, 3, { 1, -2, 128 } },
};

static const char *const char_lm_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return char_lm_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2], (const float *)params[3], (const float *)params[4], (const float *)params[5], (const float *)params[6], (const float *)params[7], (const float *)params[8]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return char_lm_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct char_lm_state state;
	if (states) {
		state.layer1_h = (float *)states[0];
		state.layer1_c = (float *)states[1];
		state.layer2_h = (float *)states[2];
		state.layer2_c = (float *)states[3];
	}
	return char_lm_run(weights, dims[0], dims[1], (const int32_t *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model char_lm_model = {
	RNN_MODEL_ABI, "char_lm", "avx2",
	2, 1, 1, 9, 4,
	char_lm_dims, char_lm_inputs, char_lm_outputs, char_lm_params, char_lm_states,
	char_lm_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
