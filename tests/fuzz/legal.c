/* legal.c · schedules that must be accepted
 *
 * What a user who has read the README may count on. A nest is: loops over the result, the outer part of a split before the
 * inner one; reductions in the order of the equations; a tile of unrolled loops of known size; one vectorized loop along the
 * last dim. On top: one parallel loop outside, the first sum extracted, params packed, a producer that one stage alone reads
 * moved into that stage's outermost loop, a persistent team. Each rule here says what it needs; whatever is refused that
 * follows them is a fault, of the compiler or of these rules. */
#include "plan.h"

#include "target/target.h"

#include <stdlib.h>

enum { TILE = 48 };                                /* sums in a tile */

struct legal { struct planner q; bool good; bool *inside, *host; };  /* [stage]: moved, holds one that was */

static void must(struct legal *g, const struct directive_made *d)
{
	g->good = g->good && plan_apply(&g->q, d);
}

static struct directive_made directive(enum directive_kind kind, stage_id s, const char *name)
{
	struct directive_made d = { .kind = kind, .s = s };
	plan_add_name(&d, name);
	return d;
}

/* ---- one stage --------------------------------------------------------------------------------------------------- */

struct lane_use { var_id axis; bool cast; };

/* Numbers made from the axis itself, and choices by it, may have no vector form; steps do not lie next to each other. */
static bool uses_as_number(struct ctx *c, expr_id e, void *arg)
{
	struct lane_use *u = arg;
	const struct expr *x = &c->expr.at[e];
	for (int i = 0; i < (x->kind == X_OP ? op_info[x->op].arity : x->kind == X_CAST); i++)
		u->cast |= c->expr.at[x->arg[i]].kind == X_POLY && poly_uses(c, c->expr.at[x->arg[i]].poly, u->axis);
	int time = x->kind == X_READ ? c->tensor.at[x->of].time : -1;
	u->cast |= time >= 0 && expr_uses_var(c, c->list.at[x->idx + (uint32_t)time], u->axis);
	return false;
}

static bool has_vector_form(struct ctx *c, const struct stage *s, var_id axis)
{
	struct lane_use u = { axis, c->tensor.at[s->tensor].type != RNN_F32 || c->var.at[axis].is_time };
	for (uint32_t a = 0; a < s->acc.n; a++) {
		expr_any(c, s->acc.at[a].init, uses_as_number, &u);
		for (uint32_t k = 0; k < s->acc.at[a].update.n; k++)
			expr_any(c, s->acc.at[a].update.at[k].body, uses_as_number, &u);
	}
	expr_any(c, s->epilogue, uses_as_number, &u);
	return !u.cast;
}

/* Of an axis split twice, where the factors do not divide, what is left over may have no constant extent. */
static bool parts_of_parts(const struct stage *s, int l)
{
	int p = s->loop.at[l].parent;
	return p >= 0 && s->loop.at[p].parent >= 0;
}

static int zone_key(struct planner *q, int zone) { return zone * 1000 + rng_below(q->r, 1000); }

/* The order of the nest; marks follow. */
static void nest(struct legal *g, stage_id s)
{
	struct planner *q = &g->q;
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made order = { .kind = DO_ORDER, .s = s }, mark[NAMES];
	struct key key[NAMES];
	bool tiled[NAMES] = { false };
	int n = (int)x->order.n, vector = -1, marks = 0, outside = 0;
	int64_t size = 1;
	if (n < 1 || n > NAMES)
		return;
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		int64_t u = plan_upper(q, x, l);
		if (plan_contiguous(q, x, l) && !parts_of_parts(x, l) && u > 0 && u <= 64 && has_vector_form(q->c, x, x->loop.at[l].axis) && rng_chance(q->r, 70))
			vector = l;
	}
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		int64_t u = plan_upper(q, x, l);
		bool pure = x->loop.at[l].acc < 0;
		tiled[i] = pure && l != vector && !parts_of_parts(x, l) && u > 0 && u * size <= TILE && rng_chance(q->r, 40);
		size *= tiled[i] ? u : 1;
		/* reductions keep the place that they have among themselves */
		key[i] = (struct key){ l, l == vector ? 3000 : tiled[i] ? zone_key(q, 2) : pure ? zone_key(q, 0) : 1000 + i };
	}
	for (int turn = 0; turn < n; turn++)           /* outer parts outside inner ones, or the tile takes them all */
		for (int a = 0; a < n; a++)
			for (int b = 0; b < n; b++)
				if (plan_outer_part(x, key[a].loop, key[b].loop) && key[a].key >= key[b].key) {
					if (key[b].loop == vector)
						return;
					key[a].key = key[b].key - 1;
					tiled[a] &= key[a].key >= 2000;
				}
	qsort(key, (size_t)n, sizeof *key, plan_by_key);
	for (int i = 0; i < n; i++) {
		const struct loop *l = &x->loop.at[key[i].loop];
		plan_add_name(&order, l->name);
		outside += l->acc < 0 && key[i].key < 1000;
		if (key[i].key >= 2000)
			mark[marks++] = directive(key[i].loop == vector ? DO_VECTORIZE : DO_UNROLL, s, l->name);
	}
	int parallel = outside && rng_chance(q->r, 35) ? rng_below(q->r, outside) : -1;
	if (parallel >= 0)
		mark[marks++] = directive(DO_PARALLEL, s, order.name[parallel]);
	must(g, &order);
	bool both = outside > 1 && x->loop.at[key[0].loop].parent < 0 && x->loop.at[key[1].loop].parent < 0;
	int64_t extent;
	if (both && g->good && poly_const(q->c, q->c->var.at[x->loop.at[key[1].loop].axis].extent, &extent) && rng_chance(q->r, 40)) {
		g->good = plan_fuse(q, s, 0);
		x = plan_stage_at(q, s);
		if (parallel >= 0 && parallel < 2 && g->good)
			mark[marks - 1] = directive(DO_PARALLEL, s, x->loop.at[x->order.at[0]].name);
	}
	for (int i = 0; i < marks; i++)
		must(g, &mark[i]);
}

/* A param that the stage reads in one way, each dim by an axis that stands alone. */
static void pack(struct legal *g, stage_id s)
{
	struct ctx *c = g->q.c;
	struct reads_found f = { .n = 0 };
	const char *axis[8] = { NULL };
	stage_reads(c, s, plan_note_read, &f);
	if (!f.n || f.n == 64)
		return;
	expr_id e = f.read[rng_below(g->q.r, f.n)];
	const struct tensor *t = &c->tensor.at[c->expr.at[e].of];
	struct directive_made d = directive(DO_PACK, s, t->name);
	d.tensors = 1;
	if (t->role != ROLE_PARAM)
		return;
	for (int i = 0; i < f.n; i++)
		if (c->expr.at[f.read[i]].of == c->expr.at[e].of && !expr_equal(c, f.read[i], e))
			return;
	for (uint32_t i = 0; i < t->rank; i++) {
		axis[i] = plan_read_axis(c, e, i);
		for (uint32_t k = 0; k < i; k++)
			if (!axis[i] || !axis[k] || !strcmp(axis[i], axis[k]))
				return;                            /* W[i][i]: which of the two is meant? */
	}
	if (plan_pack_parts(&g->q, &d, axis, t->rank))
		must(g, &d);
}

struct own_reads { rec_id rec; tensor_id of; bool own, reads; };

static bool look(struct ctx *c, expr_id e, void *arg)
{
	struct own_reads *o = arg;
	const struct expr *x = &c->expr.at[e];
	for (stage_id s = 1; x->kind == X_READ && s < c->stage.n; s++)
		o->own |= o->rec && c->stage.at[s].tensor == x->of && c->stage.at[s].rec == o->rec;
	o->reads |= x->kind == X_READ && x->of == o->of;
	return false;
}

/* The first sum, where it and what stands before it read nothing of the recurrence. */
static void extract(struct legal *g, stage_id s)
{
	struct ctx *c = g->q.c;
	const struct stage *x = plan_stage_at(&g->q, s);
	struct reads_found f = { .n = 0 };
	if (!x->acc.n || x->acc.at[0].red != RED_SUM || !x->acc.at[0].update.n)
		return;
	expr_id body = x->acc.at[0].update.at[0].body;
	struct own_reads o = { .rec = x->rec };
	expr_any(c, body, look, &o);
	expr_any(c, x->acc.at[0].init, look, &o);
	stage_reads(c, s, plan_note_read, &f);
	if (o.own || !f.n)
		return;
	tensor_id of = c->expr.at[f.read[rng_below(g->q.r, f.n)]].of;
	o = (struct own_reads){ .of = of };
	expr_any(c, body, look, &o);
	if (!o.reads)
		return;
	struct directive_made d = directive(DO_EXTRACT, s, base_internf(c, "e%d", g->q.fresh++));
	plan_add_name(&d, c->tensor.at[of].name);
	must(g, &d);
}

static void one_stage(struct legal *g, stage_id s)
{
	for (int i = 0, n = rng_below(g->q.r, 4); i < n && g->good; i++) {
		int l = plan_some_leaf(&g->q, plan_stage_at(&g->q, s));
		int64_t k = rng_chance(g->q.r, 50) ? g->q.c->target->lanes : plan_some_factor(&g->q);
		if (l >= 0)
			g->good = plan_split(&g->q, s, l, k);
	}
	if (g->good && rng_chance(g->q.r, 85))
		nest(g, s);
	if (g->good && rng_chance(g->q.r, 40))
		pack(g, s);
}

/* ---- two stages -------------------------------------------------------------------------------------------------- */

static bool is_parallel(const struct stage *s)
{
	for (uint32_t i = 0; i < s->loop.n; i++)
		if (s->loop.at[i].flavor == LOOP_PARALLEL)
			return true;
	return false;
}

/* Which dim of the tensor do all reads of the host index with this axis alone, and no other dim? -1: there is none. */
static int dim_along(struct ctx *c, stage_id host, tensor_id t, var_id axis)
{
	struct reads_found f = { .n = 0 };
	int dim = -1;
	stage_reads(c, host, plan_note_read, &f);
	for (int i = 0; i < f.n; i++) {
		const struct expr x = c->expr.at[f.read[i]];
		int here = -1;
		if (x.of != t)
			continue;
		for (uint32_t d = 0; d < x.nidx; d++) {
			const struct expr *p = &c->expr.at[c->list.at[x.idx + d]];
			if (p->kind != X_POLY || !poly_uses(c, p->poly, axis))
				continue;
			if (p->poly != poly_var(c, axis) || here >= 0)
				return -1;
			here = (int)d;
		}
		if (here < 0 || (dim >= 0 && dim != here))
			return -1;
		dim = here;
	}
	return f.n == 64 ? -1 : dim;
}

/* A stage that only the host reads, at the same step: into the host's outermost loop. */
static void move_inside(struct legal *g, stage_id s)
{
	struct ctx *c = g->q.c;
	const struct stage *x = plan_stage_at(&g->q, s);
	const struct tensor *t = &c->tensor.at[x->tensor];
	stage_id host = 0;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->writer != s)
			continue;
		if (d->lag || (host && host != d->reader))
			return;
		host = d->reader;
	}
	const struct stage *h = plan_stage_at(&g->q, host);
	if (!host || x->rec != h->rec || !h->order.n || t->is_output || t->history || t->defs.n > 1 || is_parallel(x) ||
	    !plan_reachable(&g->q, host) || g->inside[host] || g->host[s] || x->nidx != x->axes.n)
		return;
	const struct loop *l = &h->loop.at[h->order.at[0]];
	if (l->fused[0] >= 0)
		return;
	bool whole = l->parent < 0, outer = !whole && h->loop.at[l->parent].outer == h->order.at[0] && h->loop.at[l->parent].parent < 0;
	bool fused = false;                             /* then a tile that is left over has no constant extent */
	for (uint32_t i = 0; i < x->loop.n; i++)
		fused |= x->loop.at[i].fused[0] >= 0;
	if (l->acc >= 0 || l->flavor == LOOP_UNROLL || l->flavor == LOOP_VECTOR || !(whole || (outer && !fused)) ||
	    dim_along(c, host, x->tensor, l->axis) < 0)
		return;
	struct directive_made d = directive(DO_AT, s, l->name);
	d.other = host;
	must(g, &d);
	g->inside[s] = g->host[host] = true;
}

/* ---- slices that run alone --------------------------------------------------------------------------------------- */

/* Does every read inside the recurrence take the reader's own place along v, an axis that all its stages call so? */
static bool own_along(struct ctx *c, rec_id r, var_id v)
{
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		const struct stage *w = &c->stage.at[d->writer];
		bool own = false, other = false;
		if (w->rec != r || c->stage.at[d->reader].rec != r)
			continue;
		for (uint32_t k = 0; k < w->nidx; k++) {
			const struct expr *e = &c->expr.at[c->list.at[c->expr.at[d->read].idx + k]];
			bool here = e->kind == X_POLY && e->poly == poly_var(c, v);
			own |= here && w->idx[k] == poly_var(c, v);
			other |= here != (w->idx[k] == poly_var(c, v));
		}
		if (!own || other)
			return false;
	}
	return true;
}

static void slices(struct legal *g, rec_id r)
{
	struct ctx *c = g->q.c;
	const idvec *members = &c->rec.at[r].members;
	const struct stage *x = plan_stage_at(&g->q, members->at[0]);
	bool threads = false;
	for (uint32_t i = 0; i < members->n; i++)
		threads |= is_parallel(plan_stage_at(&g->q, members->at[i]));
	for (uint32_t a = 0; a < x->axes.n; a++) {
		var_id v = x->axes.at[a];
		bool all = v != x->time && own_along(c, r, v);
		for (uint32_t i = 0; i < members->n; i++)
			all &= idvec_has(&plan_stage_at(&g->q, members->at[i])->axes, v);
		if (!all)
			continue;
		g->good = plan_outside(&g->q, r, v, rng_chance(g->q.r, 60) ? plan_some_factor(&g->q) : 0, !threads && rng_chance(g->q.r, 60));
		return;
	}
}

/* ---- a whole plan ------------------------------------------------------------------------------------------------ */

bool plan_legal(struct ctx *c, struct rng *r, struct plan *p, char *why, size_t size)
{
	struct legal g = { .q = { .c = c, .r = r, .p = p, .why = why, .size = size, .legal = true }, .good = true };
	p->lines = 0;
	g.good = plan_bounds(&g.q);
	for (stage_id s = 1, n = c->stage.n; s < n && g.good; s++)
		if (plan_reachable(&g.q, s) && rng_chance(r, 30))
			extract(&g, s);
	for (stage_id s = 1, n = c->stage.n; s < n && g.good; s++)
		if (plan_reachable(&g.q, s) && rng_chance(r, 15))
			g.good = plan_rfactor(&g.q, s, true);
	g.inside = base_alloc(c, c->stage.n + 1);
	g.host = base_alloc(c, c->stage.n + 1);
	for (stage_id s = 1; s < c->stage.n && g.good; s++)
		if (plan_reachable(&g.q, s) && rng_chance(r, 80))
			one_stage(&g, s);
	for (stage_id s = 1; s < c->stage.n && g.good; s++)
		if (plan_reachable(&g.q, s) && rng_chance(r, 50))
			move_inside(&g, s);
	for (rec_id k = 1; k < c->rec.n && g.good; k++)
		if (rng_chance(r, 50))
			slices(&g, k);
	for (stage_id s = 1; s < c->stage.n && g.good; s++)
		if (plan_reachable(&g.q, s) && rng_chance(r, 20))
			g.good = plan_fold(&g.q, s) && plan_store(&g.q, s) && plan_store_at(&g.q, s);
	for (rec_id k = 1; k < c->rec.n && g.good; k++) {
		const int drawn = rng_below(r, 6);
		struct directive_made d = { .kind = DO_PERSISTENT, .rec = k, .k = { drawn % 2 } };
		plan_add_name(&d, (const char *[]){ "omp", "spin", "flag" }[drawn / 2]);
		if (rng_chance(r, 45))
			must(&g, &d);
	}
	return g.good;
}
