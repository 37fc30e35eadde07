/* sensible.c · schedules as people write them
 *
 * Extract, split, a register tile inside the reductions, a parallel loop outside, producers moved inside, weights packed.
 * Each directive is tried at once on the compilation itself, so that names, splits and orders are always those of now; what
 * is refused is left out. */
#include "plan.h"

#include "target/target.h"

#include <stdlib.h>

/* ---- directives of one stage ------------------------------------------------------------------------------------- */

void plan_tile(struct planner *q, stage_id s)
{
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = DO_TILE, .s = s };
	d.k[0] = plan_some_factor(q);
	d.k[1] = plan_some_factor(q);
	int a = plan_some_leaf(q, x), b = plan_some_leaf(q, x);
	if (a < 0 || a == b)
		return;
	plan_add_name(&d, x->loop.at[a].name);
	plan_add_name(&d, x->loop.at[b].name);
	for (int i = 0; i < 4; i++)
		plan_add_name(&d, plan_fresh_name(q, ""));
	plan_apply(q, &d);
}

/* Parts of one axis: the outer part outside, most of the time. */
static void parts_in_order(struct planner *q, const struct stage *s, struct key *key, int n)
{
	for (int turn = 0; turn < 4; turn++) {
		for (int a = 0; a < n; a++) {
			for (int b = 0; b < n; b++) {
				if (!plan_outer_part(s, key[a].loop, key[b].loop) || key[a].key <= key[b].key)
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
	const struct stage *x = plan_stage_at(q, s);
	struct key key[64];
	int n = (int)x->order.n, vector = -1, style = rng_below(q->r, 10);
	int64_t size = 1;
	bool tiled[64] = { false };
	if (n > 60 || n < 1)
		return;
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		if (plan_contiguous(q, x, l) && plan_upper(q, x, l) > 0 && plan_upper(q, x, l) <= 64 && (style || i + 1 == n) && rng_chance(q->r, 70))
			vector = l;
	}
	for (int i = 0; i < n; i++) {
		int l = x->order.at[i];
		int64_t u = plan_upper(q, x, l);
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
		qsort(sorted, (size_t)n, sizeof *sorted, plan_by_key);
		for (int i = 0; i < n && n <= NAMES; i++) {
			const struct loop *now = &x->loop.at[sorted[i].loop], *before = i ? &x->loop.at[sorted[i - 1].loop] : NULL;
			if (i && now->acc >= 0 && before->acc >= 0 && rng_chance(q->r, 30))
				d.joined |= 1u << i;
			plan_add_name(&d, now->name);
		}
		plan_apply(q, &d);
	}
	for (int i = 0; i < n; i++) {
		int l = key[i].loop;
		x = plan_stage_at(q, s);
		if (!tiled[i] && l != vector)
			continue;
		struct directive_made d = { .kind = l == vector ? DO_VECTORIZE : DO_UNROLL, .s = s };
		plan_add_name(&d, x->loop.at[l].name);
		if (rng_chance(q->r, 95))
			plan_apply(q, &d);
	}
}

/* Marks one more loop: parallel outside, an unrolled reduction. */
static void mark(struct planner *q, stage_id s, enum directive_kind kind)
{
	const struct stage *x = plan_stage_at(q, s);
	for (int tries = 0; tries < 4; tries++) {
		int l = plan_some_leaf(q, x);
		if (l < 0)
			return;
		int64_t u = plan_upper(q, x, l);
		bool pure = x->loop.at[l].acc < 0, fits = kind == DO_PARALLEL ? pure : !pure && u > 0 && u <= 16;
		struct directive_made d = { .kind = kind, .s = s };
		plan_add_name(&d, x->loop.at[l].name);
		if (!fits || x->loop.at[l].flavor != LOOP_SERIAL)
			continue;
		plan_apply(q, &d);
		return;
	}
}

void plan_pack(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	struct reads_found f = { .n = 0 };
	const char *axis[8] = { NULL };
	stage_reads(c, s, plan_note_read, &f);
	for (int tries = 0; tries < 4 && f.n; tries++) {
		expr_id e = f.read[rng_below(q->r, f.n)];
		const struct tensor *t = &c->tensor.at[c->expr.at[e].of];
		struct directive_made d = { .kind = DO_PACK, .s = s, .tensors = 1 };
		if (t->role != ROLE_PARAM)
			continue;
		plan_add_name(&d, rng_chance(q->r, 50) ? t->name : t->local);
		for (int i = 0; i < f.n && rng_chance(q->r, 30); i++) {   /* a second one of the same shape */
			const struct tensor *o = &c->tensor.at[c->expr.at[f.read[i]].of];
			bool same = o != t && o->role == ROLE_PARAM && o->rank == t->rank;
			for (uint32_t k = 0; same && k < t->rank; k++)
				same = o->extent[k] == t->extent[k];
			if (!same)
				continue;
			plan_add_name(&d, o->name);
			d.tensors = 2;
			d.kind = DO_PACK_MANY;
			break;
		}
		for (uint32_t i = 0; i < t->rank; i++)
			axis[i] = plan_read_axis(c, e, i);
		if (plan_pack_parts(q, &d, axis, t->rank)) {
			plan_apply(q, &d);
			return;
		}
	}
}

void plan_pack_own(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	const struct stage *x = plan_stage_at(q, s);
	const struct tensor *t = &c->tensor.at[x->tensor];
	const char *axis[8] = { NULL };
	struct directive_made d = { .kind = DO_PACK_FUNC, .s = s, .tensors = 1 };
	for (uint32_t i = 0; i < x->nidx; i++) {
		uint32_t n;
		const struct term *p = poly_terms(c, x->idx[i], &n);
		axis[i] = n == 1 && p->n == 1 ? c->var.at[p->var[0]].name : NULL;
	}
	plan_add_name(&d, t->local);
	if (plan_pack_parts(q, &d, axis, x->nidx))
		plan_apply(q, &d);
}

void plan_extract(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	struct reads_found f = { .n = 0 };
	const struct stage *x = plan_stage_at(q, s);
	for (uint32_t a = 0; a < x->acc.n; a++) {
		struct directive_made d = { .kind = DO_EXTRACT, .s = s };
		if (!x->acc.at[a].update.n || !rng_chance(q->r, 70))
			continue;
		f.n = 0;
		stage_reads(c, s, plan_note_read, &f);
		if (!f.n)
			return;
		plan_add_name(&d, base_internf(c, "e%d", q->fresh++));
		plan_add_name(&d, c->tensor.at[c->expr.at[f.read[rng_below(q->r, f.n)]].of].name);
		plan_apply(q, &d);
		return;
	}
}

/* What a sum reads becomes a stage, now and then in a storage order of its own. */
void plan_precompute(struct planner *q, stage_id s)
{
	struct ctx *c = q->c;
	struct reads_found f = { .n = 0 };
	stage_reads(c, s, plan_note_read, &f);
	if (!plan_stage_at(q, s)->acc.n || !f.n)
		return;
	struct directive_made d = { .kind = DO_PRECOMPUTE, .s = s };
	plan_add_name(&d, base_internf(c, "e%d", q->fresh++));
	plan_add_name(&d, c->tensor.at[c->expr.at[f.read[rng_below(q->r, f.n)]].of].local);
	if (plan_apply(q, &d) && rng_chance(q->r, 50))
		plan_pack_own(q, c->stage.n - 1);
}

/* A reduction, or a part of one, becomes an axis; of what is known at run time only, the inner part. */
bool plan_rfactor(struct planner *q, stage_id s, bool legal)
{
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = DO_RFACTOR, .s = s };
	int l = plan_some_leaf(q, x);
	if (l < 0 || x->loop.at[l].acc < 0)
		return true;
	int64_t n = plan_upper(q, x, l);
	if (n == 0)
		return true;
	if (x->acc.at[x->loop.at[l].acc].red < RED_AMAX && !q->c->sched->reassoc && (legal || rng_chance(q->r, 70)) &&
	    !plan_apply(q, &(struct directive_made){ .kind = DO_REASSOC, .k = { 1, 0 } }))
		return false;
	if (n < 0 || rng_chance(q->r, 80)) {
		int64_t k = rng_chance(q->r, 50) ? q->c->target->lanes : plan_some_factor(q);
		if (!plan_split(q, s, l, n > 0 && k > n ? n : k))
			return false;
		x = plan_stage_at(q, s);
		l = n < 0 || rng_chance(q->r, 70) ? x->loop.at[l].inner : x->loop.at[l].outer;
		if (!legal && rng_chance(q->r, 25) && plan_split(q, s, l, rng_from(q->r, 2, 4)))
			l = plan_stage_at(q, s)->loop.at[l].inner;
		x = plan_stage_at(q, s);
	}
	plan_add_name(&d, x->loop.at[l].name);
	plan_add_name(&d, plan_fresh_name(q, "v"));
	struct directive_made tree = { .kind = DO_UNROLL, .s = s };
	n = plan_upper(q, x, l);
	if (!plan_apply(q, &d))
		return false;
	plan_add_name(&tree, d.name[1]);
	return n > 64 || rng_chance(q->r, 40) || plan_apply(q, &tree);
}

/* As many rows as are read, or more; now and then too few, where this need not be accepted. */
bool plan_fold(struct planner *q, stage_id s)
{
	const struct stage *x = plan_stage_at(q, s);
	int64_t rows = sched_kept(q->c, s).rows, k = 1;
	struct directive_made d = { .kind = DO_FOLD, .s = s };
	if (!x->time || (q->legal && (!rows || !stage_is_kept(q->c, s))))
		return true;
	while (k < rows)
		k *= 2;
	d.k[0] = rng_chance(q->r, 50) ? rows : rng_chance(q->r, 50) ? k : rows + rng_from(q->r, 0, 3);
	d.k[0] -= !q->legal && rng_chance(q->r, 10);
	plan_add_name(&d, q->c->var.at[x->time].name);
	return plan_apply(q, &d);
}

/* What is computed inside another stage: registers most of the time where this need not be accepted. */
bool plan_store(struct planner *q, stage_id s)
{
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = DO_STORE, .s = s };
	bool read = false;
	for (uint32_t i = 0; i < q->c->dep.n; i++)
		read |= q->c->dep.at[i].tensor == x->tensor;
	if (q->c->tensor.at[x->tensor].is_output && (!read || !q->legal) && rng_chance(q->r, 30)) {
		plan_add_name(&d, store_name[STORE_STREAM]);
		return plan_apply(q, &d);
	}
	if (!x->at && (q->legal || !rng_chance(q->r, 5)))
		return true;
	plan_add_name(&d, store_name[q->legal ? STORE_WORKSPACE : rng_chance(q->r, 60) ? STORE_REGISTERS : rng_chance(q->r, 80) ? STORE_STACK :
	                             STORE_WORKSPACE]);
	return plan_apply(q, &d);
}

/* A loop around the one that it is computed in, of that host or of one around it; the root, where this need not be accepted. */
bool plan_store_at(struct planner *q, stage_id s)
{
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = DO_STORE_AT, .s = s };
	stage_id in = s;
	if (!x->at || stage_is_kept(q->c, s))
		return true;
	if (!q->legal && rng_chance(q->r, 20)) {
		d.kind = DO_STORE_ROOT;
		return plan_apply(q, &d);
	}
	while (plan_stage_at(q, plan_stage_at(q, in)->at)->at && rng_chance(q->r, 50))
		in = plan_stage_at(q, in)->at;
	d.other = plan_stage_at(q, in)->at;
	const struct stage *h = plan_stage_at(q, d.other);
	int inside = sched_position(h, plan_stage_at(q, in)->at_loop), first = h->time_at > 0 ? h->time_at : 0;
	if (inside < first || !plan_reachable(q, d.other))
		return true;
	plan_add_name(&d, h->loop.at[h->order.at[rng_from(q->r, first, inside)]].name);
	return plan_apply(q, &d);
}

static void one_stage(struct planner *q, stage_id s)
{
	int splits = rng_below(q->r, 4);
	for (int i = 0; i < splits; i++) {
		const struct stage *x = plan_stage_at(q, s);
		int l = plan_some_leaf(q, x);
		int64_t k = plan_some_factor(q);
		if (l >= 0 && plan_contiguous(q, x, l) && rng_chance(q->r, 60))
			k = q->c->target->lanes * rng_from(q->r, 1, 2);
		plan_split(q, s, l, k);
	}
	if (rng_chance(q->r, 8))
		plan_tile(q, s);
	if (rng_chance(q->r, 80))
		order(q, s);
	if (rng_chance(q->r, 25))
		plan_fuse(q, s, rng_below(q->r, (int)plan_stage_at(q, s)->order.n));
	if (rng_chance(q->r, 35))
		mark(q, s, DO_PARALLEL);
	if (rng_chance(q->r, 15))
		mark(q, s, DO_UNROLL);
	if (rng_chance(q->r, 40))
		plan_pack(q, s);
	if (rng_chance(q->r, 12))
		plan_pack_own(q, s);
}

/* ---- directives about two stages --------------------------------------------------------------------------------- */

static void move_inside(struct planner *q, stage_id s)
{
	stage_id host = plan_some_stage(q);
	for (int tries = 0; tries < 6 && !plan_reads_now(q, s, host); tries++)
		host = plan_some_stage(q);
	const struct stage *h = plan_stage_at(q, host);
	int outer = 0;
	while (outer < (int)h->order.n && h->loop.at[h->order.at[outer]].acc < 0 &&
	       h->loop.at[h->order.at[outer]].flavor != LOOP_UNROLL && h->loop.at[h->order.at[outer]].flavor != LOOP_VECTOR)
		outer++;
	if (!outer || (!plan_reads_now(q, s, host) && !rng_chance(q->r, 5)))
		return;
	struct directive_made d = { .kind = DO_AT, .s = s, .other = host };
	int at = rng_below(q->r, outer);
	if (rng_chance(q->r, 50))
		at = 0;
	plan_add_name(&d, h->loop.at[h->order.at[at]].name);
	plan_apply(q, &d);
}

/* One nest for both: the same splits, order and marks, then compute_with. */
static void together(struct planner *q, stage_id leader, stage_id s)
{
	struct directive_made made[8];
	int n = 0;
	const struct stage *x = plan_stage_at(q, leader);
	if (rng_chance(q->r, 60) && x->order.n) {
		struct directive_made d = { .kind = DO_SPLIT, .k = { plan_some_factor(q), 0 } };
		plan_add_name(&d, x->loop.at[plan_some_leaf(q, x)].name);
		plan_add_name(&d, plan_fresh_name(q, "o"));
		plan_add_name(&d, plan_fresh_name(q, "i"));
		made[n++] = d;
	}
	for (int i = 0; i < n; i++) {
		made[i].s = leader;
		plan_apply(q, &made[i]);
		made[i].s = s;
		plan_apply(q, &made[i]);
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
				plan_add_name(&d, w + 1);
				w = end + 1;
			}
			if (strstr(q->p->line[i], base_internf(q->c, "\"%s\"", plan_stage_at(q, s)->name)))
				break;                             /* the follower's own copies begin here */
			plan_apply(q, &d);
		}
	}
	x = plan_stage_at(q, leader);
	struct directive_made d = { .kind = DO_WITH, .s = s, .other = leader };
	int at = (int)x->order.n - 1;
	while (at > 0 && (x->loop.at[x->order.at[at]].flavor == LOOP_UNROLL || x->loop.at[x->order.at[at]].flavor == LOOP_VECTOR))
		at--;
	if (rng_chance(q->r, 20))
		at = rng_below(q->r, (int)x->order.n);
	if (at >= 0 && x->order.n) {
		plan_add_name(&d, x->loop.at[x->order.at[at]].name);
		plan_apply(q, &d);
	}
}

/* ---- a whole plan ------------------------------------------------------------------------------------------------ */

void plan_random(struct ctx *c, struct rng *r, struct plan *p, bool wild)
{
	struct planner q = { .c = c, .r = r, .p = p, .wild = wild };
	static const char *const barrier[] = { "omp", "spin", "flag" };
	p->lines = 0;
	struct directive_made target = { .kind = DO_TARGET };  /* the job's own: emitted code is compiled for that */
	plan_add_name(&target, c->target->name);
	if (rng_chance(r, 5))
		plan_apply(&q, &target);
	struct directive_made weights = { .kind = DO_WEIGHTS };
	plan_add_name(&weights, "huge-pages");
	if (rng_chance(r, 5))
		plan_apply(&q, &weights);
	plan_bounds(&q);
	if (rng_chance(r, 15))
		plan_apply(&q, &(struct directive_made){ .kind = DO_REASSOC, .k = { 1, 0 } });
	if (rng_chance(r, 15))
		plan_apply(&q, &(struct directive_made){ .kind = DO_ULP, .k = { 1, 0 } });
	for (stage_id s = 1, n = c->stage.n; s < n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 25))
			plan_extract(&q, s);
	for (stage_id s = 1, n = c->stage.n; s < n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 15))
			plan_precompute(&q, s);
	for (stage_id s = 1, n = c->stage.n; s < n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 12))
			plan_rfactor(&q, s, false);
	int busy = rng_from(r, 30, 95);
	bool *done = base_alloc(c, c->stage.n + 1);
	for (stage_id s = 1; s < c->stage.n; s++)
		for (stage_id o = s + 1; o < c->stage.n && !done[s]; o++)
			if (plan_reachable(&q, s) && plan_reachable(&q, o) && !done[o] && plan_alike(&q, s, o) && !plan_reads_now(&q, s, o) &&
			    !plan_reads_now(&q, o, s) && rng_chance(r, 30)) {
				together(&q, s, o);
				done[s] = done[o] = true;
			}
	for (stage_id s = 1; s < c->stage.n; s++)
		if (plan_reachable(&q, s) && !done[s] && rng_chance(r, busy))
			one_stage(&q, s);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 45))
			move_inside(&q, s);
	for (stage_id s = 1; s < c->stage.n; s++) {
		struct directive_made d = { .kind = DO_ALTERNATE, .s = s };
		int leaf = plan_some_leaf(&q, plan_stage_at(&q, s));
		if (leaf < 0 || !plan_reachable(&q, s) || !rng_chance(r, 20))
			continue;
		if (rng_chance(r, 50)) {
			struct reads_found f = { .n = 0 };
			stage_reads(c, s, plan_note_read, &f);
			d.kind = DO_PREFETCH;
			d.k[0] = rng_from(r, 1, 9);
			plan_add_name(&d, f.n ? c->tensor.at[c->expr.at[f.read[rng_below(r, f.n)]].of].name : "none");
		}
		plan_add_name(&d, plan_stage_at(&q, s)->loop.at[leaf].name);
		plan_apply(&q, &d);
	}
	for (rec_id k = 1; k < c->rec.n; k++) {          /* time further in, where elements are alone; scans */
		const idvec *members = &c->rec.at[k].members;
		stage_id s = members->at[rng_below(r, members->n)];
		const struct stage *x = plan_stage_at(&q, s);
		struct directive_made d = { .kind = DO_ORDER, .s = s }, e = { .kind = DO_SCAN, .rec = k, .k = { rng_from(r, 2, 6) } };
		uint32_t at = x->order.n;
		while (at && x->loop.at[x->order.at[at - 1]].flavor != LOOP_SERIAL && x->loop.at[x->order.at[at - 1]].flavor != LOOP_PARALLEL)
			at--;
		if (!plan_reachable(&q, s) || x->order.n + 1 > NAMES || !rng_chance(r, members->n == 1 ? 60 : 30))
			continue;
		for (uint32_t i = 0; i <= x->order.n; i++) {
			if (i == (rng_chance(r, 90) ? at : 1))
				plan_add_name(&d, c->var.at[x->time].name);
			if (i < x->order.n)
				plan_add_name(&d, x->loop.at[x->order.at[i]].name);
		}
		if ((rng_chance(r, 80) && !plan_apply(&q, &d)) || !rng_chance(r, 60))
			continue;
		plan_apply(&q, &(struct directive_made){ .kind = DO_REASSOC, .k = { 1, 0 } });
		int method = rng_from(r, SCAN_SEQUENTIAL, SCAN_ONE_PASS);
		plan_add_name(&e, scan_name[method]);
		e.k[1] = method == SCAN_ONE_PASS ? 4 * rng_from(r, 1, 2) : 0;
		e.k[2] = method == SCAN_ONE_PASS && rng_chance(r, 80);
		plan_apply(&q, &e);
	}
	for (rec_id k = 1; k < c->rec.n; k++) {          /* slices that run all steps alone */
		const struct stage *x = plan_stage_at(&q, c->rec.at[k].members.at[0]);
		var_id v = x->axes.n ? x->axes.at[rng_below(r, (int)x->axes.n)] : 0;
		for (uint32_t a = 0; a < x->axes.n && rng_chance(r, 70); a++)
			if (x->axes.at[a] != x->time && poly_uses(c, c->var.at[x->axes.at[a]].extent, c->dim.at[2].var))
				v = x->axes.at[a];
		if (v && v != x->time && rng_chance(r, 40))
			plan_outside(&q, k, v, rng_chance(r, 60) ? plan_some_factor(&q) : 0, rng_chance(r, 50));
	}
	for (rec_id k = 1; k < c->rec.n; k++) {
		struct directive_made d = { .kind = DO_CHUNK, .rec = k, .k = { rng_from(r, 1, 7) } };
		if (!rng_chance(r, 30))
			continue;
		plan_apply(&q, &d);
		for (stage_id s = 1; s < c->stage.n; s++) {
			struct directive_made e = { .kind = DO_IN_TIME, .s = s, .rec = k };
			if (plan_reachable(&q, s) && c->stage.at[s].time && !c->stage.at[s].rec && rng_chance(r, 60))
				plan_apply(&q, &e);
		}
	}
	if (c->rec.n > 2 && rng_chance(r, 40))
		plan_apply(&q, &(struct directive_made){ .kind = DO_WAVE, .k = { rng_from(r, 1, 5), rng_chance(r, 40) ? rng_from(r, 1, (int)c->rec.n - 1) : 0,
		                                         rng_chance(r, 30) ? rng_from(r, 1, 3) : 0 } });
	bool groups = sched_wave_in_groups(c);         /* these need a team, and a barrier that is not OpenMP's */
	for (rec_id k = 1; k < c->rec.n; k++) {
		struct directive_made d = { .kind = DO_PERSISTENT, .rec = k };
		plan_add_name(&d, barrier[groups ? rng_from(r, 1, 2) : rng_below(r, 3)]);
		if (rng_chance(r, groups ? 90 : 45))
			plan_apply(&q, &d);
	}
	for (stage_id s = 1; s < c->stage.n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 8))
			plan_fold(&q, s);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 25))
			plan_store_at(&q, s);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (plan_reachable(&q, s) && rng_chance(r, 40))
			plan_store(&q, s);
	for (int i = 0, n = wild ? rng_from(r, 1, 6) : 0; i < n; i++)
		plan_anything(&q);
}
