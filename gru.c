/* gru.c · emitted by rnngen 0.1 from models/gru.lua for avx2; yours to use as you like */
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

#include "gru.h"

static inline float fma1(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float min1(float a, float b) { return a < b ? a : b; }
static inline float max1(float a, float b) { return a > b ? a : b; }
static inline float splat1(float a) { return a; }
static inline uint32_t bits1(float a) { uint32_t u; memcpy(&u, &a, sizeof u); return u; }
static inline float unbits1(uint32_t u) { float a; memcpy(&a, &u, sizeof a); return a; }

/* 1 / (1 + exp(-x)) as 2^-30 / (2^-30 + 2^-30 exp(-x)): the factor keeps the divisor finite where the result
 * fades to 0. See exp; p has one term less. */
static inline float sigmoid1(float x)
{
	const float magic = splat1(12583009.0f);          /* 1.5 * 2^23 + 127 - 30 */
	const float unit = splat1(9.31322575e-10f);       /* 2^-30 */
	const float z = max1(splat1(-60.0f), min1(splat1(105.0f), -x));
	const float k = fma1(z, splat1(1.44269504f), magic);
	const float n = k - magic;
	const float r = fma1(n, splat1(-1.42860677e-6f), fma1(n, splat1(-0.693145752f), z));
	const float s = unbits1(bits1(k) << 23);
	const float r2 = r * r;
	const float p = fma1(r2, fma1(r, splat1(8.31253454e-3f), splat1(4.18903418e-2f)),
		fma1(r, splat1(0.166671157f), splat1(0.499992311f)));

	return unit / fma1(r2 * s, p, fma1(r, s, unit + s));
}

static inline float abs1(float a) { return fabsf(a); }

/* E / (E + 2) with E = expm1(2a) = (2^n - 1) + 2^n expm1(2r), a = |x| = n ln2/2 + r. E and E + 2 end in the same
 * product, side by side, so that E <= E + 2 after rounding too. For n > 2 the error of r fades like tanh's slope,
 * hence ln2/2 in one constant. */
static inline float tanh1(float x)
{
	const float magic = splat1(12583039.0f);          /* 1.5 * 2^23 + 127 */
	const float one = splat1(1.0f);
	const float a = min1(splat1(10.0f), abs1(x));
	const float k = fma1(a, splat1(2.88539008f), magic);
	const float n = k - magic;
	const float r = fma1(n, splat1(-0.346573591f), a);
	const float s = unbits1(bits1(k) << 23);
	const float r2 = r * r;
	const float p = fma1(r2, fma1(r2, splat1(8.84136781e-2f), fma1(r, splat1(0.267799884f),
		splat1(0.666694224f))), fma1(r, splat1(1.33332169f), splat1(1.99999976f)));
	const float w = r2 * s;
	const float g = (r + r) * s;
	const float y = fma1(w, p, g + (s - one)) / fma1(w, p, g + (s + one));

	return unbits1(bits1(y) | (bits1(x) & 0x80000000u));
}


/* All that the loops need to know of one run. */
struct gru_frame {
	int64_t threads;
	int64_t T, N;
	const float *x;  /* [T][N][64] */
	float *r;  /* [1 of T][N][64] */
	float *z;  /* [1 of T][N][64] */
	float *g;  /* [1 of T][N][64] */
	float *h;  /* [T][N][64] */
	const float *b;  /* [3][64] */
	const float *W;  /* [3][64][64] */
	const float *U;  /* [3][64][64] */
	float *h_start;
};

size_t gru_weights_size(void) { return 99072; }

int gru_weights_pack(void *weights,
	const float *W,
	const float *U,
	const float *b)
{
	char *at = (char *)weights;
	if (!weights || !W || !U || !b)
		return RNN_ERROR_NULL;
	if ((uintptr_t)weights % 64)
		return RNN_ERROR_ALIGN;
	memcpy(at + 0, b, 768);
	memcpy(at + 768, W, 49152);
	memcpy(at + 49920, U, 49152);
	return RNN_OK;
}

/* Bytes of a part of the workspace: whole lines of memory. */
static inline size_t part(int64_t n, size_t size) { return ((size_t)n * size + 63) / 64 * 64; }

size_t gru_workspace_size(int64_t T, int64_t N)
{
	int64_t room = INT64_C(1) << 38;  /* elements for each combination of sizes: no index overflows */
	if (T < 0 || T > room)
		return 0;
	room /= T ? T : 1;
	if (N < 0 || N > room)
		return 0;
	room /= N ? N : 1;
	return part(N * 64, sizeof(float)) +
	       part(N * 64, sizeof(float)) +
	       part(N * 64, sizeof(float)) +
	       part(N * 64, sizeof(float));
}

static __attribute__((noinline)) void gru_h_steps(const struct gru_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const r = f->r;
	float *const z = f->z;
	float *const g = f->g;
	float *const h = f->h;
	const float *const h_start = f->h_start;
	const float *const b = f->b;
	const float *const W = f->W;
	const float *const U = f->U;
	for (int64_t t = 0; t < T; t++) {
		const float *const h_prev = t > 0 ? h + (t - 1) * N * 64 : h_start + t * N * 64;
		float *const r_t = r;
		float *const z_t = z;
		float *const g_t = g;
		float *const h_t = h + t * N * 64;
		/* r[t][n][i] = sigmoid(b[0][i] + sum(k, W[0][i][k] * x[t][n][k]) + sum(j, U[0][i][j] * h[t - 1][n][j]))    models/cells/gru.lua:13 */
		for (int64_t n = 0; n < N; n++) {
			float *const r_t_n = r_t + n * 64;
			for (int64_t i = 0; i < 64; i++) {
				const float *const W_i = W + i * 64;
				const float *const x_n = x + (t * N + n) * 64;
				const float *const U_i = U + i * 64;
				const float *const h_prev_n = h_prev + n * 64;
				float r_sum = b[i];
				for (int64_t k = 0; k < 64; k++) {
					r_sum = fma1(W_i[k], x_n[k], r_sum);
				}
				for (int64_t j = 0; j < 64; j++) {
					r_sum = fma1(U_i[j], h_prev_n[j], r_sum);
				}
				r_t_n[i] = sigmoid1(r_sum);
			}
		}
		/* z[t][n][i] = sigmoid(b[1][i] + sum(k, W[1][i][k] * x[t][n][k]) + sum(j, U[1][i][j] * h[t - 1][n][j]))    models/cells/gru.lua:14 */
		for (int64_t n = 0; n < N; n++) {
			float *const z_t_n = z_t + n * 64;
			for (int64_t i = 0; i < 64; i++) {
				const float *const W_i = W + i * 64;
				const float *const x_n = x + (t * N + n) * 64;
				const float *const U_i = U + i * 64;
				const float *const h_prev_n = h_prev + n * 64;
				float z_sum = b[i + 64];
				for (int64_t k = 0; k < 64; k++) {
					z_sum = fma1(W_i[k + 4096], x_n[k], z_sum);
				}
				for (int64_t j = 0; j < 64; j++) {
					z_sum = fma1(U_i[j + 4096], h_prev_n[j], z_sum);
				}
				z_t_n[i] = sigmoid1(z_sum);
			}
		}
		/* g[t][n][i] = tanh(b[2][i] + sum(k, W[2][i][k] * x[t][n][k]) + sum(j, U[2][i][j] * (r[t][n][j] * h[t - 1][n][j])))    models/cells/gru.lua:15 */
		for (int64_t n = 0; n < N; n++) {
			float *const g_t_n = g_t + n * 64;
			for (int64_t i = 0; i < 64; i++) {
				const float *const W_i = W + i * 64;
				const float *const x_n = x + (t * N + n) * 64;
				const float *const U_i = U + i * 64;
				const float *const h_prev_n = h_prev + n * 64;
				const float *const r_t_n = r_t + n * 64;
				float g_sum = b[i + 128];
				for (int64_t k = 0; k < 64; k++) {
					g_sum = fma1(W_i[k + 8192], x_n[k], g_sum);
				}
				for (int64_t j = 0; j < 64; j++) {
					g_sum = fma1(U_i[j + 8192], r_t_n[j] * h_prev_n[j], g_sum);
				}
				g_t_n[i] = tanh1(g_sum);
			}
		}
		/* h[t][n][i] = z[t][n][i] * h[t - 1][n][i] + (1 - z[t][n][i]) * g[t][n][i]    models/cells/gru.lua:16 */
		for (int64_t n = 0; n < N; n++) {
			const float *const z_t_n = z_t + n * 64;
			const float *const g_t_n = g_t + n * 64;
			const float *const h_prev_n = h_prev + n * 64;
			float *const h_t_n = h_t + n * 64;
			for (int64_t i = 0; i < 64; i++) {
				h_t_n[i] = fma1(1.0f - z_t_n[i], g_t_n[i], z_t_n[i] * h_prev_n[i]);
			}
		}
	}
}

int gru_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *h,
	const struct gru_state *state, void *workspace)
{
	struct gru_frame f;
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
	f.threads = 1;
	f.T = T;
	f.N = N;
	f.x = x;
	f.h = h;
	f.b = (const float *)(const void *)((const char *)weights + 0);
	f.W = (const float *)(const void *)((const char *)weights + 768);
	f.U = (const float *)(const void *)((const char *)weights + 49920);
	f.r = (float *)(void *)at;
	at += part(N * 64, sizeof(float));
	f.z = (float *)(void *)at;
	at += part(N * 64, sizeof(float));
	f.g = (float *)(void *)at;
	at += part(N * 64, sizeof(float));
	f.h_start = (float *)(void *)at;
	if (!state || !state->h) {
		memset(f.h_start, 0, (size_t)(N * 64) * sizeof(float));
	} else {
		f.h_start = state->h;
	}
	gru_h_steps(&f);
	if (state && state->h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.h + (T - 1 + k) * (N * 64) : f.h_start + (T + k) * (N * 64);
			memmove(state->h + k * (N * 64), last, (size_t)(N * 64) * sizeof(float));
		}
	}
	return RNN_OK;
}

/* ---- for hosts that know no names ---- */

static const struct rnn_tensor gru_inputs[] = {
	{ "x", RNN_F32, 3, { -1, -2, 64 } },
};

static const struct rnn_tensor gru_outputs[] = {
	{ "h", RNN_F32, 3, { -1, -2, 64 } },
};

static const struct rnn_tensor gru_params[] = {
	{ "W", RNN_F32, 3, { 3, 64, 64 } },
	{ "U", RNN_F32, 3, { 3, 64, 64 } },
	{ "b", RNN_F32, 2, { 3, 64 } },
};

static const struct rnn_tensor gru_states[] = {
	{ "h", RNN_F32, 3, { 1, -2, 64 } },
};

static const char *const gru_dims[] = { "T", "N" };

static int any_weights_pack(void *weights, const void *const *params)
{
	return gru_weights_pack(weights, (const float *)params[0], (const float *)params[1], (const float *)params[2]);
}

static size_t any_workspace_size(const int64_t *dims)
{
	return gru_workspace_size(dims[0], dims[1]);
}

static int any_run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
	void *const *states, void *workspace)
{
	struct gru_state state;
	if (states) {
		state.h = (float *)states[0];
	}
	return gru_run(weights, dims[0], dims[1], (const float *)inputs[0], (float *)outputs[0], states ? &state : NULL, workspace);
}

const struct rnn_model gru_model = {
	RNN_MODEL_ABI, "gru", "avx2",
	2, 1, 1, 3, 1,
	gru_dims, gru_inputs, gru_outputs, gru_params, gru_states,
	gru_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
