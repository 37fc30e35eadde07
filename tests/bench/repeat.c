/* repeat.c · calls of a library one after the other, timed here: Python would add a microsecond to each */
#define _POSIX_C_SOURCE 199309L
#include "rnn_model.h"

#include <time.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds that all calls took; negative where one failed. */
double repeat(const struct rnn_model *m, long calls, const void *weights, const int64_t *dims, const void *const *inputs,
              void *const *outputs, void *const *states, void *workspace)
{
	int (*run)(const void *, const int64_t *, const void *const *, void *const *, void *const *, void *) = m->run;
	int status = RNN_OK;
	double begin = now();
	for (long k = 0; k < calls && status == RNN_OK; k++)
		status = run(weights, dims, inputs, outputs, states, workspace);
	return status == RNN_OK ? now() - begin : status;
}
