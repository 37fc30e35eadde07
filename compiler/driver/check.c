/* check.c · rnngen check: one model computed in several ways, which must agree
 *
 *   way                                   must give
 *   loops, one thread                     the bits of the equations (with math{ reassoc }: their values)
 *   loops, 2 and 3 threads, shuffled      the bits of one thread
 *   emitted code, one thread              the equations' values, within the rounding of f32
 *   emitted code, two threads             the bits of one thread
 *   loops and emitted code, two halves    the bits of one call (models that look the same from every step; with a scan, whose
 *                                         chunks begin where the call does: its values)
 *
 * Every other size starts from states given by the caller, the rest from the model's own start. The interpreters run
 * at sizes whose work they can do in a moment; the emitted code is compared with itself at all of them. */
#include "driver/host.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

enum way_kind { EQUATIONS, LOOPS, EMITTED };
struct way { uint8_t kind; int threads; uint64_t order; };

/* Operations of one run that the interpreters are asked for: some tenths of a second. */
#define INTERPRETED 4e6

/* What a run makes, in double. */
struct outcome { struct array *value, *state; };

struct checker {
	struct ctx *c;
	const struct check_options *o;
	struct host host;
	bool emitted;
	int64_t *dim;              /* the size now; by index in ctx->dim */
	struct array *value;       /* inputs and params */
	struct array *start;       /* [tensor] the caller's states; NULL: the model's own start */
	struct text failures;      /* of this size: lines below its row */
	const char *side;          /* what is judged: the loops, the emitted code */
	const char *first;         /* failure of all */
	bool failed, quiet;
};

static void say(const struct checker *k, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(const struct checker *k, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (!k->quiet)
		vprintf(fmt, ap);
	va_end(ap);
}

static void failure(struct checker *k, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void failure(struct checker *k, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *what = base_vformat(k->c, fmt, ap);
	va_end(ap);
	text_printf(&k->failures, "    FAILED: %s\n", what);
	k->first = k->first ? k->first : what;
	k->failed = true;
}

/* ---- running one way ------------------------------------------------------------------------------------------- */

static struct array copy_of(struct ctx *c, const struct array *a)
{
	struct array b = *a;
	size_t n = numbers_count(a);
	b.f = base_alloc(c, (n + 1) * sizeof *b.f);
	memcpy(b.f, a->f, n * sizeof *b.f);
	return b;
}

static struct array *copy_states(struct checker *k, const struct array *start)
{
	struct array *s = base_alloc(k->c, k->c->tensor.n * sizeof *s);
	for (tensor_id t = 1; start && t < k->c->tensor.n; t++)
		if (start[t].f)
			s[t] = copy_of(k->c, &start[t]);
	return s;
}

/* Memory that begins as garbage and ends in a line that nobody may touch. */
#define GUARD ((size_t)64)
static void *guarded(struct host *h, size_t bytes)
{
	return memset(host_memory(h, bytes + GUARD), 0xff, bytes + GUARD);
}

static bool untouched(const void *p, size_t bytes)
{
	for (size_t i = 0; i < GUARD; i++)
		if (((const unsigned char *)p)[bytes + i] != 0xff)
			return false;
	return true;
}

static bool run_emitted(struct checker *k, int threads, const int64_t *dim, bool states, struct outcome *x, char *error,
                        size_t size)
{
	struct host *h = &k->host;
	const struct rnn_model *m = h->model;
	int64_t dims[64] = { 0 };
	for (int32_t d = 0; d < m->dims && d < 64; d++)
		dims[d] = dim[host_dim(k->c, m->dim[d])];
	rnn_model_extents(m, dims);
	struct host_call call = host_call_make(h, dims);
	size_t work = m->workspace_size(dims);
	call.workspace = guarded(h, work);
	for (int32_t i = 0; i < m->inputs; i++)
		numbers_put(&m->input[i], call.inputs[i], &x->value[host_tensor(k->c, m->input[i].name)]);
	for (int32_t i = 0; i < m->outputs; i++)
		call.outputs[i] = guarded(h, host_bytes(&m->output[i], dims));
	for (int32_t i = 0; states && i < m->states; i++)
		numbers_put(&m->state[i], call.states[i], &x->state[host_tensor(k->c, m->state[i].name)]);
	host_threads(h, threads);
	int status = host_run(h, &call, states);
	if (status != RNN_OK) {
		snprintf(error, size, "the emitted code returns %d: %s", status, host_status(status));
		return false;
	}
	if (!untouched(call.workspace, work)) {
		snprintf(error, size, "the emitted code writes behind its workspace");
		return false;
	}
	for (int32_t i = 0; i < m->outputs; i++) {
		tensor_id t = host_output(k->c, m->output[i].name);
		if (!untouched(call.outputs[i], host_bytes(&m->output[i], dims))) {
			snprintf(error, size, "the emitted code writes behind the output %s", m->output[i].name);
			return false;
		}
		x->value[t] = numbers_array(k->c, t, dim, 0);
		numbers_get(&m->output[i], call.outputs[i], &x->value[t]);
	}
	for (int32_t i = 0; states && i < m->states; i++)
		numbers_get(&m->state[i], call.states[i], &x->state[host_tensor(k->c, m->state[i].name)]);
	return true;
}

/* Runs the model at a size; x->value holds inputs and params, x->state the start, and receive what comes out. */
static bool run_way(struct checker *k, struct way w, const int64_t *dim, bool states, struct outcome *x)
{
	char error[300] = "";
	bool ok;
	if (w.kind == EQUATIONS) {
		struct equations_run r = { .dim = dim, .value = x->value, .state = x->state };
		ok = equations_run(k->c, &r);
		snprintf(error, sizeof error, "equations: %s", r.error);
	} else if (w.kind == LOOPS) {
		struct loops_run r = { .dim = dim, .value = x->value, .state = x->state, .threads = w.threads,
		                       .order = w.order };
		ok = loops_run(k->c, &r);
		snprintf(error, sizeof error, "loops, %d threads: %s", w.threads, r.error);
	} else {
		ok = run_emitted(k, w.threads, dim, states, x, error, sizeof error);
	}
	if (!ok)
		failure(k, "%s", error);
	return ok;
}

static bool run_whole(struct checker *k, struct way w, struct outcome *x)
{
	struct ctx *c = k->c;
	x->value = base_alloc(c, c->tensor.n * sizeof *x->value);
	memcpy(x->value, k->value, c->tensor.n * sizeof *x->value);
	x->state = copy_states(k, k->start);
	return run_way(k, w, k->dim, k->start != NULL, x);
}

/* ---- two halves ------------------------------------------------------------------------------------------------ */

/* Copies `steps` steps between an array from step `at` on and a part that holds just those. */
static void copy_steps(int time, struct array *whole, struct array *part, int64_t at, bool into_part)
{
	size_t outer = 1, inner = 1;
	for (int d = 0; d < time; d++)
		outer *= (size_t)whole->shape[d];
	for (uint32_t d = (uint32_t)time + 1; d < whole->rank; d++)
		inner *= (size_t)whole->shape[d];
	size_t n = (size_t)part->shape[time] * inner;
	for (size_t o = 0; o < outer; o++) {
		double *w = whole->f + o * (size_t)whole->shape[time] * inner + (size_t)at * inner, *p = part->f + o * n;
		memcpy(into_part ? p : w, into_part ? w : p, n * sizeof *p);
	}
}

/* One call for the steps from `at` on, of the size `dim`; its outputs go to their place in x->value. */
static bool run_part(struct checker *k, struct way w, const int64_t *dim, int64_t at, struct outcome *x)
{
	struct ctx *c = k->c;
	struct outcome part = { base_alloc(c, c->tensor.n * sizeof *part.value), x->state };
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *y = &c->tensor.at[t];
		part.value[t] = k->value[t];
		if (y->role != ROLE_INPUT || y->time < 0)
			continue;
		part.value[t] = numbers_array(c, t, dim, 0);
		copy_steps(y->time, &k->value[t], &part.value[t], at, true);
	}
	if (!run_way(k, w, dim, true, &part))
		return false;
	for (uint32_t i = 0; i < c->outputs.n; i++) {
		tensor_id t = c->outputs.at[i];
		if (c->tensor.at[t].time < 0)
			x->value[t] = part.value[t];
		else
			copy_steps(c->tensor.at[t].time, &x->value[t], &part.value[t], at, false);
	}
	return true;
}

static bool run_halves(struct checker *k, struct way w, struct outcome *x)
{
	struct ctx *c = k->c;
	idvec time = numbers_time_dims(c);
	int64_t *dim = base_alloc(c, 2 * c->dim.n * sizeof *dim), *rest = dim + c->dim.n, at = steps_half(c, k->dim);
	memcpy(dim, k->dim, c->dim.n * sizeof *dim);
	memcpy(rest, k->dim, c->dim.n * sizeof *dim);
	dim[time.at[0]] = at;
	rest[time.at[0]] -= at;
	x->value = base_alloc(c, c->tensor.n * sizeof *x->value);
	for (uint32_t i = 0; i < c->outputs.n; i++)
		x->value[c->outputs.at[i]] = numbers_array(c, c->outputs.at[i], k->dim, 0);
	x->state = copy_states(k, k->start);
	return run_part(k, w, dim, 0, x) && run_part(k, w, rest, at, x);
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

/* Outputs, and where the caller gave states, their ends. */
static struct difference compare(struct checker *k, const struct outcome *a, const struct outcome *b)
{
	struct ctx *c = k->c;
	struct difference d = numbers_difference(c);
	for (uint32_t i = 0; i < c->outputs.n; i++) {
		tensor_id t = c->outputs.at[i];
		numbers_compare(c->tensor.at[t].name, &a->value[t], &b->value[t], &d);
	}
	for (tensor_id t = 1; k->start && t < c->tensor.n; t++)
		if (k->start[t].f)
			numbers_compare(base_internf(c, "%s (end)", c->tensor.at[t].name), &a->state[t], &b->state[t], &d);
	return d;
}

/* Prints one column; eps 0: the bits must be equal. */
static void judge(struct checker *k, const char *what, const struct outcome *a, const struct outcome *b, double eps)
{
	struct difference d = compare(k, a, b);
	double allowed = eps > 0 ? numbers_tolerance(k->c, k->dim, eps, d.scale) : 0;
	if (eps > 0)
		say(k, "  %s %.1e of %.1e", what, d.largest, allowed);
	else if (d.bits)
		say(k, "  %s equal", what);
	else
		say(k, "  %s DIFFER", what);
	if (eps > 0 ? !(d.largest <= allowed) : !d.bits)
		failure(k, "%s, %s: %s differs by %.3e%s", k->side, what, d.tensor, d.largest,
		        eps > 0 ? "" : ", where bits must be equal");
}

/* ---- one size -------------------------------------------------------------------------------------------------- */

static void check_loops(struct checker *k, const struct outcome *reference, bool halves)
{
	bool reassoc = k->c->sched && k->c->sched->reassoc;
	struct outcome one, many, two;
	k->side = "loops";
	say(k, "\n    loops   ");
	if (!run_whole(k, (struct way){ LOOPS, 1, 0 }, &one))
		return;
	judge(k, "equations", &one, reference, reassoc ? DBL_EPSILON : 0);
	for (int threads = 2; threads <= 3; threads++) {
		if (!run_whole(k, (struct way){ LOOPS, threads, (uint64_t)threads * 77 }, &many))
			return;
		judge(k, threads == 2 ? "2 threads" : "3 threads", &many, &one, 0);
	}
	if (halves && run_halves(k, (struct way){ LOOPS, 1, 0 }, &two))
		judge(k, "two halves", &two, &one, sched_scans(k->c) ? DBL_EPSILON : 0);
}

static void check_emitted(struct checker *k, const struct outcome *reference, bool halves)
{
	struct outcome one, many, two;
	k->side = "emitted";
	say(k, "\n    emitted ");
	if (!run_whole(k, (struct way){ EMITTED, 1, 0 }, &one))
		return;
	if (reference)
		judge(k, "equations", &one, reference, FLT_EPSILON);
	if (k->host.set_threads && run_whole(k, (struct way){ EMITTED, 2, 0 }, &many))
		judge(k, "2 threads", &many, &one, 0);
	if (halves && run_halves(k, (struct way){ EMITTED, 1, 0 }, &two))
		judge(k, "two halves", &two, &one, sched_scans(k->c) ? FLT_EPSILON : 0);
}

static void fill(struct checker *k, bool states)
{
	struct ctx *c = k->c;
	k->start = states ? base_alloc(c, c->tensor.n * sizeof *k->start) : NULL;
	numbers_of_role(c, ROLE_INPUT, k->dim, k->value);
	for (tensor_id t = 1; states && t < c->tensor.n; t++)
		if (c->tensor.at[t].history && !c->tensor.at[t].backward)
			k->start[t] = numbers_random(c, t, k->dim, c->tensor.at[t].history);
}

static void check_size(struct checker *k, int number, bool always)
{
	struct ctx *c = k->c;
	struct text size = { .c = c };
	struct outcome reference;
	k->failures = (struct text){ .c = c };
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var)
			text_printf(&size, "%s%s=%" PRId64, size.n ? " " : "", c->dim.at[d].name, k->dim[d]);
	bool interpret = always || numbers_operations(c, k->dim) <= INTERPRETED;
	if (!interpret && !k->emitted)
		return;
	bool states = number % 2 == 1, halves = states && steps_half(c, k->dim);
	fill(k, states);
	say(k, "  %s%s", size.n ? size.s : "fixed size", states ? ", states given" : "");
	interpret = interpret && run_whole(k, (struct way){ EQUATIONS, 1, 0 }, &reference);
	if (interpret)
		check_loops(k, &reference, halves);
	if (k->emitted)
		check_emitted(k, interpret ? &reference : NULL, halves);
	say(k, "\n%s", k->failures.n ? k->failures.s : "");
}

/* The sizes: 1 everywhere, two steps, then a walk through a row of numbers with every kind of tail. */
static void check_sizes(struct checker *k)
{
	static const int64_t row[] = { 1, 2, 3, 5, 7, 8, 13, 16, 17, 33 };
	enum { ROW = sizeof row / sizeof *row };
	struct ctx *c = k->c;
	idvec time = numbers_time_dims(c);
	uint32_t open = 0;
	for (uint32_t d = 1; d < c->dim.n; d++)
		open += c->dim.at[d].var != 0;
	for (int number = 0; number < (k->o->dims.n || !open ? 2 : 12); number++) {
		for (uint32_t d = 1, at = 0; d < c->dim.n; d++) {
			k->dim[d] = c->dim.at[d].value;
			if (!c->dim.at[d].var)
				continue;
			bool timed = false;
			for (uint32_t i = 0; i < time.n; i++)
				timed |= time.at[i] == d;
			k->dim[d] = number == 0 ? 1 : number == 1 ? 1 + timed : row[(number - 2 + 3 * (int)at) % ROW];
			k->dim[d] = sched_bound_near(c, d, k->dim[d]);
			at++;
		}
		numbers_sizes(c, &k->o->dims, k->dim);
		check_size(k, number, number < 2);
	}
	for (uint32_t i = 0; i < c->sched->specials.n; i++) {  /* sizes that have loops of their own */
		const struct special *s = &c->sched->specials.at[i];
		for (uint32_t d = 1; d < c->dim.n; d++)
			k->dim[d] = c->dim.at[d].var ? sched_bound_near(c, d, 3) : c->dim.at[d].value;
		for (uint32_t q = 0; q < s->sizes.n; q++)
			k->dim[s->sizes.at[q].dim] = s->sizes.at[q].value;
		check_size(k, (int)i, false);
	}
}

static bool begin(struct checker *k)
{
	struct ctx *c = k->c;
	k->dim = base_alloc(c, c->dim.n * sizeof *k->dim);
	k->value = base_alloc(c, c->tensor.n * sizeof *k->value);
	numbers_of_role(c, ROLE_PARAM, k->dim, k->value);
	return numbers_sizes(c, &k->o->dims, k->dim);
}

const char *driver_check_loops(struct ctx *c, struct sizes dims)
{
	const struct check_options o = { .dims = dims };
	struct checker k = { .c = c, .o = &o, .quiet = true };
	if (!begin(&k))
		return "there is no such size";
	check_sizes(&k);
	const char *why = k.failed && k.first ? k.first : "they differ";
	return k.failed ? why : NULL;
}

int driver_check(struct ctx *c, const struct check_options *o)
{
	struct checker k = { .c = c, .o = o, .emitted = o->emitted };
	const char *so;
	int code = EXIT_DONE;
	if (!begin(&k))
		return EXIT_USER;
	if (o->emitted) {
		code = build_shared(c, &o->build, &so);
		code = code ? code : host_open(c, so, &k.host);
		int status = code ? RNN_OK : host_pack(&k.host, k.value);
		if (status != RNN_OK) {
			fprintf(stderr, "%s: weights_pack returns %d: %s\n", c->progname, status, host_status(status));
			code = EXIT_FAULT;
		}
	}
	if (!code) {
		const char *why = steps_differ(c);
		printf("check %s%s%s%s\n", c->model_name, why ? "; not in two halves: " : "",
		       why ? why : "", o->emitted && !k.host.set_threads ? "; emitted code has no OpenMP" : "");
		check_sizes(&k);
		printf("check %s: %s\n", c->model_name, k.failed ? "FAILED" : "ok");
		code = k.failed ? EXIT_FAULT : EXIT_DONE;
	}
	host_close(&k.host);
	return code;
}
