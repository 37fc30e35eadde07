/* probe_lstm_avx2.c · an LSTM written by hand: the mark that emitted code has to reach on AVX2 and FMA
 *
 *   a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
 *   c[t][n][i]    = sigmoid(a[1]) * c[t-1][n][i] + sigmoid(a[0]) * tanh(a[2])
 *   h[t][n][i]    = sigmoid(a[3]) * tanh(c[t][n][i])                                  gate order i f g o
 *
 * Two loop orders over one packing, P[i/8][k][g][i%8] for W and U alike:
 *
 *   small batch   xw = b + W x for all rows (t, n) at once; then time, threads owning slices of i and waiting for
 *                 one another once a step. 16 units at a time: two panels of P, 8 accumulators. Every other step
 *                 walks the panels backwards and meets those that are still in cache.
 *   large batch   threads own rows of the batch, and never wait. 3 rows x 4 gates x 8 units = 12 accumulators sum
 *                 over x and then over h, and the activations read them where they are.
 *
 * Both sum b, k = 0.., j = 0.. in this order: results do not depend on the batch or on the number of threads.
 * Extents: -DH=, -DX= (default H); H a multiple of 16. Build: cc -O3 -mavx2 -mfma -fopenmp -shared -fPIC. */
#ifndef H
#define H 128
#endif
#ifndef X
#define X H
#endif

#include <immintrin.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "../../runtime/rnn_model.h"

_Static_assert(H % 16 == 0, "H must be a multiple of 16");

enum {
	PANELS = H / 8,
	PANEL_W = X * 32, PANEL_U = H * 32,     /* floats in one panel of 8 units */
	MAX_THREADS = 64,
	SMALL_BATCH = 2                         /* more rows than this, and the register tile is worth it */
};

typedef float v8 __attribute__((vector_size(32)));

static inline v8 load8(const float *p) { v8 v; memcpy(&v, p, sizeof v); return v; }
static inline void store8(float *p, v8 v) { memcpy(p, &v, sizeof v); }
static inline v8 splat8(float s) { return (v8)_mm256_set1_ps(s); }
static inline v8 fma8(v8 a, v8 b, v8 c) { return (v8)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
static inline v8 fnma8(v8 a, v8 b, v8 c) { return (v8)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c); }
static inline v8 min8(v8 a, v8 b) { return (v8)_mm256_min_ps((__m256)a, (__m256)b); }
static inline v8 max8(v8 a, v8 b) { return (v8)_mm256_max_ps((__m256)a, (__m256)b); }

/* e^x = 2^n * (1 + *m), |*m| <= sqrt(2) - 1; returns 2^n. Polynomial: Cephes expf. Needs -87 <= x <= 88. */
static inline v8 exp_parts8(v8 x, v8 *m)
{
	const v8 shift = splat8(12582912.0f + 127.0f);  /* rounds to an integer and leaves the exponent's bits */
	const v8 biased = fma8(x, splat8(1.44269504f), shift);
	const v8 n = biased - shift;
	const v8 r = fnma8(n, splat8(-2.12194440e-4f), fnma8(n, splat8(0.693359375f), x));
	v8 p = splat8(1.9875691500e-4f);
	p = fma8(p, r, splat8(1.3981999507e-3f));
	p = fma8(p, r, splat8(8.3334519073e-3f));
	p = fma8(p, r, splat8(4.1665795894e-2f));
	p = fma8(p, r, splat8(1.6666665459e-1f));
	p = fma8(p, r, splat8(5.0000001201e-1f));
	*m = fma8(p, r * r, r);
	return (v8)_mm256_slli_epi32((__m256i)biased, 23);
}

static inline v8 sigmoid8(v8 x)
{
	v8 m;
	const v8 s = exp_parts8(max8(min8(-x, splat8(88.0f)), splat8(-87.0f)), &m);
	return splat8(1.0f) / (splat8(1.0f) + fma8(s, m, s));
}

/* expm1(2|x|) / (expm1(2|x|) + 2): no cancellation near 0 */
static inline v8 tanh8(v8 x)
{
	const __m256 sign = _mm256_set1_ps(-0.0f);
	const v8 a = min8((v8)_mm256_andnot_ps(sign, (__m256)x), splat8(10.0f));
	v8 m;
	const v8 s = exp_parts8(a + a, &m);
	const v8 e = fma8(s, m, s - splat8(1.0f));
	return (v8)_mm256_or_ps((__m256)(e / (e + splat8(2.0f))), _mm256_and_ps((__m256)x, sign));
}

static inline void cell8(v8 i, v8 f, v8 g, v8 o, float *c, float *h)
{
	const v8 c_new = fma8(sigmoid8(f), load8(c), sigmoid8(i) * tanh8(g));
	store8(c, c_new);
	store8(h, sigmoid8(o) * tanh8(c_new));
}

/* Register tile: r rows x 4 gates x 8 units in named scalars, i0 f0 g0 o0, i1 ... 12 accumulators, 3 splats and
 * one vector of weights are the 16 registers. */
#define ROWS_1(F) F(0)
#define ROWS_2(F) F(0) F(1)
#define ROWS_3(F) F(0) F(1) F(2)
#define START(r) v8 i##r = load8(b), f##r = load8(b + 8), g##r = load8(b + 16), o##r = load8(b + 24);
#define SPLAT(r) const v8 s##r = splat8(in[(r) * EXTENT + k]);
#define FMA_I(r) i##r = fma8(w, s##r, i##r);
#define FMA_F(r) f##r = fma8(w, s##r, f##r);
#define FMA_G(r) g##r = fma8(w, s##r, g##r);
#define FMA_O(r) o##r = fma8(w, s##r, o##r);
#define SUM(ROWS, panel, rows) \
	for (ptrdiff_t k = 0; k < EXTENT; k++) { \
		const float *p = (panel) + k * 32, *in = (rows); \
		ROWS(SPLAT) \
		{ const v8 w = load8(p); ROWS(FMA_I) } \
		{ const v8 w = load8(p + 8); ROWS(FMA_F) } \
		{ const v8 w = load8(p + 16); ROWS(FMA_G) } \
		{ const v8 w = load8(p + 24); ROWS(FMA_O) } \
	}

/* input_m: m rows of xw = b + W x. Rows of xw are 4H apart. */
#define STORE(r) \
	store8(xw + (r) * 4 * H, i##r); store8(xw + (r) * 4 * H + 8, f##r); \
	store8(xw + (r) * 4 * H + 16, g##r); store8(xw + (r) * 4 * H + 24, o##r);
#define INPUT(m) \
	static void input_##m(const float *restrict w_panel, const float *b, const float *x, float *restrict xw) \
	{ \
		enum { EXTENT = X }; \
		ROWS_##m(START) SUM(ROWS_##m, w_panel, x) ROWS_##m(STORE) \
	}

/* step_m: m rows of the batch through one step, 8 units. h0: row of h[t-1]. */
#define ACTIVATE(r) cell8(i##r, f##r, g##r, o##r, c + (r) * H, h + (r) * H);
#define STEP(m) \
	static void step_##m(const float *w_panel, const float *u_panel, const float *b, const float *x, \
	                     const float *h0, float *c, float *h) \
	{ \
		ROWS_##m(START) \
		{ enum { EXTENT = X }; SUM(ROWS_##m, w_panel, x) } \
		{ enum { EXTENT = H }; SUM(ROWS_##m, u_panel, h0) } \
		ROWS_##m(ACTIVATE) \
	}

INPUT(1) INPUT(2) INPUT(3)
STEP(1) STEP(2) STEP(3)

struct weights {
	float W[PANELS][X][4][8];
	float U[PANELS][H][4][8];
	float b[PANELS][4][8];
};

struct workspace {
	struct { _Alignas(128) atomic_llong steps; } done[MAX_THREADS];
	_Alignas(64) float zero[H];             /* h[-1] */
	float floats[];                         /* c [N][H]; small batch: xw [T][N][i/8][g][i%8] */
};

struct team { int id, size; };

static struct team team_of_caller(void)
{
#ifdef _OPENMP
	return (struct team){ omp_get_thread_num(), omp_get_num_threads() };
#else
	return (struct team){ 0, 1 };
#endif
}

static ptrdiff_t slice(ptrdiff_t total, int part, int parts) { return total * part / parts; }

/* Waits until every thread has finished `steps` steps. A thread that waits long gives its core away: with more
 * threads than cores, spinning on would hold up the very thread that it waits for. */
static void wait_for_team(struct workspace *ws, struct team me, int64_t steps)
{
	for (int other = 0; other < me.size; other++)
		for (int spins = 0; atomic_load_explicit(&ws->done[other].steps, memory_order_acquire) < steps; spins++)
			if (spins < 4000)
				_mm_pause();
			else
				sched_yield();
}

/* 16 units of one step: gates of panels io and io + 1, then c and h */
static void units16(const float *xw, const float *u, const float *h_prev, float *c, float *h)
{
	v8 i0 = load8(xw), f0 = load8(xw + 8), g0 = load8(xw + 16), o0 = load8(xw + 24);
	v8 i1 = load8(xw + 32), f1 = load8(xw + 40), g1 = load8(xw + 48), o1 = load8(xw + 56);
	const float *u1 = u + PANEL_U;
	for (ptrdiff_t j = 0; j < H; j++, u += 32, u1 += 32) {
		const v8 hj = splat8(h_prev[j]);
		i0 = fma8(load8(u), hj, i0);
		f0 = fma8(load8(u + 8), hj, f0);
		g0 = fma8(load8(u + 16), hj, g0);
		o0 = fma8(load8(u + 24), hj, o0);
		i1 = fma8(load8(u1), hj, i1);
		f1 = fma8(load8(u1 + 8), hj, f1);
		g1 = fma8(load8(u1 + 16), hj, g1);
		o1 = fma8(load8(u1 + 24), hj, o1);
	}
	cell8(i0, f0, g0, o0, c, h);
	cell8(i1, f1, g1, o1, c + 8, h + 8);
}

static void run_small_batch(const struct weights *w, int64_t T, int64_t N, const float *x, float *h,
                            struct workspace *ws, struct team me)
{
	const ptrdiff_t first = 2 * slice(PANELS / 2, me.id, me.size), end = 2 * slice(PANELS / 2, me.id + 1, me.size);
	float *c = ws->floats, *xw = c + N * H;
	const int64_t rows = T * N;

	for (ptrdiff_t io = first; io < end; io++) {
		const float *panel = &w->W[io][0][0][0], *b = &w->b[io][0][0];
		int64_t r = 0;
		for (; r + 3 <= rows; r += 3)
			input_3(panel, b, x + r * X, xw + (r * PANELS + io) * 32);
		if (rows - r == 2)
			input_2(panel, b, x + r * X, xw + (r * PANELS + io) * 32);
		if (rows - r == 1)
			input_1(panel, b, x + r * X, xw + (r * PANELS + io) * 32);
	}
	for (int64_t t = 0; t < T; t++) {
		if (t > 0)
			wait_for_team(ws, me, t);
		for (int64_t n = 0; n < N; n++) {
			float *h_t = h + (t * N + n) * H;
			const float *h_prev = t > 0 ? h_t - N * H : ws->zero;
			const float *xw_t = xw + (t * N + n) * 4 * H;
			if (me.size > 1)        /* all lines that other cores wrote at once, not one after the other */
				for (ptrdiff_t j = 0; j < H; j += 16)
					_mm_prefetch((const char *)(h_prev + j), _MM_HINT_T0);
			for (ptrdiff_t p = first; p < end; p += 2) {
				const ptrdiff_t io = t % 2 ? first + end - 2 - p : p;
				units16(xw_t + io * 32, &w->U[io][0][0][0], h_prev, c + n * H + io * 8, h_t + io * 8);
			}
		}
		atomic_store_explicit(&ws->done[me.id].steps, t + 1, memory_order_release);
	}
}

static void run_large_batch(const struct weights *w, int64_t T, int64_t N, const float *x, float *h,
                            struct workspace *ws, struct team me)
{
	const int64_t first = slice(N, me.id, me.size), end = slice(N, me.id + 1, me.size);
	float *c = ws->floats;

	for (int64_t t = 0; t < T; t++, x += N * X, h += N * H) {
		/* h[-1] is the block of zeros behind c */
		const float *h0 = t > 0 ? h - N * H : c + N * H;
		for (ptrdiff_t io = 0; io < PANELS; io++) {
			const float *wp = &w->W[io][0][0][0], *up = &w->U[io][0][0][0], *b = &w->b[io][0][0];
			int64_t n = first;
			for (; n + 3 <= end; n += 3)
				step_3(wp, up, b, x + n * X, h0 + n * H, c + n * H + io * 8, h + n * H + io * 8);
			if (end - n == 2)
				step_2(wp, up, b, x + n * X, h0 + n * H, c + n * H + io * 8, h + n * H + io * 8);
			if (end - n == 1)
				step_1(wp, up, b, x + n * X, h0 + n * H, c + n * H + io * 8, h + n * H + io * 8);
		}
	}
}

static size_t lstm_weights_size(void) { return sizeof(struct weights); }

static int lstm_weights_pack(void *weights, const void *const *params)
{
	struct weights *w = weights;
	const float *W = params[0], *U = params[1], *b = params[2];
	for (ptrdiff_t g = 0; g < 4; g++)
		for (ptrdiff_t i = 0; i < H; i++) {
			for (ptrdiff_t k = 0; k < X; k++)
				w->W[i / 8][k][g][i % 8] = W[(g * H + i) * X + k];
			for (ptrdiff_t j = 0; j < H; j++)
				w->U[i / 8][j][g][i % 8] = U[(g * H + i) * H + j];
			w->b[i / 8][g][i % 8] = b[g * H + i];
		}
	return RNN_OK;
}

static size_t lstm_workspace_size(const int64_t *dims)
{
	const int64_t T = dims[0], N = dims[1];
	const int64_t floats = N * H + (N <= SMALL_BATCH ? T * N * 4 * H : N * H);
	return sizeof(struct workspace) + (size_t)floats * sizeof(float);
}

static int lstm_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
                    void *const *states, void *workspace)
{
	const int64_t T = dims[0], N = dims[1];
	struct workspace *ws = workspace;
	(void)states;                           /* a probe: always from the zero state */
	memset(ws, 0, sizeof *ws);
	memset(ws->floats, 0, (size_t)(N <= SMALL_BATCH ? 1 : 2) * N * H * sizeof(float));
#ifdef _OPENMP
	const int threads = omp_get_max_threads() < MAX_THREADS ? omp_get_max_threads() : MAX_THREADS;
#pragma omp parallel num_threads(threads)
#endif
	(N <= SMALL_BATCH ? run_small_batch : run_large_batch)(weights, T, N, inputs[0], outputs[0], ws,
	                                                       team_of_caller());
	return RNN_OK;
}

static const char *const dims[] = { "T", "N" };
static const struct rnn_tensor input[] = { { "x", RNN_F32, 3, { -1, -2, X } } };
static const struct rnn_tensor output[] = { { "h", RNN_F32, 3, { -1, -2, H } } };
static const struct rnn_tensor param[] = {
	{ "W", RNN_F32, 3, { 4, H, X } }, { "U", RNN_F32, 3, { 4, H, H } }, { "b", RNN_F32, 2, { 4, H } }
};

const struct rnn_model lstm_model = {
	RNN_MODEL_ABI, "lstm", "avx2", 2, 1, 1, 3, 0, dims, input, output, param, NULL,
	lstm_weights_size, lstm_weights_pack, lstm_workspace_size, lstm_run, 0, NULL
};
