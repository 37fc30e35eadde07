/* triad.c · h[i] = a[i] * s + b[i] with stores that pass the caches by: what memory allows a linear recurrence, element by element
 *
 * A library that describes itself as rnngen's do (runtime/rnn_model.h), with the tensors of models/linear.lua. */
#include "rnn_model.h"

#include <omp.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

static void part(const float *a, const float *b, float *h, int64_t from, int64_t to)
{
	int64_t i = from;
#ifdef __SSE2__
	const __m128 s = _mm_set1_ps(.5f);
	for (; i + 16 <= to; i += 16)                                       /* a line; arrays are aligned */
		for (int k = 0; k < 16; k += 4)
			_mm_stream_ps(h + i + k, _mm_add_ps(_mm_mul_ps(_mm_load_ps(a + i + k), s), _mm_load_ps(b + i + k)));
#endif
	for (; i < to; i++)
		h[i] = a[i] * .5f + b[i];
}

static int run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs, void *const *states,
               void *workspace)
{
	int64_t lines = (dims[0] * dims[1] * H + 15) / 16;
	(void)weights, (void)states, (void)workspace;
	#pragma omp parallel
	{
		int64_t of = omp_get_num_threads(), k = omp_get_thread_num(), end = 16 * (lines * (k + 1) / of), all = dims[0] * dims[1] * H;
		part(inputs[0], inputs[1], outputs[0], 16 * (lines * k / of), end < all ? end : all);
	}
	return RNN_OK;
}

static size_t weights_size(void) { return 0; }
static int weights_pack(void *weights, const void *const *params) { (void)weights, (void)params; return RNN_OK; }
static size_t workspace_size(const int64_t *dims) { (void)dims; return 0; }

static const char *const dim[] = { "T", "N" };
static const struct rnn_tensor input[] = { { "a", RNN_F32, 3, { -1, -2, H } }, { "b", RNN_F32, 3, { -1, -2, H } } };
static const struct rnn_tensor output = { "h", RNN_F32, 3, { -1, -2, H } };

const struct rnn_model triad_model = {
	RNN_MODEL_ABI, "triad", "generic", 2, 2, 1, 0, 0, dim, input, &output, NULL, NULL,
	weights_size, weights_pack, workspace_size, run, 0, NULL,
};
