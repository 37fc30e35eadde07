/* lstm_four_gates.h · emitted by rnngen 0.1 from models/lstm_four_gates.lua; yours to use as you like */
#ifndef LSTM_FOUR_GATES_H
#define LSTM_FOUR_GATES_H

/* rnn_model.h · how emitted code describes itself
 *
 * Every file that rnngen emits ends in one `const struct rnn_model NAME_model`, so that a host which has never
 * seen the model can load weights, size buffers and run it. Emitted headers carry a copy of this text and need
 * no file of rnngen's; the guard below lets both meet in one translation unit.
 *
 * Order of calls: weights_size, weights_pack (once; the result is read-only and may be shared by threads and
 * instances), workspace_size for the run-time dims, run (as often as wanted). Nothing allocates.
 * Sizes are in bytes. Every function that returns int returns enum rnn_status. */
#ifndef RNN_MODEL_ABI
#define RNN_MODEL_ABI 2

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum rnn_type { RNN_F32, RNN_F64, RNN_F16, RNN_BF16, RNN_I32, RNN_I64, RNN_BOOL };

enum rnn_status {
	RNN_OK = 0,
	RNN_ERROR_NULL = -1,    /* a pointer that must not be NULL is */
	RNN_ERROR_DIM = -2,     /* a run-time dim is negative or too large */
	RNN_ERROR_INDEX = -3,   /* a gather met an id outside its table; outputs hold no valid data */
	RNN_ERROR_ALIGN = -4,   /* weights or workspace are not 64-byte aligned */
	RNN_ERROR_CPU = -5      /* this processor runs none of the targets that the code was made for */
};

struct rnn_tensor {
	const char *name;       /* as in the model file: "layer1.W" */
	int32_t type;           /* enum rnn_type */
	int32_t rank;
	int64_t shape[8];       /* row major; >= 0: fixed extent, -1-d: run-time dim number d; d >= dims: extent d - dims */
};

/* An extent that is computed from a run-time dim: factor * dims[dim] + plus. */
struct rnn_extent { int32_t dim; int64_t factor, plus; };

struct rnn_model {
	int32_t abi;            /* RNN_MODEL_ABI */
	const char *name;
	const char *target;     /* instruction set that the code needs: "generic", "avx2", "avx512"; "avx512,avx2": either */
	int32_t dims, inputs, outputs, params, states;
	const char *const *dim; /* names of the run-time dims */
	const struct rnn_tensor *input, *output, *param;
	const struct rnn_tensor *state;         /* carried history, [steps][...]: one row for h[t-1] */
	size_t (*weights_size)(void);
	int (*weights_pack)(void *weights, const void *const *params);
	size_t (*workspace_size)(const int64_t *dims);
	/* states: NULL starts from the model's own start; else one pointer a state, read as the start and
	 * overwritten with the end. Buffers must not overlap. */
	int (*run)(const void *weights, const int64_t *dims, const void *const *inputs,
	           void *const *outputs, void *const *states, void *workspace);
	int32_t extents;
	const struct rnn_extent *extent;
};

/* Fills dims[m->dims] and on with the computed extents, so that dims[-1 - shape] is right for all shapes. The array
 * has room for m->dims + m->extents; run() and workspace_size() look at the first m->dims only. */
static inline void rnn_model_extents(const struct rnn_model *m, int64_t *dims)
{
	for (int32_t i = 0; i < m->extents; i++)
		dims[m->dims + i] = m->extent[i].factor * dims[m->extent[i].dim] + m->extent[i].plus;
}

#ifdef __cplusplus
}
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What one sequence hands to the next: read as the start, overwritten with the end. A NULL member starts
 * as the model says and is not kept. */
struct lstm_four_gates_state {
	float *h;  /* [1][N][256], oldest step first */
	float *c;  /* [1][N][256], oldest step first */
};

/* Bytes of the packed weights; the memory must be 64-byte aligned. */
size_t lstm_four_gates_weights_size(void);

/* Packs, once: W_i[256][256] U_i[256][256] b_i[256] W_f[256][256] U_f[256][256] b_f[256] W_g[256][256] U_g[256][256] b_g[256] W_o[256][256] U_o[256][256] b_o[256]. */
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
	const float *b_o);

/* Bytes of the workspace for these sizes; 64-byte aligned; one for each run at a time. Nothing else is
 * allocated. 0: a size is negative or too large. */
size_t lstm_four_gates_workspace_size(int64_t T, int64_t N);

/* Inputs x[T][N][256]; outputs h[T][N][256]. Returns enum rnn_status. */
int lstm_four_gates_run(const void *weights, int64_t T, int64_t N,
	const float *x,
	float *h,
	const struct lstm_four_gates_state *state, void *workspace);

extern const struct rnn_model lstm_four_gates_model;

#ifdef __cplusplus
}
#endif
#endif
