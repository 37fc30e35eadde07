/* onednn.c · LSTM and GRU of oneDNN as a library that describes itself as rnngen's do (runtime/rnn_model.h)
 *
 *   cc -O2 -shared -fPIC -Iruntime -DCELL=lstm -DSIZES=T=64,N=1,X=32,H=32,L=1 tests/bench/onednn.c -ldnnl -o lstm.so
 *
 * CELL is lstm, gru (the reset gate before the product, vanilla_gru) or gru_after (after it, lbr_gru); L layers need X = H if
 * they are several. weights_pack makes the primitive for these sizes and gives it the weights in the order that it asks for
 * (format_tag::any); they stay here, so of a library there is one instance. What oneDNN refuses ends the program. */
#include "rnn_model.h"

#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZES };
enum { lstm, gru, gru_after };
enum { G = CELL == lstm ? 4 : 3, STATES = CELL == lstm ? 2 : 1, BIASES = CELL == gru_after ? 2 : 1, PARAMS = 2 + BIASES };
enum { GB = CELL == gru_after ? 4 : G };                               /* gates that have a bias */

/* Where gates of the model lie in oneDNN: i f g o as they are; r z g become z r g. */
static const int place[4] = { CELL == lstm ? 0 : 1, CELL == lstm ? 1 : 0, 2, 3 };

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static dnnl_primitive_t primitive;
static dnnl_memory_t x, y, weights_x, weights_h, bias, from[STATES], to[STATES];
static float start[STATES][L * N * H], end[STATES][L * N * H];

static void must(dnnl_status_t status, int line)
{
	if (status != dnnl_success) {
		fprintf(stderr, "onednn.c:%d: oneDNN returns status %d\n", line, (int)status);
		exit(1);
	}
}
#define MUST(call) must(call, __LINE__)

static dnnl_memory_desc_t shape(int rank, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
	dnnl_memory_desc_t d;
	MUST(dnnl_memory_desc_init_by_tag(&d, rank, dims, dnnl_f32, tag));
	return d;
}

static dnnl_memory_t memory(const dnnl_memory_desc_t *d, void *at)
{
	dnnl_memory_t m;
	MUST(dnnl_memory_create(&m, d, engine, at));
	return m;
}

static void run(dnnl_primitive_t p, int n, const dnnl_exec_arg_t *arguments)
{
	MUST(dnnl_primitive_execute(p, stream, n, arguments));
	MUST(dnnl_stream_wait(stream));
}

/* Weights in oneDNN's own order, from the model's [G][H][width] of each layer. */
static dnnl_memory_t packed(const void *const *params, int first, int width, const dnnl_memory_desc_t *wanted)
{
	size_t gate = (size_t)width * H;
	float *rows = malloc(L * G * gate * sizeof *rows);
	if (!rows)
		exit(3);
	for (int l = 0; l < L; l++)
		for (int g = 0; g < G; g++)
			memcpy(rows + (l * G + place[g]) * gate, (const float *)params[l * PARAMS + first] + g * gate, gate * sizeof *rows);
	dnnl_memory_desc_t d = shape(5, (dnnl_dims_t){ L, 1, width, G, H }, dnnl_ldgoi);
	dnnl_memory_t plain = memory(&d, rows), m = memory(wanted, DNNL_MEMORY_ALLOCATE);
	dnnl_primitive_desc_t reorder_desc;
	dnnl_primitive_t reorder;
	MUST(dnnl_reorder_primitive_desc_create(&reorder_desc, &d, engine, wanted, engine, NULL));
	MUST(dnnl_primitive_create(&reorder, reorder_desc));
	run(reorder, 2, (dnnl_exec_arg_t[]){ { DNNL_ARG_FROM, plain }, { DNNL_ARG_TO, m } });
	free(rows);
	return m;
}

/* The two biases of gru_after are summed where the gate sums both products; of g, b stands in third and d in fourth place. */
static void pack_bias(const void *const *params, float *to_bias)
{
	for (int l = 0; l < L; l++) {
		const float *b = params[l * PARAMS + 2], *d = params[l * PARAMS + PARAMS - 1];
		for (int g = 0; g < G; g++)
			for (int i = 0; i < H; i++) {
				float *v = to_bias + (l * GB + place[g]) * H + i;
				*v = b[g * H + i] + (BIASES == 2 && g < 2 ? d[g * H + i] : 0);
				if (BIASES == 2 && g == 2)
					v[H] = d[g * H + i];
			}
	}
}

static int weights_pack(void *weights, const void *const *params)
{
	static float biases[L * GB * H];
	(void)weights;
	MUST(dnnl_engine_create(&engine, dnnl_cpu, 0));
	MUST(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));

	dnnl_memory_desc_t x_desc = shape(3, (dnnl_dims_t){ T, N, X }, dnnl_tnc), y_desc = shape(3, (dnnl_dims_t){ T, N, H }, dnnl_tnc);
	dnnl_memory_desc_t s = shape(4, (dnnl_dims_t){ L, 1, N, H }, dnnl_ldnc), b = shape(4, (dnnl_dims_t){ L, 1, GB, H }, dnnl_ldgo);
	dnnl_memory_desc_t wx = shape(5, (dnnl_dims_t){ L, 1, X, G, H }, dnnl_format_tag_any);
	dnnl_memory_desc_t wh = shape(5, (dnnl_dims_t){ L, 1, H, G, H }, dnnl_format_tag_any);
	dnnl_prop_kind_t kind = dnnl_forward_inference;
	dnnl_rnn_direction_t forward = dnnl_unidirectional_left2right;
	dnnl_rnn_desc_t desc;
	if (CELL == lstm)
		MUST(dnnl_lstm_forward_desc_init(&desc, kind, forward, &x_desc, &s, &s, &wx, &wh, &b, &y_desc, &s, &s, 0));
	else if (CELL == gru)
		MUST(dnnl_gru_forward_desc_init(&desc, kind, forward, &x_desc, &s, &wx, &wh, &b, &y_desc, &s, 0));
	else
		MUST(dnnl_lbr_gru_forward_desc_init(&desc, kind, forward, &x_desc, &s, &wx, &wh, &b, &y_desc, &s, 0));
	dnnl_primitive_desc_t chosen;
	MUST(dnnl_primitive_desc_create(&chosen, &desc, NULL, engine, NULL));
	MUST(dnnl_primitive_create(&primitive, chosen));

	weights_x = packed(params, 0, X, dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 0));
	weights_h = packed(params, 1, H, dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 1));
	pack_bias(params, biases);
	bias = memory(&b, biases);
	x = memory(&x_desc, DNNL_MEMORY_NONE);
	y = memory(&y_desc, DNNL_MEMORY_NONE);
	for (int k = 0; k < STATES; k++) {
		from[k] = memory(&s, start[k]);
		to[k] = memory(&s, end[k]);
	}
	return RNN_OK;
}

/* States are oneDNN's own [L][N][H]; the model's are h and c of one layer after the other. */
static void copy_states(void *const *states, bool in)
{
	for (int l = 0; l < L; l++)
		for (int k = 0; k < STATES; k++) {
			float *row = states[l * STATES + k];
			memcpy(in ? start[k] + l * N * H : row, in ? row : end[k] + l * N * H, N * H * sizeof *row);
		}
}

static int run_model(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs,
                     void *const *states, void *workspace)
{
	(void)weights, (void)workspace;
	if (dims[0] != T || dims[1] != N)
		return RNN_ERROR_DIM;
	if (states)
		copy_states(states, true);
	MUST(dnnl_memory_set_data_handle(x, (void *)(uintptr_t)inputs[0]));
	MUST(dnnl_memory_set_data_handle(y, outputs[0]));
	dnnl_exec_arg_t arguments[] = {
		{ DNNL_ARG_SRC_LAYER, x }, { DNNL_ARG_DST_LAYER, y }, { DNNL_ARG_WEIGHTS_LAYER, weights_x },
		{ DNNL_ARG_WEIGHTS_ITER, weights_h }, { DNNL_ARG_BIAS, bias }, { DNNL_ARG_SRC_ITER, from[0] }, { DNNL_ARG_DST_ITER, to[0] },
		{ DNNL_ARG_SRC_ITER_C, from[STATES - 1] }, { DNNL_ARG_DST_ITER_C, to[STATES - 1] },
	};
	run(primitive, CELL == lstm ? 9 : 7, arguments);
	if (states)
		copy_states(states, false);
	return RNN_OK;
}

static size_t weights_size(void) { return 0; }
static size_t workspace_size(const int64_t *dims) { (void)dims; return 0; }

static const char *const dim[] = { "T", "N" };
static const struct rnn_tensor input = { "x", RNN_F32, 3, { -1, -2, X } }, output = { "h", RNN_F32, 3, { -1, -2, H } };
static char names[L * PARAMS][24];
static struct rnn_tensor param[L * PARAMS], state[L * STATES];

__attribute__((constructor)) static void describe(void)
{
	static const char *const name[] = { "W", "U", "b", "d" };
	for (int l = 0; l < L; l++) {
		for (int k = 0; k < PARAMS; k++) {
			char *to = names[l * PARAMS + k];
			snprintf(to, sizeof *names, "layer%d.%s", l + 1, name[k]);
			param[l * PARAMS + k] = (struct rnn_tensor){ L > 1 ? to : name[k], RNN_F32, k < 2 ? 3 : 2, { G, H, k ? H : X } };
		}
		for (int k = 0; k < STATES; k++)
			state[l * STATES + k] = (struct rnn_tensor){ k ? "c" : "h", RNN_F32, 3, { 1, -2, H } };
	}
}

const struct rnn_model onednn_model = {
	RNN_MODEL_ABI, "onednn", "generic", 2, 1, 1, L * PARAMS, L * STATES, dim, &input, &output, param, state,
	weights_size, weights_pack, workspace_size, run_model, 0, NULL,
};
