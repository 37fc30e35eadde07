/* work.c · operations and bytes of a model, and the least time that a machine needs for them (see work.h)
 *
 *   a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t-1][n][j])
 *
 *   a, all steps at once   T*N*4*H*X multiply-adds; W, b once; x once, from where all inputs and outputs of a call fit
 *   a, each step           T*N*4*H*H multiply-adds; U T times, from where the weights of a step fit; h[t-1] T times; a written
 *
 * An operation that is no multiply-add takes an instruction as long; so do functions such as tanh, which really take a dozen:
 * the limit is one from below. */
#include "driver/work.h"
#include "target/target.h"

#include "safetensors.h"

#include <math.h>

struct counter {
	struct ctx *c;
	const int64_t *value;      /* of variables */
	struct work w;
	uint32_t cap;
	/* the part at hand */
	struct work_part *p;
	stage_id stage;
	const idvec *axes, *more;  /* of the stage, of the reduction */
	idvec reads;               /* expressions counted already */
};

static double extent(const struct counter *k, poly_id p) { return (double)poly_eval(k->c, p, k->value); }
static double axis_extent(const struct counter *k, var_id v) { return extent(k, k->c->var.at[v].extent); }

static double product(const struct counter *k, const idvec *axes)
{
	double n = 1;
	for (uint32_t i = 0; i < axes->n; i++)
		n *= axis_extent(k, axes->at[i]);
	return n;
}

/* ---- what belongs to a recurrence ------------------------------------------------------------------------------ */

static bool reads_own(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	rec_id rec = *(const rec_id *)arg;
	for (stage_id s = 1; x->kind == X_READ && s < c->stage.n; s++)
		if (c->stage.at[s].tensor == x->of && c->stage.at[s].rec == rec)
			return true;
	return false;
}

/* Must it wait for the step before? Else it can be hoisted. */
static bool waits(struct ctx *c, const struct stage *s, expr_id e)
{
	rec_id rec = s->rec;
	return rec && expr_any(c, e, reads_own, &rec);
}

/* ---- operations ------------------------------------------------------------------------------------------------ */

static bool count_op(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	if (x->kind == X_OP && x->type != RNN_BOOL && x->op != OP_WHERE)      /* where a window ends is decided once for many */
		*(double *)arg += x->op == OP_FMA ? 2 : 1;
	return false;
}

static double operations(struct ctx *c, expr_id e)
{
	double n = 0;
	expr_any(c, e, count_op, &n);
	return n;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------ */

static double size_of(struct ctx *c, tensor_id t) { return (double)rnn_st_type_size(c->tensor.at[t].type); }

static bool is_axis_of(const idvec *axes, var_id v)
{
	return axes && idvec_has(axes, v);
}

static bool seen(struct counter *k, expr_id e)
{
	for (uint32_t i = 0; i < k->reads.n; i++)
		if (expr_equal(k->c, k->reads.at[i], e))
			return true;
	VEC_PUSH(k->c, k->reads, e);
	return false;
}

/* Elements that a read touches: of a step, times the steps; or of all steps together. */
static double touched(struct counter *k, expr_id e)
{
	struct ctx *c = k->c;
	const struct expr x = c->expr.at[e];
	const struct tensor *t = &c->tensor.at[x.of];
	double n = 1, most = 1;
	for (uint32_t d = 0; d < t->rank; d++)
		if (!k->p->each_step || (int)d != t->time)
			most *= extent(k, t->extent[d]);
	for (var_id v = 1; v < c->var.n; v++)
		if ((is_axis_of(k->axes, v) || is_axis_of(k->more, v)) && expr_uses_var(c, e, v) &&
		    !(k->p->each_step && v == c->stage.at[k->stage].time))
			n *= axis_extent(k, v);
	return (n < most ? n : most) * k->p->steps;
}

static bool count_read(struct ctx *c, expr_id e, void *arg)
{
	struct counter *k = arg;
	const struct expr x = c->expr.at[e];
	if (x.kind != X_READ || c->tensor.at[x.of].derived || seen(k, e))
		return false;
	double bytes = touched(k, e) * size_of(c, x.of);
	if (c->tensor.at[x.of].role == ROLE_PARAM)
		k->p->weights += bytes;
	else if (c->tensor.at[x.of].role == ROLE_INPUT)
		k->p->io += bytes;
	else
		k->p->state += bytes;
	return false;
}

static void count_written(struct counter *k, double elements)
{
	const struct tensor *t = &k->c->tensor.at[k->c->stage.at[k->stage].tensor];
	double bytes = elements * size_of(k->c, k->c->stage.at[k->stage].tensor);
	if (t->is_output)
		k->p->io += bytes;
	else if (!t->derived)
		k->p->state += bytes;
}

/* ---- parts ------------------------------------------------------------------------------------------------------ */

/* Operations and reads of an expression, for each element of the stage and, with axes, for each term. */
static void count_expr(struct counter *k, expr_id e, const idvec *over, bool is_sum)
{
	struct ctx *c = k->c;
	double times = product(k, k->axes) * (over ? product(k, over) : 1), ops = operations(c, e);
	bool fused = is_sum && c->expr.at[e].kind == X_OP && c->expr.at[e].op == OP_MUL;
	k->more = over;
	k->p->multiply_adds += fused ? times : 0;
	k->p->others += times * (ops + (over ? 1 : 0) - (fused ? 2 : 0));
	expr_any(c, e, count_read, k);
}

/* The part of a stage that waits for the step before, or the one that does not. */
static void count_part(struct counter *k, stage_id number, bool each_step)
{
	struct ctx *c = k->c;
	const struct stage *s = &c->stage.at[number];
	struct work_part p = { .stage = number, .each_step = each_step, .steps = each_step && s->time ? axis_extent(k, s->time) : 1 };
	bool any = false;
	k->p = &p;
	k->stage = number;
	k->axes = &s->axes;
	k->reads.n = 0;
	for (uint32_t a = 0; a < s->acc.n; a++) {
		const struct acc *x = &s->acc.at[a];
		bool early = x->update.n && !waits(c, s, x->update.at[0].body) && !waits(c, s, x->init);
		if ((s->rec && !early) == each_step)          /* what a sum begins with goes with its first terms */
			count_expr(k, x->init, NULL, false);
		for (uint32_t u = 0; u < x->update.n; u++) {
			if (waits(c, s, x->update.at[u].body) != each_step)
				continue;
			count_expr(k, x->update.at[u].body, &x->update.at[u].axes, x->red == RED_SUM);
			any = true;
		}
	}
	if (each_step == (s->rec != 0)) {              /* the rest follows its last sum */
		count_expr(k, s->epilogue, NULL, false);
		count_written(k, product(k, k->axes));
		any = true;
	}
	if (!any)
		return;
	if (k->w.n == k->cap)
		k->w.part = base_grow(c, k->w.part, &k->cap, sizeof *k->w.part);
	k->w.part[k->w.n++] = p;
}

struct work work_count(struct ctx *c, const int64_t *dim)
{
	struct counter k = { .c = c, .value = numbers_values(c, dim) };
	for (stage_id s = 1; s < c->stage.n; s++) {
		count_part(&k, s, false);
		if (c->stage.at[s].rec)
			count_part(&k, s, true);
	}
	for (uint32_t i = 0; i < k.w.n; i++) {
		const struct work_part *p = &k.w.part[i];
		k.w.operations += 2 * p->multiply_adds + p->others;
		k.w.bytes += p->weights + p->state + p->io;
	}
	return k.w;
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

/* What must fit a cache together: bytes of one step of a recurrence, or of a whole call. */
struct together { double weights, state; };

static struct together sum_of(struct ctx *c, const struct work *w, const struct work_part *of)
{
	struct together t = { 0, 0 };
	for (uint32_t i = 0; i < w->n; i++) {
		const struct work_part *p = &w->part[i];
		if (of->each_step && (!p->each_step || c->stage.at[p->stage].rec != c->stage.at[of->stage].rec))
			continue;
		t.weights += p->weights / p->steps;
		t.state += of->each_step ? p->state / p->steps : p->state;
	}
	return t;
}

static double seconds(const struct machine *m, int level, double bytes, int threads)
{
	return bytes / (machine_rate(m, m->read[level], threads) * 1e9);
}

/* Inputs and outputs. Where some are written, stores may go past the caches and memory moves more bytes than it is read at: a limit from
 * below takes the fastest that was measured. */
static double seconds_io(const struct machine *m, int level, double bytes, int threads)
{
	double rate = machine_rate(m, m->read[level], threads);
	if (level == m->caches)
		rate = fmax(rate, fmax(machine_rate(m, m->copy_past, threads), machine_rate(m, m->triad_past, threads)));
	return bytes / (rate * 1e9);
}

/* Bytes that are read again and again, in the best of orders: each cache keeps as much as it holds, and only what is left comes
 * from the level where all of them fit (alternate does so). all: what is read in a step; bytes: how
 * much of it, in all steps, this is for. */
static double seconds_again(const struct machine *m, double all, double bytes, int threads)
{
	double rest = all, sum = 0;
	for (int i = 0; i <= m->caches && rest > 0; i++) {
		double holds = i < m->caches ? machine_holds(m, i, threads) : rest, here = holds < rest ? holds : rest;
		sum += seconds(m, i, here, threads);
		rest -= here;
	}
	return all > 0 ? sum * bytes / all : 0;
}

double work_part_limit(const struct work_part *p) { return p->compute > p->traffic ? p->compute : p->traffic; }

const char *work_bound(struct ctx *c, const struct machine *m, const struct work_part *p)
{
	if (p->compute >= p->traffic)
		return "compute";
	return p->weights > p->state + p->io ? machine_level_name(c, m, p->weights_from) : "traffic";
}

bool work_limit(struct ctx *c, struct work *w, const struct machine *m, int threads)
{
	size_t n;
	const struct target *t = target_list(&n);
	double peak = machine_rate(m, m->peak[c->target - t], threads) * 1e9, io = 0;
	w->limit = 0;
	if (!(peak > 0))
		return false;
	for (uint32_t i = 0; i < w->n; i++)
		io += w->part[i].io;
	for (uint32_t i = 0; i < w->n; i++) {
		struct work_part *p = &w->part[i];
		struct together of = sum_of(c, w, p);
		p->weights_from = machine_level(m, of.weights, threads);
		p->compute = 2 * (p->multiply_adds + p->others) / peak;
		p->traffic = (p->each_step ? seconds_again(m, of.weights, p->weights, threads) :
		              seconds(m, p->weights_from, p->weights, threads)) +
		             seconds(m, machine_level(m, of.state, threads), p->state, threads) +
		             seconds_io(m, machine_level(m, io, threads), p->io, threads);
		w->limit += work_part_limit(p);
	}
	return true;
}
