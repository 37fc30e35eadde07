/* bench.h · inside driver/: builds of one model taking turns (bench.c), for bench and profile
 *
 * Legal order: bench_open, bench_measure, then what is to be printed, bench_close in any case. Exit codes. */
#ifndef RNNGEN_BENCH_H
#define RNNGEN_BENCH_H

#include "driver/machine.h"
#include "driver/work.h"

#include <jansson.h>

enum { TURNS_MOST = 1 << 12, DIMS_MAX = 64 };

/* One build of the model. */
struct contestant {
	struct ctx *c;
	struct host h;
	struct host_call call;
	int64_t *dim;              /* by index in ctx->dim */
	int64_t dims[DIMS_MAX];    /* in the model's order */
	double *us;                /* of each call; ascending in the end */
	size_t calls;
	double spent;
	double median, p99, worst, best;
};

struct bench {
	const struct bench_options *o;
	int n;
	struct contestant of[2];
	double ratio[TURNS_MOST];  /* of each turn: the second's time over the first's */
	int turns;
	struct difference differ;
	double allowed;
	struct machine machine;
	struct work work;
	bool limited;
	int threads;
	/* Called behind each turn, whose calls are us[from] to us[calls - 1] of that contestant, and with -1 behind
	 * the warm-up; NULL: not. */
	void (*after_turn)(struct bench *b, int which, size_t from);
	void *arg;
};

/* Builds, loads, gives data, compares results, and finds the limit. */
int bench_open(struct bench *b, struct ctx *c, const struct bench_options *o);
int bench_measure(struct bench *b);
void bench_close(struct bench *b);

double bench_ratio(const struct bench *b);                 /* the second's time over the first's, median of all turns */
double bench_per_us(double amount, double us);             /* in 1e9 a second */
void bench_print_head(const struct bench *b);              /* model, target, threads, sizes: a line */
json_t *bench_json_head(const struct bench *b);            /* the same as an object */

#endif
