/* lstm.c · emitted by rnngen 0.1 from models/lstm.lua and schedules/lstm.large-batch.lua for generic; yours to use as you like */
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

#include "lstm.h"
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

/* All that the loops need to know of one run. */
struct lstm_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][256] */
	float *c;  /* [1 of T][N][256] */
	float *h;  /* [T][N][256] */
	const float *b;  /* [4][256] */
	const float *W;  /* [32][4][256][8] */
	const float *U;  /* [32][4][256][8] */
	float *h_start;
	int64_t *flag;
};

/* W as [i/8][g][k][i%8]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 4; i1++)
	for (int64_t i2 = 0; i2 < 256; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i1 * 65536 + (i0 * 8 + i3) * 256 + i2];
}

/* U as [i/8][g][j][i%8]    schedules/parts/sums.lua:35 */
static __attribute__((noinline, cold)) void pack_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 4; i1++)
	for (int64_t i2 = 0; i2 < 256; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i1 * 65536 + (i0 * 8 + i3) * 256 + i2];
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
	const int64_t io_first = share(32, me->thread, me->threads), io_end = share(32, me->thread + 1, me->threads);
	for (int64_t t_chunk = 0; t_chunk < (T + 7) / 8; t_chunk++) {
		for (int64_t t = t_chunk * 8; t < t_chunk * 8 + min_i(T - t_chunk * 8, 8); t++) {
			const float *const h_prev = t > 0 ? h + (t - 1) * N * 256 : h_start + t * N * 256;
			const float *const c_prev = c;
			float *const c_t = c;
			float *const h_t = h + t * N * 256;
			/* h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])    models/lstm.lua:19; schedules/parts/many.lua:63, 68 */
			for (int64_t io = io_first; io < io_end; io++) {
				for (int64_t no = 0; no < N / 6; no++) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_no = x + no * 1536 + t * N * 256;
						const float *const h_prev_no = h_prev + no * 1536;
						const v4 b_v = load4(b_g);
						v4 a_sum_0_0 = b_v;
						const v4 b_v_2 = load4(b_g + 4);
						v4 a_sum_0_1 = b_v_2;
						v4 a_sum_1_0 = b_v;
						v4 a_sum_1_1 = b_v_2;
						v4 a_sum_2_0 = b_v;
						v4 a_sum_2_1 = b_v_2;
						v4 a_sum_3_0 = b_v;
						v4 a_sum_3_1 = b_v_2;
						v4 a_sum_4_0 = b_v;
						v4 a_sum_4_1 = b_v_2;
						v4 a_sum_5_0 = b_v;
						v4 a_sum_5_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 W_v = load4(W_k);
							const v4 x_no_k = splat4(x_no[k]);
							a_sum_0_0 = fma4(W_v, x_no_k, a_sum_0_0);
							const v4 W_v_2 = load4(W_k + 4);
							a_sum_0_1 = fma4(W_v_2, x_no_k, a_sum_0_1);
							const v4 x_no_k_2 = splat4(x_no[k + 256]);
							a_sum_1_0 = fma4(W_v, x_no_k_2, a_sum_1_0);
							a_sum_1_1 = fma4(W_v_2, x_no_k_2, a_sum_1_1);
							const v4 x_no_k_3 = splat4(x_no[k + 512]);
							a_sum_2_0 = fma4(W_v, x_no_k_3, a_sum_2_0);
							a_sum_2_1 = fma4(W_v_2, x_no_k_3, a_sum_2_1);
							const v4 x_no_k_4 = splat4(x_no[k + 768]);
							a_sum_3_0 = fma4(W_v, x_no_k_4, a_sum_3_0);
							a_sum_3_1 = fma4(W_v_2, x_no_k_4, a_sum_3_1);
							const v4 x_no_k_5 = splat4(x_no[k + 1024]);
							a_sum_4_0 = fma4(W_v, x_no_k_5, a_sum_4_0);
							a_sum_4_1 = fma4(W_v_2, x_no_k_5, a_sum_4_1);
							const v4 x_no_k_6 = splat4(x_no[k + 1280]);
							a_sum_5_0 = fma4(W_v, x_no_k_6, a_sum_5_0);
							a_sum_5_1 = fma4(W_v_2, x_no_k_6, a_sum_5_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 U_v = load4(U_j);
							const v4 h_prev_no_j = splat4(h_prev_no[j]);
							a_sum_0_0 = fma4(U_v, h_prev_no_j, a_sum_0_0);
							const v4 U_v_2 = load4(U_j + 4);
							a_sum_0_1 = fma4(U_v_2, h_prev_no_j, a_sum_0_1);
							const v4 h_prev_no_j_2 = splat4(h_prev_no[j + 256]);
							a_sum_1_0 = fma4(U_v, h_prev_no_j_2, a_sum_1_0);
							a_sum_1_1 = fma4(U_v_2, h_prev_no_j_2, a_sum_1_1);
							const v4 h_prev_no_j_3 = splat4(h_prev_no[j + 512]);
							a_sum_2_0 = fma4(U_v, h_prev_no_j_3, a_sum_2_0);
							a_sum_2_1 = fma4(U_v_2, h_prev_no_j_3, a_sum_2_1);
							const v4 h_prev_no_j_4 = splat4(h_prev_no[j + 768]);
							a_sum_3_0 = fma4(U_v, h_prev_no_j_4, a_sum_3_0);
							a_sum_3_1 = fma4(U_v_2, h_prev_no_j_4, a_sum_3_1);
							const v4 h_prev_no_j_5 = splat4(h_prev_no[j + 1024]);
							a_sum_4_0 = fma4(U_v, h_prev_no_j_5, a_sum_4_0);
							a_sum_4_1 = fma4(U_v_2, h_prev_no_j_5, a_sum_4_1);
							const v4 h_prev_no_j_6 = splat4(h_prev_no[j + 1280]);
							a_sum_5_0 = fma4(U_v, h_prev_no_j_6, a_sum_5_0);
							a_sum_5_1 = fma4(U_v_2, h_prev_no_j_6, a_sum_5_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
						store4(a_g + 32, a_sum_1_0);
						store4(a_g + 36, a_sum_1_1);
						store4(a_g + 64, a_sum_2_0);
						store4(a_g + 68, a_sum_2_1);
						store4(a_g + 96, a_sum_3_0);
						store4(a_g + 100, a_sum_3_1);
						store4(a_g + 128, a_sum_4_0);
						store4(a_g + 132, a_sum_4_1);
						store4(a_g + 160, a_sum_5_0);
						store4(a_g + 164, a_sum_5_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 6; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + no * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + no * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 6; ni++) {
						const float *const c_t_ni = c_t + no * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + no * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
					}
				}
				if (N % 6 > 4) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v4 b_v = load4(b_g);
						v4 a_sum_0_0 = b_v;
						const v4 b_v_2 = load4(b_g + 4);
						v4 a_sum_0_1 = b_v_2;
						v4 a_sum_1_0 = b_v;
						v4 a_sum_1_1 = b_v_2;
						v4 a_sum_2_0 = b_v;
						v4 a_sum_2_1 = b_v_2;
						v4 a_sum_3_0 = b_v;
						v4 a_sum_3_1 = b_v_2;
						v4 a_sum_4_0 = b_v;
						v4 a_sum_4_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 W_v = load4(W_k);
							const v4 x_t_k = splat4(x_t[k]);
							a_sum_0_0 = fma4(W_v, x_t_k, a_sum_0_0);
							const v4 W_v_2 = load4(W_k + 4);
							a_sum_0_1 = fma4(W_v_2, x_t_k, a_sum_0_1);
							const v4 x_t_k_2 = splat4(x_t[k + 256]);
							a_sum_1_0 = fma4(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma4(W_v_2, x_t_k_2, a_sum_1_1);
							const v4 x_t_k_3 = splat4(x_t[k + 512]);
							a_sum_2_0 = fma4(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma4(W_v_2, x_t_k_3, a_sum_2_1);
							const v4 x_t_k_4 = splat4(x_t[k + 768]);
							a_sum_3_0 = fma4(W_v, x_t_k_4, a_sum_3_0);
							a_sum_3_1 = fma4(W_v_2, x_t_k_4, a_sum_3_1);
							const v4 x_t_k_5 = splat4(x_t[k + 1024]);
							a_sum_4_0 = fma4(W_v, x_t_k_5, a_sum_4_0);
							a_sum_4_1 = fma4(W_v_2, x_t_k_5, a_sum_4_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 U_v = load4(U_j);
							const v4 h_prev_at_j = splat4(h_prev_at[j]);
							a_sum_0_0 = fma4(U_v, h_prev_at_j, a_sum_0_0);
							const v4 U_v_2 = load4(U_j + 4);
							a_sum_0_1 = fma4(U_v_2, h_prev_at_j, a_sum_0_1);
							const v4 h_prev_at_j_2 = splat4(h_prev_at[j + 256]);
							a_sum_1_0 = fma4(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma4(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v4 h_prev_at_j_3 = splat4(h_prev_at[j + 512]);
							a_sum_2_0 = fma4(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma4(U_v_2, h_prev_at_j_3, a_sum_2_1);
							const v4 h_prev_at_j_4 = splat4(h_prev_at[j + 768]);
							a_sum_3_0 = fma4(U_v, h_prev_at_j_4, a_sum_3_0);
							a_sum_3_1 = fma4(U_v_2, h_prev_at_j_4, a_sum_3_1);
							const v4 h_prev_at_j_5 = splat4(h_prev_at[j + 1024]);
							a_sum_4_0 = fma4(U_v, h_prev_at_j_5, a_sum_4_0);
							a_sum_4_1 = fma4(U_v_2, h_prev_at_j_5, a_sum_4_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
						store4(a_g + 32, a_sum_1_0);
						store4(a_g + 36, a_sum_1_1);
						store4(a_g + 64, a_sum_2_0);
						store4(a_g + 68, a_sum_2_1);
						store4(a_g + 96, a_sum_3_0);
						store4(a_g + 100, a_sum_3_1);
						store4(a_g + 128, a_sum_4_0);
						store4(a_g + 132, a_sum_4_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 5; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 5; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
					}
				} else if (N % 6 > 3) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v4 b_v = load4(b_g);
						v4 a_sum_0_0 = b_v;
						const v4 b_v_2 = load4(b_g + 4);
						v4 a_sum_0_1 = b_v_2;
						v4 a_sum_1_0 = b_v;
						v4 a_sum_1_1 = b_v_2;
						v4 a_sum_2_0 = b_v;
						v4 a_sum_2_1 = b_v_2;
						v4 a_sum_3_0 = b_v;
						v4 a_sum_3_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 W_v = load4(W_k);
							const v4 x_t_k = splat4(x_t[k]);
							a_sum_0_0 = fma4(W_v, x_t_k, a_sum_0_0);
							const v4 W_v_2 = load4(W_k + 4);
							a_sum_0_1 = fma4(W_v_2, x_t_k, a_sum_0_1);
							const v4 x_t_k_2 = splat4(x_t[k + 256]);
							a_sum_1_0 = fma4(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma4(W_v_2, x_t_k_2, a_sum_1_1);
							const v4 x_t_k_3 = splat4(x_t[k + 512]);
							a_sum_2_0 = fma4(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma4(W_v_2, x_t_k_3, a_sum_2_1);
							const v4 x_t_k_4 = splat4(x_t[k + 768]);
							a_sum_3_0 = fma4(W_v, x_t_k_4, a_sum_3_0);
							a_sum_3_1 = fma4(W_v_2, x_t_k_4, a_sum_3_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 U_v = load4(U_j);
							const v4 h_prev_at_j = splat4(h_prev_at[j]);
							a_sum_0_0 = fma4(U_v, h_prev_at_j, a_sum_0_0);
							const v4 U_v_2 = load4(U_j + 4);
							a_sum_0_1 = fma4(U_v_2, h_prev_at_j, a_sum_0_1);
							const v4 h_prev_at_j_2 = splat4(h_prev_at[j + 256]);
							a_sum_1_0 = fma4(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma4(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v4 h_prev_at_j_3 = splat4(h_prev_at[j + 512]);
							a_sum_2_0 = fma4(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma4(U_v_2, h_prev_at_j_3, a_sum_2_1);
							const v4 h_prev_at_j_4 = splat4(h_prev_at[j + 768]);
							a_sum_3_0 = fma4(U_v, h_prev_at_j_4, a_sum_3_0);
							a_sum_3_1 = fma4(U_v_2, h_prev_at_j_4, a_sum_3_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
						store4(a_g + 32, a_sum_1_0);
						store4(a_g + 36, a_sum_1_1);
						store4(a_g + 64, a_sum_2_0);
						store4(a_g + 68, a_sum_2_1);
						store4(a_g + 96, a_sum_3_0);
						store4(a_g + 100, a_sum_3_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 4; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 4; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
					}
				} else if (N % 6 > 2) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v4 b_v = load4(b_g);
						v4 a_sum_0_0 = b_v;
						const v4 b_v_2 = load4(b_g + 4);
						v4 a_sum_0_1 = b_v_2;
						v4 a_sum_1_0 = b_v;
						v4 a_sum_1_1 = b_v_2;
						v4 a_sum_2_0 = b_v;
						v4 a_sum_2_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 W_v = load4(W_k);
							const v4 x_t_k = splat4(x_t[k]);
							a_sum_0_0 = fma4(W_v, x_t_k, a_sum_0_0);
							const v4 W_v_2 = load4(W_k + 4);
							a_sum_0_1 = fma4(W_v_2, x_t_k, a_sum_0_1);
							const v4 x_t_k_2 = splat4(x_t[k + 256]);
							a_sum_1_0 = fma4(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma4(W_v_2, x_t_k_2, a_sum_1_1);
							const v4 x_t_k_3 = splat4(x_t[k + 512]);
							a_sum_2_0 = fma4(W_v, x_t_k_3, a_sum_2_0);
							a_sum_2_1 = fma4(W_v_2, x_t_k_3, a_sum_2_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 U_v = load4(U_j);
							const v4 h_prev_at_j = splat4(h_prev_at[j]);
							a_sum_0_0 = fma4(U_v, h_prev_at_j, a_sum_0_0);
							const v4 U_v_2 = load4(U_j + 4);
							a_sum_0_1 = fma4(U_v_2, h_prev_at_j, a_sum_0_1);
							const v4 h_prev_at_j_2 = splat4(h_prev_at[j + 256]);
							a_sum_1_0 = fma4(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma4(U_v_2, h_prev_at_j_2, a_sum_1_1);
							const v4 h_prev_at_j_3 = splat4(h_prev_at[j + 512]);
							a_sum_2_0 = fma4(U_v, h_prev_at_j_3, a_sum_2_0);
							a_sum_2_1 = fma4(U_v_2, h_prev_at_j_3, a_sum_2_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
						store4(a_g + 32, a_sum_1_0);
						store4(a_g + 36, a_sum_1_1);
						store4(a_g + 64, a_sum_2_0);
						store4(a_g + 68, a_sum_2_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 3; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 3; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
					}
				} else if (N % 6 > 1) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						const v4 b_v = load4(b_g);
						v4 a_sum_0_0 = b_v;
						const v4 b_v_2 = load4(b_g + 4);
						v4 a_sum_0_1 = b_v_2;
						v4 a_sum_1_0 = b_v;
						v4 a_sum_1_1 = b_v_2;
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 W_v = load4(W_k);
							const v4 x_t_k = splat4(x_t[k]);
							a_sum_0_0 = fma4(W_v, x_t_k, a_sum_0_0);
							const v4 W_v_2 = load4(W_k + 4);
							a_sum_0_1 = fma4(W_v_2, x_t_k, a_sum_0_1);
							const v4 x_t_k_2 = splat4(x_t[k + 256]);
							a_sum_1_0 = fma4(W_v, x_t_k_2, a_sum_1_0);
							a_sum_1_1 = fma4(W_v_2, x_t_k_2, a_sum_1_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 U_v = load4(U_j);
							const v4 h_prev_at_j = splat4(h_prev_at[j]);
							a_sum_0_0 = fma4(U_v, h_prev_at_j, a_sum_0_0);
							const v4 U_v_2 = load4(U_j + 4);
							a_sum_0_1 = fma4(U_v_2, h_prev_at_j, a_sum_0_1);
							const v4 h_prev_at_j_2 = splat4(h_prev_at[j + 256]);
							a_sum_1_0 = fma4(U_v, h_prev_at_j_2, a_sum_1_0);
							a_sum_1_1 = fma4(U_v_2, h_prev_at_j_2, a_sum_1_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
						store4(a_g + 32, a_sum_1_0);
						store4(a_g + 36, a_sum_1_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 2; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 2; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
					}
				} else if (N % 6 > 0) {
					float a[192];
					/* a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])    models/lstm.lua:16; schedules/parts/many.lua:77, 35, 43 */
					for (int64_t g = 0; g < 4; g++) {
						const float *const b_g = b + g * 256 + io * 8;
						float *const a_g = a + g * 8;
						const float *const x_t = x + (N / 6) * 1536 + t * N * 256;
						const float *const h_prev_at = h_prev + (N / 6) * 1536;
						v4 a_sum_0_0 = load4(b_g);
						v4 a_sum_0_1 = load4(b_g + 4);
						for (int64_t k = 0; k < 256; k++) {
							const float *const W_k = W + io * 8192 + g * 2048 + k * 8;
							__builtin_prefetch(W_k + 384);
							const v4 x_t_k = splat4(x_t[k]);
							a_sum_0_0 = fma4(load4(W_k), x_t_k, a_sum_0_0);
							a_sum_0_1 = fma4(load4(W_k + 4), x_t_k, a_sum_0_1);
						}
						for (int64_t j = 0; j < 256; j++) {
							const float *const U_j = U + io * 8192 + g * 2048 + j * 8;
							__builtin_prefetch(U_j + 384);
							const v4 h_prev_at_j = splat4(h_prev_at[j]);
							a_sum_0_0 = fma4(load4(U_j), h_prev_at_j, a_sum_0_0);
							a_sum_0_1 = fma4(load4(U_j + 4), h_prev_at_j, a_sum_0_1);
						}
						store4(a_g, a_sum_0_0);
						store4(a_g + 4, a_sum_0_1);
					}
					/* c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])    models/lstm.lua:18; schedules/parts/many.lua:72 */
					for (int64_t n = 0; n < 1; n++) {
						const float *const a_n = a + n * 32;
						const float *const c_prev_n = c_prev + (N / 6) * 1536 + n * 256 + io * 8;
						float *const c_t_n = c_t + (N / 6) * 1536 + n * 256 + io * 8;
						store4(c_t_n, fma4(sigmoid4(load4(a_n)), tanh4(load4(a_n + 16)), sigmoid4(load4(a_n + 8)) * load4(c_prev_n)));
						store4(c_t_n + 4, fma4(sigmoid4(load4(a_n + 4)), tanh4(load4(a_n + 20)), sigmoid4(load4(a_n + 12)) * load4(c_prev_n + 4)));
					}
					for (int64_t ni = 0; ni < 1; ni++) {
						const float *const c_t_ni = c_t + (N / 6) * 1536 + ni * 256 + io * 8;
						const float *const a_ni = a + ni * 32;
						float *const h_t_ni = h_t + (N / 6) * 1536 + ni * 256 + io * 8;
						store4(h_t_ni, sigmoid4(load4(a_ni + 24)) * tanh4(load4(c_t_ni)));
						store4(h_t_ni + 4, sigmoid4(load4(a_ni + 28)) * tanh4(load4(c_t_ni + 4)));
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
	RNN_MODEL_ABI, "lstm", "generic",
	2, 1, 1, 3, 2,
	lstm_dims, lstm_inputs, lstm_outputs, lstm_params, lstm_states,
	lstm_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
