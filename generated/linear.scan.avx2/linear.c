/* linear.c · emitted by rnngen 0.1 from models/linear.lua and schedules/linear.scan.lua for avx2; yours to use as you like */
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

#include "linear.h"
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

/* past the caches, where p is a multiple of a vector's bytes */
static inline void stream8(float *p, v8 a)
{
	if ((uintptr_t)p % sizeof a)
		store8(p, a);
	else
		_mm256_stream_ps(p, a);
}

/* what was written past the caches comes before what follows */
static inline void fence8(void) { _mm_sfence(); }

static inline v8 splat8(float a) { return _mm256_set1_ps(a); }
static inline v8 fma8(v8 a, v8 b, v8 c) { return _mm256_fmadd_ps(a, b, c); }


static inline int64_t min_i(int64_t a, int64_t b) { return a < b ? a : b; }

static inline int64_t max_i(int64_t a, int64_t b) { return a > b ? a : b; }

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
static void barrier(struct team *me)
{
	me->step++;
	OMP(omp barrier)
}
#else
static void barrier(struct team *me) { me->step++; }
#endif

/* All that the loops need to know of one run. */
struct linear_frame {
	int64_t threads;
	int64_t T, N;
	const float *a;  /* [T][N][8] */
	const float *b;  /* [T][N][8] */
	float *h;  /* [T][N][8] */
	float *h_product;  /* [17][N][8] */
	float *h_sum;  /* [17][N][8] */
	float *h_begin;  /* [17][N][8] */
	float *h_start;
	int64_t *flag;
};

size_t linear_weights_size(void) { return 0; }

int linear_weights_pack(void *weights)
{
	char *at = (char *)weights;
	if (!weights)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	(void)at;
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t linear_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 136, sizeof(float)) +
	       part(N * 136, sizeof(float)) +
	       part(N * 136, sizeof(float)) +
	       part(N * 8, sizeof(float)) +
	       part(512, sizeof(int64_t));
}

static __attribute__((noinline)) void linear_h(const struct linear_frame *f, struct team *me)
{
	const int64_t N = f->N;
	const float *const h_start = f->h_start;
	float *const h_begin = f->h_begin;
	const float *const h_prev = h_start;
	/* h[t][n][i] = a[t][n][i] * h[t - 1][n][i] + b[t][n][i]    models/linear.lua:9; schedules/linear.scan.lua:15 */
	if (me->thread == 0) {
		for (int64_t n = 0; n < N; n++) {
			store8(h_begin + N * 128 + n * 8, load8(h_prev + n * 8));
		}
	}
}

static __attribute__((noinline)) void linear_h_2(const struct linear_frame *f, struct team *me)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const a = f->a;
	const float *const b = f->b;
	float *const h = f->h;
	float *const h_product = f->h_product;
	float *const h_sum = f->h_sum;
	float *const h_begin = f->h_begin;
	for (int64_t block = 0; block < ((T + 527) / 528 + 15) / 16; block++) {
		for (int64_t group__first = share((max_i(0, min_i(16, (T + 527) / 528 - block * 16 - 1)) + 3) / 4, me->thread, me->threads), group__end = share((max_i(0, min_i(16, (T + 527) / 528 - block * 16 - 1)) + 3) / 4, me->thread + 1, me->threads), group_ = group__first;
		     group_ < group__end; group_++) {
			for (int64_t n = 0; n < N; n++) {
				if (((T + 527) / 528) * 528 > block * 8448 + group_ * 2112 + 2639) {
					v8 h_product_2_0 = splat8(1.0f);
					v8 h_product_2_1 = splat8(1.0f);
					v8 h_product_2_2 = splat8(1.0f);
					v8 h_product_2_3 = splat8(1.0f);
					v8 h_sum_2_0 = splat8(0.0f);
					v8 h_sum_2_1 = splat8(0.0f);
					v8 h_sum_2_2 = splat8(0.0f);
					v8 h_sum_2_3 = splat8(0.0f);
					for (int64_t s = 0; s < 528; s++) {
						const float *const a_s = a + block * N * 67584 + group_ * N * 16896 + (s * N + n) * 8;
						const float *const a_s_2 = a + block * N * 67584 + group_ * N * 16896 + N * 4224 + (s * N + n) * 8;
						const float *const a_s_3 = a + block * N * 67584 + group_ * N * 16896 + N * 8448 + (s * N + n) * 8;
						const float *const a_s_4 = a + block * N * 67584 + group_ * N * 16896 + N * 12672 + (s * N + n) * 8;
						const v8 a_v = load8(a_s);
						h_sum_2_0 = fma8(a_v, h_sum_2_0, load8(b + block * N * 67584 + group_ * N * 16896 + (s * N + n) * 8));
						const v8 a_v_2 = load8(a_s_2);
						h_sum_2_1 = fma8(a_v_2, h_sum_2_1, load8(b + block * N * 67584 + group_ * N * 16896 + N * 4224 + (s * N + n) * 8));
						const v8 a_v_3 = load8(a_s_3);
						h_sum_2_2 = fma8(a_v_3, h_sum_2_2, load8(b + block * N * 67584 + group_ * N * 16896 + N * 8448 + (s * N + n) * 8));
						const v8 a_v_4 = load8(a_s_4);
						h_sum_2_3 = fma8(a_v_4, h_sum_2_3, load8(b + block * N * 67584 + group_ * N * 16896 + N * 12672 + (s * N + n) * 8));
						h_product_2_0 = a_v * h_product_2_0;
						h_product_2_1 = a_v_2 * h_product_2_1;
						h_product_2_2 = a_v_3 * h_product_2_2;
						h_product_2_3 = a_v_4 * h_product_2_3;
					}
					store8(h_product + group_ * N * 32 + n * 8, h_product_2_0);
					store8(h_product + group_ * N * 32 + (N + n) * 8, h_product_2_1);
					store8(h_product + group_ * N * 32 + N * 16 + n * 8, h_product_2_2);
					store8(h_product + group_ * N * 32 + N * 24 + n * 8, h_product_2_3);
					store8(h_sum + group_ * N * 32 + n * 8, h_sum_2_0);
					store8(h_sum + group_ * N * 32 + (N + n) * 8, h_sum_2_1);
					store8(h_sum + group_ * N * 32 + N * 16 + n * 8, h_sum_2_2);
					store8(h_sum + group_ * N * 32 + N * 24 + n * 8, h_sum_2_3);
				} else {
					for (int64_t c = 0; c < min_i(4, min_i(16, (T + 527) / 528 - block * 16 - 1) - group_ * 4); c++) {
						v8 h_product_2 = splat8(1.0f);
						v8 h_sum_2 = splat8(0.0f);
						for (int64_t s = 0; s < 528; s++) {
							const float *const a_s = a + block * N * 67584 + group_ * N * 16896 + c * N * 4224 + (s * N + n) * 8;
							const v8 a_v = load8(a_s);
							h_sum_2 = fma8(a_v, h_sum_2, load8(b + block * N * 67584 + group_ * N * 16896 + c * N * 4224 + (s * N + n) * 8));
							h_product_2 = a_v * h_product_2;
						}
						store8(h_product + group_ * N * 32 + (c * N + n) * 8, h_product_2);
						store8(h_sum + group_ * N * 32 + (c * N + n) * 8, h_sum_2);
					}
				}
			}
		}
		/* h_product was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		if (me->thread == 0) {
			for (int64_t n = 0; n < N; n++) {
				v8 h_last = load8(h_begin + N * 128 + n * 8);
				store8(h_begin + n * 8, h_last);
				for (int64_t c = 0; c < min_i(16, (T + 527) / 528 - block * 16 - 1); c++) {
					h_last = fma8(load8(h_product + (c * N + n) * 8), h_last, load8(h_sum + (c * N + n) * 8));
					store8(h_begin + (c * N + N + n) * 8, h_last);
				}
			}
		}
		/* h_begin was written, is read by other threads */
		if (me->threads > 1)
			barrier(me);
		for (int64_t group__first = share((max_i(0, min_i(16, (T + 527) / 528 - block * 16)) + 3) / 4, me->thread, me->threads), group__end = share((max_i(0, min_i(16, (T + 527) / 528 - block * 16)) + 3) / 4, me->thread + 1, me->threads), group_ = group__first;
		     group_ < group__end; group_++) {
			for (int64_t n = 0; n < N; n++) {
				if (T > block * 8448 + group_ * 2112 + 2111) {
					v8 h_last_0 = load8(h_begin + group_ * N * 32 + n * 8);
					v8 h_last_1 = load8(h_begin + group_ * N * 32 + (N + n) * 8);
					v8 h_last_2 = load8(h_begin + group_ * N * 32 + N * 16 + n * 8);
					v8 h_last_3 = load8(h_begin + group_ * N * 32 + N * 24 + n * 8);
					for (int64_t s = 0; s < 528; s++) {
						h_last_0 = fma8(load8(a + block * N * 67584 + group_ * N * 16896 + (s * N + n) * 8), h_last_0, load8(b + block * N * 67584 + group_ * N * 16896 + (s * N + n) * 8));
						h_last_1 = fma8(load8(a + block * N * 67584 + group_ * N * 16896 + N * 4224 + (s * N + n) * 8), h_last_1, load8(b + block * N * 67584 + group_ * N * 16896 + N * 4224 + (s * N + n) * 8));
						h_last_2 = fma8(load8(a + block * N * 67584 + group_ * N * 16896 + N * 8448 + (s * N + n) * 8), h_last_2, load8(b + block * N * 67584 + group_ * N * 16896 + N * 8448 + (s * N + n) * 8));
						h_last_3 = fma8(load8(a + block * N * 67584 + group_ * N * 16896 + N * 12672 + (s * N + n) * 8), h_last_3, load8(b + block * N * 67584 + group_ * N * 16896 + N * 12672 + (s * N + n) * 8));
						stream8(h + block * N * 67584 + group_ * N * 16896 + (s * N + n) * 8, h_last_0);
						stream8(h + block * N * 67584 + group_ * N * 16896 + N * 4224 + (s * N + n) * 8, h_last_1);
						stream8(h + block * N * 67584 + group_ * N * 16896 + N * 8448 + (s * N + n) * 8, h_last_2);
						stream8(h + block * N * 67584 + group_ * N * 16896 + N * 12672 + (s * N + n) * 8, h_last_3);
					}
				} else {
					for (int64_t c = 0; c < min_i(4, min_i(16, (T + 527) / 528 - block * 16) - group_ * 4); c++) {
						v8 h_last = load8(h_begin + group_ * N * 32 + (c * N + n) * 8);
						for (int64_t s = 0; s < min_i(528, T - c * 528 - group_ * 2112 - block * 8448); s++) {
							h_last = fma8(load8(a + block * N * 67584 + group_ * N * 16896 + c * N * 4224 + (s * N + n) * 8), h_last, load8(b + block * N * 67584 + group_ * N * 16896 + c * N * 4224 + (s * N + n) * 8));
							stream8(h + block * N * 67584 + group_ * N * 16896 + c * N * 4224 + (s * N + n) * 8, h_last);
						}
					}
				}
			}
		}
	}
}

int linear_run(const void *weights, int64_t T, int64_t N,
	const float *a,
	const float *b,
	float *h,
	const struct linear_state *state, void *workspace)
{
	struct linear_frame f;
	char *at = (char *)workspace;
	if (!weights || !workspace || !a || !b || !h)
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
	f.a = a;
	f.b = b;
	f.h = h;
	f.h_product = (float *)(void *)at;
	at += part(N * 136, sizeof(float));
	f.h_sum = (float *)(void *)at;
	at += part(N * 136, sizeof(float));
	f.h_begin = (float *)(void *)at;
	at += part(N * 136, sizeof(float));
	f.h_start = (float *)(void *)at;
	at += part(N * 8, sizeof(float));
	f.flag = (int64_t *)(void *)at;
	if (!state || !state->h) {
		memset(f.h_start, 0, (size_t)(N * 8) * sizeof(float));
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
		linear_h(&f, me);
		if (me->threads > 1)
			barrier(me);  /* h was read, is written by other threads */
		linear_h_2(&f, me);
		fence8();
	}
	if (state && state->h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.h + (T - 1 + k) * (N * 8) : f.h_start + (T + k) * (N * 8);
			memmove(state->h + k * (N * 8), last, (size_t)(N * 8) * sizeof(float));
		}
	}
	return RNN_OK;
}

/* ---- for hosts that know no names ---- */

static const struct rnn_tensor linear_inputs[] = {
	{ "a", RNN_F32, 3, { -1, -2, 8 } },
	{ "b", RNN_F32, 3, { -1, -2, 8 } },
};

static const struct rnn_tensor linear_outputs[] = {
	{ "h", RNN_F32, 3, { -1, -2, 8 } },
};

static const struct rnn_tensor linear_states[] = {
	{ "h", RNN_F32, 3, { 1, -2, 8 } },
};

static const char *const linear_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	(void)params;
	return linear_weights_pack(weights);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return linear_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct linear_state state;
	if (states) {
		state.h = (float *)states[0];
	}
	return linear_run(weights, dims[0], dims[1], (const float *)inputs[0], (const float *)inputs[1], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model linear_model = {
	RNN_MODEL_ABI, "linear", "avx2",
	2, 2, 1, 0, 1,
	linear_dims, linear_inputs, linear_outputs, NULL, linear_states,
	linear_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
