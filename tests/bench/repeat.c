/* repeat.c · calls of a library one after the other, timed here: Python would add a microsecond to each */
#define _POSIX_C_SOURCE 199309L
#include "rnn_model.h"

#include <time.h>

static double now(int cpu_time)
{
	struct timespec t;
	clock_gettime(cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Seconds that all calls took, of the clock or of the processor; negative where one failed. */
double repeat(const struct rnn_model *m, int cpu_time, long calls, const void *weights, const int64_t *dims,
              const void *const *inputs, void *const *outputs, void *const *states, void *workspace)
{
	int (*run)(const void *, const int64_t *, const void *const *, void *const *, void *const *, void *) = m->run;
	int status = RNN_OK;
	double begin = now(cpu_time);
	for (long k = 0; k < calls && status == RNN_OK; k++)
		status = run(weights, dims, inputs, outputs, states, workspace);
	return status == RNN_OK ? now(cpu_time) - begin : status;
}
