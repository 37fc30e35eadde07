/* plan.c · random schedules for a loaded model
 *
 * A plan grows line by line. Each directive is tried at once on the compilation itself, so that names, splits and orders
 * are always those of now; what is refused is left out. Sensible plans follow the way people write schedules: extract,
 * split, a register tile inside the reductions, a parallel loop outside, producers moved inside, weights packed. Wild
 * plans add directives with any arguments, and keep some that were refused. */
#include "fuzz.h"

#include "schedule/stages.h"
#include "target/target.h"

#include <stdlib.h>

const char *const directive_kind_name[DO_KINDS] = {
	"split", "tile", "order", "reorder", "unroll", "vectorize", "parallel", "compute_at", "compute_root", "compute_with",
	"extract", "pack", "pack of a func", "pack of several", "persistent", "reassoc"
};

enum { NAMES = 16, NAME = 40 };
struct directive_made {
	enum directive_kind kind;
	stage_id s, other;
	rec_id rec;
	int names, tensors;                            /* PACK: the first `tensors` names are tensors */
	char name[NAMES][NAME];
	int64_t k[2];
	uint32_t joined;                               /* ORDER: bit i: name i stands in one list with name i-1 */
};

struct planner { struct ctx *c; struct rng *r; struct plan *p; bool wild; int fresh; };

/* ---- one directive ----------------------------------------------------------------------------------------------- */

static void add_name(struct directive_made *d, const char *name)
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
	if (d->kind == DO_PERSISTENT) {
		put(&l, "m.recurrences[%u]:persistent { barrier = \"%s\" }", d->rec, d->name[0]);
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
	case DO_AT: case DO_WITH:
		put(&l, "%s(m:stage(\"%s\"), \"%s\")", directive_kind_name[d->kind], c->stage.at[d->other].name, d->name[0]);
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
	case DO_TILE:
		return sched_split(c, d->s, name[0], name[2], name[4], d->k[0], 0) &&
		       sched_split(c, d->s, name[1], name[3], name[5], d->k[1], 0) &&
		       sched_reorder(c, d->s, (const char *[]){ name[4], name[5], name[2], name[3] }, 4, 0);
	case DO_ORDER:     return sched_order(c, d->s, name, n, 0);
	case DO_REORDER:   return sched_reorder(c, d->s, name, n, 0);
	case DO_UNROLL:    return sched_flavor(c, d->s, name[0], LOOP_UNROLL, 0);
	case DO_VECTORIZE: return sched_flavor(c, d->s, name[0], LOOP_VECTOR, 0);
	case DO_PARALLEL:  return sched_flavor(c, d->s, name[0], LOOP_PARALLEL, 0);
	case DO_AT:        return sched_compute_at(c, d->s, d->other, name[0], 0);
	case DO_ROOT:      return sched_compute_root(c, d->s, 0);
	case DO_WITH:      return sched_compute_with(c, d->s, d->other, name[0], 0);
	case DO_EXTRACT:   return sched_extract(c, d->s, name[0], name[1], 0) != 0;
	case DO_PACK: case DO_PACK_FUNC: case DO_PACK_MANY:
		return sched_pack(c, d->s, name, (uint32_t)d->tensors, name + d->tensors, n - (uint32_t)d->tensors, 0);
	case DO_PERSISTENT: return sched_persistent(c, d->rec, name[0], 0);
	default:
		c->sched->reassoc = d->k[0] != 0;
		return true;
	}
}

/* Adds the directive to the plan; false: it was refused. */
static bool apply(struct planner *q, const struct directive_made *d)
{
	if (q->p->lines == LINES)
		return false;
	print_directive(q->c, d, q->p->line[q->p->lines++]);
	bool good = try_directive(q->c, d);
	if (!good && !(q->wild && rng_chance(q->r, 30)))
		q->p->lines--;
	q->c->diags.n = 0;
	q->c->errors = 0;
	return good;
}

void plan_text(const struct plan *p, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "return function(m)\n");
	for (int i = 0; i < p->lines && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "  %s\n", p->line[i]);
	if (n < size)
		snprintf(out + n, size - n, "end\n");
}

/* ---- what a stage is like ---------------------------------------------------------------------------------------- */

static struct stage *stage_at(struct planner *q, stage_id s) { return &q->c->stage.at[s]; }

/* Schedules find the first stage of a name only. */
static bool reachable(struct planner *q, stage_id s) { return stage_find(q->c, stage_at(q, s)->name, NULL) == s; }

static stage_id some_stage(struct planner *q)
{
	stage_id s = 0;
	for (int tries = 0; tries < 20; tries++) {
		s = 1 + (stage_id)rng_below(q->r, (int)q->c->stage.n - 1);
		if (reachable(q, s))
			return s;
	}
	return stage_find(q->c, stage_at(q, s)->name, NULL);
}

/* Largest extent of a loop; -1: not known before run time. */
static int64_t upper(struct planner *q, const struct stage *s, int l)
{
	const struct loop *x = &s->loop.at[l];
	int64_t n;
	if (x->parent < 0)
		return poly_const(q->c, q->c->var.at[x->axis].extent, &n) ? n : -1;
	const struct loop *p = &s->loop.at[x->parent];
	n = upper(q, s, x->parent);
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
static bool contiguous(struct planner *q, const struct stage *s, int l)
{
	return s->loop.at[l].acc < 0 && s->nidx && s->idx[s->nidx - 1] == poly_var(q->c, s->loop.at[l].axis) &&
	       innermost_part(s, l);
}

static const char *fresh_name(struct planner *q, const char *base, const char *suffix)
{
	(void)base;
	return base_internf(q->c, "l%d%s", q->fresh++, suffix);
}

static int64_t some_factor(struct planner *q)
{
	static const int64_t k[] = { 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 16, 16, 32, 33 };
	return k[rng_below(q->r, 15)];
}

static int some_leaf(struct planner *q, const struct stage *s)
{
	return s->order.n ? s->order.at[rng_below(q->r, (int)s->order.n)] : -1;
}

/* ---- directives of one stage ------------------------------------------------------------------------------------- */

static bool split(struct planner *q, stage_id s, int l, int64_t k)
{
	if (l < 0)
		return false;
	struct directive_made d = { .kind = DO_SPLIT, .s = s, .k = { k, 0 } };
	const char *name = stage_at(q, s)->loop.at[l].name;
	add_name(&d, name);
	add_name(&d, fresh_name(q, name, "o"));
	add_name(&d, fresh_name(q, name, "i"));
	return apply(q, &d);
}

static void tile(struct planner *q, stage_id s)
{
	const struct stage *x = stage_at(q, s);
	struct directive_made d = { .kind = DO_TILE, .s = s, .k = { some_factor(q), some_factor(q) } };
	int a = some_leaf(q, x), b = some_leaf(q, x);
	if (a < 0 || a == b)
		return;
	add_name(&d, x->loop.at[a].name);
	add_name(&d, x->loop.at[b].name);
	for (int i = 0; i < 4; i++)
		add_name(&d, fresh_name(q, "", ""));
	apply(q, &d);
}

struct key { int loop, key; };

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->loop < y->loop ? -1 : x->loop > y->loop;
}

/* Do leaves a and b come from one axis, a from the outer part of the split that parted them? */
static bool outer_part(const struct stage *s, int a, int b)
{
	for (int x = a; s->loop.at[x].parent >= 0; x = s->loop.at[x].parent) {
		const struct loop *p = &s->loop.at[s->loop.at[x].parent];
		for (int y = b; p->outer == x && y >= 0; y = s->loop.at[y].parent)
			if (y == p->inner)
				return true;
	}
	return false;
}

/* Parts of one axis: the outer part outside, most of the time. */
static void parts_in_order(struct planner *q, const struct stage *s, struct key *key, int n)
{
	for (int turn = 0; turn < 4; turn++) {
		for (int a = 0; a < n; a++) {
			for (int b = 0; b < n; b++) {
				if (!outer_part(s, key[a].loop, key[b].loop) || key[a].key <= key[b].key)
					continue;
				bool always = s->loop.at[key[a].loop].acc >= 0 && !q->c->sched->reassoc;
				if (always || turn || rng_chance(q->r, 92)) {
					int swap = key[a].key;
					key[a].key = key[b].key;
					key[b].key = swap;
				}
			}
		}
	}
}

/* Reductions of one sum keep their order unless it is free. */
static void axes_in_order(struct planner *q, const struct stage *s, struct key *key, int n)
{
	if (q->c->sched->reassoc && rng_chance(q->r, 60))
		return;
	for (int a = 0; a < n; a++) {
		for (int b = 0; b < n; b++) {
			const struct loop *x = &s->loop.at[key[a].loop], *y = &s->loop.at[key[b].loop];
			if (x->acc < 0 || x->acc != y->acc || x->update != y->update || x->axis == y->axis)
				continue;
			const idvec *axes = &s->acc.at[x->acc].update.at[x->update].axes;
			if (axes->n == 2 && axes->at[0] == x->axis && key[a].key > key[b].key) {
				int swap = key[a].key;
				key[a].key = key[b].key;
				key[b].key = swap;
			}
		}
	}
}

/* A nest: loops over the result, reductions, a tile of unrolled loops and a vector; or anything. */
static void order(struct planner *q, stage_id s)
{
	const struct stage *x = stage_at(q, s);
	struct key key[64];
	int n = (int)x->order.n, vector = -1, style = rng_below(q->r, 10);
	int64_t size = 1;
	bool tiled[64] = { false };
	if (n > 60 || n < 1)
		return;
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		if (contiguous(q, x, l) && upper(q, x, l) > 0 && upper(q, x, l) <= 64 && (style || i + 1 == n) && rng_chance(q->r, 70))
			vector = l;
	}
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		int64_t u = upper(q, x, l);
		bool pure = x->loop.at[l].acc < 0;
		tiled[i] = pure && l != vector && u > 0 && u * size <= 24 && rng_chance(q->r, 40);
		size *= tiled[i] ? u : 1;
		int zone = l == vector ? 3000 : tiled[i] ? 2000 : pure ? 0 : 1000;
		if (style >= 8 && l != vector)
			zone = rng_chance(q->r, 50) ? 1000 : zone;
		key[i] = (struct key){ l, zone + rng_below(q->r, 1000) };
	}
	parts_in_order(q, x, key, n);
	axes_in_order(q, x, key, n);
	if (style > 0) {
		struct directive_made d = { .kind = DO_ORDER, .s = s };
		struct key sorted[64];
		memcpy(sorted, key, (size_t)n * sizeof *key);
		qsort(sorted, (size_t)n, sizeof *sorted, by_key);
		for (int i = 0; i < n && n <= NAMES; i++) {
			const struct loop *now = &x->loop.at[sorted[i].loop], *before = i ? &x->loop.at[sorted[i - 1].loop] : NULL;
			if (i && now->acc >= 0 && before->acc >= 0 && rng_chance(q->r, 30))
				d.joined |= 1u << i;
			add_name(&d, now->name);
		}
		apply(q, &d);
	}
	for (int i = 0; i < n; i++) {
		int l = key[i].loop;
		x = stage_at(q, s);
		if (!tiled[i] && l != vector)
			continue;
		struct directive_made d = { .kind = l == vector ? DO_VECTORIZE : DO_UNROLL, .s = s };
		add_name(&d, x->loop.at[l].name);
		if (rng_chance(q->r, 95))
			apply(q, &d);
	}
}

/* Marks one more loop: parallel outside, an unrolled reduction. */
static void mark(struct planner *q, stage_id s, enum directive_kind kind)
{
	const struct stage *x = stage_at(q, s);
	for (int tries = 0; tries < 4; tries++) {
		int l = some_leaf(q, x);
		if (l < 0)
			return;
		int64_t u = upper(q, x, l);
		bool pure = x->loop.at[l].acc < 0, fits = kind == DO_PARALLEL ? pure : !pure && u > 0 && u <= 16;
		struct directive_made d = { .kind = kind, .s = s };
		add_name(&d, x->loop.at[l].name);
		if (!fits || x->loop.at[l].flavor != LOOP_SERIAL)
			continue;
		apply(q, &d);
		return;
	}
}

struct read_search { stage_id s; expr_id read[64]; int n; };

static void note_read(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct read_search *f = arg;
	(void)c, (void)s;
	if (f->n < 64)
		f->read[f->n++] = e;
}

/* The axis that indexes dim d of the read, where it stands alone. */
static const char *read_axis(struct ctx *c, expr_id read, uint32_t d)
{
	const struct expr *x = &c->expr.at[c->list.at[c->expr.at[read].idx + d]];
	uint32_t n;
	if (x->kind != X_POLY)
		return NULL;
	const struct term *t = poly_terms(c, x->poly, &n);
	return n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_AXIS ? c->var.at[t->var[0]].name : NULL;
}

/* A storage order: dims shuffled, some divided; false: a dim has no name. */
static bool pack_parts(struct planner *q, struct directive_made *d, const char *const *axis, uint32_t rank)
{
	char part[NAMES][NAME];
	int n = 0;
	for (uint32_t i = 0; i < rank; i++) {
		if (!axis[i])
			return false;
		if (rng_chance(q->r, 50)) {
			long long k = some_factor(q);
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
		add_name(d, part[i]);
	return true;
}

static void pack(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	struct read_search f = { .s = s };
	const char *axis[8] = { NULL };
	stage_reads(c, s, note_read, &f);
	for (int tries = 0; tries < 4 && f.n; tries++) {
		expr_id e = f.read[rng_below(q->r, f.n)];
		const struct tensor *t = &c->tensor.at[c->expr.at[e].of];
		struct directive_made d = { .kind = DO_PACK, .s = s, .tensors = 1 };
		if (t->role != ROLE_PARAM)
			continue;
		add_name(&d, rng_chance(q->r, 50) ? t->name : t->local);
		for (int i = 0; i < f.n && rng_chance(q->r, 30); i++) {   /* a second one of the same shape */
			const struct tensor *o = &c->tensor.at[c->expr.at[f.read[i]].of];
			bool same = o != t && o->role == ROLE_PARAM && o->rank == t->rank;
			for (uint32_t k = 0; same && k < t->rank; k++)
				same = o->extent[k] == t->extent[k];
			if (!same)
				continue;
			add_name(&d, o->name);
			d.tensors = 2;
			d.kind = DO_PACK_MANY;
			break;
		}
		for (uint32_t i = 0; i < t->rank; i++)
			axis[i] = read_axis(c, e, i);
		if (pack_parts(q, &d, axis, t->rank)) {
			apply(q, &d);
			return;
		}
	}
}

static void pack_own(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	const struct stage *x = stage_at(q, s);
	const struct tensor *t = &c->tensor.at[x->tensor];
	const char *axis[8] = { NULL };
	struct directive_made d = { .kind = DO_PACK_FUNC, .s = s, .tensors = 1 };
	for (uint32_t i = 0; i < x->nidx; i++) {
		uint32_t n;
		const struct term *p = poly_terms(c, x->idx[i], &n);
		axis[i] = n == 1 && p->n == 1 ? c->var.at[p->var[0]].name : NULL;
	}
	add_name(&d, t->local);
	if (pack_parts(q, &d, axis, x->nidx))
		apply(q, &d);
}

static void extract(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	struct read_search f = { .s = s };
	const struct stage *x = stage_at(q, s);
	for (uint32_t a = 0; a < x->acc.n; a++) {
		struct directive_made d = { .kind = DO_EXTRACT, .s = s };
		if (!x->acc.at[a].update.n || !rng_chance(q->r, 70))
			continue;
		f.n = 0;
		stage_reads(c, s, note_read, &f);
		if (!f.n)
			return;
		add_name(&d, base_internf(c, "e%d", q->fresh++));
		add_name(&d, c->tensor.at[c->expr.at[f.read[rng_below(q->r, f.n)]].of].name);
		apply(q, &d);
		return;
	}
}

static void one_stage(struct planner *q, stage_id s)
{
	int splits = rng_below(q->r, 4);
	for (int i = 0; i < splits; i++) {
		const struct stage *x = stage_at(q, s);
		int l = some_leaf(q, x);
		int64_t k = some_factor(q);
		if (l >= 0 && contiguous(q, x, l) && rng_chance(q->r, 60))
			k = q->c->target->lanes * rng_from(q->r, 1, 2);
		split(q, s, l, k);
	}
	if (rng_chance(q->r, 8))
		tile(q, s);
	if (rng_chance(q->r, 80))
		order(q, s);
	if (rng_chance(q->r, 35))
		mark(q, s, DO_PARALLEL);
	if (rng_chance(q->r, 15))
		mark(q, s, DO_UNROLL);
	if (rng_chance(q->r, 40))
		pack(q, s);
	if (rng_chance(q->r, 12))
		pack_own(q, s);
}

/* ---- directives about two stages --------------------------------------------------------------------------------- */

static bool reads_now(struct planner *q, stage_id writer, stage_id reader)
{
	for (uint32_t i = 0; i < q->c->dep.n; i++) {
		const struct dep *d = &q->c->dep.at[i];
		if (d->writer == writer && d->reader == reader && d->lag == 0)
			return true;
	}
	return false;
}

static void move_inside(struct planner *q, stage_id s)
{
	stage_id host = some_stage(q);
	for (int tries = 0; tries < 6 && !reads_now(q, s, host); tries++)
		host = some_stage(q);
	const struct stage *h = stage_at(q, host);
	int outer = 0;
	while (outer < (int)h->order.n && h->loop.at[h->order.at[outer]].acc < 0 &&
	       h->loop.at[h->order.at[outer]].flavor != LOOP_UNROLL && h->loop.at[h->order.at[outer]].flavor != LOOP_VECTOR)
		outer++;
	if (!outer || (!reads_now(q, s, host) && !rng_chance(q->r, 5)))
		return;
	struct directive_made d = { .kind = DO_AT, .s = s, .other = host };
	int at = rng_below(q->r, outer);
	if (rng_chance(q->r, 50))
		at = 0;
	add_name(&d, h->loop.at[h->order.at[at]].name);
	apply(q, &d);
}

/* Two stages of the same form: the same axes, the same reductions. */
static bool alike(struct planner *q, stage_id a, stage_id b)
{
	const struct stage *x = stage_at(q, a), *y = stage_at(q, b);
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

/* One nest for both: the same splits, order and marks, then compute_with. */
static void together(struct planner *q, stage_id leader, stage_id s)
{
	struct directive_made made[8];
	int n = 0;
	const struct stage *x = stage_at(q, leader);
	if (rng_chance(q->r, 60) && x->order.n) {
		struct directive_made d = { .kind = DO_SPLIT, .k = { some_factor(q), 0 } };
		add_name(&d, x->loop.at[some_leaf(q, x)].name);
		add_name(&d, fresh_name(q, "", "o"));
		add_name(&d, fresh_name(q, "", "i"));
		made[n++] = d;
	}
	for (int i = 0; i < n; i++) {
		made[i].s = leader;
		apply(q, &made[i]);
		made[i].s = s;
		apply(q, &made[i]);
	}
	if (rng_chance(q->r, 75)) {
		int lines = q->p->lines;
		order(q, leader);
		for (int i = lines; i < q->p->lines && q->p->lines < LINES; i++) {  /* the same lines for the other */
			char names[LINE], *p = strchr(q->p->line[i], ':');
			p = p ? strchr(p + 1, ':') : NULL;
			struct directive_made d = { .s = s };
			if (!p || i >= lines + 8)
				break;
			snprintf(names, sizeof names, "%s", p + 1);
			d.kind = !strncmp(names, "order", 5) ? DO_ORDER : !strncmp(names, "unroll", 6) ? DO_UNROLL : DO_VECTORIZE;
			for (char *w = strchr(names, '"'); w; w = strchr(w, '"')) {
				char *end = strchr(w + 1, '"');
				if (!end)
					break;
				*end = 0;
				add_name(&d, w + 1);
				w = end + 1;
			}
			if (strstr(q->p->line[i], base_internf(q->c, "\"%s\"", stage_at(q, s)->name)))
				break;                             /* the follower's own copies begin here */
			apply(q, &d);
		}
	}
	x = stage_at(q, leader);
	struct directive_made d = { .kind = DO_WITH, .s = s, .other = leader };
	int at = (int)x->order.n - 1;
	while (at > 0 && (x->loop.at[x->order.at[at]].flavor == LOOP_UNROLL || x->loop.at[x->order.at[at]].flavor == LOOP_VECTOR))
		at--;
	if (rng_chance(q->r, 20))
		at = rng_below(q->r, (int)x->order.n);
	if (at >= 0 && x->order.n) {
		add_name(&d, x->loop.at[x->order.at[at]].name);
		apply(q, &d);
	}
}

/* ---- wild -------------------------------------------------------------------------------------------------------- */

static const char *some_name(struct planner *q, const struct stage *s)
{
	static const char *const odd[] = { "t", "n", "i0", "j1", "no_such", "", "i0o", "tensor", "x y" };
	if (s->loop.n && !rng_chance(q->r, 15))
		return s->loop.at[rng_below(q->r, (int)s->loop.n)].name;
	return odd[rng_below(q->r, 9)];
}

static void anything(struct planner *q)
{
	struct ctx *c = q->c;
	stage_id s = some_stage(q);
	const struct stage *x = stage_at(q, s);
	struct directive_made d = { .kind = (enum directive_kind)rng_below(q->r, DO_KINDS), .s = s };
	static const int64_t factors[] = { -1, 0, 1, 2, 3, 4, 8, 16, 100, 1 << 20, INT64_C(1) << 40 };
	static const char *const barrier[] = { "omp", "spin", "flag", "none", "grid" };
	d.k[0] = factors[rng_below(q->r, 11)];
	d.k[1] = factors[rng_below(q->r, 11)];
	d.other = some_stage(q);
	switch (d.kind) {
	case DO_SPLIT:
		add_name(&d, some_name(q, x));
		add_name(&d, rng_chance(q->r, 80) ? fresh_name(q, "", "o") : some_name(q, x));
		add_name(&d, rng_chance(q->r, 80) ? fresh_name(q, "", "i") : some_name(q, x));
		break;
	case DO_TILE:
		tile(q, s);
		return;
	case DO_ORDER: case DO_REORDER:
		for (uint32_t i = 0; i < x->order.n; i++)
			if (d.kind == DO_ORDER ? !rng_chance(q->r, 3) : rng_chance(q->r, 50))
				add_name(&d, rng_chance(q->r, 97) ? x->loop.at[x->order.at[i]].name : some_name(q, x));
		for (int i = d.names - 1; i > 0; i--) {
			char swap[NAME];
			int k = rng_below(q->r, i + 1);
			memcpy(swap, d.name[i], NAME);
			memcpy(d.name[i], d.name[k], NAME);
			memcpy(d.name[k], swap, NAME);
		}
		if (!d.names)
			return;
		break;
	case DO_UNROLL: case DO_VECTORIZE: case DO_PARALLEL:
		add_name(&d, some_name(q, x));
		break;
	case DO_AT: case DO_WITH:
		add_name(&d, some_name(q, stage_at(q, d.other)));
		break;
	case DO_ROOT: case DO_REASSOC:
		d.k[0] = rng_chance(q->r, 50);
		break;
	case DO_EXTRACT:
		add_name(&d, rng_chance(q->r, 80) ? base_internf(c, "e%d", q->fresh++) : some_name(q, x));
		add_name(&d, c->tensor.at[1 + rng_below(q->r, (int)c->tensor.n - 1)].name);
		break;
	case DO_PACK: case DO_PACK_MANY:
		pack(q, s);
		return;
	case DO_PACK_FUNC:
		pack_own(q, s);
		return;
	default:
		if (c->rec.n < 2)
			return;
		d.rec = 1 + (rec_id)rng_below(q->r, (int)c->rec.n - 1);
		add_name(&d, barrier[rng_below(q->r, 5)]);
	}
	apply(q, &d);
}

void plan_random(struct ctx *c, struct rng *r, struct plan *p, bool wild)
{
	struct planner q = { .c = c, .r = r, .p = p, .wild = wild };
	static const char *const barrier[] = { "omp", "spin", "flag" };
	p->lines = 0;
	if (rng_chance(r, 15))
		apply(&q, &(struct directive_made){ .kind = DO_REASSOC, .k = { 1, 0 } });
	for (stage_id s = 1, n = c->stage.n; s < n; s++)
		if (reachable(&q, s) && rng_chance(r, 25))
			extract(&q, s);
	int busy = rng_from(r, 30, 95);
	bool *done = base_alloc(c, c->stage.n + 1);
	for (stage_id s = 1; s < c->stage.n; s++)
		for (stage_id o = s + 1; o < c->stage.n && !done[s]; o++)
			if (reachable(&q, s) && reachable(&q, o) && !done[o] && alike(&q, s, o) && !reads_now(&q, s, o) &&
			    !reads_now(&q, o, s) && rng_chance(r, 30)) {
				together(&q, s, o);
				done[s] = done[o] = true;
			}
	for (stage_id s = 1; s < c->stage.n; s++)
		if (reachable(&q, s) && !done[s] && rng_chance(r, busy))
			one_stage(&q, s);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (reachable(&q, s) && rng_chance(r, 45))
			move_inside(&q, s);
	for (rec_id k = 1; k < c->rec.n; k++) {
		struct directive_made d = { .kind = DO_PERSISTENT, .rec = k };
		add_name(&d, barrier[rng_below(r, 3)]);
		if (rng_chance(r, 45))
			apply(&q, &d);
	}
	for (int i = 0, n = wild ? rng_from(r, 1, 6) : 0; i < n; i++)
		anything(&q);
}
