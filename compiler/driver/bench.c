/* bench.c · rnngen bench: how long one call of a built model takes
 *
 * Median, 99th percentile and worst of many calls on random data, after a warm-up; GFLOP/s by counting the operations
 * of the equations (an extra pass that a schedule makes is not work). Times are wall-clock microseconds. */
#include "driver/host.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS_LEAST = 30, CALLS_MOST = 1 << 20, DIMS_MAX = 64 };

struct bench {
	struct ctx *c;
	const struct bench_options *o;
	struct host h;
	int64_t *dim;              /* by index in ctx->dim */
	int64_t dims[DIMS_MAX];    /* in the model's order */
	double *us;                /* of each call, ascending in the end */
	size_t calls;
};

struct report { double median, p99, worst, best, operations, gflops, steps; int threads; size_t weights, workspace; };

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* ---- sizes -------------------------------------------------------------------------------------------- */

static int choose_dims(struct bench *b)
{
	struct ctx *c = b->c;
	idvec time = numbers_time_dims(c);
	const struct rnn_model *m = b->h.model;
	b->dim = base_alloc(c, c->dim.n * sizeof *b->dim);
	for (uint32_t d = 1; d < c->dim.n; d++) {
		b->dim[d] = c->dim.at[d].var ? 1 : c->dim.at[d].value;
		for (uint32_t i = 0; i < time.n; i++)
			if (time.at[i] == d)
				b->dim[d] = 64;
	}
	if (!numbers_sizes(c, &b->o->dims, b->dim))
		return EXIT_USER;
	for (int32_t d = 0; d < m->dims && d < DIMS_MAX; d++)
		b->dims[d] = b->dim[host_dim(c, m->dim[d])];
	rnn_model_extents(m, b->dims);
	return EXIT_DONE;
}

/* ---- measuring ------------------------------------------------------------------------------------------------- */

/* Calls for at least the time asked for and CALLS_LEAST calls, but of slow models not for minutes. */
static int measure(struct bench *b, const struct host_call *call)
{
	double least = (b->o->seconds > 0 ? b->o->seconds : 0.5) * 1e6, begin = now_us(), most = 20 * least;
	int status = host_run(&b->h, call, false);
	for (double t = now_us(); status == RNN_OK && t - begin < least / 10; t = now_us())
		status = host_run(&b->h, call, false);
	b->us = malloc(CALLS_MOST * sizeof *b->us);
	if (!b->us)
		base_oom(CALLS_MOST * sizeof *b->us);
	begin = now_us();
	for (double t = begin; status == RNN_OK && b->calls < CALLS_MOST;) {
		double spent = t - begin;
		if ((spent >= least && b->calls >= CALLS_LEAST) || (spent >= most && b->calls >= 3))
			break;
		status = host_run(&b->h, call, false);
		double end = now_us();
		b->us[b->calls++] = end - t;
		t = end;
	}
	return status;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* The smallest time that at least the fraction q of the calls keep. */
static double quantile(const struct bench *b, double q)
{
	double at = q * (double)b->calls;
	size_t i = (size_t)at;
	i += (double)i < at;
	return b->us[i ? i - 1 : 0];
}

static struct report sum_up(struct bench *b)
{
	struct report r = { .operations = numbers_operations(b->c, b->dim), .steps = numbers_steps(b->c, b->dim) };
	qsort(b->us, b->calls, sizeof *b->us, ascending);
	r.best = b->us[0];
	r.median = quantile(b, 0.5);
	r.p99 = quantile(b, 0.99);
	r.worst = b->us[b->calls - 1];
	r.gflops = r.median > 0 ? r.operations / r.median * 1e-3 : 0;
	r.threads = b->h.max_threads ? b->h.max_threads() : 1;
	r.weights = b->h.model->weights_size();
	r.workspace = b->h.model->workspace_size(b->dims);
	return r;
}

/* ---- reporting ------------------------------------------------------------------------------------------------- */

static void print_text(const struct bench *b, const struct report *r)
{
	const struct rnn_model *m = b->h.model;
	printf("%s, %s, %d thread%s", m->name, m->target, r->threads, r->threads == 1 ? "" : "s");
	for (int32_t d = 0; d < m->dims; d++)
		printf(", %s=%lld", m->dim[d], (long long)b->dims[d]);
	printf("\n  median   %12.2f us   of %zu calls\n", r->median, b->calls);
	printf("  p99      %12.2f us\n  worst    %12.2f us\n  best     %12.2f us\n", r->p99, r->worst, r->best);
	if (r->steps > 1)
		printf("  a step   %12.3f us\n", r->median / r->steps);
	printf("  rate     %12.2f GFLOP/s   %.4g operations a call\n", r->gflops, r->operations);
	printf("  memory   %12zu bytes of weights, %zu of workspace\n", r->weights, r->workspace);
}

static void print_json(const struct bench *b, const struct report *r)
{
	const struct rnn_model *m = b->h.model;
	json_t *dims = json_object();
	for (int32_t d = 0; d < m->dims; d++)
		json_object_set_new(dims, m->dim[d], json_integer(b->dims[d]));
	json_t *all = json_pack("{s:s, s:s, s:o, s:i, s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:I, s:I}", "model", m->name,
	                        "target", m->target, "dims", dims, "threads", r->threads, "calls", (json_int_t)b->calls,
	                        "median_us", r->median, "p99_us", r->p99, "worst_us", r->worst, "best_us", r->best,
	                        "operations", r->operations, "gflops", r->gflops, "weights_bytes", (json_int_t)r->weights,
	                        "workspace_bytes", (json_int_t)r->workspace);
	if (!all)
		base_oom(0);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	printf("\n");
	json_decref(all);
}

static int bench_model(struct bench *b)
{
	const struct rnn_model *m = b->h.model;
	int code = choose_dims(b);
	if (code)
		return code;
	host_threads(&b->h, b->o->threads);
	struct array *value = base_alloc(b->c, b->c->tensor.n * sizeof *value);
	numbers_of_role(b->c, ROLE_PARAM, b->dim, value);
	numbers_of_role(b->c, ROLE_INPUT, b->dim, value);
	int status = host_pack(&b->h, value);
	if (status == RNN_OK) {
		struct host_call call = host_call_make(&b->h, b->dims);
		for (int32_t i = 0; i < m->inputs; i++)
			numbers_put(&m->input[i], call.inputs[i], &value[host_tensor(b->c, m->input[i].name)]);
		status = measure(b, &call);
	}
	if (status != RNN_OK) {
		fprintf(stderr, "%s: %s returns %d: %s\n", b->c->progname, m->name, status, host_status(status));
		return EXIT_FAULT;
	}
	struct report r = sum_up(b);
	if (b->o->json)
		print_json(b, &r);
	else
		print_text(b, &r);
	return EXIT_DONE;
}

int driver_bench(struct ctx *c, const struct bench_options *o)
{
	struct bench b = { .c = c, .o = o };
	const char *so;
	int code = build_shared(c, &o->build, &so);
	code = code ? code : host_open(c, so, &b.h);
	code = code ? code : bench_model(&b);
	free(b.us);
	host_close(&b.h);
	return code;
}
