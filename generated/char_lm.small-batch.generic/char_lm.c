/* char_lm.c · emitted by rnngen 0.1 from models/char_lm.lua and schedules/char_lm.small-batch.lua for generic; yours to use as you like */
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

#include "char_lm.h"

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

/* exp(x) = 2^n exp(r), x = n ln2 + r. Adding 1.5 * 2^23 + 254 rounds to whole n and leaves n + 254 in the low bits;
 * 2^n comes in two factors, so that overflow and gradual underflow happen in the last product. */
static inline v4 exp4(v4 x)
{
	const v4 magic = splat4(12583166.0f);
	const v4 z = max4(splat4(-104.0f), min4(splat4(89.0f), x));
	const v4 k = fma4(z, splat4(1.44269504f), magic);
	const v4 n = k - magic;
	const v4 r = fma4(n, splat4(-1.42860677e-6f), fma4(n, splat4(-0.693145752f), z));
	const u32x4 b = bits4(k);
	const v4 s = unbits4((b >> 1) << 23);
	const v4 t = unbits4((b - (b >> 1)) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r2, splat4(1.38146372e-3f), fma4(r, splat4(8.36874638e-3f),
		splat4(4.16683890e-2f))), fma4(r, splat4(0.166665211f), splat4(0.499999940f)));

	return fma4(fma4(r2, p, r), s, s) * t;
}

/* 1 / (1 + exp(-x)) as 2^-30 / (2^-30 + 2^-30 exp(-x)): the factor keeps the divisor finite where the result
 * fades to 0. See exp; p has one term less. */
static inline v4 sigmoid4(v4 x)
{
	const v4 magic = splat4(12583009.0f);          /* 1.5 * 2^23 + 127 - 30 */
	const v4 unit = splat4(9.31322575e-10f);       /* 2^-30 */
	const v4 z = max4(splat4(-60.0f), min4(splat4(105.0f), -x));
	const v4 k = fma4(z, splat4(1.44269504f), magic);
	const v4 n = k - magic;
	const v4 r = fma4(n, splat4(-1.42860677e-6f), fma4(n, splat4(-0.693145752f), z));
	const v4 s = unbits4(bits4(k) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r, splat4(8.31253454e-3f), splat4(4.18903418e-2f)),
		fma4(r, splat4(0.166671157f), splat4(0.499992311f)));

	return unit / fma4(r2 * s, p, fma4(r, s, unit + s));
}

static inline v4 abs4(v4 a) { return unbits4(bits4(a) & 0x7fffffffu); }

/* E / (E + 2) with E = expm1(2a) = (2^n - 1) + 2^n expm1(2r), a = |x| = n ln2/2 + r. E and E + 2 end in the same
 * product, side by side, so that E <= E + 2 after rounding too. For n > 2 the error of r fades like tanh's slope,
 * hence ln2/2 in one constant. */
static inline v4 tanh4(v4 x)
{
	const v4 magic = splat4(12583039.0f);          /* 1.5 * 2^23 + 127 */
	const v4 one = splat4(1.0f);
	const v4 a = min4(splat4(10.0f), abs4(x));
	const v4 k = fma4(a, splat4(2.88539008f), magic);
	const v4 n = k - magic;
	const v4 r = fma4(n, splat4(-0.346573591f), a);
	const v4 s = unbits4(bits4(k) << 23);
	const v4 r2 = r * r;
	const v4 p = fma4(r2, fma4(r2, splat4(8.84136781e-2f), fma4(r, splat4(0.267799884f),
		splat4(0.666694224f))), fma4(r, splat4(1.33332169f), splat4(1.99999976f)));
	const v4 w = r2 * s;
	const v4 g = (r + r) * s;
	const v4 y = fma4(w, p, g + (s - one)) / fma4(w, p, g + (s + one));

	return unbits4(bits4(y) | (bits4(x) & 0x80000000u));
}


/* All that the loops need to know of one run. */
struct char_lm_frame {
	int64_t threads;
	int64_t T, N;
	const int32_t *tok;  /* [T][N] */
	float *x;  /* [T][N][64] */
	float *layer1_c;  /* [1 of T][N][128] */
	float *layer1_h;  /* [T][N][128] */
	float *layer2_c;  /* [1 of T][N][128] */
	float *layer2_h;  /* [T][N][128] */
	float *dense_o;  /* [T][N][76] */
	float *m;  /* [T][N] */
	float *e;  /* [T][N][76] */
	float *s;  /* [T][N] */
	float *y;  /* [T][N][76] */
	float *layer1_xw;  /* [T][N][4][128] */
	float *layer2_xw;  /* [T][N][4][128] */
	const float *E;  /* [76][64] */
	const float *layer1_b;  /* [4][128] */
	const float *layer1_W;  /* [32][64][4][4] */
	const float *layer1_U;  /* [16][128][4][8] */
	const float *layer2_b;  /* [4][128] */
	const float *layer2_W;  /* [32][128][4][4] */
	const float *layer2_U;  /* [16][128][4][8] */
	const float *dense_b;  /* [76] */
	const float *dense_W;  /* [10][128][8] */
	float *layer1_h_start;
	float *layer2_h_start;
};

/* layer1.W as [i/4][k][g][i%4]    schedules/char_lm.small-batch.lua:7 */
static void pack_layer1_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 64; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 8192 + (i0 * 4 + i3) * 64 + i1];
}

/* layer1.U as [i/8][j][g][i%8]    schedules/char_lm.small-batch.lua:14 */
static void pack_layer1_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 8 + i3) * 128 + i1];
}

/* layer2.W as [i/4][k][g][i%4]    schedules/char_lm.small-batch.lua:7 */
static void pack_layer2_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 32; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 4; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 4 + i3) * 128 + i1];
}

/* layer2.U as [i/8][j][g][i%8]    schedules/char_lm.small-batch.lua:14 */
static void pack_layer2_U(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 16; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 4; i2++)
	for (int64_t i3 = 0; i3 < 8; i3++)
		*p++ = from[0][i2 * 16384 + (i0 * 8 + i3) * 128 + i1];
}

/* dense.W as [v/8][j][v%8], padded with zeros    schedules/char_lm.small-batch.lua:17 */
static void pack_dense_W(float *p, const float *const *from)
{
	for (int64_t i0 = 0; i0 < 10; i0++)
	for (int64_t i1 = 0; i1 < 128; i1++)
	for (int64_t i2 = 0; i2 < 8; i2++)
		*p++ = i0 * 8 + i2 < 76 ? from[0][(i0 * 8 + i2) * 128 + i1] : 0;
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
	return part(T * N * 64, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(T * N * 128, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(T * N * 128, sizeof(float)) +
	       part(T * N * 76, sizeof(float)) +
	       part(T * N, sizeof(float)) +
	       part(T * N * 76, sizeof(float)) +
	       part(T * N, sizeof(float)) +
	       part(T * N * 512, sizeof(float)) +
	       part(T * N * 512, sizeof(float)) +
	       part(N * 128, sizeof(float)) +
	       part(N * 128, sizeof(float));
}

static __attribute__((noinline)) void char_lm_x(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const int32_t *const tok = f->tok;
	float *const x = f->x;
	const float *const E = f->E;
	/* x[t][n][d] = E[tok[t][n]][d]    models/char_lm.lua:15; schedules/char_lm.small-batch.lua:5 */
	for (int64_t t = 0; t < T; t++) {
		for (int64_t n = 0; n < N; n++) {
			for (int64_t do_ = 0; do_ < 16; do_++) {
				store4(x + (t * N + n) * 64 + do_ * 4, load4(E + (int64_t)tok[t * N + n] * 64 + do_ * 4));
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_layer1_xw(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const x = f->x;
	float *const layer1_xw = f->layer1_xw;
	const float *const layer1_b = f->layer1_b;
	const float *const layer1_W = f->layer1_W;
	/* layer1.xw[t][n][g][i] = layer1.b[g][i] + sum(k, layer1.W[g][i][k] * x[t][n][k])    models/cells/lstm.lua:14; schedules/char_lm.small-batch.lua:7 */
	for (int64_t io = 0; io < 32; io++) {
		for (int64_t to = 0; to < T / 3; to++) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer1_b_io = layer1_b + io * 4;
				float *const layer1_xw_n = layer1_xw + to * N * 1536 + n * 512 + io * 4;
				float *const layer1_xw_n_2 = layer1_xw + to * N * 1536 + (N + n) * 512 + io * 4;
				float *const layer1_xw_n_3 = layer1_xw + to * N * 1536 + N * 1024 + n * 512 + io * 4;
				const float *const x_n = x + to * N * 192 + n * 64;
				const float *const x_n_2 = x + to * N * 192 + (N + n) * 64;
				const float *const x_n_3 = x + to * N * 192 + N * 128 + n * 64;
				const v4 layer1_b_v = load4(layer1_b_io);
				v4 xw_sum_0_0 = layer1_b_v;
				v4 xw_sum_0_1 = layer1_b_v;
				v4 xw_sum_0_2 = layer1_b_v;
				const v4 layer1_b_v_2 = load4(layer1_b_io + 128);
				v4 xw_sum_1_0 = layer1_b_v_2;
				v4 xw_sum_1_1 = layer1_b_v_2;
				v4 xw_sum_1_2 = layer1_b_v_2;
				const v4 layer1_b_v_3 = load4(layer1_b_io + 256);
				v4 xw_sum_2_0 = layer1_b_v_3;
				v4 xw_sum_2_1 = layer1_b_v_3;
				v4 xw_sum_2_2 = layer1_b_v_3;
				const v4 layer1_b_v_4 = load4(layer1_b_io + 384);
				v4 xw_sum_3_0 = layer1_b_v_4;
				v4 xw_sum_3_1 = layer1_b_v_4;
				v4 xw_sum_3_2 = layer1_b_v_4;
				for (int64_t k = 0; k < 64; k++) {
					const float *const layer1_W_k = layer1_W + io * 1024 + k * 16;
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
				store4(layer1_xw_n, xw_sum_0_0);
				store4(layer1_xw_n_2, xw_sum_0_1);
				store4(layer1_xw_n_3, xw_sum_0_2);
				store4(layer1_xw_n + 128, xw_sum_1_0);
				store4(layer1_xw_n_2 + 128, xw_sum_1_1);
				store4(layer1_xw_n_3 + 128, xw_sum_1_2);
				store4(layer1_xw_n + 256, xw_sum_2_0);
				store4(layer1_xw_n_2 + 256, xw_sum_2_1);
				store4(layer1_xw_n_3 + 256, xw_sum_2_2);
				store4(layer1_xw_n + 384, xw_sum_3_0);
				store4(layer1_xw_n_2 + 384, xw_sum_3_1);
				store4(layer1_xw_n_3 + 384, xw_sum_3_2);
			}
		}
		if (T % 3 > 1) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer1_b_io = layer1_b + io * 4;
				float *const layer1_xw_n = layer1_xw + (T / 3) * N * 1536 + n * 512 + io * 4;
				float *const layer1_xw_n_2 = layer1_xw + (T / 3) * N * 1536 + (N + n) * 512 + io * 4;
				const float *const x_n = x + (T / 3) * N * 192 + n * 64;
				const float *const x_n_2 = x + (T / 3) * N * 192 + (N + n) * 64;
				const v4 layer1_b_v = load4(layer1_b_io);
				v4 xw_sum_0_0 = layer1_b_v;
				v4 xw_sum_0_1 = layer1_b_v;
				const v4 layer1_b_v_2 = load4(layer1_b_io + 128);
				v4 xw_sum_1_0 = layer1_b_v_2;
				v4 xw_sum_1_1 = layer1_b_v_2;
				const v4 layer1_b_v_3 = load4(layer1_b_io + 256);
				v4 xw_sum_2_0 = layer1_b_v_3;
				v4 xw_sum_2_1 = layer1_b_v_3;
				const v4 layer1_b_v_4 = load4(layer1_b_io + 384);
				v4 xw_sum_3_0 = layer1_b_v_4;
				v4 xw_sum_3_1 = layer1_b_v_4;
				for (int64_t k = 0; k < 64; k++) {
					const float *const layer1_W_k = layer1_W + io * 1024 + k * 16;
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
				store4(layer1_xw_n, xw_sum_0_0);
				store4(layer1_xw_n_2, xw_sum_0_1);
				store4(layer1_xw_n + 128, xw_sum_1_0);
				store4(layer1_xw_n_2 + 128, xw_sum_1_1);
				store4(layer1_xw_n + 256, xw_sum_2_0);
				store4(layer1_xw_n_2 + 256, xw_sum_2_1);
				store4(layer1_xw_n + 384, xw_sum_3_0);
				store4(layer1_xw_n_2 + 384, xw_sum_3_1);
			}
		} else if (T % 3 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer1_b_io = layer1_b + io * 4;
				float *const layer1_xw_n = layer1_xw + (T / 3) * N * 1536 + n * 512 + io * 4;
				const float *const x_n = x + (T / 3) * N * 192 + n * 64;
				v4 xw_sum_0_0 = load4(layer1_b_io);
				v4 xw_sum_1_0 = load4(layer1_b_io + 128);
				v4 xw_sum_2_0 = load4(layer1_b_io + 256);
				v4 xw_sum_3_0 = load4(layer1_b_io + 384);
				for (int64_t k = 0; k < 64; k++) {
					const float *const layer1_W_k = layer1_W + io * 1024 + k * 16;
					const v4 x_n_k = splat4(x_n[k]);
					xw_sum_0_0 = fma4(load4(layer1_W_k), x_n_k, xw_sum_0_0);
					xw_sum_1_0 = fma4(load4(layer1_W_k + 4), x_n_k, xw_sum_1_0);
					xw_sum_2_0 = fma4(load4(layer1_W_k + 8), x_n_k, xw_sum_2_0);
					xw_sum_3_0 = fma4(load4(layer1_W_k + 12), x_n_k, xw_sum_3_0);
				}
				store4(layer1_xw_n, xw_sum_0_0);
				store4(layer1_xw_n + 128, xw_sum_1_0);
				store4(layer1_xw_n + 256, xw_sum_2_0);
				store4(layer1_xw_n + 384, xw_sum_3_0);
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_layer1_h_steps(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	float *const layer1_c = f->layer1_c;
	float *const layer1_h = f->layer1_h;
	const float *const layer1_h_start = f->layer1_h_start;
	const float *const layer1_xw = f->layer1_xw;
	const float *const layer1_U = f->layer1_U;
	for (int64_t t = 0; t < T; t++) {
		const float *const layer1_h_prev = t > 0 ? layer1_h + (t - 1) * N * 128 : layer1_h_start + t * N * 128;
		const float *const layer1_c_prev = layer1_c;
		float *const layer1_c_t = layer1_c;
		float *const layer1_h_t = layer1_h + t * N * 128;
		/* layer1.h[t][n][i] = sigmoid(layer1.a[t][n][3][i]) * tanh(layer1.c[t][n][i])    models/cells/lstm.lua:17; schedules/char_lm.small-batch.lua:12 */
		for (int64_t io_at = 0; io_at < 16; io_at++) {
			const int64_t io = t % 2 ? 16 - 1 - io_at : io_at;  /* backwards on odd steps */
			for (int64_t n = 0; n < N; n++) {
				const float *const layer1_xw_n = layer1_xw + (t * N + n) * 512 + io * 8;
				const float *const layer1_c_prev_n = layer1_c_prev + n * 128 + io * 8;
				float *const layer1_c_t_n = layer1_c_t + n * 128 + io * 8;
				float *const layer1_h_t_n = layer1_h_t + n * 128 + io * 8;
				const float *const layer1_h_prev_n = layer1_h_prev + n * 128;
				/* layer1.a[t][n][g][i] = layer1.xw[t][n][g][i] + sum(j, layer1.U[g][i][j] * layer1.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/char_lm.small-batch.lua:7, 14 */
				v4 a_0_0 = load4(layer1_xw_n);
				v4 a_0_1 = load4(layer1_xw_n + 4);
				v4 a_1_0 = load4(layer1_xw_n + 128);
				v4 a_1_1 = load4(layer1_xw_n + 132);
				v4 a_2_0 = load4(layer1_xw_n + 256);
				v4 a_2_1 = load4(layer1_xw_n + 260);
				v4 a_3_0 = load4(layer1_xw_n + 384);
				v4 a_3_1 = load4(layer1_xw_n + 388);
				for (int64_t j = 0; j < 128; j++) {
					const float *const layer1_U_j = layer1_U + io * 4096 + j * 32;
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
				/* layer1.c[t][n][i] = sigmoid(layer1.a[t][n][1][i]) * layer1.c[t - 1][n][i] + sigmoid(layer1.a[t][n][0][i]) * tanh(layer1.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/char_lm.small-batch.lua:13 */
				store4(layer1_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer1_c_prev_n)));
				store4(layer1_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer1_c_prev_n + 4)));
				store4(layer1_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer1_c_t_n)));
				store4(layer1_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer1_c_t_n + 4)));
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_layer2_xw(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const layer1_h = f->layer1_h;
	float *const layer2_xw = f->layer2_xw;
	const float *const layer2_b = f->layer2_b;
	const float *const layer2_W = f->layer2_W;
	/* layer2.xw[t][n][g][i] = layer2.b[g][i] + sum(k, layer2.W[g][i][k] * layer1.h[t][n][k])    models/cells/lstm.lua:14; schedules/char_lm.small-batch.lua:7 */
	for (int64_t io = 0; io < 32; io++) {
		for (int64_t to = 0; to < T / 3; to++) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer2_b_io = layer2_b + io * 4;
				float *const layer2_xw_n = layer2_xw + to * N * 1536 + n * 512 + io * 4;
				float *const layer2_xw_n_2 = layer2_xw + to * N * 1536 + (N + n) * 512 + io * 4;
				float *const layer2_xw_n_3 = layer2_xw + to * N * 1536 + N * 1024 + n * 512 + io * 4;
				const float *const layer1_h_n = layer1_h + to * N * 384 + n * 128;
				const float *const layer1_h_n_2 = layer1_h + to * N * 384 + (N + n) * 128;
				const float *const layer1_h_n_3 = layer1_h + to * N * 384 + N * 256 + n * 128;
				const v4 layer2_b_v = load4(layer2_b_io);
				v4 xw_sum_0_0 = layer2_b_v;
				v4 xw_sum_0_1 = layer2_b_v;
				v4 xw_sum_0_2 = layer2_b_v;
				const v4 layer2_b_v_2 = load4(layer2_b_io + 128);
				v4 xw_sum_1_0 = layer2_b_v_2;
				v4 xw_sum_1_1 = layer2_b_v_2;
				v4 xw_sum_1_2 = layer2_b_v_2;
				const v4 layer2_b_v_3 = load4(layer2_b_io + 256);
				v4 xw_sum_2_0 = layer2_b_v_3;
				v4 xw_sum_2_1 = layer2_b_v_3;
				v4 xw_sum_2_2 = layer2_b_v_3;
				const v4 layer2_b_v_4 = load4(layer2_b_io + 384);
				v4 xw_sum_3_0 = layer2_b_v_4;
				v4 xw_sum_3_1 = layer2_b_v_4;
				v4 xw_sum_3_2 = layer2_b_v_4;
				for (int64_t k = 0; k < 128; k++) {
					const float *const layer2_W_k = layer2_W + io * 2048 + k * 16;
					const v4 layer2_W_v = load4(layer2_W_k);
					const v4 layer1_h_n_k = splat4(layer1_h_n[k]);
					xw_sum_0_0 = fma4(layer2_W_v, layer1_h_n_k, xw_sum_0_0);
					const v4 layer1_h_n_2_k = splat4(layer1_h_n_2[k]);
					xw_sum_0_1 = fma4(layer2_W_v, layer1_h_n_2_k, xw_sum_0_1);
					const v4 layer1_h_n_3_k = splat4(layer1_h_n_3[k]);
					xw_sum_0_2 = fma4(layer2_W_v, layer1_h_n_3_k, xw_sum_0_2);
					const v4 layer2_W_v_2 = load4(layer2_W_k + 4);
					xw_sum_1_0 = fma4(layer2_W_v_2, layer1_h_n_k, xw_sum_1_0);
					xw_sum_1_1 = fma4(layer2_W_v_2, layer1_h_n_2_k, xw_sum_1_1);
					xw_sum_1_2 = fma4(layer2_W_v_2, layer1_h_n_3_k, xw_sum_1_2);
					const v4 layer2_W_v_3 = load4(layer2_W_k + 8);
					xw_sum_2_0 = fma4(layer2_W_v_3, layer1_h_n_k, xw_sum_2_0);
					xw_sum_2_1 = fma4(layer2_W_v_3, layer1_h_n_2_k, xw_sum_2_1);
					xw_sum_2_2 = fma4(layer2_W_v_3, layer1_h_n_3_k, xw_sum_2_2);
					const v4 layer2_W_v_4 = load4(layer2_W_k + 12);
					xw_sum_3_0 = fma4(layer2_W_v_4, layer1_h_n_k, xw_sum_3_0);
					xw_sum_3_1 = fma4(layer2_W_v_4, layer1_h_n_2_k, xw_sum_3_1);
					xw_sum_3_2 = fma4(layer2_W_v_4, layer1_h_n_3_k, xw_sum_3_2);
				}
				store4(layer2_xw_n, xw_sum_0_0);
				store4(layer2_xw_n_2, xw_sum_0_1);
				store4(layer2_xw_n_3, xw_sum_0_2);
				store4(layer2_xw_n + 128, xw_sum_1_0);
				store4(layer2_xw_n_2 + 128, xw_sum_1_1);
				store4(layer2_xw_n_3 + 128, xw_sum_1_2);
				store4(layer2_xw_n + 256, xw_sum_2_0);
				store4(layer2_xw_n_2 + 256, xw_sum_2_1);
				store4(layer2_xw_n_3 + 256, xw_sum_2_2);
				store4(layer2_xw_n + 384, xw_sum_3_0);
				store4(layer2_xw_n_2 + 384, xw_sum_3_1);
				store4(layer2_xw_n_3 + 384, xw_sum_3_2);
			}
		}
		if (T % 3 > 1) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer2_b_io = layer2_b + io * 4;
				float *const layer2_xw_n = layer2_xw + (T / 3) * N * 1536 + n * 512 + io * 4;
				float *const layer2_xw_n_2 = layer2_xw + (T / 3) * N * 1536 + (N + n) * 512 + io * 4;
				const float *const layer1_h_n = layer1_h + (T / 3) * N * 384 + n * 128;
				const float *const layer1_h_n_2 = layer1_h + (T / 3) * N * 384 + (N + n) * 128;
				const v4 layer2_b_v = load4(layer2_b_io);
				v4 xw_sum_0_0 = layer2_b_v;
				v4 xw_sum_0_1 = layer2_b_v;
				const v4 layer2_b_v_2 = load4(layer2_b_io + 128);
				v4 xw_sum_1_0 = layer2_b_v_2;
				v4 xw_sum_1_1 = layer2_b_v_2;
				const v4 layer2_b_v_3 = load4(layer2_b_io + 256);
				v4 xw_sum_2_0 = layer2_b_v_3;
				v4 xw_sum_2_1 = layer2_b_v_3;
				const v4 layer2_b_v_4 = load4(layer2_b_io + 384);
				v4 xw_sum_3_0 = layer2_b_v_4;
				v4 xw_sum_3_1 = layer2_b_v_4;
				for (int64_t k = 0; k < 128; k++) {
					const float *const layer2_W_k = layer2_W + io * 2048 + k * 16;
					const v4 layer2_W_v = load4(layer2_W_k);
					const v4 layer1_h_n_k = splat4(layer1_h_n[k]);
					xw_sum_0_0 = fma4(layer2_W_v, layer1_h_n_k, xw_sum_0_0);
					const v4 layer1_h_n_2_k = splat4(layer1_h_n_2[k]);
					xw_sum_0_1 = fma4(layer2_W_v, layer1_h_n_2_k, xw_sum_0_1);
					const v4 layer2_W_v_2 = load4(layer2_W_k + 4);
					xw_sum_1_0 = fma4(layer2_W_v_2, layer1_h_n_k, xw_sum_1_0);
					xw_sum_1_1 = fma4(layer2_W_v_2, layer1_h_n_2_k, xw_sum_1_1);
					const v4 layer2_W_v_3 = load4(layer2_W_k + 8);
					xw_sum_2_0 = fma4(layer2_W_v_3, layer1_h_n_k, xw_sum_2_0);
					xw_sum_2_1 = fma4(layer2_W_v_3, layer1_h_n_2_k, xw_sum_2_1);
					const v4 layer2_W_v_4 = load4(layer2_W_k + 12);
					xw_sum_3_0 = fma4(layer2_W_v_4, layer1_h_n_k, xw_sum_3_0);
					xw_sum_3_1 = fma4(layer2_W_v_4, layer1_h_n_2_k, xw_sum_3_1);
				}
				store4(layer2_xw_n, xw_sum_0_0);
				store4(layer2_xw_n_2, xw_sum_0_1);
				store4(layer2_xw_n + 128, xw_sum_1_0);
				store4(layer2_xw_n_2 + 128, xw_sum_1_1);
				store4(layer2_xw_n + 256, xw_sum_2_0);
				store4(layer2_xw_n_2 + 256, xw_sum_2_1);
				store4(layer2_xw_n + 384, xw_sum_3_0);
				store4(layer2_xw_n_2 + 384, xw_sum_3_1);
			}
		} else if (T % 3 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const layer2_b_io = layer2_b + io * 4;
				float *const layer2_xw_n = layer2_xw + (T / 3) * N * 1536 + n * 512 + io * 4;
				const float *const layer1_h_n = layer1_h + (T / 3) * N * 384 + n * 128;
				v4 xw_sum_0_0 = load4(layer2_b_io);
				v4 xw_sum_1_0 = load4(layer2_b_io + 128);
				v4 xw_sum_2_0 = load4(layer2_b_io + 256);
				v4 xw_sum_3_0 = load4(layer2_b_io + 384);
				for (int64_t k = 0; k < 128; k++) {
					const float *const layer2_W_k = layer2_W + io * 2048 + k * 16;
					const v4 layer1_h_n_k = splat4(layer1_h_n[k]);
					xw_sum_0_0 = fma4(load4(layer2_W_k), layer1_h_n_k, xw_sum_0_0);
					xw_sum_1_0 = fma4(load4(layer2_W_k + 4), layer1_h_n_k, xw_sum_1_0);
					xw_sum_2_0 = fma4(load4(layer2_W_k + 8), layer1_h_n_k, xw_sum_2_0);
					xw_sum_3_0 = fma4(load4(layer2_W_k + 12), layer1_h_n_k, xw_sum_3_0);
				}
				store4(layer2_xw_n, xw_sum_0_0);
				store4(layer2_xw_n + 128, xw_sum_1_0);
				store4(layer2_xw_n + 256, xw_sum_2_0);
				store4(layer2_xw_n + 384, xw_sum_3_0);
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_layer2_h_steps(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	float *const layer2_c = f->layer2_c;
	float *const layer2_h = f->layer2_h;
	const float *const layer2_h_start = f->layer2_h_start;
	const float *const layer2_xw = f->layer2_xw;
	const float *const layer2_U = f->layer2_U;
	for (int64_t t = 0; t < T; t++) {
		const float *const layer2_h_prev = t > 0 ? layer2_h + (t - 1) * N * 128 : layer2_h_start + t * N * 128;
		const float *const layer2_c_prev = layer2_c;
		float *const layer2_c_t = layer2_c;
		float *const layer2_h_t = layer2_h + t * N * 128;
		/* layer2.h[t][n][i] = sigmoid(layer2.a[t][n][3][i]) * tanh(layer2.c[t][n][i])    models/cells/lstm.lua:17; schedules/char_lm.small-batch.lua:12 */
		for (int64_t io_at = 0; io_at < 16; io_at++) {
			const int64_t io = t % 2 ? 16 - 1 - io_at : io_at;  /* backwards on odd steps */
			for (int64_t n = 0; n < N; n++) {
				const float *const layer2_xw_n = layer2_xw + (t * N + n) * 512 + io * 8;
				const float *const layer2_c_prev_n = layer2_c_prev + n * 128 + io * 8;
				float *const layer2_c_t_n = layer2_c_t + n * 128 + io * 8;
				float *const layer2_h_t_n = layer2_h_t + n * 128 + io * 8;
				const float *const layer2_h_prev_n = layer2_h_prev + n * 128;
				/* layer2.a[t][n][g][i] = layer2.xw[t][n][g][i] + sum(j, layer2.U[g][i][j] * layer2.h[t - 1][n][j])    models/cells/lstm.lua:14; schedules/char_lm.small-batch.lua:7, 14 */
				v4 a_0_0 = load4(layer2_xw_n);
				v4 a_0_1 = load4(layer2_xw_n + 4);
				v4 a_1_0 = load4(layer2_xw_n + 128);
				v4 a_1_1 = load4(layer2_xw_n + 132);
				v4 a_2_0 = load4(layer2_xw_n + 256);
				v4 a_2_1 = load4(layer2_xw_n + 260);
				v4 a_3_0 = load4(layer2_xw_n + 384);
				v4 a_3_1 = load4(layer2_xw_n + 388);
				for (int64_t j = 0; j < 128; j++) {
					const float *const layer2_U_j = layer2_U + io * 4096 + j * 32;
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
				/* layer2.c[t][n][i] = sigmoid(layer2.a[t][n][1][i]) * layer2.c[t - 1][n][i] + sigmoid(layer2.a[t][n][0][i]) * tanh(layer2.a[t][n][2][i])    models/cells/lstm.lua:16; schedules/char_lm.small-batch.lua:13 */
				store4(layer2_c_t_n, fma4(sigmoid4(a_0_0), tanh4(a_2_0), sigmoid4(a_1_0) * load4(layer2_c_prev_n)));
				store4(layer2_c_t_n + 4, fma4(sigmoid4(a_0_1), tanh4(a_2_1), sigmoid4(a_1_1) * load4(layer2_c_prev_n + 4)));
				store4(layer2_h_t_n, sigmoid4(a_3_0) * tanh4(load4(layer2_c_t_n)));
				store4(layer2_h_t_n + 4, sigmoid4(a_3_1) * tanh4(load4(layer2_c_t_n + 4)));
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_dense_o(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const layer2_h = f->layer2_h;
	float *const dense_o = f->dense_o;
	const float *const dense_b = f->dense_b;
	const float *const dense_W = f->dense_W;
	/* dense.o[t][n][v] = dense.b[v] + sum(j, dense.W[v][j] * layer2.h[t][n][j])    models/char_lm.lua:23; schedules/char_lm.small-batch.lua:17 */
	for (int64_t vo = 0; vo < 9; vo++) {
		for (int64_t to = 0; to < T / 6; to++) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + to * N * 456 + n * 76 + vo * 8;
				float *const dense_o_n_2 = dense_o + to * N * 456 + (N + n) * 76 + vo * 8;
				float *const dense_o_n_3 = dense_o + to * N * 456 + N * 152 + n * 76 + vo * 8;
				float *const dense_o_n_4 = dense_o + to * N * 456 + N * 228 + n * 76 + vo * 8;
				float *const dense_o_n_5 = dense_o + to * N * 456 + N * 304 + n * 76 + vo * 8;
				float *const dense_o_n_6 = dense_o + to * N * 456 + N * 380 + n * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + to * N * 768 + n * 128;
				const float *const layer2_h_n_2 = layer2_h + to * N * 768 + (N + n) * 128;
				const float *const layer2_h_n_3 = layer2_h + to * N * 768 + N * 256 + n * 128;
				const float *const layer2_h_n_4 = layer2_h + to * N * 768 + N * 384 + n * 128;
				const float *const layer2_h_n_5 = layer2_h + to * N * 768 + N * 512 + n * 128;
				const float *const layer2_h_n_6 = layer2_h + to * N * 768 + N * 640 + n * 128;
				const v4 dense_b_v = load4(dense_b_vo);
				v4 o_sum_0_0 = dense_b_v;
				const v4 dense_b_v_2 = load4(dense_b_vo + 4);
				v4 o_sum_0_1 = dense_b_v_2;
				v4 o_sum_1_0 = dense_b_v;
				v4 o_sum_1_1 = dense_b_v_2;
				v4 o_sum_2_0 = dense_b_v;
				v4 o_sum_2_1 = dense_b_v_2;
				v4 o_sum_3_0 = dense_b_v;
				v4 o_sum_3_1 = dense_b_v_2;
				v4 o_sum_4_0 = dense_b_v;
				v4 o_sum_4_1 = dense_b_v_2;
				v4 o_sum_5_0 = dense_b_v;
				v4 o_sum_5_1 = dense_b_v_2;
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 dense_W_v = load4(dense_W_j);
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(dense_W_v, layer2_h_n_j, o_sum_0_0);
					const v4 dense_W_v_2 = load4(dense_W_j + 4);
					o_sum_0_1 = fma4(dense_W_v_2, layer2_h_n_j, o_sum_0_1);
					const v4 layer2_h_n_2_j = splat4(layer2_h_n_2[j]);
					o_sum_1_0 = fma4(dense_W_v, layer2_h_n_2_j, o_sum_1_0);
					o_sum_1_1 = fma4(dense_W_v_2, layer2_h_n_2_j, o_sum_1_1);
					const v4 layer2_h_n_3_j = splat4(layer2_h_n_3[j]);
					o_sum_2_0 = fma4(dense_W_v, layer2_h_n_3_j, o_sum_2_0);
					o_sum_2_1 = fma4(dense_W_v_2, layer2_h_n_3_j, o_sum_2_1);
					const v4 layer2_h_n_4_j = splat4(layer2_h_n_4[j]);
					o_sum_3_0 = fma4(dense_W_v, layer2_h_n_4_j, o_sum_3_0);
					o_sum_3_1 = fma4(dense_W_v_2, layer2_h_n_4_j, o_sum_3_1);
					const v4 layer2_h_n_5_j = splat4(layer2_h_n_5[j]);
					o_sum_4_0 = fma4(dense_W_v, layer2_h_n_5_j, o_sum_4_0);
					o_sum_4_1 = fma4(dense_W_v_2, layer2_h_n_5_j, o_sum_4_1);
					const v4 layer2_h_n_6_j = splat4(layer2_h_n_6[j]);
					o_sum_5_0 = fma4(dense_W_v, layer2_h_n_6_j, o_sum_5_0);
					o_sum_5_1 = fma4(dense_W_v_2, layer2_h_n_6_j, o_sum_5_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
				store4(dense_o_n_2, o_sum_1_0);
				store4(dense_o_n_2 + 4, o_sum_1_1);
				store4(dense_o_n_3, o_sum_2_0);
				store4(dense_o_n_3 + 4, o_sum_2_1);
				store4(dense_o_n_4, o_sum_3_0);
				store4(dense_o_n_4 + 4, o_sum_3_1);
				store4(dense_o_n_5, o_sum_4_0);
				store4(dense_o_n_5 + 4, o_sum_4_1);
				store4(dense_o_n_6, o_sum_5_0);
				store4(dense_o_n_6 + 4, o_sum_5_1);
			}
		}
		if (T % 6 > 4) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + (T / 6) * N * 456 + n * 76 + vo * 8;
				float *const dense_o_n_2 = dense_o + (T / 6) * N * 456 + (N + n) * 76 + vo * 8;
				float *const dense_o_n_3 = dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + vo * 8;
				float *const dense_o_n_4 = dense_o + (T / 6) * N * 456 + N * 228 + n * 76 + vo * 8;
				float *const dense_o_n_5 = dense_o + (T / 6) * N * 456 + N * 304 + n * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
				const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
				const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
				const float *const layer2_h_n_4 = layer2_h + (T / 6) * N * 768 + N * 384 + n * 128;
				const float *const layer2_h_n_5 = layer2_h + (T / 6) * N * 768 + N * 512 + n * 128;
				const v4 dense_b_v = load4(dense_b_vo);
				v4 o_sum_0_0 = dense_b_v;
				const v4 dense_b_v_2 = load4(dense_b_vo + 4);
				v4 o_sum_0_1 = dense_b_v_2;
				v4 o_sum_1_0 = dense_b_v;
				v4 o_sum_1_1 = dense_b_v_2;
				v4 o_sum_2_0 = dense_b_v;
				v4 o_sum_2_1 = dense_b_v_2;
				v4 o_sum_3_0 = dense_b_v;
				v4 o_sum_3_1 = dense_b_v_2;
				v4 o_sum_4_0 = dense_b_v;
				v4 o_sum_4_1 = dense_b_v_2;
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 dense_W_v = load4(dense_W_j);
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(dense_W_v, layer2_h_n_j, o_sum_0_0);
					const v4 dense_W_v_2 = load4(dense_W_j + 4);
					o_sum_0_1 = fma4(dense_W_v_2, layer2_h_n_j, o_sum_0_1);
					const v4 layer2_h_n_2_j = splat4(layer2_h_n_2[j]);
					o_sum_1_0 = fma4(dense_W_v, layer2_h_n_2_j, o_sum_1_0);
					o_sum_1_1 = fma4(dense_W_v_2, layer2_h_n_2_j, o_sum_1_1);
					const v4 layer2_h_n_3_j = splat4(layer2_h_n_3[j]);
					o_sum_2_0 = fma4(dense_W_v, layer2_h_n_3_j, o_sum_2_0);
					o_sum_2_1 = fma4(dense_W_v_2, layer2_h_n_3_j, o_sum_2_1);
					const v4 layer2_h_n_4_j = splat4(layer2_h_n_4[j]);
					o_sum_3_0 = fma4(dense_W_v, layer2_h_n_4_j, o_sum_3_0);
					o_sum_3_1 = fma4(dense_W_v_2, layer2_h_n_4_j, o_sum_3_1);
					const v4 layer2_h_n_5_j = splat4(layer2_h_n_5[j]);
					o_sum_4_0 = fma4(dense_W_v, layer2_h_n_5_j, o_sum_4_0);
					o_sum_4_1 = fma4(dense_W_v_2, layer2_h_n_5_j, o_sum_4_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
				store4(dense_o_n_2, o_sum_1_0);
				store4(dense_o_n_2 + 4, o_sum_1_1);
				store4(dense_o_n_3, o_sum_2_0);
				store4(dense_o_n_3 + 4, o_sum_2_1);
				store4(dense_o_n_4, o_sum_3_0);
				store4(dense_o_n_4 + 4, o_sum_3_1);
				store4(dense_o_n_5, o_sum_4_0);
				store4(dense_o_n_5 + 4, o_sum_4_1);
			}
		} else if (T % 6 > 3) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + (T / 6) * N * 456 + n * 76 + vo * 8;
				float *const dense_o_n_2 = dense_o + (T / 6) * N * 456 + (N + n) * 76 + vo * 8;
				float *const dense_o_n_3 = dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + vo * 8;
				float *const dense_o_n_4 = dense_o + (T / 6) * N * 456 + N * 228 + n * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
				const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
				const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
				const float *const layer2_h_n_4 = layer2_h + (T / 6) * N * 768 + N * 384 + n * 128;
				const v4 dense_b_v = load4(dense_b_vo);
				v4 o_sum_0_0 = dense_b_v;
				const v4 dense_b_v_2 = load4(dense_b_vo + 4);
				v4 o_sum_0_1 = dense_b_v_2;
				v4 o_sum_1_0 = dense_b_v;
				v4 o_sum_1_1 = dense_b_v_2;
				v4 o_sum_2_0 = dense_b_v;
				v4 o_sum_2_1 = dense_b_v_2;
				v4 o_sum_3_0 = dense_b_v;
				v4 o_sum_3_1 = dense_b_v_2;
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 dense_W_v = load4(dense_W_j);
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(dense_W_v, layer2_h_n_j, o_sum_0_0);
					const v4 dense_W_v_2 = load4(dense_W_j + 4);
					o_sum_0_1 = fma4(dense_W_v_2, layer2_h_n_j, o_sum_0_1);
					const v4 layer2_h_n_2_j = splat4(layer2_h_n_2[j]);
					o_sum_1_0 = fma4(dense_W_v, layer2_h_n_2_j, o_sum_1_0);
					o_sum_1_1 = fma4(dense_W_v_2, layer2_h_n_2_j, o_sum_1_1);
					const v4 layer2_h_n_3_j = splat4(layer2_h_n_3[j]);
					o_sum_2_0 = fma4(dense_W_v, layer2_h_n_3_j, o_sum_2_0);
					o_sum_2_1 = fma4(dense_W_v_2, layer2_h_n_3_j, o_sum_2_1);
					const v4 layer2_h_n_4_j = splat4(layer2_h_n_4[j]);
					o_sum_3_0 = fma4(dense_W_v, layer2_h_n_4_j, o_sum_3_0);
					o_sum_3_1 = fma4(dense_W_v_2, layer2_h_n_4_j, o_sum_3_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
				store4(dense_o_n_2, o_sum_1_0);
				store4(dense_o_n_2 + 4, o_sum_1_1);
				store4(dense_o_n_3, o_sum_2_0);
				store4(dense_o_n_3 + 4, o_sum_2_1);
				store4(dense_o_n_4, o_sum_3_0);
				store4(dense_o_n_4 + 4, o_sum_3_1);
			}
		} else if (T % 6 > 2) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + (T / 6) * N * 456 + n * 76 + vo * 8;
				float *const dense_o_n_2 = dense_o + (T / 6) * N * 456 + (N + n) * 76 + vo * 8;
				float *const dense_o_n_3 = dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
				const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
				const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
				const v4 dense_b_v = load4(dense_b_vo);
				v4 o_sum_0_0 = dense_b_v;
				const v4 dense_b_v_2 = load4(dense_b_vo + 4);
				v4 o_sum_0_1 = dense_b_v_2;
				v4 o_sum_1_0 = dense_b_v;
				v4 o_sum_1_1 = dense_b_v_2;
				v4 o_sum_2_0 = dense_b_v;
				v4 o_sum_2_1 = dense_b_v_2;
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 dense_W_v = load4(dense_W_j);
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(dense_W_v, layer2_h_n_j, o_sum_0_0);
					const v4 dense_W_v_2 = load4(dense_W_j + 4);
					o_sum_0_1 = fma4(dense_W_v_2, layer2_h_n_j, o_sum_0_1);
					const v4 layer2_h_n_2_j = splat4(layer2_h_n_2[j]);
					o_sum_1_0 = fma4(dense_W_v, layer2_h_n_2_j, o_sum_1_0);
					o_sum_1_1 = fma4(dense_W_v_2, layer2_h_n_2_j, o_sum_1_1);
					const v4 layer2_h_n_3_j = splat4(layer2_h_n_3[j]);
					o_sum_2_0 = fma4(dense_W_v, layer2_h_n_3_j, o_sum_2_0);
					o_sum_2_1 = fma4(dense_W_v_2, layer2_h_n_3_j, o_sum_2_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
				store4(dense_o_n_2, o_sum_1_0);
				store4(dense_o_n_2 + 4, o_sum_1_1);
				store4(dense_o_n_3, o_sum_2_0);
				store4(dense_o_n_3 + 4, o_sum_2_1);
			}
		} else if (T % 6 > 1) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + (T / 6) * N * 456 + n * 76 + vo * 8;
				float *const dense_o_n_2 = dense_o + (T / 6) * N * 456 + (N + n) * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
				const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
				const v4 dense_b_v = load4(dense_b_vo);
				v4 o_sum_0_0 = dense_b_v;
				const v4 dense_b_v_2 = load4(dense_b_vo + 4);
				v4 o_sum_0_1 = dense_b_v_2;
				v4 o_sum_1_0 = dense_b_v;
				v4 o_sum_1_1 = dense_b_v_2;
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 dense_W_v = load4(dense_W_j);
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(dense_W_v, layer2_h_n_j, o_sum_0_0);
					const v4 dense_W_v_2 = load4(dense_W_j + 4);
					o_sum_0_1 = fma4(dense_W_v_2, layer2_h_n_j, o_sum_0_1);
					const v4 layer2_h_n_2_j = splat4(layer2_h_n_2[j]);
					o_sum_1_0 = fma4(dense_W_v, layer2_h_n_2_j, o_sum_1_0);
					o_sum_1_1 = fma4(dense_W_v_2, layer2_h_n_2_j, o_sum_1_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
				store4(dense_o_n_2, o_sum_1_0);
				store4(dense_o_n_2 + 4, o_sum_1_1);
			}
		} else if (T % 6 > 0) {
			for (int64_t n = 0; n < N; n++) {
				const float *const dense_b_vo = dense_b + vo * 8;
				float *const dense_o_n = dense_o + (T / 6) * N * 456 + n * 76 + vo * 8;
				const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
				v4 o_sum_0_0 = load4(dense_b_vo);
				v4 o_sum_0_1 = load4(dense_b_vo + 4);
				for (int64_t j = 0; j < 128; j++) {
					const float *const dense_W_j = dense_W + vo * 1024 + j * 8;
					const v4 layer2_h_n_j = splat4(layer2_h_n[j]);
					o_sum_0_0 = fma4(load4(dense_W_j), layer2_h_n_j, o_sum_0_0);
					o_sum_0_1 = fma4(load4(dense_W_j + 4), layer2_h_n_j, o_sum_0_1);
				}
				store4(dense_o_n, o_sum_0_0);
				store4(dense_o_n + 4, o_sum_0_1);
			}
		}
	}
	for (int64_t to = 0; to < T / 6; to++) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + to * N * 768 + n * 128;
			const float *const layer2_h_n_2 = layer2_h + to * N * 768 + (N + n) * 128;
			const float *const layer2_h_n_3 = layer2_h + to * N * 768 + N * 256 + n * 128;
			const float *const layer2_h_n_4 = layer2_h + to * N * 768 + N * 384 + n * 128;
			const float *const layer2_h_n_5 = layer2_h + to * N * 768 + N * 512 + n * 128;
			const float *const layer2_h_n_6 = layer2_h + to * N * 768 + N * 640 + n * 128;
			const v4 dense_b_v = load4(dense_b + 72);
			v4 o_sum_0_0 = dense_b_v;
			v4 o_sum_1_0 = dense_b_v;
			v4 o_sum_2_0 = dense_b_v;
			v4 o_sum_3_0 = dense_b_v;
			v4 o_sum_4_0 = dense_b_v;
			v4 o_sum_5_0 = dense_b_v;
			for (int64_t j = 0; j < 128; j++) {
				const float *const dense_W_j = dense_W + j * 8;
				const v4 dense_W_v = load4(dense_W_j + 9216);
				o_sum_0_0 = fma4(dense_W_v, splat4(layer2_h_n[j]), o_sum_0_0);
				o_sum_1_0 = fma4(dense_W_v, splat4(layer2_h_n_2[j]), o_sum_1_0);
				o_sum_2_0 = fma4(dense_W_v, splat4(layer2_h_n_3[j]), o_sum_2_0);
				o_sum_3_0 = fma4(dense_W_v, splat4(layer2_h_n_4[j]), o_sum_3_0);
				o_sum_4_0 = fma4(dense_W_v, splat4(layer2_h_n_5[j]), o_sum_4_0);
				o_sum_5_0 = fma4(dense_W_v, splat4(layer2_h_n_6[j]), o_sum_5_0);
			}
			store4(dense_o + to * N * 456 + n * 76 + 72, o_sum_0_0);
			store4(dense_o + to * N * 456 + (N + n) * 76 + 72, o_sum_1_0);
			store4(dense_o + to * N * 456 + N * 152 + n * 76 + 72, o_sum_2_0);
			store4(dense_o + to * N * 456 + N * 228 + n * 76 + 72, o_sum_3_0);
			store4(dense_o + to * N * 456 + N * 304 + n * 76 + 72, o_sum_4_0);
			store4(dense_o + to * N * 456 + N * 380 + n * 76 + 72, o_sum_5_0);
		}
	}
	if (T % 6 > 4) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
			const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
			const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
			const float *const layer2_h_n_4 = layer2_h + (T / 6) * N * 768 + N * 384 + n * 128;
			const float *const layer2_h_n_5 = layer2_h + (T / 6) * N * 768 + N * 512 + n * 128;
			const v4 dense_b_v = load4(dense_b + 72);
			v4 o_sum_0_0 = dense_b_v;
			v4 o_sum_1_0 = dense_b_v;
			v4 o_sum_2_0 = dense_b_v;
			v4 o_sum_3_0 = dense_b_v;
			v4 o_sum_4_0 = dense_b_v;
			for (int64_t j = 0; j < 128; j++) {
				const float *const dense_W_j = dense_W + j * 8;
				const v4 dense_W_v = load4(dense_W_j + 9216);
				o_sum_0_0 = fma4(dense_W_v, splat4(layer2_h_n[j]), o_sum_0_0);
				o_sum_1_0 = fma4(dense_W_v, splat4(layer2_h_n_2[j]), o_sum_1_0);
				o_sum_2_0 = fma4(dense_W_v, splat4(layer2_h_n_3[j]), o_sum_2_0);
				o_sum_3_0 = fma4(dense_W_v, splat4(layer2_h_n_4[j]), o_sum_3_0);
				o_sum_4_0 = fma4(dense_W_v, splat4(layer2_h_n_5[j]), o_sum_4_0);
			}
			store4(dense_o + (T / 6) * N * 456 + n * 76 + 72, o_sum_0_0);
			store4(dense_o + (T / 6) * N * 456 + (N + n) * 76 + 72, o_sum_1_0);
			store4(dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + 72, o_sum_2_0);
			store4(dense_o + (T / 6) * N * 456 + N * 228 + n * 76 + 72, o_sum_3_0);
			store4(dense_o + (T / 6) * N * 456 + N * 304 + n * 76 + 72, o_sum_4_0);
		}
	} else if (T % 6 > 3) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
			const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
			const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
			const float *const layer2_h_n_4 = layer2_h + (T / 6) * N * 768 + N * 384 + n * 128;
			const v4 dense_b_v = load4(dense_b + 72);
			v4 o_sum_0_0 = dense_b_v;
			v4 o_sum_1_0 = dense_b_v;
			v4 o_sum_2_0 = dense_b_v;
			v4 o_sum_3_0 = dense_b_v;
			for (int64_t j = 0; j < 128; j++) {
				const float *const dense_W_j = dense_W + j * 8;
				const v4 dense_W_v = load4(dense_W_j + 9216);
				o_sum_0_0 = fma4(dense_W_v, splat4(layer2_h_n[j]), o_sum_0_0);
				o_sum_1_0 = fma4(dense_W_v, splat4(layer2_h_n_2[j]), o_sum_1_0);
				o_sum_2_0 = fma4(dense_W_v, splat4(layer2_h_n_3[j]), o_sum_2_0);
				o_sum_3_0 = fma4(dense_W_v, splat4(layer2_h_n_4[j]), o_sum_3_0);
			}
			store4(dense_o + (T / 6) * N * 456 + n * 76 + 72, o_sum_0_0);
			store4(dense_o + (T / 6) * N * 456 + (N + n) * 76 + 72, o_sum_1_0);
			store4(dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + 72, o_sum_2_0);
			store4(dense_o + (T / 6) * N * 456 + N * 228 + n * 76 + 72, o_sum_3_0);
		}
	} else if (T % 6 > 2) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
			const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
			const float *const layer2_h_n_3 = layer2_h + (T / 6) * N * 768 + N * 256 + n * 128;
			const v4 dense_b_v = load4(dense_b + 72);
			v4 o_sum_0_0 = dense_b_v;
			v4 o_sum_1_0 = dense_b_v;
			v4 o_sum_2_0 = dense_b_v;
			for (int64_t j = 0; j < 128; j++) {
				const float *const dense_W_j = dense_W + j * 8;
				const v4 dense_W_v = load4(dense_W_j + 9216);
				o_sum_0_0 = fma4(dense_W_v, splat4(layer2_h_n[j]), o_sum_0_0);
				o_sum_1_0 = fma4(dense_W_v, splat4(layer2_h_n_2[j]), o_sum_1_0);
				o_sum_2_0 = fma4(dense_W_v, splat4(layer2_h_n_3[j]), o_sum_2_0);
			}
			store4(dense_o + (T / 6) * N * 456 + n * 76 + 72, o_sum_0_0);
			store4(dense_o + (T / 6) * N * 456 + (N + n) * 76 + 72, o_sum_1_0);
			store4(dense_o + (T / 6) * N * 456 + N * 152 + n * 76 + 72, o_sum_2_0);
		}
	} else if (T % 6 > 1) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
			const float *const layer2_h_n_2 = layer2_h + (T / 6) * N * 768 + (N + n) * 128;
			const v4 dense_b_v = load4(dense_b + 72);
			v4 o_sum_0_0 = dense_b_v;
			v4 o_sum_1_0 = dense_b_v;
			for (int64_t j = 0; j < 128; j++) {
				const float *const dense_W_j = dense_W + j * 8;
				const v4 dense_W_v = load4(dense_W_j + 9216);
				o_sum_0_0 = fma4(dense_W_v, splat4(layer2_h_n[j]), o_sum_0_0);
				o_sum_1_0 = fma4(dense_W_v, splat4(layer2_h_n_2[j]), o_sum_1_0);
			}
			store4(dense_o + (T / 6) * N * 456 + n * 76 + 72, o_sum_0_0);
			store4(dense_o + (T / 6) * N * 456 + (N + n) * 76 + 72, o_sum_1_0);
		}
	} else if (T % 6 > 0) {
		for (int64_t n = 0; n < N; n++) {
			const float *const layer2_h_n = layer2_h + (T / 6) * N * 768 + n * 128;
			v4 o_sum_0_0 = load4(dense_b + 72);
			for (int64_t j = 0; j < 128; j++) {
				o_sum_0_0 = fma4(load4(dense_W + j * 8 + 9216), splat4(layer2_h_n[j]), o_sum_0_0);
			}
			store4(dense_o + (T / 6) * N * 456 + n * 76 + 72, o_sum_0_0);
		}
	}
}

static __attribute__((noinline)) void char_lm_m(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const dense_o = f->dense_o;
	float *const m = f->m;
	/* m[t][n] = amax(v, dense.o[t][n][v])    models/cells/softmax.lua:12 */
	for (int64_t t = 0; t < T; t++) {
		float *const m_t = m + t * N;
		for (int64_t n = 0; n < N; n++) {
			const float *const dense_o_n = dense_o + (t * N + n) * 76;
			float m_sum = -INFINITY;
			for (int64_t v = 0; v < 76; v++) {
				m_sum = max1(m_sum, dense_o_n[v]);
			}
			m_t[n] = m_sum;
		}
	}
}

static __attribute__((noinline)) void char_lm_e(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const dense_o = f->dense_o;
	const float *const m = f->m;
	float *const e = f->e;
	/* e[t][n][v] = exp(dense.o[t][n][v] - m[t][n])    models/cells/softmax.lua:13; schedules/char_lm.small-batch.lua:20 */
	for (int64_t t = 0; t < T; t++) {
		for (int64_t n = 0; n < N; n++) {
			for (int64_t vo = 0; vo < 19; vo++) {
				const float *const m_n = m + t * N + n;
				store4(e + (t * N + n) * 76 + vo * 4, exp4(load4(dense_o + (t * N + n) * 76 + vo * 4) - splat4(m_n[0])));
			}
		}
	}
}

static __attribute__((noinline)) void char_lm_s(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const e = f->e;
	float *const s = f->s;
	/* s[t][n] = sum(v, e[t][n][v])    models/cells/softmax.lua:14 */
	for (int64_t t = 0; t < T; t++) {
		float *const s_t = s + t * N;
		for (int64_t n = 0; n < N; n++) {
			const float *const e_n = e + (t * N + n) * 76;
			float s_sum = 0.0f;
			for (int64_t v = 0; v < 76; v++) {
				s_sum = s_sum + e_n[v];
			}
			s_t[n] = s_sum;
		}
	}
}

static __attribute__((noinline)) void char_lm_y(const struct char_lm_frame *f)
{
	const int64_t T = f->T;
	const int64_t N = f->N;
	const float *const e = f->e;
	const float *const s = f->s;
	float *const y = f->y;
	/* y[t][n][v] = e[t][n][v] / s[t][n]    models/cells/softmax.lua:15; schedules/char_lm.small-batch.lua:21 */
	for (int64_t t = 0; t < T; t++) {
		for (int64_t n = 0; n < N; n++) {
			for (int64_t vo = 0; vo < 19; vo++) {
				const float *const s_n = s + t * N + n;
				store4(y + (t * N + n) * 76 + vo * 4, load4(e + (t * N + n) * 76 + vo * 4) / splat4(s_n[0]));
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
	f.threads = 1;
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
	at += part(T * N * 64, sizeof(float));
	f.layer1_c = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.layer1_h = (float *)(void *)at;
	at += part(T * N * 128, sizeof(float));
	f.layer2_c = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.layer2_h = (float *)(void *)at;
	at += part(T * N * 128, sizeof(float));
	f.dense_o = (float *)(void *)at;
	at += part(T * N * 76, sizeof(float));
	f.m = (float *)(void *)at;
	at += part(T * N, sizeof(float));
	f.e = (float *)(void *)at;
	at += part(T * N * 76, sizeof(float));
	f.s = (float *)(void *)at;
	at += part(T * N, sizeof(float));
	f.layer1_xw = (float *)(void *)at;
	at += part(T * N * 512, sizeof(float));
	f.layer2_xw = (float *)(void *)at;
	at += part(T * N * 512, sizeof(float));
	f.layer1_h_start = (float *)(void *)at;
	at += part(N * 128, sizeof(float));
	f.layer2_h_start = (float *)(void *)at;
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
		memset(f.layer2_h_start, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		f.layer2_h_start = state->layer2_h;
	}
	if (!state || !state->layer2_c) {
		memset(f.layer2_c, 0, (size_t)(N * 128) * sizeof(float));
	} else {
		f.layer2_c = state->layer2_c;
	}
	char_lm_x(&f);
	char_lm_layer1_xw(&f);
	char_lm_layer1_h_steps(&f);
	char_lm_layer2_xw(&f);
	char_lm_layer2_h_steps(&f);
	char_lm_dense_o(&f);
	char_lm_m(&f);
	char_lm_e(&f);
	char_lm_s(&f);
	char_lm_y(&f);
	if (state && state->layer1_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.layer1_h + (T - 1 + k) * (N * 128) : f.layer1_h_start + (T + k) * (N * 128);
			memmove(state->layer1_h + k * (N * 128), last, (size_t)(N * 128) * sizeof(float));
		}
	}
	if (state && state->layer2_h) {
		for (int64_t k = 0; k < 1; k++) {
			const float *last = T - 1 + k >= 0 ? f.layer2_h + (T - 1 + k) * (N * 128) : f.layer2_h_start + (T + k) * (N * 128);
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
	RNN_MODEL_ABI, "char_lm", "generic",
	2, 1, 1, 9, 4,
	char_lm_dims, char_lm_inputs, char_lm_outputs, char_lm_params, char_lm_states,
	char_lm_weights_size, any_weights_pack, any_workspace_size, any_run,
	0, NULL
};
