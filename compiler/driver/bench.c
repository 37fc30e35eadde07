/* bench.c · rnngen bench: how long one call of a built model takes, and how near that is to the machine's limit
 *
 * Median, 99th percentile and worst of many calls on random data, after a warm-up. With --vs a second build of the same model
 * takes turns with the first, a few milliseconds each, so that whatever else runs on the machine meets both; their results are
 * compared first. Times are wall-clock microseconds; operations, bytes and the limit are those of the work (driver/work.h), so
 * an extra pass that a schedule makes counts for nothing. */
#include "driver/bench.h"
#include "target/target.h"

#include <float.h>
#include <jansson.h>
#include <stdlib.h>
#include <time.h>

enum { CALLS_LEAST = 30, CALLS_MOST = 1 << 20 };
#define TURN 4e3  /* microseconds */

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/* ---- sizes and data --------------------------------------------------------------------------------------------- */

static int choose_dims(struct contestant *b, const struct sizes *given)
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
		b->dim[d] = sched_bound_near(c, d, b->dim[d]);
	}
	if (!numbers_sizes(c, given, b->dim))
		return EXIT_USER;
	for (int32_t d = 0; d < m->dims && d < DIMS_MAX; d++)
		b->dims[d] = b->dim[host_dim(c, m->dim[d])];
	rnn_model_extents(m, b->dims);
	return EXIT_DONE;
}

static int fault(const struct contestant *b, int status)
{
	fprintf(stderr, "%s: %s returns %d: %s\n", b->c->progname, b->h.model->name, status, host_status(status));
	return EXIT_FAULT;
}

/* Loads a build, gives it data, and runs it once. */
static int enter(struct contestant *b, const struct build_options *o, const struct bench_options *all)
{
	const char *so;
	int code = build_shared(b->c, o, &so);
	code = code ? code : host_open(b->c, so, &b->h);
	code = code ? code : choose_dims(b, &all->dims);
	if (code)
		return code;
	const struct rnn_model *m = b->h.model;
	host_threads(&b->h, all->threads);
	struct array *value = base_alloc(b->c, b->c->tensor.n * sizeof *value);
	numbers_of_role(b->c, ROLE_PARAM, b->dim, value);
	numbers_of_role(b->c, ROLE_INPUT, b->dim, value);
	int status = host_pack(&b->h, value);
	if (status == RNN_OK) {
		b->call = host_call_make(&b->h, b->dims);
		for (int32_t i = 0; i < m->inputs; i++)
			numbers_put(&m->input[i], b->call.inputs[i], &value[host_tensor(b->c, m->input[i].name)]);
		status = host_run(&b->h, &b->call, false);
	}
	b->us = malloc(CALLS_MOST * sizeof *b->us);
	if (!b->us)
		base_oom(CALLS_MOST * sizeof *b->us);
	return status == RNN_OK ? EXIT_DONE : fault(b, status);
}

/* Do both give the same? Bits, or with sums in another order values. */
static int compare(struct bench *b)
{
	const struct contestant *x = &b->of[0], *y = &b->of[1];
	const struct rnn_model *m = x->h.model;
	bool bits = !x->c->sched->reassoc && !y->c->sched->reassoc && x->c->target == y->c->target;
	b->differ = numbers_difference(x->c);
	for (int32_t i = 0; i < m->outputs; i++) {
		struct array one = numbers_array(x->c, host_output(x->c, m->output[i].name), x->dim, 0), two = one;
		two.f = base_alloc(x->c, (numbers_count(&one) + 1) * sizeof *two.f);
		numbers_get(&m->output[i], x->call.outputs[i], &one);
		numbers_get(&m->output[i], y->call.outputs[i], &two);
		numbers_compare(m->output[i].name, &two, &one, &b->differ);
	}
	b->allowed = bits ? 0 : numbers_tolerance(x->c, x->dim, FLT_EPSILON, b->differ.scale);
	if (b->differ.largest <= b->allowed)
		return EXIT_DONE;
	fprintf(stderr, "%s: the schedules give different results: %s differs by %.3e, where %s\n", x->c->progname, b->differ.tensor,
	        b->differ.largest, bits ? "bits must be equal" : base_internf(x->c, "rounding explains %.3e", b->allowed));
	return EXIT_FAULT;
}

/* ---- measuring ------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* The smallest of n times in ascending order that at least the fraction q of them keep. */
static double quantile(const double *us, size_t n, double q)
{
	double at = q * (double)n;
	size_t i = (size_t)at;
	i += (double)i < at;
	return us[i ? i - 1 : 0];
}

/* Calls for as long as a turn lasts, one at least; to `us`, up to `most` of them. */
static int take_turn(struct contestant *b, double *us, size_t most, size_t *calls, double turn)
{
	int status = RNN_OK;
	double begin = now_us();
	for (double t = begin; status == RNN_OK && *calls < most && (t == begin || t - begin < turn);) {
		status = host_run(&b->h, &b->call, false);
		double end = now_us();
		us[(*calls)++] = end - t;
		t = end;
	}
	return status;
}

static bool enough(const struct contestant *b, double least)
{
	return b->calls >= CALLS_MOST || (b->spent >= least && b->calls >= CALLS_LEAST) || (b->spent >= 20 * least && b->calls >= 3);
}

/* In turns, for at least the time asked for and CALLS_LEAST calls of each, but of slow models not for minutes. */
int bench_measure(struct bench *b)
{
	double least = (b->o->seconds > 0 ? b->o->seconds : 0.5) * 1e6, turn = b->n > 1 ? TURN : least, warm = now_us(), mid[2] = { 0 };
	for (bool first = true; first || now_us() - warm < least / 10; first = false)
		for (int i = 0; i < b->n; i++) {
			size_t calls = 0;
			int status = take_turn(&b->of[i], b->of[i].us, CALLS_MOST, &calls, least / 100);
			if (status != RNN_OK)
				return fault(&b->of[i], status);
		}
	if (b->after_turn)
		b->after_turn(b, -1, 0);
	for (bool more = true; more;) {
		more = false;
		for (int i = 0; i < b->n; i++) {
			struct contestant *x = &b->of[i];
			size_t from = x->calls;
			int status = take_turn(x, x->us, CALLS_MOST, &x->calls, turn);
			if (status != RNN_OK)
				return fault(x, status);
			if (b->after_turn)
				b->after_turn(b, i, from);
			for (size_t k = from; k < x->calls; k++)
				x->spent += x->us[k];
			qsort(x->us + from, x->calls - from, sizeof *x->us, ascending);
			mid[i] = x->calls > from ? quantile(x->us + from, x->calls - from, 0.5) : 0;
			more |= !enough(x, least);
		}
		if (b->n > 1 && b->turns < TURNS_MOST && mid[0] > 0 && mid[1] > 0)
			b->ratio[b->turns++] = mid[1] / mid[0];
	}
	for (int i = 0; i < b->n; i++) {
		struct contestant *x = &b->of[i];
		qsort(x->us, x->calls, sizeof *x->us, ascending);
		x->median = quantile(x->us, x->calls, 0.5);
		x->p99 = quantile(x->us, x->calls, 0.99);
		x->worst = x->us[x->calls - 1];
		x->best = x->us[0];
	}
	qsort(b->ratio, (size_t)b->turns, sizeof *b->ratio, ascending);
	return EXIT_DONE;
}

/* ---- reporting ------------------------------------------------------------------------------------------------- */

double bench_per_us(double amount, double us) { return us > 0 ? amount / us * 1e-3 : 0; }
static double percent(const struct bench *b, const struct contestant *x) { return x->median > 0 ? b->work.limit * 1e8 / x->median : 0; }
double bench_ratio(const struct bench *b) { return b->turns ? quantile(b->ratio, (size_t)b->turns, 0.5) : 0; }

static const char *part_name(struct ctx *c, const struct work_part *p)
{
	const char *name = c->stage.at[p->stage].name;
	return c->stage.at[p->stage].rec && !p->each_step ? base_internf(c, "%s, all steps at once", name) :
	       p->each_step ? base_internf(c, "%s, each step", name) : name;
}

static void print_limit(const struct bench *b)
{
	const struct contestant *x = &b->of[0];
	struct ctx *c = x->c;
	if (!b->limited) {
		printf("  limit    unknown: the figures of the machine have none of %s\n", c->target->name);
		return;
	}
	printf("  limit    %12.2f us   %.1f %% of it reached; the least time of each part, and what sets it:\n", b->work.limit * 1e6,
	       percent(b, x));
	for (uint32_t i = 0; i < b->work.n; i++) {
		const struct work_part *p = &b->work.part[i];
		printf("           %12.2f us   %s: %s\n", work_part_limit(p) * 1e6, part_name(c, p), work_bound(c, &b->machine, p));
	}
}

static void print_versus(const struct bench *b)
{
	const struct contestant *x = &b->of[1];
	if (b->n == 1)
		return;
	printf("  --vs %s: %s\n", b->o->vs_name, b->differ.bits ? "the same bits" :
	       base_internf(x->c, "results differ by %.1e of %.1e", b->differ.largest, b->allowed));
	printf("    median   %10.2f us   of %zu calls\n", x->median, x->calls);
	printf("    p99      %10.2f us\n    worst    %10.2f us\n    best     %10.2f us\n", x->p99, x->worst, x->best);
	printf("    ratio    %10.3f      its time over the first one's, median of %d turns\n", bench_ratio(b), b->turns);
}

void bench_print_head(const struct bench *b)
{
	const struct contestant *x = &b->of[0];
	const struct rnn_model *m = x->h.model;
	printf("%s, %s, %d thread%s", m->name, m->target, b->threads, b->threads == 1 ? "" : "s");
	for (int32_t d = 0; d < m->dims; d++)
		printf(", %s=%lld", m->dim[d], (long long)x->dims[d]);
	printf("\n");
}

json_t *bench_json_head(const struct bench *b)
{
	const struct contestant *x = &b->of[0];
	const struct rnn_model *m = x->h.model;
	json_t *dims = json_object();
	for (int32_t d = 0; d < m->dims; d++)
		json_object_set_new(dims, m->dim[d], json_integer(x->dims[d]));
	return json_pack("{s:s, s:s, s:o, s:i}", "model", m->name, "target", m->target, "dims", dims, "threads", b->threads);
}

static void print_text(const struct bench *b)
{
	const struct contestant *x = &b->of[0];
	const struct rnn_model *m = x->h.model;
	double steps = numbers_steps(x->c, x->dim);
	bench_print_head(b);
	printf("  median   %12.2f us   of %zu calls\n", x->median, x->calls);
	printf("  p99      %12.2f us\n  worst    %12.2f us\n  best     %12.2f us\n", x->p99, x->worst, x->best);
	if (steps > 1)
		printf("  a step   %12.3f us\n", x->median / steps);
	printf("  rate     %12.2f GFLOP/s   %.4g operations a call\n", bench_per_us(b->work.operations, x->median), b->work.operations);
	printf("           %12.2f GB/s      %.4g bytes read and written\n", bench_per_us(b->work.bytes, x->median), b->work.bytes);
	print_limit(b);
	printf("  memory   %12zu bytes of weights, %zu of workspace\n", m->weights_size(), m->workspace_size(x->dims));
	print_versus(b);
}

static json_t *times_json(const struct bench *b, const struct contestant *x)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "calls", (json_int_t)x->calls, "median_us", x->median, "p99_us", x->p99,
	                 "worst_us", x->worst, "best_us", x->best, "gflops", bench_per_us(b->work.operations, x->median), "gbs",
	                 bench_per_us(b->work.bytes, x->median));
}

static json_t *parts_json(const struct bench *b)
{
	struct ctx *c = b->of[0].c;
	json_t *all = json_array();
	for (uint32_t i = 0; i < b->work.n; i++) {
		const struct work_part *p = &b->work.part[i];
		json_t *one = json_pack("{s:s, s:s, s:b, s:f, s:f, s:f, s:f, s:f}", "stage", c->stage.at[p->stage].name, "line",
			loc_text(c, c->stage.at[p->stage].loc), "each_step", p->each_step, "multiply_adds", p->multiply_adds, "other_operations",
			p->others, "weights_bytes", p->weights, "state_bytes", p->state, "io_bytes", p->io);
		if (b->limited)
			json_object_update_new(one, json_pack("{s:f, s:s}", "limit_us", work_part_limit(p) * 1e6, "bound",
			                                      work_bound(c, &b->machine, p)));
		json_array_append_new(all, one);
	}
	return all;
}

static void print_json(const struct bench *b)
{
	const struct contestant *x = &b->of[0], *y = &b->of[1];
	const struct rnn_model *m = x->h.model;
	json_t *all = bench_json_head(b);
	json_object_update_new(all, times_json(b, x));
	json_object_update_new(all, json_pack("{s:f, s:f, s:I, s:I}", "operations", b->work.operations, "bytes", b->work.bytes,
		"weights_bytes", (json_int_t)m->weights_size(), "workspace_bytes", (json_int_t)m->workspace_size(x->dims)));
	if (b->limited)
		json_object_update_new(all, json_pack("{s:f, s:f, s:s}", "limit_us", b->work.limit * 1e6, "percent_of_limit", percent(b, x),
		                                      "machine", b->machine.cpu));
	json_object_set_new(all, "stages", parts_json(b));
	if (b->n > 1) {
		json_t *vs = times_json(b, y);
		json_object_update_new(vs, json_pack("{s:s, s:b, s:f, s:f, s:f}", "schedule", b->o->vs_name, "same_bits", b->differ.bits,
			"differs_by", b->differ.largest, "of", b->allowed, "ratio", bench_ratio(b)));
		json_object_set_new(all, "vs", vs);
	}
	if (!all)
		base_oom(0);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	printf("\n");
	json_decref(all);
}

int bench_open(struct bench *b, struct ctx *c, const struct bench_options *o)
{
	*b = (struct bench){ .o = o, .n = o->vs ? 2 : 1, .of = { { .c = c }, { .c = o->vs } } };
	int code = EXIT_DONE;
	for (int i = 0; !code && i < b->n; i++)
		code = enter(&b->of[i], i ? &o->vs_build : &o->build, o);
	if (!code && b->n > 1)
		code = compare(b);
	code = code ? code : machine_get(c, &o->build, o->machine, &b->machine);
	if (code)
		return code;
	b->threads = b->of[0].h.max_threads ? b->of[0].h.max_threads() : 1;
	b->work = work_count(c, b->of[0].dim);
	b->limited = work_limit(c, &b->work, &b->machine, b->threads);
	return EXIT_DONE;
}

void bench_close(struct bench *b)
{
	for (int i = b->n; i-- > 0;) {
		free(b->of[i].us);
		host_close(&b->of[i].h);
	}
}

int driver_bench(struct ctx *c, const struct bench_options *o)
{
	struct bench *b = base_alloc(c, sizeof *b);
	int code = bench_open(b, c, o);
	code = code ? code : bench_measure(b);
	if (!code)
		(o->json ? print_json : print_text)(b);
	bench_close(b);
	return code;
}
