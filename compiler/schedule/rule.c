/* rule.c · the schedule that rnngen makes where none is given
 *
 *   m.a:extract("a_x", "x")                        what needs no state is computed for all steps before
 *   m.h:split("i", "io", "ii", 16) ...             the last stage of a step is the host of its group: slices of its
 *   m.c:compute_at(m.h, "n")                       last axis, shared out among threads; stages that it reads element
 *   m.a:compute_at(m.h, "n") ...                   by element run inside, their sums in registers
 *   m.time:persistent { barrier = "flag" }
 *
 * A recurrence falls into groups: a stage joins the group of its readers if all of them read its own element along all
 * axes of the host; one that is summed over (the r of a GRU) ends a group of its own. Sums of the same shape in a group
 * share their loops. Products outside recurrences run over tiles of rows and vectors.
 *
 * Needs:      stages and dependences; nothing scheduled yet.
 * Guarantees: directives only, each logged, so that the schedule prints and loads like any other; the order of sums stays. A
 *             directive that is refused is left out. Everything is decided by shapes and reads, nothing by names. */
#include "ir/equations.h"
#include "schedule/stages.h"
#include "target/target.h"

enum {
	CHUNK = 96,                /* steps: a multiple of 2, 3, 4, 6 and 8 rows of a tile */
	STEPS = 64,                /* what an extent known at run time counts as */
	AXES = 8
};

const struct rule_limits rule_limits = { .team = 1 << 14, .threads = 1 << 18, .far = 1 << 20 };

struct rule {
	struct ctx *c;
	const struct rule_limits *limits;
	stage_id *host;            /* [stage]: in whose loops it runs; its own number where in its own */
	stage_id *with;            /* [stage]: whose loops it shares */
	var_id (*as)[AXES];        /* [stage]: its axes that stand for the axes of its host, in the host's order */
	bool *parallel;            /* [recurrence] */
};

/* ---- directives -------------------------------------------------------------------------------------------------- */

/* Logs a directive that was accepted, and forgets the errors of one that was not. */
static bool said(struct rule *r, const char *on, bool ok, const char *fmt, ...) PRINTF_LIKE(4, 5);
static bool said(struct rule *r, const char *on, bool ok, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = base_vformat(r->c, fmt, ap);
	va_end(ap);
	if (ok)
		sched_log(r->c, on, text, 0);
	else
		diag_forget(r->c);
	return ok;
}

static const char *lua(struct rule *r, stage_id s) { return stage_lua(r->c, s); }

static bool split(struct rule *r, stage_id s, const char *loop, const char **outer, const char **inner, int64_t k)
{
	*outer = base_internf(r->c, "%so", loop);
	*inner = base_internf(r->c, "%si", loop);
	while (stage_loop(r->c, s, *outer) >= 0)
		*outer = base_internf(r->c, "%s_", *outer);
	while (stage_loop(r->c, s, *inner) >= 0)
		*inner = base_internf(r->c, "%s_", *inner);
	return said(r, lua(r, s), sched_split(r->c, s, loop, *outer, *inner, k, 0), "split(\"%s\", \"%s\", \"%s\", %lld)", loop,
	            *outer, *inner, (long long)k);
}

static bool mark(struct rule *r, stage_id s, const char *loop, enum flavor f)
{
	return said(r, lua(r, s), sched_flavor(r->c, s, loop, f, 0), "%s(\"%s\")", flavor_name[f], loop);
}

struct names { const char *at[64]; uint32_t n; };

static void add(struct names *l, const char *name)
{
	if (l->n < 64)
		l->at[l->n++] = name;
}

static bool order(struct rule *r, stage_id s, const struct names *l)
{
	struct text t = { .c = r->c };
	for (uint32_t i = 0; i < l->n; i++)
		text_printf(&t, "%s\"%s\"", i ? ", " : "", l->at[i]);
	return said(r, lua(r, s), sched_order(r->c, s, l->at, l->n, 0), "order(%s)", t.s ? t.s : "");
}

/* ---- what a stage is --------------------------------------------------------------------------------------------- */

static bool is_acc(struct ctx *c, expr_id e, void *arg) { (void)arg; return c->expr.at[e].kind == X_ACC; }

static bool differs(struct ctx *c, expr_id e, var_id v)
{
	return expr_uses_var(c, e, v) || expr_any(c, e, is_acc, NULL);
}

/* Is e, over neighbouring v, made of vectors and of values that are one for all? */
static bool even(struct ctx *c, expr_id e, var_id v)
{
	const struct expr x = c->expr.at[e];
	if (!differs(c, e, v))
		return true;
	if (x.kind == X_READ) {
		for (uint32_t i = 0; i < x.nidx; i++) {
			const struct expr *p = &c->expr.at[c->list.at[x.idx + i]];
			bool used = expr_uses_var(c, c->list.at[x.idx + i], v);
			if (used && (p->kind != X_POLY || !poly_linear_in(c, p->poly, v) || (int)i == c->tensor.at[x.of].time))
				return false;
		}
		return x.type == RNN_F32;
	}
	if (x.kind != X_OP)
		return x.kind == X_ACC && x.type == RNN_F32;
	for (int i = 0; i < op_info[x.op].arity; i++) {
		uint8_t type = c->expr.at[x.arg[i]].type;
		if ((type != RNN_F32 && type != RNN_BOOL) || !even(c, x.arg[i], v))
			return false;
	}
	return x.type == RNN_F32 || x.type == RNN_BOOL;
}

static int64_t extent_of(struct ctx *c, var_id v, int64_t unknown)
{
	int64_t e;
	return poly_const(c, c->var.at[v].extent, &e) ? e : unknown;
}

/* The axis that vectors run along: the last one, where its elements lie next to each other. 0: none. */
static var_id vector_axis(struct ctx *c, stage_id id)
{
	const struct stage *s = &c->stage.at[id];
	var_id v = s->nidx ? equations_axis(c, s->idx[s->nidx - 1]) : 0;
	if (!v || c->var.at[v].is_time || c->tensor.at[s->tensor].type != RNN_F32 || extent_of(c, v, 0) < c->target->lanes / 2)
		return 0;
	bool ok = even(c, s->epilogue, v);
	for (uint32_t a = 0; ok && a < s->acc.n; a++) {
		ok = s->acc.at[a].type == RNN_F32 && even(c, s->acc.at[a].init, v);
		for (uint32_t u = 0; ok && u < s->acc.at[a].update.n; u++)
			ok = even(c, s->acc.at[a].update.at[u].body, v);
	}
	return ok ? v : 0;
}

static uint32_t sums(const struct stage *s)
{
	uint32_t n = 0;
	for (uint32_t a = 0; a < s->acc.n; a++)
		n += s->acc.at[a].update.n;
	return n;
}

/* Multiply-adds of one step, or of a stage outside time. */
static double work(struct ctx *c, stage_id id)
{
	const struct stage *s = &c->stage.at[id];
	double own = 1, each = 1;
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (!s->rec || s->axes.at[i] != s->time)
			own *= (double)extent_of(c, s->axes.at[i], c->var.at[s->axes.at[i]].is_time ? STEPS : 1);
	for (uint32_t a = 0; a < s->acc.n; a++) {
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++) {
			double n = 1;
			for (uint32_t k = 0; k < s->acc.at[a].update.at[u].axes.n; k++)
				n *= (double)extent_of(c, s->acc.at[a].update.at[u].axes.at[k], STEPS);
			each += n;
		}
	}
	return own * each;
}

static const char *loop_of(struct ctx *c, stage_id s, var_id axis)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++)
		if (x->loop.at[i].parent < 0 && x->loop.at[i].acc < 0 && x->loop.at[i].axis == axis)
			return x->loop.at[i].name;
	return NULL;
}

static void add_sums(struct ctx *c, stage_id s, struct names *l)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->order.n; i++)
		if (x->loop.at[x->order.at[i]].acc >= 0)
			add(l, x->loop.at[x->order.at[i]].name);
}

/* ---- hoisting ---------------------------------------------------------------------------------------------------- */

struct look { rec_id rec; bool own; idvec tensors; };

static bool look_read(struct ctx *c, expr_id e, void *arg)
{
	struct look *k = arg;
	if (c->expr.at[e].kind != X_READ)
		return false;
	tensor_id t = c->expr.at[e].of;
	VEC_PUSH(c, k->tensors, t);
	for (stage_id w = 1; w < c->stage.n; w++)
		k->own |= c->stage.at[w].tensor == t && c->stage.at[w].rec == k->rec;
	return false;
}

/* A tensor that the sum reads and none before it does; the first sum that reads it is what extract takes. */
static tensor_id only_here(struct ctx *c, const struct stage *s, uint32_t acc, const struct look *here)
{
	struct look before = { 0 };
	for (uint32_t a = 0; a < acc; a++)
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++)
			expr_any(c, s->acc.at[a].update.at[u].body, look_read, &before);
	for (int role = ROLE_INPUT; role <= ROLE_STATE; role++)
		for (uint32_t i = 0; i < here->tensors.n; i++)
			if (c->tensor.at[here->tensors.at[i]].role == role && !idvec_has(&before.tensors, here->tensors.at[i]))
				return here->tensors.at[i];
	return 0;
}

/* Takes one sum that needs no state of the recurrence out of s. */
static bool hoist(struct rule *r, stage_id id)
{
	struct ctx *c = r->c;
	const struct stage s = c->stage.at[id];
	for (uint32_t a = 0; a < s.acc.n; a++) {
		struct look k = { .rec = s.rec };
		if (s.acc.at[a].red != RED_SUM || !s.acc.at[a].update.n)
			continue;
		expr_any(c, s.acc.at[a].update.at[0].body, look_read, &k);
		tensor_id t = k.own ? 0 : only_here(c, &s, a, &k);
		expr_any(c, s.acc.at[a].init, look_read, &k);
		if (!t || k.own)
			continue;
		const struct tensor *own = &c->tensor.at[s.tensor];
		const char *name = base_internf(c, "%s_%s", own->local, c->tensor.at[t].local), *on = lua(r, id);
		while (tensor_find(c, own->scope && *own->scope ? base_internf(c, "%s.%s", own->scope, name) : name))
			name = base_internf(c, "%s_", name);
		const char *from = c->tensor.at[t].name;
		return said(r, on, sched_extract(c, id, name, from, 0) != 0, "extract(\"%s\", \"%s\")", name, from);
	}
	return false;
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

struct joining { struct rule *r; stage_id s, reader; uint32_t axes; bool ok; int64_t rest; };

/* May the stage be computed where this read of it needs it? Each axis of the host must select an element of its own. */
static void join_read(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	struct joining *j = arg;
	const struct expr x = c->expr.at[e];
	const struct stage *s = &c->stage.at[j->s];
	const struct tensor *t = &c->tensor.at[s->tensor];
	int64_t lag, all = 1;
	uint32_t found = 0;
	if (x.of != s->tensor || t->time < 0)
		return;
	const struct expr *step = &c->expr.at[c->list.at[x.idx + (uint32_t)t->time]];
	if (step->kind == X_POLY && poly_const(c, poly_sub(c, step->poly, poly_var(c, s->time)), &lag) && lag)
		return;
	for (uint32_t d = 0; d < x.nidx; d++) {
		const struct expr *p = &c->expr.at[c->list.at[x.idx + d]];
		var_id own = equations_axis(c, s->idx[d]), its = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
		bool axis = false;
		for (uint32_t k = 0; own && its && k < j->axes && (int)d != t->time; k++) {
			if (j->r->as[reader][k] != its || c->var.at[own].extent != c->var.at[its].extent)
				continue;
			j->ok &= !j->r->as[j->s][k] || j->r->as[j->s][k] == own;
			j->r->as[j->s][k] = own;
			found |= 1u << k;
			axis = true;
		}
		j->ok &= p->kind == X_POLY && (axis || (int)d == t->time || poly_const(c, t->extent[d], &lag));
		all *= axis || (int)d == t->time || !own ? 1 : extent_of(c, own, 1);
	}
	j->ok &= found == (1u << j->axes) - 1;
	j->rest = all > j->rest ? all : j->rest;
}

static uint32_t host_axes(struct ctx *c, stage_id s, var_id *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++)
		if (c->stage.at[s].axes.at[i] != c->stage.at[s].time)
			out[n++] = c->stage.at[s].axes.at[i];
	return n;
}

/* Outputs, states, and what is read outside the recurrence: kept whole. */
static bool is_kept(struct ctx *c, stage_id s)
{
	const struct tensor *t = &c->tensor.at[c->stage.at[s].tensor];
	bool kept = t->is_output || t->history;
	for (uint32_t i = 0; i < c->dep.n; i++)
		kept |= c->dep.at[i].writer == s && c->stage.at[c->dep.at[i].reader].rec != c->stage.at[s].rec;
	return kept;
}

/* The host whose group s can join: that of all its readers within the step. 0: it needs its own. */
static stage_id group_of(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	stage_id host = 0;
	var_id axes[AXES];
	if (c->tensor.at[c->stage.at[s].tensor].defs.n > 1 || !vector_axis(c, s))
		return 0;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->writer != s || d->lag > 0 || c->stage.at[d->reader].rec != c->stage.at[s].rec)
			continue;
		if (d->lag || !r->host[d->reader] || (host && host != r->host[d->reader]))
			return 0;
		host = r->host[d->reader];
	}
	if (!host || !vector_axis(c, host))
		return 0;
	struct joining j = { .r = r, .s = s, .axes = host_axes(c, host, axes), .ok = true, .rest = 1 };
	for (stage_id m = 1; m < c->stage.n && j.ok; m++)
		if (r->host[m] == host)
			stage_reads(c, m, join_read, &j);
	if (j.ok && r->as[s][j.axes - 1] == vector_axis(c, s) && j.rest <= 64 && (j.rest == 1 || !is_kept(c, s)))
		return host;
	memset(r->as[s], 0, sizeof r->as[s]);
	return 0;
}

/* Have a and b the same loops, so that their sums can be made side by side? */
static bool alike(struct ctx *c, stage_id a, stage_id b)
{
	const struct stage *x = &c->stage.at[a], *y = &c->stage.at[b];
	if (!sums(x) || x->loop.n != y->loop.n || x->acc.n != y->acc.n)
		return false;
	for (uint32_t i = 0; i < x->loop.n; i++) {
		const struct loop *p = &x->loop.at[i], *q = &y->loop.at[i];
		if (p->acc != q->acc || p->update != q->update || c->var.at[p->axis].extent != c->var.at[q->axis].extent)
			return false;
	}
	return true;
}

static bool reads_group(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	for (uint32_t i = 0; i < c->dep.n; i++)
		if (c->dep.at[i].reader == s && c->dep.at[i].lag == 0 && c->dep.at[i].writer != s && r->host[c->dep.at[i].writer] == r->host[s])
			return true;
	return false;
}

static void find_groups(struct rule *r, rec_id rec)
{
	struct ctx *c = r->c;
	const idvec members = c->rec.at[rec].members;
	for (uint32_t i = members.n; i-- > 0;) {
		stage_id s = members.at[i], host = group_of(r, s);
		r->host[s] = host ? host : s;
		if (!host)
			host_axes(c, s, r->as[s]);
	}
	for (uint32_t i = 0; i < members.n; i++) {
		stage_id a = members.at[i];
		if (r->host[a] == a || r->with[a] || reads_group(r, a))
			continue;
		for (uint32_t k = i + 1; k < members.n; k++) {
			stage_id b = members.at[k];
			if (r->host[b] == r->host[a] && b != r->host[b] && !r->with[b] && !reads_group(r, b) && alike(c, a, b))
				r->with[b] = a;
		}
	}
}

/* ---- chunks of time ---------------------------------------------------------------------------------------------- */

/* Can s be computed in chunks of the time of r: all its readers there (before the steps), or all that it reads of r no later
 * than its own step (after them)? */
static bool fits_time(struct ctx *c, stage_id id, rec_id r, bool after)
{
	const struct stage *s = &c->stage.at[id];
	const struct tensor *t = &c->tensor.at[s->tensor];
	bool touches = false;
	if (s->rec || s->in_time || !s->time || c->var.at[s->time].extent != c->var.at[c->rec.at[r].time].extent || t->time != 0 ||
	    t->history || t->defs.n > 1 || (!after && t->is_output))
		return false;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		bool inside = d->writer == id ? stage_unit(c, d->reader) == r : stage_unit(c, d->writer) == r;
		if (d->writer == d->reader || (d->writer != id && d->reader != id))
			continue;
		if (d->reader == id && !inside && sched_needs(c, d->writer, r, 0, base_alloc(c, c->stage.n)))
			return false;
		if (inside && d->lag < 0)
			return false;
		if (after ? d->writer == id && inside : d->writer == id && !inside)
			return false;
		touches |= inside;
	}
	return touches;
}

/* Chunks keep what is hoisted in the cache, and memory bounded however long the sequence is. */
static void chunks(struct rule *r)
{
	struct ctx *c = r->c;
	int64_t steps;
	for (rec_id k = c->rec.n; k-- > 1;) {                      /* what lies between two layers goes with the later one */
		bool known = poly_const(c, c->var.at[c->rec.at[k].time].extent, &steps) && steps <= CHUNK;
		for (int pass = 0; pass < 3; pass++) {
			for (stage_id s = 1; s < c->stage.n && !known;) {
				if (!fits_time(c, s, k, pass == 1)) {
					s++;
					continue;
				}
				if (!c->rec.at[k].chunk)
					said(r, rec_lua(c, k), sched_chunk(c, k, CHUNK, 0), "chunk(%d)", CHUNK);
				if (!said(r, lua(r, s), sched_compute_in_time(c, s, k, 0), "compute_at(%s)", rec_lua(c, k)))
					break;
				s = 1;
			}
		}
	}
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

/* How a stage's sums run: `rows` iterations of one axis and those of small axes side by side, by vectors of v. */
struct tile { var_id row; int64_t rows; idvec unrolled; int64_t sums; /* at a time, for one vector */ };

/* Axes of few iterations are unrolled while the sums have registers. */
static struct tile tile_of(struct rule *r, stage_id s, var_id v, var_id row, int64_t rows, int64_t most)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	struct tile t = { .row = row, .rows = rows, .sums = (x->acc.n ? x->acc.n : 1) * rows };
	for (uint32_t i = x->axes.n; i-- > 0;) {
		int64_t e = extent_of(c, x->axes.at[i], 0);
		if (x->axes.at[i] == v || x->axes.at[i] == row || (x->rec && x->axes.at[i] == x->time) || e < 1 || e > 8 ||
		    t.sums * e > most)
			continue;
		VEC_PUSH(c, t.unrolled, x->axes.at[i]);
		t.sums *= e;
	}
	return t;
}

struct weights { struct rule *r; var_id v; idvec seen; expr_id at[64], others[64]; uint32_t n, more; };  /* others: of one seen */

static void find_weights(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct weights *w = arg;
	tensor_id t = c->expr.at[e].of;
	(void)s;
	if (c->tensor.at[t].role != ROLE_PARAM || !expr_uses_var(c, e, w->v) || w->n == 64 || w->more == 64)
		return;
	if (idvec_has(&w->seen, t)) {
		w->others[w->more++] = e;
		return;
	}
	VEC_PUSH(c, w->seen, t);
	w->at[w->n++] = e;
}

/* Which of the stage's loops, outermost first, an index is; -1: none of them. */
static int loop_rank(const struct stage *s, var_id axis)
{
	for (uint32_t i = 0; i < s->order.n; i++)
		if (s->loop.at[s->order.at[i]].axis == axis)
			return (int)i;
	return -1;
}

/* Weights in the order in which the loops walk them: v/by, the other axes from outside in, v%by. */
static void pack(struct rule *r, stage_id s, var_id v, int64_t by)
{
	struct ctx *c = r->c;
	struct weights w = { .r = r, .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		const struct expr x = c->expr.at[w.at[k]];
		const struct stage *y = &c->stage.at[s];
		const char *part[10], *name[8];
		int rank[8], last = -1;
		uint32_t n = 0;
		bool ok = x.nidx > 1, sum = false;
		int several = -1;
		for (uint32_t i = 0; i < w.more; i++)              /* W[0][i][k] and W[1][i][k] */
			for (uint32_t d = 0; d < x.nidx && c->expr.at[w.others[i]].of == x.of; d++)
				if (!expr_equal(c, c->list.at[c->expr.at[w.others[i]].idx + d], c->list.at[x.idx + d]))
					several = (int)d;
		for (uint32_t d = 0; d < x.nidx && ok; d++) {
			const struct expr *p = &c->expr.at[c->list.at[x.idx + d]];
			int64_t at;
			var_id axis = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
			name[d] = (int)d == several ? "*" : axis ? c->var.at[axis].name : p->kind == X_POLY && poly_const(c, p->poly, &at) && at >= 0 ?
			          base_internf(c, "%lld", (long long)at) : NULL;
			rank[d] = axis == v ? 1000 : axis ? loop_rank(y, axis) : -1;
			last = axis == v ? (int)d : last;
			for (uint32_t i = 0; i < y->loop.n; i++)
				sum |= y->loop.at[i].acc >= 0 && y->loop.at[i].axis == axis;
			ok = name[d] != NULL;
			for (uint32_t i = 0; i < d && ok; i++)
				ok = strcmp(name[i], name[d]) != 0;
		}
		if (!ok || last < 0 || !sum)
			continue;
		part[n++] = base_internf(c, "%s/%lld", name[last], (long long)by);
		for (int next = -100; n < x.nidx;) {                 /* the others in the order of the loops, constants first */
			int pick = -1;
			for (uint32_t d = 0; d < x.nidx; d++)
				if ((int)d != last && rank[d] * 8 + (int)d > next && (pick < 0 || rank[d] * 8 + (int)d < rank[pick] * 8 + pick))
					pick = (int)d;
			if (pick < 0)
				break;
			next = rank[pick] * 8 + pick;
			part[n++] = name[pick];
		}
		part[n++] = base_internf(c, "%s%%%lld", name[last], (long long)by);
		struct text t = { .c = c };
		for (uint32_t i = 0; i < n; i++)
			text_printf(&t, ", \"%s\"", part[i]);
		const char *tensor = c->tensor.at[x.of].name;
		said(r, lua(r, s), sched_pack(c, s, &tensor, 1, part, n, 0), "pack(\"%s\"%s)", tensor, t.s);
	}
}

/* A member of a group, or what shares its loops: n > sums > small axes > rows > vector. */
static void inner_loops(struct rule *r, stage_id s, var_id v, const struct tile *t, int64_t by)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	struct names l = { .n = 0 };
	for (uint32_t i = 0; i < x->axes.n; i++) {
		var_id a = x->axes.at[i];
		bool inside = a == v || (sums(x) && (idvec_has(&t->unrolled, a) || (t->rows > 1 && a == t->row)));
		if (!inside && a != x->time)
			add(&l, loop_of(c, s, a));
	}
	add_sums(c, s, &l);
	if (sums(x)) {
		for (uint32_t i = t->unrolled.n; i-- > 0;)
			add(&l, loop_of(c, s, t->unrolled.at[i]));
		if (t->rows > 1)
			add(&l, loop_of(c, s, t->row));
	}
	add(&l, loop_of(c, s, v));
	order(r, s, &l);
	if (sums(x)) {
		for (uint32_t i = t->unrolled.n; i-- > 0;)
			mark(r, s, loop_of(c, s, t->unrolled.at[i]), LOOP_UNROLL);
		if (t->rows > 1)
			mark(r, s, loop_of(c, s, t->row), LOOP_UNROLL);
	}
	mark(r, s, loop_of(c, s, v), LOOP_VECTOR);
	if (sums(x))
		pack(r, s, v, by);
}

/* The axis of sequences, where it is known that there are several: the last one that no weights of the stage depend on. */
static var_id batch_axis(struct ctx *c, stage_id host)
{
	const struct stage *x = &c->stage.at[host];
	for (uint32_t i = 0; i + 1 < x->axes.n; i++)
		if (x->axes.at[i] != x->time && extent_of(c, x->axes.at[i], 0) >= 4) {
			struct weights w = { .v = x->axes.at[i] };
			stage_reads(c, host, find_weights, &w);
			if (!w.n)
				return x->axes.at[i];
		}
	return 0;
}

static void prefetch_weights(struct rule *r, stage_id s, var_id v)
{
	struct ctx *c = r->c;
	struct weights w = { .r = r, .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		double bytes = 4;
		const struct tensor *t = &c->tensor.at[w.seen.at[k]];
		for (uint32_t d = 0; d < t->rank; d++) {
			int64_t e = 1;
			poly_const(c, t->extent[d], &e);
			bytes *= (double)e;
		}
		const struct stage *x = &c->stage.at[s];
		const char *loop = NULL;
		for (uint32_t i = 0; i < x->order.n; i++)
			if (x->loop.at[x->order.at[i]].acc >= 0 && expr_uses_var(c, w.at[k], x->loop.at[x->order.at[i]].axis))
				loop = x->loop.at[x->order.at[i]].name;
		if (bytes >= r->limits->far && loop &&
		    said(r, lua(r, s), sched_prefetch(c, s, t->name, loop, 8, 0), "prefetch(\"%s\", \"%s\", 8)", t->name, loop))
			return;
	}
}

/* A group: slices of the host's last axis, everything else inside. */
static void group_loops(struct rule *r, stage_id host, bool team)
{
	struct ctx *c = r->c;
	var_id v = vector_axis(c, host);
	if (!v)
		return;
	const int64_t lanes = c->target->lanes, most = c->target->registers * 3 / 4;
	int64_t e = extent_of(c, v, 0), at_once = 1, vectors = 4;
	double heavy = 0;
	uint32_t own = 0;
	var_id axes[AXES], row = batch_axis(c, host);
	uint32_t n = host_axes(c, host, axes);
	int64_t rows = row ? (c->target->registers >= 32 ? 8 : 6) : 1;
	for (uint32_t k = 0; k < n && row; k++)
		own = axes[k] == row ? k : own;
	if (row && extent_of(c, row, 0) < rows)
		rows = extent_of(c, row, 0);
	for (stage_id s = 1; s < c->stage.n; s++) {                /* how many sums run side by side */
		if (r->host[s] != host || !sums(&c->stage.at[s]))
			continue;
		struct tile t = tile_of(r, s, r->as[s][n - 1], row ? r->as[s][own] : 0, rows, most);
		int64_t gang = 0;
		for (stage_id m = 1; m < c->stage.n; m++)
			gang += m == s || r->with[m] == s || (r->with[s] && (r->with[m] == r->with[s] || m == r->with[s]));
		at_once = t.sums * gang > at_once ? t.sums * gang : at_once;
		heavy += work(c, s);
	}
	while (vectors > 1 && (at_once * vectors > most || vectors * lanes / 2 >= e || (team && e / (vectors * lanes) < 4)))
		vectors /= 2;
	int64_t by = vectors * lanes;
	const char *vo, *vi, *ro = NULL, *ri = NULL, *at;
	struct names l = { .n = 0 };
	if (!split(r, host, loop_of(c, host, v), &vo, &vi, by) || (row && !split(r, host, loop_of(c, host, row), &ro, &ri, rows)))
		return;
	bool slices = heavy > 0;
	struct tile own_tile = tile_of(r, host, v, row, rows, most);
	bool host_sums = sums(&c->stage.at[host]) > 0;
	if (slices)
		add(&l, vo);
	for (uint32_t k = 0; k + 1 < n; k++)
		if (axes[k] != row && !(host_sums && idvec_has(&own_tile.unrolled, axes[k])))
			add(&l, loop_of(c, host, axes[k]));
	if (!slices)
		add(&l, vo);
	if (row)
		add(&l, ro);
	at = l.at[l.n - 1];
	if (row && !host_sums)
		add(&l, ri);
	add_sums(c, host, &l);
	for (uint32_t i = own_tile.unrolled.n; host_sums && i-- > 0;)
		add(&l, loop_of(c, host, own_tile.unrolled.at[i]));
	if (row && host_sums)
		add(&l, ri);
	add(&l, vi);
	order(r, host, &l);
	for (uint32_t i = own_tile.unrolled.n; host_sums && i-- > 0;)
		mark(r, host, loop_of(c, host, own_tile.unrolled.at[i]), LOOP_UNROLL);
	if (row && host_sums)
		mark(r, host, ri, LOOP_UNROLL);
	mark(r, host, vi, LOOP_VECTOR);
	if (host_sums) {
		pack(r, host, v, by);
		prefetch_weights(r, host, v);
	}
	if (slices && e > by)
		said(r, lua(r, host), sched_alternate(c, host, vo, 0), "alternate(\"%s\")", vo);
	if (team && e > by && mark(r, host, vo, LOOP_PARALLEL))
		r->parallel[c->stage.at[host].rec] = true;
	const idvec members = c->rec.at[c->stage.at[host].rec].members;
	for (uint32_t i = members.n; i-- > 0;) {
		stage_id s = members.at[i];
		if (r->host[s] != host || s == host)
			continue;
		struct tile t = tile_of(r, s, r->as[s][n - 1], row ? r->as[s][own] : 0, rows, most);
		if (!r->with[s])
			said(r, lua(r, s), sched_compute_at(c, s, host, at, 0), "compute_at(%s, \"%s\")", lua(r, host), at);
		inner_loops(r, s, r->as[s][n - 1], &t, by);
		if (sums(&c->stage.at[s]))
			prefetch_weights(r, s, r->as[s][n - 1]);
	}
	for (uint32_t i = 0; i < members.n; i++) {                 /* when the loops of both are as they stay */
		stage_id s = members.at[i];
		if (r->host[s] != host || !r->with[s])
			continue;
		const struct stage *x = &c->stage.at[r->with[s]];
		const char *loop = NULL;
		for (uint32_t k = 0; k < x->order.n; k++)
			if (x->loop.at[x->order.at[k]].acc >= 0)
				loop = x->loop.at[x->order.at[k]].name;
		said(r, lua(r, s), sched_compute_with(c, s, r->with[s], loop, 0), "compute_with(%s, \"%s\")", lua(r, r->with[s]), loop);
	}
}

/* A stage outside recurrences: tiles of rows and vectors where it sums, vectors where not. */
static void root_loops(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	var_id v = vector_axis(c, s), row = 0;
	const int64_t lanes = c->target->lanes, most = c->target->registers * 3 / 4;
	bool threads = work(c, s) >= r->limits->threads;
	const char *vo = NULL, *vi = NULL, *ro = NULL, *ri = NULL;
	if (!v) {
		for (uint32_t i = 0; threads && i < x->axes.n && !row; i++)
			if (extent_of(c, x->axes.at[i], STEPS) >= 8 && mark(r, s, loop_of(c, s, x->axes.at[i]), LOOP_PARALLEL))
				return;
		return;
	}
	int64_t e = extent_of(c, v, 0);
	if (!sums(x)) {
		if (e <= 4 * lanes)
			mark(r, s, loop_of(c, s, v), LOOP_VECTOR);
		else if (split(r, s, loop_of(c, s, v), &vo, &vi, lanes))
			mark(r, s, vi, LOOP_VECTOR);
		if (threads && c->stage.at[s].axes.at[0] != v && extent_of(c, c->stage.at[s].axes.at[0], STEPS) >= 8)
			mark(r, s, loop_of(c, s, c->stage.at[s].axes.at[0]), LOOP_PARALLEL);
		return;
	}
	struct weights w = { .r = r, .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t i = 0; i < x->axes.n && !row; i++) {         /* the axis that the weights are used again along */
		bool used = x->axes.at[i] == v || extent_of(c, x->axes.at[i], STEPS) < 2;
		for (uint32_t k = 0; k < w.n; k++)
			used |= expr_uses_var(c, w.at[k], x->axes.at[i]);
		row = used ? row : x->axes.at[i];
	}
	struct tile t = tile_of(r, s, v, row, 1, most / 2);
	int64_t vectors = t.sums == 1 && e > lanes ? 2 : 1, rows = most / (t.sums * vectors);
	rows = !row ? 1 : rows > 6 ? 6 : rows;
	if (row && extent_of(c, row, STEPS) < rows)
		rows = extent_of(c, row, STEPS);
	if (!split(r, s, loop_of(c, s, v), &vo, &vi, vectors * lanes) ||
	    (rows > 1 && !split(r, s, loop_of(c, s, row), &ro, &ri, rows)))
		return;
	bool by_rows = rows > 1 && e / (vectors * lanes) < 4;
	struct names l = { .n = 0 };
	if (by_rows)
		add(&l, ro);
	add(&l, vo);
	if (rows > 1 && !by_rows)
		add(&l, ro);
	for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++) {
		var_id a = c->stage.at[s].axes.at[i];
		if (a != v && !(rows > 1 && a == row) && !idvec_has(&t.unrolled, a))
			add(&l, loop_of(c, s, a));
	}
	add_sums(c, s, &l);
	bool rows_first = rows >= t.sums * vectors;                /* what is read once stays in fewer registers */
	if (rows > 1 && rows_first)
		add(&l, ri);
	for (uint32_t i = t.unrolled.n; i-- > 0;)
		add(&l, loop_of(c, s, t.unrolled.at[i]));
	if (rows > 1 && !rows_first)
		add(&l, ri);
	add(&l, vi);
	order(r, s, &l);
	for (uint32_t i = t.unrolled.n; i-- > 0;)
		mark(r, s, loop_of(c, s, t.unrolled.at[i]), LOOP_UNROLL);
	if (rows > 1)
		mark(r, s, ri, LOOP_UNROLL);
	mark(r, s, vi, LOOP_VECTOR);
	pack(r, s, v, vectors * lanes);
	if (threads)
		mark(r, s, by_rows ? ro : vo, LOOP_PARALLEL);
}

bool sched_rule(struct ctx *c, const struct rule_limits *limits)
{
	struct rule r = { .c = c, .limits = limits };
	for (stage_id s = 1; s < c->stage.n; s++)
		while (c->stage.at[s].rec && hoist(&r, s))
			;
	r.host = base_alloc(c, c->stage.n * sizeof *r.host);
	r.with = base_alloc(c, c->stage.n * sizeof *r.with);
	r.as = base_alloc(c, c->stage.n * sizeof *r.as);
	r.parallel = base_alloc(c, c->rec.n * sizeof *r.parallel);
	for (rec_id k = 1; k < c->rec.n; k++) {
		double step = 0;
		find_groups(&r, k);
		const idvec members = c->rec.at[k].members;
		for (uint32_t i = 0; i < members.n; i++)
			step += work(c, members.at[i]);
		for (uint32_t i = members.n; i-- > 0;)
			if (r.host[members.at[i]] == members.at[i])
				group_loops(&r, members.at[i], step >= r.limits->team);
	}
	chunks(&r);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (!c->stage.at[s].rec)
			root_loops(&r, s);
	for (rec_id k = 1; k < c->rec.n; k++)
		if (r.parallel[k])
			said(&r, rec_lua(c, k), sched_persistent(c, k, "flag", 0), "persistent { barrier = \"flag\" }");
	return true;
}
