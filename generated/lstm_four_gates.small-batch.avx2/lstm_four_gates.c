/* lstm_four_gates.c · emitted by rnngen 0.1 from models/lstm_four_gates.lua and schedules/lstm_four_gates.small-batch.lua for avx2; yours to use as you like */
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

#include "lstm_four_gates.h"
#ifdef _OPENMP
#include <omp.h>
#include <sched.h>
#define OMP(...) _Pragma(#__VA_ARGS__)
#else
#define OMP(...)
#endif

typedef float v8 __attribute__((vector_size(32)));
typedef int32_t m8 __attribute__((vector_size(32)));       /* of comparisons: 0 or -1 in each lane */
typedef uint32_t u32x8 __attribute__((vector_size(32)));

static inline v8 load8(const float *p) { return _mm256_loadu_ps(p); }
static inline void store8(float *p, v8 a) { _mm256_storeu_ps(p, a); }
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
struct lstm_four_gates_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][256] */
	float *c;  /* [1 of T][N][256] */
	float *h;  /* [T][N][256] */
	float *x_i;  /* [T][N][256] */
	float *x_f;  /* [T][N][256] */
	float *x_g;  /* [T][N][256] */
	float *x_o;  /* [T][N][256] */
	const float *b_i;  /* [256] */
	const float *b_f;  /* [256] */
	const float *b_g;  /* [256] */
	const float *b_o;  /* [256] */
	const float *W_i_W_f_W_g_W_o;  /* [32][256][4][8] */
	const float *U_i_U_f_U_g_U_o;  /* [16][256][4][16] */
	float *h_start;
	int64_t *flag;
};

/* W_i, W_f, W_g, W_o as [i/8][k][tensor][i%8]    schedules/lstm_four_gates.small-batch.lua:22 */
static __attribute__((noinline, cold)) void pack_W_i_W_f_W_g_W_o(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[i2][(i0 * 8 + i3) * 256 + i1];
}

/* U_i, U_f, U_g, U_o as [i/16][j][tensor][i%16]    schedules/lstm_four_gates.small-batch.lua:23 */
static __attribute__((noinline, cold)) void pack_U_i_U_f_U_g_U_o(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 256; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 16; i3++)
		*p++ = from[i2][(i0 * 16 + i3) * 256 + i1];
}

size_t lstm_four_gates_weights_size(void) { return 2101248; }

int lstm_four_gates_weights_pack(void *weights,
	const float *W_i,
	const float *U_i,
	const float *b_i,
	const float *W_f,
	const float *U_f,
	const float *b_f,
	const float *W_g,
	const float *U_g,
	const float *b_g,
	const float *W_o,
	const float *U_o,
	const float *b_o)
{
	char *at = (char *)weights;
	if (!weights || !W_i || !U_i || !b_i || !W_f || !U_f || !b_f || !W_g || !U_g || !b_g || !W_o || !U_o || !b_o)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, b_i, 1024);
	memcpy(at + 1024, b_f, 1024);
	memcpy(at + 2048, b_g, 1024);
	memcpy(at + 3072, b_o, 1024);
	{
		const float *const from[] = { W_i, W_f, W_g, W_o };
		pack_W_i_W_f_W_g_W_o((float *)(void *)(at + 4096), from);
	}
	{
		const float *const from[] = { U_i, U_f, U_g, U_o };
		pack_U_i_U_f_U_g_U_o((float *)(void *)(at + 1052672), from);
	}
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t lstm_four_gates_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 256, sizeof(float)) +
	       part(T * N * 256, sizeof(float)) +
	       part(T * N * 256, sizeof(float)) +
	       part(T * N * 256, sizeof(float)) +
	       part(T * N * 256, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(512, sizeof(int64_t));
}

static __attribute__((noinline)) void lstm_four_gates_x_i(const struct lstm_four_gates_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const x_i = f->x_i;
	float *const x_f = f->x_f;
	float *const x_g = f->x_g;
	float *const x_o = f->x_o;
	const float *const b_i = f->b_i;
	const float *const b_f = f->b_f;
	const float *const b_g = f->b_g;
	const float *const b_o = f->b_o;
	const float *const W_i_W_f_W_g_W_o = f->W_i_W_f_W_g_W_o;
	const int64_t io_first = share(32, me->thread, me->threads), io_end = share(32, me->thread + 1, me->threads);
	/* x_i[t][n][i] = b_i[i] + sum(k, W_i[i][k] * x[t][n][k])    models/lstm_four_gates.lua:19; schedules/lstm_four_gates.small-batch.lua:11, 14, 22
	 * x_f[t][n][i] = b_f[i] + sum(k, W_f[i][k] * x[t][n][k])    models/lstm_four_gates.lua:20; schedules/lstm_four_gates.small-batch.lua:11, 14, 18
	 * x_g[t][n][i] = b_g[i] + sum(k, W_g[i][k] * x[t][n][k])    models/lstm_four_gates.lua:21; schedules/lstm_four_gates.small-batch.lua:11, 14, 18
	 * x_o[t][n][i] = b_o[i] + sum(k, W_o[i][k] * x[t][n][k])    models/lstm_four_gates.lua:22; schedules/lstm_four_gates.small-batch.lua:11, 14, 18 */
	for (int64_t io = io_first; io < io_end; io++) {
		for (int64_t to = 0; to < T / 3; to++) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_i_io = b_i + io * 8;
				const float *const b_f_io = b_f + io * 8;
				const float *const b_g_io = b_g + io * 8;
				const float *const b_o_io = b_o + io * 8;
				const float *const x_n = x + to * N * 768 + n * 256;
				const float *const x_n_2 = x + to * N * 768 + (N + n) * 256;
				const float *const x_n_3 = x + to * N * 768 + N * 512 + n * 256;
				const v8 b_i_v = load8(b_i_io);
				v8 x_i_sum_0 = b_i_v;
				v8 x_i_sum_1 = b_i_v;
				v8 x_i_sum_2 = b_i_v;
				const v8 b_f_v = load8(b_f_io);
				v8 x_f_sum_0 = b_f_v;
				v8 x_f_sum_1 = b_f_v;
				v8 x_f_sum_2 = b_f_v;
				const v8 b_g_v = load8(b_g_io);
				v8 x_g_sum_0 = b_g_v;
				v8 x_g_sum_1 = b_g_v;
				v8 x_g_sum_2 = b_g_v;
				const v8 b_o_v = load8(b_o_io);
				v8 x_o_sum_0 = b_o_v;
				v8 x_o_sum_1 = b_o_v;
				v8 x_o_sum_2 = b_o_v;
				for (int64_t k = 0; k < 256; k++) {
					const float *const W_i_W_f_W_g_W_o_k = W_i_W_f_W_g_W_o + io * 8192 + k * 32;
					const v8 W_i_W_f_W_g_W_o_v = load8(W_i_W_f_W_g_W_o_k);
					const v8 x_n_k = splat8(x_n[k]);
					x_i_sum_0 = fma8(W_i_W_f_W_g_W_o_v, x_n_k, x_i_sum_0);
					const v8 x_n_2_k = splat8(x_n_2[k]);
					x_i_sum_1 = fma8(W_i_W_f_W_g_W_o_v, x_n_2_k, x_i_sum_1);
					const v8 x_n_3_k = splat8(x_n_3[k]);
					x_i_sum_2 = fma8(W_i_W_f_W_g_W_o_v, x_n_3_k, x_i_sum_2);
					const v8 W_i_W_f_W_g_W_o_v_2 = load8(W_i_W_f_W_g_W_o_k + 8);
					x_f_sum_0 = fma8(W_i_W_f_W_g_W_o_v_2, x_n_k, x_f_sum_0);
					x_f_sum_1 = fma8(W_i_W_f_W_g_W_o_v_2, x_n_2_k, x_f_sum_1);
					x_f_sum_2 = fma8(W_i_W_f_W_g_W_o_v_2, x_n_3_k, x_f_sum_2);
					const v8 W_i_W_f_W_g_W_o_v_3 = load8(W_i_W_f_W_g_W_o_k + 16);
					x_g_sum_0 = fma8(W_i_W_f_W_g_W_o_v_3, x_n_k, x_g_sum_0);
					x_g_sum_1 = fma8(W_i_W_f_W_g_W_o_v_3, x_n_2_k, x_g_sum_1);
					x_g_sum_2 = fma8(W_i_W_f_W_g_W_o_v_3, x_n_3_k, x_g_sum_2);
					const v8 W_i_W_f_W_g_W_o_v_4 = load8(W_i_W_f_W_g_W_o_k + 24);
					x_o_sum_0 = fma8(W_i_W_f_W_g_W_o_v_4, x_n_k, x_o_sum_0);
					x_o_sum_1 = fma8(W_i_W_f_W_g_W_o_v_4, x_n_2_k, x_o_sum_1);
					x_o_sum_2 = fma8(W_i_W_f_W_g_W_o_v_4, x_n_3_k, x_o_sum_2);
				}
				store8(x_i + to * N * 768 + n * 256 + io * 8, x_i_sum_0);
				store8(x_i + to * N * 768 + (N + n) * 256 + io * 8, x_i_sum_1);
				store8(x_i + to * N * 768 + N * 512 + n * 256 + io * 8, x_i_sum_2);
				store8(x_f + to * N * 768 + n * 256 + io * 8, x_f_sum_0);
				store8(x_f + to * N * 768 + (N + n) * 256 + io * 8, x_f_sum_1);
				store8(x_f + to * N * 768 + N * 512 + n * 256 + io * 8, x_f_sum_2);
				store8(x_g + to * N * 768 + n * 256 + io * 8, x_g_sum_0);
				store8(x_g + to * N * 768 + (N + n) * 256 + io * 8, x_g_sum_1);
				store8(x_g + to * N * 768 + N * 512 + n * 256 + io * 8, x_g_sum_2);
				store8(x_o + to * N * 768 + n * 256 + io * 8, x_o_sum_0);
				store8(x_o + to * N * 768 + (N + n) * 256 + io * 8, x_o_sum_1);
				store8(x_o + to * N * 768 + N * 512 + n * 256 + io * 8, x_o_sum_2);
			}
		}
		if (T % 3 > 1) {
			for (int64_t n = 0; n < N; n++) {
				const float *const b_i_io = b_i + io * 8;
				const float *const b_f_io = b_f + io * 8;
				const float *const b_g_io = b_g + io * 8;
				const float *const b_o_io = b_o + io * 8;
				const float *const x_n = x + (T / 3) * N * 768 + n * 256;
				const float *const x_n_2 = x + (T / 3) * N * 768 + (N + n) * 256;
				const v8 b_i_v = load8(b_i_io);
				v8 x_i_sum_0 = b_i_v;
				v8 x_i_sum_1 = b_i_v;
				const v8 b_f_v = load8(b_f_io);
				v8 x_f_sum_0 = b_f_v;
				v8 x_f_sum_1 = b_f_v;
				const v8 b_g_v = load8(b_g_io);
				v8 x_g_sum_0 = b_g_v;
				v8 x_g_sum_1 = b_g_v;
				const v8 b_o_v = load8(b_o_io);
				v8 x_o_sum_0 = b_o_v;
				v8 x_o_sum_1 = b_o_v;
				for (int64_t k = 0; k < 256; k++) {
					const float *const W_i_W_f_W_g_W_o_k = W_i_W_f_W_g_W_o + io * 8192 + k * 32;
					const v8 W_i_W_f_W_g_W_o_v = load8(W_i_W_f_W_g_W_o_k);
					const v8 x_n_k = splat8(x_n[k]);
					x_i_sum_0 = fma8(W_i_W_f_W_g_W_o_v, x_n_k, x_i_sum_0);
					const v8 x_n_2_k = splat8(x_n_2[k]);
					x_i_sum_1 = fma8(W_i_W_f_W_g_W_o_v, x_n_2_k, x_i_sum_1);
					const v8 W_i_W_f_W_g_W_o_v_2 = load8(W_i_W_f_W_g_W_o_k + 8);
					x_f_sum_0 = fma8(W_i_W_f_W_g_W_o_v_2, x_n_k, x_f_sum_0);
					x_f_sum_1 = fma8(W_i_W_f_W_g_W_o_v_2, x_n_2_k, x_f_sum_1);
					const v8 W_i_W_f_W_g_W_o_v_3 = load8(W_i_W_f_W_g_W_o_k + 16);
					x_g_sum_0 = fma8(W_i_W_f_W_g_W_o_v_3, x_n_k, x_g_sum_0);
					x_g_sum_1 = fma8(W_i_W_f_W_g_W_o_v_3, x_n_2_k, x_g_sum_1);
					const v8 W_i_W_f_W_g_W_o_v_4 = load8(W_i_W_f_W_g_W_o_k + 24);
					x_o_sum_0 = fma8(W_i_W_f_W_g_W_o_v_4, x_n_k, x_o_sum_0);
					x_o_sum_1 = fma8(W_i_W_f_W_g_W_o_v_4, x_n_2_k, x_o_sum_1);
				}
				store8(x_i + (T / 3) * N * 768 + n * 256 + io * 8, x_i_sum_0);
				store8(x_i + (T / 3) * N * 768 + (N + n) * 256 + io * 8, x_i_sum_1);
				store8(x_f + (T / 3) * N * 768 + n * 256 + io * 8, x_f_sum_0);
				store8(x_f + (T / 3) * N * 768 + (N + n) * 256 + io * 8, x_f_sum_1);
				store8(x_g + (T / 3) * N * 768 + n * 256 + io * 8, x_g_sum_0);
				store8(x_g + (T / 3) * N * 768 + (N + n) * 256 + io * 8, x_g_sum_1);
				store8(x_o + (T / 3) * N * 768 + n * 256 + io * 8, x_o_sum_0);
				store8(x_o + (T / 3) * N * 768 + (N + n) * 256 + io * 8, x_o_sum_1);
			}
		} else if (T % 3 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const x_n = x + (T / 3) * N * 768 + n * 256;
				v8 x_i_sum_0 = load8(b_i + io * 8);
				v8 x_f_sum_0 = load8(b_f + io * 8);
				v8 x_g_sum_0 = load8(b_g + io * 8);
				v8 x_o_sum_0 = load8(b_o + io * 8);
				for (int64_t k = 0; k < 256; k++) {
					const float *const W_i_W_f_W_g_W_o_k = W_i_W_f_W_g_W_o + io * 8192 + k * 32;
					const v8 x_n_k = splat8(x_n[k]);
					x_i_sum_0 = fma8(load8(W_i_W_f_W_g_W_o_k), x_n_k, x_i_sum_0);
					x_f_sum_0 = fma8(load8(W_i_W_f_W_g_W_o_k + 8), x_n_k, x_f_sum_0);
					x_g_sum_0 = fma8(load8(W_i_W_f_W_g_W_o_k + 16), x_n_k, x_g_sum_0);
					x_o_sum_0 = fma8(load8(W_i_W_f_W_g_W_o_k + 24), x_n_k, x_o_sum_0);
				}
				store8(x_i + (T / 3) * N * 768 + n * 256 + io * 8, x_i_sum_0);
				store8(x_f + (T / 3) * N * 768 + n * 256 + io * 8, x_f_sum_0);
				store8(x_g + (T / 3) * N * 768 + n * 256 + io * 8, x_g_sum_0);
				store8(x_o + (T / 3) * N * 768 + n * 256 + io * 8, x_o_sum_0);
			}
		}
	}
}

static __attribute__((noinline)) void lstm_four_gates_h_steps(const struct lstm_four_gates_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	float *const c = f->c;
	float *const h = f->h;
	const float *const h_start = f->h_start;
	const float *const x_i = f->x_i;
	const float *const x_f = f->x_f;
	const float *const x_g = f->x_g;
	const float *const x_o = f->x_o;
	const float *const U_i_U_f_U_g_U_o = f->U_i_U_f_U_g_U_o;
	const int64_t io_first = share(16, me->thread, me->threads), io_end = share(16, me->thread + 1, me->threads);
	for (int64_t t = 0; t < T; t++) {
		const float *const h_prev = t > 0 ? h + (t - 1) * N * 256 : h_start + t * N * 256;
		const float *const c_prev = c;
		float *const c_t = c;
		float *const h_t = h + t * N * 256;
		/* h[t][n][i] = sigmoid(a_o[t][n][i]) * tanh(c[t][n][i])    models/lstm_four_gates.lua:24; schedules/lstm_four_gates.small-batch.lua:25 */
		for (int64_t io_at = io_first; io_at < io_end; io_at++) {
			const int64_t io = t % 2 ? io_first + io_end - 1 - io_at : io_at;  /* backwards on odd steps */
			for (int64_t n = 0; n < N; n++) {
				const float *const x_i_n = x_i + (t * N + n) * 256 + io * 16;
				const float *const x_f_n = x_f + (t * N + n) * 256 + io * 16;
				const float *const x_g_n = x_g + (t * N + n) * 256 + io * 16;
				const float *const x_o_n = x_o + (t * N + n) * 256 + io * 16;
				const float *const c_prev_n = c_prev + n * 256 + io * 16;
				float *const c_t_n = c_t + n * 256 + io * 16;
				float *const h_t_n = h_t + n * 256 + io * 16;
				const float *const h_prev_n = h_prev + n * 256;
				/* a_i[t][n][i] = x_i[t][n][i] + sum(j, U_i[i][j] * h[t - 1][n][j])    models/lstm_four_gates.lua:19; schedules/lstm_four_gates.small-batch.lua:11, 16, 23, 24, 27
				 * a_f[t][n][i] = x_f[t][n][i] + sum(j, U_f[i][j] * h[t - 1][n][j])    models/lstm_four_gates.lua:20; schedules/lstm_four_gates.small-batch.lua:11, 16, 19
				 * a_g[t][n][i] = x_g[t][n][i] + sum(j, U_g[i][j] * h[t - 1][n][j])    models/lstm_four_gates.lua:21; schedules/lstm_four_gates.small-batch.lua:11, 16, 19
				 * a_o[t][n][i] = x_o[t][n][i] + sum(j, U_o[i][j] * h[t - 1][n][j])    models/lstm_four_gates.lua:22; schedules/lstm_four_gates.small-batch.lua:11, 16, 19 */
				v8 a_i_0 = load8(x_i_n);
				v8 a_i_1 = load8(x_i_n + 8);
				v8 a_f_0 = load8(x_f_n);
				v8 a_f_1 = load8(x_f_n + 8);
				v8 a_g_0 = load8(x_g_n);
				v8 a_g_1 = load8(x_g_n + 8);
				v8 a_o_0 = load8(x_o_n);
				v8 a_o_1 = load8(x_o_n + 8);
				for (int64_t j = 0; j < 256; j++) {
					const float *const U_i_U_f_U_g_U_o_j = U_i_U_f_U_g_U_o + io * 16384 + j * 64;
					__builtin_prefetch(U_i_U_f_U_g_U_o_j + 512);
					__builtin_prefetch(U_i_U_f_U_g_U_o_j + 528);
					__builtin_prefetch(U_i_U_f_U_g_U_o_j + 544);
					__builtin_prefetch(U_i_U_f_U_g_U_o_j + 560);
					const v8 h_prev_n_j = splat8(h_prev_n[j]);
					a_i_0 = fma8(load8(U_i_U_f_U_g_U_o_j), h_prev_n_j, a_i_0);
					a_i_1 = fma8(load8(U_i_U_f_U_g_U_o_j + 8), h_prev_n_j, a_i_1);
					a_f_0 = fma8(load8(U_i_U_f_U_g_U_o_j + 16), h_prev_n_j, a_f_0);
					a_f_1 = fma8(load8(U_i_U_f_U_g_U_o_j + 24), h_prev_n_j, a_f_1);
					a_g_0 = fma8(load8(U_i_U_f_U_g_U_o_j + 32), h_prev_n_j, a_g_0);
					a_g_1 = fma8(load8(U_i_U_f_U_g_U_o_j + 40), h_prev_n_j, a_g_1);
					a_o_0 = fma8(load8(U_i_U_f_U_g_U_o_j + 48), h_prev_n_j, a_o_0);
					a_o_1 = fma8(load8(U_i_U_f_U_g_U_o_j + 56), h_prev_n_j, a_o_1);
				}
				/* c[t][n][i] = sigmoid(a_f[t][n][i]) * c[t - 1][n][i] + sigmoid(a_i[t][n][i]) * tanh(a_g[t][n][i])    models/lstm_four_gates.lua:23; schedules/lstm_four_gates.small-batch.lua:26 */
				store8(c_t_n, fma8(sigmoid8(a_i_0), tanh8(a_g_0), sigmoid8(a_f_0) * load8(c_prev_n)));
				store8(c_t_n + 8, fma8(sigmoid8(a_i_1), tanh8(a_g_1), sigmoid8(a_f_1) * load8(c_prev_n + 8)));
				store8(h_t_n, sigmoid8(a_o_0) * tanh8(load8(c_t_n)));
				store8(h_t_n + 8, sigmoid8(a_o_1) * tanh8(load8(c_t_n + 8)));
			}
		}
		/* h was written, is read in the next step */
		if (me->threads > 1)
			barrier(me);
	}
}

int lstm_four_gates_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *h,
	const struct lstm_four_gates_state *state, void *workspace)
{
	struct lstm_four_gates_frame f;
	char *at = (char *)workspace;
	if (!weights || !workspace || !x || !h)
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
	f.h = h;
	f.b_i = (const float *)(const void *)((const char *)weights + 0);
	f.b_f = (const float *)(const void *)((const char *)weights + 1024);
	f.b_g = (const float *)(const void *)((const char *)weights + 2048);
	f.b_o = (const float *)(const void *)((const char *)weights + 3072);
	f.W_i_W_f_W_g_W_o = (const float *)(const void *)((const char *)weights + 4096);
	f.U_i_U_f_U_g_U_o = (const float *)(const void *)((const char *)weights + 1052672);
	f.c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.x_i = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.x_f = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.x_g = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.x_o = (float *)(void *)at;
	at += part(T * N * 256, sizeof(float));
	f.h_start = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
	f.flag = (int64_t *)(void *)at;
	if (!state || !state->h) {
		memset(f.h_start, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.h_start = state->h;
	}
	if (!state || !state->c) {
		memset(f.c, 0, (size_t)(N * 256) * sizeof(float));
	} else {
		f.c = state->c;
	}
	memset(f.flag, 0, 4096);
	OMP(omp parallel num_threads((int)f.threads))
	{
		struct team team = { 0, 1, 0, f.flag, 4000 }, *me = &team;
#ifdef _OPENMP
		me->thread = omp_get_thread_num();
		me->threads = omp_get_num_threads();
#endif
		lstm_four_gates_x_i(&f, me);
		if (me->threads > 1)
			barrier(me);  /* x_i was written, is read by other threads */
		lstm_four_gates_h_steps(&f, me);
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

static const struct rnn_tensor lstm_four_gates_inputs[] = {
	{ "x", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_four_gates_outputs[] = {
	{ "h", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_four_gates_params[] = {
	{ "W_i", RNN_F32, 2, { 256, 256 } },
	{ "U_i", RNN_F32, 2, { 256, 256 } },
	{ "b_i", RNN_F32, 1, { 256 } },
	{ "W_f", RNN_F32, 2, { 256, 256 } },
	{ "U_f", RNN_F32, 2, { 256, 256 } },
	{ "b_f", RNN_F32, 1, { 256 } },
	{ "W_g", RNN_F32, 2, { 256, 256 } },
	{ "U_g", RNN_F32, 2, { 256, 256 } },
	{ "b_g", RNN_F32, 1, { 256 } },
	{ "W_o", RNN_F32, 2, { 256, 256 } },
	{ "U_o", RNN_F32, 2, { 256, 256 } },
	{ "b_o", RNN_F32, 1, { 256 } },
};

static const struct rnn_tensor lstm_four_gates_states[] = {
	{ "h", RNN_F32, 3, { 1, -2, 256 } },
	{ "c", RNN_F32, 3, { 1, -2, 256 } },
};

static const char *const lstm_four_gates_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return lstm_four_gates_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2], (const float *)params[3], (const float *)params[4], (const float *)params[5], (const float *)params[6], (const float *)params[7], (const float *)params[8], (const float *)params[9], (const float *)params[10], (const float *)params[11]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return lstm_four_gates_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct lstm_four_gates_state state;
	if (states) {
		state.h = (float *)states[0];
		state.c = (float *)states[1];
	}
	return lstm_four_gates_run(weights, dims[0], dims[1], (const float *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model lstm_four_gates_model = {
	RNN_MODEL_ABI, "lstm_four_gates", "avx2",
	2, 1, 1, 12, 2,
	lstm_four_gates_dims, lstm_four_gates_inputs, lstm_four_gates_outputs, lstm_four_gates_params, lstm_four_gates_states,
	lstm_four_gates_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
