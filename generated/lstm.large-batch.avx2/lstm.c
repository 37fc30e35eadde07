/* lstm.c · emitted by rnngen 0.1 from models/lstm.lua and schedules/lstm.large-batch.lua for avx2; yours to use as you like */
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

#include "lstm.h"
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
struct lstm_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][256] */
	float *c;  /* [1 of T][N][256] */
	float *h;  /* [T][N][256] */
	const float *b;  /* [4][256] */
	const float *W;  /* [16][4][256][16] */
	const float *U;  /* [16][4][256][16] */
	float *h_start;
	int64_t *flag;
};

/* W as [i/16][g][k][i%16]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 4; i1++)
	for (int64_t i2 = 0; i2 < 256; i2++)
	for (int64_t i3 = 0; i3 < 16; i3++)
		*p++ = from[0][i1 * 65536 + (i0 * 16 + i3) * 256 + i2];
}

/* U as [i/16][g][j][i%16]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 4; i1++)
	for (int64_t i2 = 0; i2 < 256; i2++)
	for (int64_t i3 = 0; i3 < 16; i3++)
		*p++ = from[0][i1 * 65536 + (i0 * 16 + i3) * 256 + i2];
}

size_t lstm_weights_size(void) { return 2101248; }

int lstm_weights_pack(void *weights,
	const float *W,
	const float *U,
	const float *b)
{
	char *at = (char *)weights;
	if (!weights || !W || !U || !b)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, b, 4096);
	{
		const float *const from[] = { W };
		pack_W((float *)(void *)(at + 4096), from);
	}
	{
		const float *const from[] = { U };
		pack_U((float *)(void *)(at + 1052672), from);
	}
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t lstm_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 256, sizeof(float)) +
	       part(N * 256, sizeof(float)) +
	       part(512, sizeof(int64_t));
}

static __attribute__((noinline)) void lstm_h_steps(const struct lstm_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const c = f->c;
	float *const h = f->h;
	const float *const h_start = f->h_start;
	const float *const b = f->b;
	const float *const W = f->W;
	const float *const U = f->U;
	const int64_t io_first = share(16, me->thread, me->threads), io_end = share(16, me->thread + 1, me->threads);
	for (int64_t t_chunk = 0; t_chunk < (T + 7) / 8; t_chunk++) {
		for (int64_t t = t_chunk * 8; t < t_chunk * 8 + min_i(T - t_chunk * 8, 8); t++) {
			const float *const h_prev = t > 0 ? h + (t - 1) * N * 256 : h_start + t * N * 256;
			const float *const c_prev = c;
			float *const c_t = c;
			float *const h_t = h + t * N * 256;
			/* h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])    models/lstm.lua:19; schedules/parts/many.lua:63, 68 */
			for (int64_t io = io_first; io < io_end; io++) {
				for (int64_t no = 0; no < N / 6; no++) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_no = x + no * 1536 + t * N * 256;
						const float *const h_prev_no = h_prev + no * 1536;
						const v8 b_v = load8(b_g);
						v8 a_sum_0_0 = b_v;
						const v8 b_v_2 = load8(b_g + 8);
						v8 a_sum_0_1 = b_v_2;
						v8 a_sum_1_0 = b_v;
						v8 a_sum_1_1 = b_v_2;
						v8 a_sum_2_0 = b_v;
						v8 a_sum_2_1 = b_v_2;
						v8 a_sum_3_0 = b_v;
						v8 a_sum_3_1 = b_v_2;
						v8 a_sum_4_0 = b_v;
						v8 a_sum_4_1 = b_v_2;
						v8 a_sum_5_0 = b_v;
						v8 a_sum_5_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 W_v = load8(W_k);
							const v8 x_no_k = splat8(x_no[k]);
							a_sum_0_0 = fma8(W_v, x_no_k, a_sum_0_0);
							const v8 W_v_2 = load8(W_k + 8);
							a_sum_0_1 = fma8(W_v_2, x_no_k, a_sum_0_1);
							const v8 x_no_k_2 = splat8(x_no[k + 256]);
							a_sum_1_0 = fma8(W_v, x_no_k_2, a_sum_1_0);
							a_sum_1_1 = fma8(W_v_2, x_no_k_2, a_sum_1_1);
							const v8 x_no_k_3 = splat8(x_no[k + 512]);
							a_sum_2_0 = fma8(W_v, x_no_k_3, a_sum_2_0);
							a_sum_2_1 = fma8(W_v_2, x_no_k_3, a_sum_2_1);
							const v8 x_no_k_4 = splat8(x_no[k + 768]);
							a_sum_3_0 = fma8(W_v, x_no_k_4, a_sum_3_0);
							a_sum_3_1 = fma8(W_v_2, x_no_k_4, a_sum_3_1);
							const v8 x_no_k_5 = splat8(x_no[k + 1024]);
							a_sum_4_0 = fma8(W_v, x_no_k_5, a_sum_4_0);
							a_sum_4_1 = fma8(W_v_2, x_no_k_5, a_sum_4_1);
							const v8 x_no_k_6 = splat8(x_no[k + 1280]);
							a_sum_5_0 = fma8(W_v, x_no_k_6, a_sum_5_0);
							a_sum_5_1 = fma8(W_v_2, x_no_k_6, a_sum_5_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 U_v = load8(U_j);
							const v8 h_prev_no_j = splat8(h_prev_no[j]);
							a_sum_0_0 = fma8(U_v, h_prev_no_j, a_sum_0_0);
							const v8 U_v_2 = load8(U_j + 8);
							a_sum_0_1 = fma8(U_v_2, h_prev_no_j, a_sum_0_1);
							const v8 h_prev_no_j_2 = splat8(h_prev_no[j + 256]);
							a_sum_1_0 = fma8(U_v, h_prev_no_j_2, a_sum_1_0);
							a_sum_1_1 = fma8(U_v_2, h_prev_no_j_2, a_sum_1_1);
							const v8 h_prev_no_j_3 = splat8(h_prev_no[j + 512]);
							a_sum_2_0 = fma8(U_v, h_prev_no_j_3, a_sum_2_0);
							a_sum_2_1 = fma8(U_v_2, h_prev_no_j_3, a_sum_2_1);
							const v8 h_prev_no_j_4 = splat8(h_prev_no[j + 768]);
							a_sum_3_0 = fma8(U_v, h_prev_no_j_4, a_sum_3_0);
							a_sum_3_1 = fma8(U_v_2, h_prev_no_j_4, a_sum_3_1);
							const v8 h_prev_no_j_5 = splat8(h_prev_no[j + 1024]);
							a_sum_4_0 = fma8(U_v, h_prev_no_j_5, a_sum_4_0);
							a_sum_4_1 = fma8(U_v_2, h_prev_no_j_5, a_sum_4_1);
							const v8 h_prev_no_j_6 = splat8(h_prev_no[j + 1280]);
							a_sum_5_0 = fma8(U_v, h_prev_no_j_6, a_sum_5_0);
							a_sum_5_1 = fma8(U_v_2, h_prev_no_j_6, a_sum_5_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
						store8(a_g + 64, a_sum_1_0);
						store8(a_g + 72, a_sum_1_1);
						store8(a_g + 128, a_sum_2_0);
						store8(a_g + 136, a_sum_2_1);
						store8(a_g + 192, a_sum_3_0);
						store8(a_g + 200, a_sum_3_1);
						store8(a_g + 256, a_sum_4_0);
						store8(a_g + 264, a_sum_4_1);
						store8(a_g + 320, a_sum_5_0);
						store8(a_g + 328, a_sum_5_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 6; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + no * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + no * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 6; ni++) {
						const float *const c_t_ni = c_t + no * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + no * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				}
				if (N % 6 > 4) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v8 b_v = load8(b_g);
						v8 a_sum_0_0 = b_v;
						const v8 b_v_2 = load8(b_g + 8);
						v8 a_sum_0_1 = b_v_2;
						v8 a_sum_1_0 = b_v;
						v8 a_sum_1_1 = b_v_2;
						v8 a_sum_2_0 = b_v;
						v8 a_sum_2_1 = b_v_2;
						v8 a_sum_3_0 = b_v;
						v8 a_sum_3_1 = b_v_2;
						v8 a_sum_4_0 = b_v;
						v8 a_sum_4_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 W_v = load8(W_k);
							const v8 x_t_k = splat8(x_t[k]);
							a_sum_0_0 = fma8(W_v, x_t_k, a_sum_0_0);
							const v8 W_v_2 = load8(W_k + 8);
							a_sum_0_1 = fma8(W_v_2, x_t_k, a_sum_0_1);
							const v8 x_t_k_2 = splat8(x_t[k + 256]);
							a_sum_1_0 = fma8(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma8(W_v_2, x_t_k_2, a_sum_1_1);
							const v8 x_t_k_3 = splat8(x_t[k + 512]);
							a_sum_2_0 = fma8(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma8(W_v_2, x_t_k_3, a_sum_2_1);
							const v8 x_t_k_4 = splat8(x_t[k + 768]);
							a_sum_3_0 = fma8(W_v, x_t_k_4, a_sum_3_0);
							a_sum_3_1 = fma8(W_v_2, x_t_k_4, a_sum_3_1);
							const v8 x_t_k_5 = splat8(x_t[k + 1024]);
							a_sum_4_0 = fma8(W_v, x_t_k_5, a_sum_4_0);
							a_sum_4_1 = fma8(W_v_2, x_t_k_5, a_sum_4_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 U_v = load8(U_j);
							const v8 h_prev_at_j = splat8(h_prev_at[j]);
							a_sum_0_0 = fma8(U_v, h_prev_at_j, a_sum_0_0);
							const v8 U_v_2 = load8(U_j + 8);
							a_sum_0_1 = fma8(U_v_2, h_prev_at_j, a_sum_0_1);
							const v8 h_prev_at_j_2 = splat8(h_prev_at[j + 256]);
							a_sum_1_0 = fma8(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma8(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v8 h_prev_at_j_3 = splat8(h_prev_at[j + 512]);
							a_sum_2_0 = fma8(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma8(U_v_2, h_prev_at_j_3, a_sum_2_1);
							const v8 h_prev_at_j_4 = splat8(h_prev_at[j + 768]);
							a_sum_3_0 = fma8(U_v, h_prev_at_j_4, a_sum_3_0);
							a_sum_3_1 = fma8(U_v_2, h_prev_at_j_4, a_sum_3_1);
							const v8 h_prev_at_j_5 = splat8(h_prev_at[j + 1024]);
							a_sum_4_0 = fma8(U_v, h_prev_at_j_5, a_sum_4_0);
							a_sum_4_1 = fma8(U_v_2, h_prev_at_j_5, a_sum_4_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
						store8(a_g + 64, a_sum_1_0);
						store8(a_g + 72, a_sum_1_1);
						store8(a_g + 128, a_sum_2_0);
						store8(a_g + 136, a_sum_2_1);
						store8(a_g + 192, a_sum_3_0);
						store8(a_g + 200, a_sum_3_1);
						store8(a_g + 256, a_sum_4_0);
						store8(a_g + 264, a_sum_4_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 5; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 5; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				} else if (N % 6 > 3) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v8 b_v = load8(b_g);
						v8 a_sum_0_0 = b_v;
						const v8 b_v_2 = load8(b_g + 8);
						v8 a_sum_0_1 = b_v_2;
						v8 a_sum_1_0 = b_v;
						v8 a_sum_1_1 = b_v_2;
						v8 a_sum_2_0 = b_v;
						v8 a_sum_2_1 = b_v_2;
						v8 a_sum_3_0 = b_v;
						v8 a_sum_3_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 W_v = load8(W_k);
							const v8 x_t_k = splat8(x_t[k]);
							a_sum_0_0 = fma8(W_v, x_t_k, a_sum_0_0);
							const v8 W_v_2 = load8(W_k + 8);
							a_sum_0_1 = fma8(W_v_2, x_t_k, a_sum_0_1);
							const v8 x_t_k_2 = splat8(x_t[k + 256]);
							a_sum_1_0 = fma8(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma8(W_v_2, x_t_k_2, a_sum_1_1);
							const v8 x_t_k_3 = splat8(x_t[k + 512]);
							a_sum_2_0 = fma8(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma8(W_v_2, x_t_k_3, a_sum_2_1);
							const v8 x_t_k_4 = splat8(x_t[k + 768]);
							a_sum_3_0 = fma8(W_v, x_t_k_4, a_sum_3_0);
							a_sum_3_1 = fma8(W_v_2, x_t_k_4, a_sum_3_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 U_v = load8(U_j);
							const v8 h_prev_at_j = splat8(h_prev_at[j]);
							a_sum_0_0 = fma8(U_v, h_prev_at_j, a_sum_0_0);
							const v8 U_v_2 = load8(U_j + 8);
							a_sum_0_1 = fma8(U_v_2, h_prev_at_j, a_sum_0_1);
							const v8 h_prev_at_j_2 = splat8(h_prev_at[j + 256]);
							a_sum_1_0 = fma8(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma8(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v8 h_prev_at_j_3 = splat8(h_prev_at[j + 512]);
							a_sum_2_0 = fma8(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma8(U_v_2, h_prev_at_j_3, a_sum_2_1);
							const v8 h_prev_at_j_4 = splat8(h_prev_at[j + 768]);
							a_sum_3_0 = fma8(U_v, h_prev_at_j_4, a_sum_3_0);
							a_sum_3_1 = fma8(U_v_2, h_prev_at_j_4, a_sum_3_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
						store8(a_g + 64, a_sum_1_0);
						store8(a_g + 72, a_sum_1_1);
						store8(a_g + 128, a_sum_2_0);
						store8(a_g + 136, a_sum_2_1);
						store8(a_g + 192, a_sum_3_0);
						store8(a_g + 200, a_sum_3_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 4; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 4; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				} else if (N % 6 > 2) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v8 b_v = load8(b_g);
						v8 a_sum_0_0 = b_v;
						const v8 b_v_2 = load8(b_g + 8);
						v8 a_sum_0_1 = b_v_2;
						v8 a_sum_1_0 = b_v;
						v8 a_sum_1_1 = b_v_2;
						v8 a_sum_2_0 = b_v;
						v8 a_sum_2_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 W_v = load8(W_k);
							const v8 x_t_k = splat8(x_t[k]);
							a_sum_0_0 = fma8(W_v, x_t_k, a_sum_0_0);
							const v8 W_v_2 = load8(W_k + 8);
							a_sum_0_1 = fma8(W_v_2, x_t_k, a_sum_0_1);
							const v8 x_t_k_2 = splat8(x_t[k + 256]);
							a_sum_1_0 = fma8(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma8(W_v_2, x_t_k_2, a_sum_1_1);
							const v8 x_t_k_3 = splat8(x_t[k + 512]);
							a_sum_2_0 = fma8(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma8(W_v_2, x_t_k_3, a_sum_2_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 U_v = load8(U_j);
							const v8 h_prev_at_j = splat8(h_prev_at[j]);
							a_sum_0_0 = fma8(U_v, h_prev_at_j, a_sum_0_0);
							const v8 U_v_2 = load8(U_j + 8);
							a_sum_0_1 = fma8(U_v_2, h_prev_at_j, a_sum_0_1);
							const v8 h_prev_at_j_2 = splat8(h_prev_at[j + 256]);
							a_sum_1_0 = fma8(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma8(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v8 h_prev_at_j_3 = splat8(h_prev_at[j + 512]);
							a_sum_2_0 = fma8(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma8(U_v_2, h_prev_at_j_3, a_sum_2_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
						store8(a_g + 64, a_sum_1_0);
						store8(a_g + 72, a_sum_1_1);
						store8(a_g + 128, a_sum_2_0);
						store8(a_g + 136, a_sum_2_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 3; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 3; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				} else if (N % 6 > 1) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v8 b_v = load8(b_g);
						v8 a_sum_0_0 = b_v;
						const v8 b_v_2 = load8(b_g + 8);
						v8 a_sum_0_1 = b_v_2;
						v8 a_sum_1_0 = b_v;
						v8 a_sum_1_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 W_v = load8(W_k);
							const v8 x_t_k = splat8(x_t[k]);
							a_sum_0_0 = fma8(W_v, x_t_k, a_sum_0_0);
							const v8 W_v_2 = load8(W_k + 8);
							a_sum_0_1 = fma8(W_v_2, x_t_k, a_sum_0_1);
							const v8 x_t_k_2 = splat8(x_t[k + 256]);
							a_sum_1_0 = fma8(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma8(W_v_2, x_t_k_2, a_sum_1_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 U_v = load8(U_j);
							const v8 h_prev_at_j = splat8(h_prev_at[j]);
							a_sum_0_0 = fma8(U_v, h_prev_at_j, a_sum_0_0);
							const v8 U_v_2 = load8(U_j + 8);
							a_sum_0_1 = fma8(U_v_2, h_prev_at_j, a_sum_0_1);
							const v8 h_prev_at_j_2 = splat8(h_prev_at[j + 256]);
							a_sum_1_0 = fma8(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma8(U_v_2, h_prev_at_j_2, a_sum_1_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
						store8(a_g + 64, a_sum_1_0);
						store8(a_g + 72, a_sum_1_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 2; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 2; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				} else if (N % 6 > 0) {
					float a[384];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 16;
						float *const a_g = a + g * 16;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						v8 a_sum_0_0 = load8(b_g);
						v8 a_sum_0_1 = load8(b_g + 8);
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 16384 + g * 4096 + k * 16;
							__builtin_prefetch(W_k + 768);
							const v8 x_t_k = splat8(x_t[k]);
							a_sum_0_0 = fma8(load8(W_k), x_t_k, a_sum_0_0);
							a_sum_0_1 = fma8(load8(W_k + 8), x_t_k, a_sum_0_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 16384 + g * 4096 + j * 16;
							__builtin_prefetch(U_j + 768);
							const v8 h_prev_at_j = splat8(h_prev_at[j]);
							a_sum_0_0 = fma8(load8(U_j), h_prev_at_j, a_sum_0_0);
							a_sum_0_1 = fma8(load8(U_j + 8), h_prev_at_j, a_sum_0_1);
						}
						store8(a_g, a_sum_0_0);
						store8(a_g + 8, a_sum_0_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 1; n++) {
						const float *const a_n = a + n * 64;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 16;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 16;
						store8(c_t_n, fma8(sigmoid8(load8(a_n)), tanh8(load8(a_n + 32)), sigmoid8(load8(a_n + 16)) * load8(c_prev_n)));
						store8(c_t_n + 8, fma8(sigmoid8(load8(a_n + 8)), tanh8(load8(a_n + 40)), sigmoid8(load8(a_n + 24)) * load8(c_prev_n + 8)));
					}
					for (int64_t ni = 0; ni < 1; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 16;
						const float *const a_ni = a + ni * 64;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 16;
						store8(h_t_ni, sigmoid8(load8(a_ni + 48)) * tanh8(load8(c_t_ni)));
						store8(h_t_ni + 8, sigmoid8(load8(a_ni + 56)) * tanh8(load8(c_t_ni + 8)));
					}
				}
			}
			/* h was written, is read in the next step */
			if (me->threads > 1)
				barrier(me);
		}
		/* h was read, is written in the next step */
		if (me->threads > 1)
			barrier(me);
	}
}

int lstm_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *h,
	const struct lstm_state *state, void *workspace)
{
	struct lstm_frame f;
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
	f.b = (const float *)(const void *)((const char *)weights + 0);
	f.W = (const float *)(const void *)((const char *)weights + 4096);
	f.U = (const float *)(const void *)((const char *)weights + 1052672);
	f.c = (float *)(void *)at;
	at += part(N * 256, sizeof(float));
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
		lstm_h_steps(&f, me);
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

static const struct rnn_tensor lstm_inputs[] = {
	{ "x", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_outputs[] = {
	{ "h", RNN_F32, 3, { -1, -2, 256 } },
};

static const struct rnn_tensor lstm_params[] = {
	{ "W", RNN_F32, 3, { 4, 256, 256 } },
	{ "U", RNN_F32, 3, { 4, 256, 256 } },
	{ "b", RNN_F32, 2, { 4, 256 } },
};

static const struct rnn_tensor lstm_states[] = {
	{ "h", RNN_F32, 3, { 1, -2, 256 } },
	{ "c", RNN_F32, 3, { 1, -2, 256 } },
};

static const char *const lstm_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return lstm_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return lstm_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct lstm_state state;
	if (states) {
		state.h = (float *)states[0];
		state.c = (float *)states[1];
	}
	return lstm_run(weights, dims[0], dims[1], (const float *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model lstm_model = {
	RNN_MODEL_ABI, "lstm", "avx2",
	2, 1, 1, 3, 2,
	lstm_dims, lstm_inputs, lstm_outputs, lstm_params, lstm_states,
	lstm_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
