/* plan.c · what a plan is made of: directives, tried on the compilation and written as lines; what a stage is like */
#include "plan.h"

#include "target/target.h"

#include <stdlib.h>

const char *const directive_kind_name[DO_KINDS] = {
	"split", "tile", "order", "reorder", "unroll", "vectorize", "parallel", "compute_at", "compute_root", "compute_with",
	"extract", "pack", "pack of a func", "pack of several", "persistent", "reassoc", "ulp", "chunk", "compute_at of time", "alternate",
	"prefetch", "scan", "wavefront", "target", "parallel in parts", "fuse", "rfactor", "precompute", "split with a tail",
	"fold_storage", "store_in", "store_in of weights", "bound", "store_at", "store_root", "specialize"
};

/* ---- one directive ----------------------------------------------------------------------------------------------- */

void plan_add_name(struct directive_made *d, const char *name)
{
	if (d->names < NAMES)
		snprintf(d->name[d->names++], NAME, "%.*s", NAME - 1, name);
}

struct line { char *s; size_t n; };

static void put(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void put(struct line *l, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(l->s + l->n, LINE - l->n, fmt, ap);
	va_end(ap);
	l->n += n > 0 && (size_t)n < LINE - l->n ? (size_t)n : 0;
}

static void put_names(struct line *l, const struct directive_made *d, int from)
{
	for (int i = from; i < d->names; i++) {
		bool joined = d->joined >> i & 1, next = i + 1 < d->names && (d->joined >> (i + 1) & 1);
		put(l, "%s%s\"%s\"%s", i > from ? ", " : "", next && !joined ? "{ " : "", d->name[i], joined && !next ? " }" : "");
	}
}

static void print_directive(struct ctx *c, const struct directive_made *d, char *out)
{
	struct line l = { out, 0 };
	if (d->kind == DO_REASSOC) {
		put(&l, "m:math { reassoc = %s }", d->k[0] ? "true" : "false");
		return;
	}
	if (d->kind == DO_ULP) {
		put(&l, "m:math { ulp = %lld }", (long long)d->k[0]);
		return;
	}
	if (d->kind == DO_PERSISTENT) {
		put(&l, "m.recurrences[%u]:persistent { barrier = \"%s\"%s }", d->rec, d->name[0], d->k[0] ? ", pin = true" : "");
		return;
	}
	if (d->kind == DO_CHUNK) {
		put(&l, "m.recurrences[%u]:chunk(%lld)", d->rec, (long long)d->k[0]);
		return;
	}
	if (d->kind == DO_WAVE) {
		put(&l, "m:wavefront { chunk = %lld", (long long)d->k[0]);
		if (d->k[1])
			put(&l, ", groups = %lld", (long long)d->k[1]);
		if (d->k[2])
			put(&l, ", skew = %lld", (long long)d->k[2]);
		put(&l, " }");
		return;
	}
	if (d->kind == DO_WEIGHTS) {
		put(&l, "m.weights:store_in(\"%s\")", d->name[0]);
		return;
	}
	if (d->kind == DO_TARGET) {
		put(&l, "m:target(\"%s\")", d->name[0]);
		return;
	}
	if (d->kind == DO_BOUND) {
		struct bound b = { d->k[0], d->k[1], d->k[2], 0 };
		put(&l, "m:%s", sched_bound_text(c, d->name[0], &b));
		return;
	}
	if (d->kind == DO_SPECIALIZE) {
		put(&l, "m:specialize {");
		for (int i = 0; i < d->names; i++)
			put(&l, "%s %s = %lld", i ? "," : "", d->name[i], (long long)d->k[i]);
		put(&l, " }");
		return;
	}
	if (d->kind == DO_SCAN) {
		put(&l, "m.recurrences[%u]:scan { method = \"%s\", chunk = %lld%s", d->rec, d->name[0], (long long)d->k[0], d->k[1] ? "" : " }");
		if (d->k[1])
			put(&l, ", block = %lld%s }", (long long)d->k[1], d->k[2] ? ", overlap = true" : "");
		return;
	}
	put(&l, "m:stage(\"%s\"):", c->stage.at[d->s].name);
	switch (d->kind) {
	case DO_SPLIT: case DO_TILE:
		put(&l, "%s(", d->kind == DO_SPLIT ? "split" : "tile");
		put_names(&l, d, 0);
		put(&l, ", %lld", (long long)d->k[0]);
		if (d->kind == DO_TILE)
			put(&l, ", %lld", (long long)d->k[1]);
		put(&l, ")");
		break;
	case DO_TAIL:
		put(&l, "split(\"%s\", \"%s\", \"%s\", %lld, \"%s\")", d->name[0], d->name[1], d->name[2], (long long)d->k[0], d->name[3]);
		break;
	case DO_AT: case DO_WITH: case DO_STORE_AT:
		put(&l, "%s(m:stage(\"%s\"), \"%s\")", directive_kind_name[d->kind], c->stage.at[d->other].name, d->name[0]);
		break;
	case DO_SHARED:
		put(&l, "parallel(\"%s\", { schedule = \"%s\"", d->name[0], d->name[1]);
		put(&l, d->k[0] ? ", chunk = %lld })" : " })", (long long)d->k[0]);
		break;
	case DO_FOLD:
		put(&l, "fold_storage(\"%s\", %lld)", d->name[0], (long long)d->k[0]);
		break;
	case DO_IN_TIME:
		put(&l, "compute_at(m.recurrences[%u])", d->rec);
		break;
	case DO_PREFETCH:
		put(&l, "prefetch(\"%s\", \"%s\", %lld)", d->name[0], d->name[1], (long long)d->k[0]);
		break;
	case DO_PACK: case DO_PACK_FUNC: case DO_PACK_MANY:
		put(&l, "pack(%s", d->tensors > 1 ? "{ " : "");
		for (int i = 0; i < d->tensors; i++)
			put(&l, "%s\"%s\"", i ? ", " : "", d->name[i]);
		put(&l, "%s, ", d->tensors > 1 ? " }" : "");
		put_names(&l, d, d->tensors);
		put(&l, ")");
		break;
	default:
		put(&l, "%s(", directive_kind_name[d->kind]);
		put_names(&l, d, 0);
		put(&l, ")");
	}
}

static bool try_directive(struct ctx *c, const struct directive_made *d)
{
	const char *name[NAMES];
	uint32_t n = (uint32_t)d->names;
	for (int i = 0; i < d->names; i++)
		name[i] = base_intern(c, d->name[i]);
	switch (d->kind) {
	case DO_SPLIT: return sched_split(c, d->s, name[0], name[1], name[2], d->k[0], 0);
	case DO_TAIL:  return sched_split_tail(c, d->s, name[0], name[1], name[2], d->k[0], name[3], 0);
	case DO_TILE:
		return sched_split(c, d->s, name[0], name[2], name[4], d->k[0], 0) &&
		       sched_split(c, d->s, name[1], name[3], name[5], d->k[1], 0) &&
		       sched_reorder(c, d->s, (const char *[]){ name[4], name[5], name[2], name[3] }, 4, 0);
	case DO_FUSE:      return sched_fuse(c, d->s, name[0], name[1], name[2], 0);
	case DO_ORDER:     return sched_order(c, d->s, name, n, 0);
	case DO_REORDER:   return sched_reorder(c, d->s, name, n, 0);
	case DO_UNROLL:    return sched_flavor(c, d->s, name[0], LOOP_UNROLL, 0);
	case DO_VECTORIZE: return sched_flavor(c, d->s, name[0], LOOP_VECTOR, 0);
	case DO_PARALLEL:  return sched_flavor(c, d->s, name[0], LOOP_PARALLEL, 0);
	case DO_SHARED:
		return sched_share(c, d->s, name[0], name[1], d->k[0], 0);
	case DO_AT:        return sched_compute_at(c, d->s, d->other, name[0], 0);
	case DO_ROOT:      return sched_compute_root(c, d->s, 0);
	case DO_WITH:      return sched_compute_with(c, d->s, d->other, name[0], 0);
	case DO_EXTRACT:   return sched_extract(c, d->s, name[0], name[1], 0) != 0;
	case DO_RFACTOR:   return sched_rfactor(c, d->s, name[0], name[1], 0) != 0;
	case DO_PRECOMPUTE: return sched_precompute(c, d->s, name[0], name[1], 0) != 0;
	case DO_PACK: case DO_PACK_FUNC: case DO_PACK_MANY:
		return sched_pack(c, d->s, name, (uint32_t)d->tensors, name + d->tensors, n - (uint32_t)d->tensors, 0);
	case DO_PERSISTENT: return sched_persistent(c, d->rec, name[0], d->k[0] != 0, 0);
	case DO_CHUNK:      return sched_chunk(c, d->rec, d->k[0], 0);
	case DO_WAVE:       return sched_wavefront(c, NULL, 0, d->k[0], d->k[1], d->k[2], 0);
	case DO_BOUND:      return sched_bound(c, name[0], (struct bound){ d->k[0], d->k[1], d->k[2], 0 });
	case DO_SPECIALIZE: {
		struct special s = { .loc = 0 };
		for (uint32_t i = 0; i < n; i++)
			VEC_PUSH(c, s.sizes, (struct size){ sched_dim(c, name[i], 0), d->k[i] });
		return !c->errors && sched_specialize(c, s);
	}
	case DO_TARGET:     return sched_target(c, name[0], 0);
	case DO_SCAN:       return sched_scan(c, d->rec, name[0], d->k[0], d->k[1], d->k[2], 0);
	case DO_IN_TIME:    return sched_compute_in_time(c, d->s, d->rec, 0);
	case DO_WEIGHTS:    return sched_weights_in(c, name[0], 0);
	case DO_STORE_AT:   return sched_store_at(c, d->s, d->other, name[0], 0);
	case DO_STORE_ROOT: return sched_store_root(c, d->s, 0);
	case DO_STORE:      return sched_store_in(c, d->s, name[0], 0);
	case DO_FOLD:       return sched_fold_storage(c, d->s, name[0], d->k[0], 0);
	case DO_ALTERNATE:  return sched_alternate(c, d->s, name[0], 0);
	case DO_PREFETCH:   return sched_prefetch(c, d->s, name[0], name[1], d->k[0], 0);
	case DO_ULP:
		c->sched->ulp = (int)d->k[0];
		return true;
	default:
		c->sched->reassoc = d->k[0] != 0;
		return true;
	}
}

/* Adds the directive to the plan; false: it was refused. */
bool plan_apply(struct planner *q, const struct directive_made *d)
{
	if (q->p->lines == LINES)
		return false;
	struct directive_made shared = *d;
	if (d->kind == DO_PARALLEL && d->names == 1 && rng_chance(q->r, 25)) {
		shared.kind = DO_SHARED;
		plan_add_name(&shared, (const char *[]){ "static", "dynamic", "guided" }[rng_below(q->r, 3)]);
		shared.k[0] = rng_chance(q->r, 70) ? rng_from(q->r, 1, 4) : 0;
		d = &shared;
	}
	print_directive(q->c, d, q->p->line[q->p->lines++]);
	bool good = try_directive(q->c, d);
	if (!good && q->why)
		snprintf(q->why, q->size, "%s: %s", q->c->diags.n ? diag_name(q->c->diags.at[0].id) : "-",
		         q->c->diags.n ? q->c->diags.at[0].reason : "-");
	if (!good && !(q->wild && rng_chance(q->r, 30)))
		q->p->lines--;
	q->c->diags.n = 0;
	q->c->errors = 0;
	return good;
}

/* Cases of sizes; one that must be accepted is the only one, since others may cover it. */
static bool specials(struct planner *q)
{
	bool good = true;
	for (int cases = rng_chance(q->r, 15) ? rng_from(q->r, 1, q->legal ? 1 : 3) : 0; cases && good; cases--) {
		struct directive_made d = { .kind = DO_SPECIALIZE };
		for (uint32_t i = 1; i < q->c->dim.n; i++) {
			if (!q->c->dim.at[i].var || d.names == 3 || !rng_chance(q->r, 60))
				continue;
			d.k[d.names] = sched_bound_near(q->c, i, rng_from(q->r, 1, 5));
			plan_add_name(&d, q->c->dim.at[i].name);
		}
		good = !d.names || plan_apply(q, &d) || !q->legal;
	}
	return good;
}

bool plan_bounds(struct planner *q)
{
	bool good = true;
	for (uint32_t i = 1; i < q->c->dim.n && good; i++) {
		struct directive_made d = { .kind = DO_BOUND, .k = { 0, INT64_MAX, 1 } };
		if (!q->c->dim.at[i].var || !rng_chance(q->r, 15))
			continue;
		plan_add_name(&d, q->c->dim.at[i].name);
		int kind = rng_below(q->r, 3);             /* multiples, one value, at least */
		d.k[2] = kind == 0 ? rng_from(q->r, 2, 4) : 1;
		d.k[0] = kind || rng_chance(q->r, 50) ? rng_from(q->r, 1, kind == 1 ? 5 : 8) : 0;
		d.k[1] = kind == 1 ? d.k[0] : rng_chance(q->r, 50) ? d.k[0] + rng_from(q->r, 4, 9) : INT64_MAX;
		good = plan_apply(q, &d);
	}
	return good && specials(q);
}

void plan_text(const struct plan *p, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "return function(m)\n");
	for (int i = 0; i < p->lines && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "  %s\n", p->line[i]);
	if (n < size)
		snprintf(out + n, size - n, "end\n");
}

void plan_by_rule(struct ctx *c, struct rng *r, struct plan *p)
{
	static const int64_t usual[] = { 1, 4, 16, 200 };
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var && rng_chance(r, 40))
			VEC_PUSH(c, c->plan, (struct setting){ .name = c->dim.at[d].name, .value = usual[rng_below(r, 4)] });
	static const struct rule_limits all = { .near = 1 << 12, .slices = 4 };  /* every directive, however small the model; chunks of all sizes */
	c->reassoc = rng_chance(r, 50);
	sched_rule(c, &all);
	for (uint32_t i = 0; i < c->sched->log.n && p->lines < LINES; i++)
		snprintf(p->line[p->lines++], LINE, "%s:%s", c->sched->log.at[i].on, c->sched->log.at[i].call);
}

/* ---- what a stage is like ---------------------------------------------------------------------------------------- */

struct stage *plan_stage_at(struct planner *q, stage_id s) { return &q->c->stage.at[s]; }

/* Schedules find the first stage of a name only. */
bool plan_reachable(struct planner *q, stage_id s) { return stage_find(q->c, plan_stage_at(q, s)->name, NULL) == s; }

stage_id plan_some_stage(struct planner *q)
{
	stage_id s = 0;
	for (int tries = 0; tries < 20; tries++) {
		s = 1 + (stage_id)rng_below(q->r, (int)q->c->stage.n - 1);
		if (plan_reachable(q, s))
			return s;
	}
	return stage_find(q->c, plan_stage_at(q, s)->name, NULL);
}

/* Largest extent of a loop; -1: not known before run time. */
int64_t plan_upper(struct planner *q, const struct stage *s, int l)
{
	const struct loop *x = &s->loop.at[l];
	int64_t n;
	if (x->parent < 0)
		return poly_const(q->c, q->c->var.at[x->axis].extent, &n) ? n : -1;
	const struct loop *p = &s->loop.at[x->parent];
	n = plan_upper(q, s, x->parent);
	if (p->inner == l)
		return n >= 0 && n < p->factor ? n : p->factor;
	return n < 0 ? -1 : (n + p->factor - 1) / p->factor;
}

static bool innermost_part(const struct stage *s, int l)
{
	for (int p = s->loop.at[l].parent; p >= 0; l = p, p = s->loop.at[p].parent)
		if (s->loop.at[p].inner != l)
			return false;
	return true;
}

/* Steps through memory one by one: the last axis of the left side, or the innermost part of it. */
bool plan_contiguous(struct planner *q, const struct stage *s, int l)
{
	return s->loop.at[l].acc < 0 && s->nidx && s->idx[s->nidx - 1] == poly_var(q->c, s->loop.at[l].axis) &&
	       innermost_part(s, l);
}

const char *plan_fresh_name(struct planner *q, const char *suffix)
{
	return base_internf(q->c, "l%d%s", q->fresh++, suffix);
}

int64_t plan_some_factor(struct planner *q)
{
	static const int64_t k[] = { 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 16, 16, 32, 33 };
	return k[rng_below(q->r, 15)];
}

int plan_some_leaf(struct planner *q, const struct stage *s)
{
	return s->order.n ? s->order.at[rng_below(q->r, (int)s->order.n)] : -1;
}

/* Is there room behind the elements of loop l, in what the stage stores and in all that it reads there? */
static bool has_room(struct planner *q, stage_id s, int l)
{
	struct ctx *c = q->c;
	const struct stage *x = plan_stage_at(q, s);
	const struct tensor *t = &c->tensor.at[x->tensor];
	var_id axis = x->loop.at[l].axis;
	struct reads_found f = { .n = 0 };
	bool room = !t->is_output && !t->history && loop_is_axis(&x->loop.at[l]) && x->loop.at[l].acc < 0 && !c->var.at[axis].is_time;
	stage_reads(c, s, plan_note_read, &f);
	for (int i = 0; i < f.n; i++)
		room &= c->tensor.at[c->expr.at[f.read[i]].of].role == ROLE_PARAM || !expr_uses_var(c, f.read[i], axis);
	return room;
}

/* A tail for a split of loop l by k, where one has a chance; a legal plan only guards. */
static enum tail some_tail(struct planner *q, stage_id id, int l, int64_t k)
{
	const struct stage *s = plan_stage_at(q, id);
	int64_t lo = 0, hi;
	if (loop_is_axis(&s->loop.at[l]))
		poly_range(q->c, q->c->var.at[s->loop.at[l].axis].extent, &lo, &hi);
	bool shift = (plan_upper(q, s, l) >= k || lo >= k) && (s->loop.at[l].acc < 0 || rng_chance(q->r, 10)), mask = plan_contiguous(q, s, l);
	if (q->legal || !rng_chance(q->r, 70))
		return rng_chance(q->r, 15) ? TAIL_GUARD : TAIL_PEEL;
	if (rng_chance(q->r, has_room(q, id, l) ? 70 : 5))
		return TAIL_PAD;
	return shift && rng_chance(q->r, 40) ? TAIL_SHIFT : mask && rng_chance(q->r, 40) ? TAIL_MASK : TAIL_PEEL;
}

static bool split(struct planner *q, stage_id s, int l, int64_t k, enum tail tail)
{
	struct directive_made d = { .kind = DO_SPLIT, .s = s, .k = { k, 0 } };
	const char *name = plan_stage_at(q, s)->loop.at[l].name;
	plan_add_name(&d, name);
	plan_add_name(&d, plan_fresh_name(q, "o"));
	plan_add_name(&d, plan_fresh_name(q, "i"));
	if (tail != TAIL_PEEL) {
		d.kind = DO_TAIL;
		plan_add_name(&d, tail_name[tail]);
	}
	return plan_apply(q, &d);
}

bool plan_split(struct planner *q, stage_id s, int l, int64_t k)
{
	return l >= 0 && split(q, s, l, k, some_tail(q, s, l, k));
}

int plan_by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->loop < y->loop ? -1 : x->loop > y->loop;
}

/* Do leaves a and b come from one axis, a from the outer part of the split that parted them? */
bool plan_fuse(struct planner *q, stage_id s, int at)
{
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = DO_FUSE, .s = s };
	if (at < 0 || at + 1 >= (int)x->order.n)
		return false;
	plan_add_name(&d, x->loop.at[x->order.at[at]].name);
	plan_add_name(&d, x->loop.at[x->order.at[at + 1]].name);
	plan_add_name(&d, plan_fresh_name(q, "f"));
	return plan_apply(q, &d);
}

bool plan_outer_part(const struct stage *s, int a, int b)
{
	for (int x = a; s->loop.at[x].parent >= 0; x = s->loop.at[x].parent) {
		const struct loop *p = &s->loop.at[s->loop.at[x].parent];
		for (int y = b; p->outer == x && y >= 0; y = s->loop.at[y].parent)
			if (y == p->inner)
				return true;
	}
	return false;
}

/* The whole loop over axis v, or one of its extent, that nothing is computed in; -1: there is none. */
static int whole_leaf(struct planner *q, stage_id s, var_id v)
{
	const struct stage *x = plan_stage_at(q, s);
	int found = -1;
	for (uint32_t p = 0; p < x->order.n; p++) {
		const struct loop *l = &x->loop.at[x->order.at[p]];
		bool fits = loop_is_axis(l) && l->acc < 0 && l->flavor == LOOP_SERIAL && !l->alternate &&
		            (q->legal ? l->axis == v : q->c->var.at[l->axis].extent == q->c->var.at[v].extent);
		for (stage_id in = 1; in < q->c->stage.n; in++)
			fits &= q->c->stage.at[in].at != s || strcmp(q->c->stage.at[in].at_loop, l->name) != 0;
		if (fits && (found < 0 || l->axis == v))
			found = x->order.at[p];
	}
	return found;
}

bool plan_outside(struct planner *q, rec_id r, var_id v, int64_t k, bool parallel)
{
	const idvec members = q->c->rec.at[r].members;
	for (uint32_t i = 0; i < members.n; i++) {
		const struct stage *x = plan_stage_at(q, members.at[i]);
		if (!x->at && (!plan_reachable(q, members.at[i]) || x->order.n + 2 > NAMES || whole_leaf(q, members.at[i], v) < 0))
			return true;
	}
	const char *clause = (const char *[]){ "static", "dynamic", "guided" }[rng_below(q->r, 3)];
	int64_t part = rng_from(q->r, 0, 3);
	for (uint32_t i = 0; i < members.n; i++) {
		stage_id s = members.at[i];
		struct directive_made d = { .kind = DO_ORDER, .s = s }, mark = { .kind = DO_SHARED, .s = s, .k = { part, 0 } };
		int l = whole_leaf(q, s, v);
		if (plan_stage_at(q, s)->at)
			continue;
		if (k && !split(q, s, l, k, TAIL_PEEL))  /* the same for all */
			return false;
		const struct stage *x = plan_stage_at(q, s);
		l = k ? x->loop.at[l].outer : l;
		plan_add_name(&mark, x->loop.at[l].name);
		plan_add_name(&mark, clause);
		plan_add_name(&d, x->loop.at[l].name);
		plan_add_name(&d, q->c->var.at[x->time].name);
		for (uint32_t p = 0; p < x->order.n; p++)
			if (x->order.at[p] != l)
				plan_add_name(&d, x->loop.at[x->order.at[p]].name);
		if (!plan_apply(q, &d) || (parallel && !plan_apply(q, &mark)))
			return false;
	}
	return true;
}

void plan_note_read(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct reads_found *f = arg;
	(void)c, (void)s;
	if (f->n < 64)
		f->read[f->n++] = e;
}

/* The axis that indexes dim d of the read, where it stands alone. */
const char *plan_read_axis(struct ctx *c, expr_id read, uint32_t d)
{
	const struct expr *x = &c->expr.at[c->list.at[c->expr.at[read].idx + d]];
	uint32_t n;
	if (x->kind != X_POLY)
		return NULL;
	const struct term *t = poly_terms(c, x->poly, &n);
	return n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_AXIS ? c->var.at[t->var[0]].name : NULL;
}

/* A storage order: dims shuffled, some divided; false: a dim has no name. */
bool plan_pack_parts(struct planner *q, struct directive_made *d, const char *const *axis, uint32_t rank)
{
	char part[NAMES][NAME];
	int n = 0;
	for (uint32_t i = 0; i < rank; i++) {
		if (!axis[i])
			return false;
		if (rng_chance(q->r, 50)) {
			long long k = plan_some_factor(q);
			if (rng_chance(q->r, 40))
				k = q->c->target->lanes;
			snprintf(part[n++], NAME, "%s/%lld", axis[i], k);
			snprintf(part[n++], NAME, "%s%%%lld", axis[i], k);
		} else {
			snprintf(part[n++], NAME, "%s", axis[i]);
		}
	}
	if (d->tensors > 1)
		snprintf(part[n++], NAME, "tensor");
	for (int i = n - 1; i > 0; i--) {
		char swap[NAME];
		int k = rng_below(q->r, i + 1);
		memcpy(swap, part[i], NAME);
		memcpy(part[i], part[k], NAME);
		memcpy(part[k], swap, NAME);
	}
	for (int i = 0; i < n; i++)
		plan_add_name(d, part[i]);
	return true;
}

bool plan_reads_now(struct planner *q, stage_id writer, stage_id reader)
{
	for (uint32_t i = 0; i < q->c->dep.n; i++) {
		const struct dep *d = &q->c->dep.at[i];
		if (d->writer == writer && d->reader == reader && d->lag == 0)
			return true;
	}
	return false;
}

/* Two stages of the same form: the same axes, the same reductions. */
bool plan_alike(struct planner *q, stage_id a, stage_id b)
{
	const struct stage *x = plan_stage_at(q, a), *y = plan_stage_at(q, b);
	if (x->rec != y->rec || x->axes.n != y->axes.n || x->acc.n != y->acc.n || x->order.n != y->order.n || a == b)
		return false;
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (q->c->var.at[x->axes.at[i]].extent != q->c->var.at[y->axes.at[i]].extent)
			return false;
	for (uint32_t i = 0; i < x->order.n; i++) {
		const struct loop *l = &x->loop.at[x->order.at[i]], *k = &y->loop.at[y->order.at[i]];
		if (q->c->var.at[l->axis].extent != q->c->var.at[k->axis].extent || l->acc != k->acc || l->update != k->update ||
		    strcmp(l->name, k->name))
			return false;
	}
	return true;
}
