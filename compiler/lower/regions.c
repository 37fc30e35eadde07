/* regions.c · threads: one region around what is persistent, and the barriers in it
 *
 *   parallel for io: xw                            threads:
 *   for t:                                           parallel for io: xw
 *     parallel for io: a, c, h            =>         for t:
 *                                                      parallel for io: a, c, h
 *                                                      barrier            (h[t] is read by other threads at t+1)
 *
 * Inside a region a parallel loop's iterations are shared out in order, evenly or in turn, so loops of equal extent give equal
 * shares (not those that hand out parts as threads ask): where two loops touch a buffer only in the slice of their own iteration, no
 * barrier lies between them. Nor between what the first thread does alone. Barriers are put before the first statement that needs one
 * (greedily, so their number is least on a straight line), and at the end of a step for what the next step needs.
 *
 * In a wave whose layers are shared by groups of threads the same holds inside a group for its own loops and barriers; between
 * groups there is nothing but the team's barrier, one a diagonal.
 *
 * Without `persistent` nothing changes here: each parallel loop forks and joins on its own. */
#include "lower/lower.h"

/* How a statement touches a buffer: in slices by the iteration of its parallel loop, or anywhere. */
struct touch {
	buf_id buf;
	bool write;
	bool alone;                                    /* in no loop that is shared: the team's first thread does it */
	bool sliced;
	/* sliced: index dim = width * iteration + 0..width-1; of a fused loop dim with iteration / by, dim2 with iteration % by */
	uint32_t dim, dim2; int64_t width, width2, by; poly_id shares; int64_t part;
	bool timed; int64_t offset;                    /* timed: row t + offset */
	bool any_row;
};
struct item { stmt_id s; VEC(struct touch) touch; };
struct scan { struct item *item; var_id parallel, time; poly_id shares; int64_t part; bool shared, groups; };

/* Is index e = w * v + 0..w-1? */
static bool slice(struct ctx *c, expr_id e, var_id v, int64_t *w)
{
	const struct expr *x = &c->expr.at[e];
	int64_t lo, hi;
	if (x->kind != X_POLY)
		return false;
	*w = poly_coef(c, x->poly, v);
	return *w > 0 && poly_linear_in(c, x->poly, v) && poly_range(c, poly_without(c, x->poly, v), &lo, &hi) && lo >= 0 && hi < *w;
}

/* The variable loop / k (MOD: loop % k) in the index, and k; 0: there is none. */
static var_id part_of(struct ctx *c, expr_id e, uint8_t kind, var_id loop, int64_t *k)
{
	const struct expr *x = &c->expr.at[e];
	uint32_t n = 0;
	const struct term *t = x->kind == X_POLY ? poly_terms(c, x->poly, &n) : NULL;
	for (uint32_t i = 0; i < n; i++) {
		const struct var *v = t[i].n == 1 ? &c->var.at[t[i].var[0]] : NULL;
		if (v && v->kind == kind && v->a == poly_var(c, loop)) {
			*k = v->k;
			return t[i].var[0];
		}
	}
	return 0;
}

/* Slices of two dims, by the quotient and the remainder of a fused loop. */
static void slice_fused(struct ctx *c, const struct scan *k, uint32_t idx, uint32_t rank, struct touch *t)
{
	int64_t by, rest, w, w2;
	for (uint32_t i = 0; i < rank; i++) {
		var_id q = part_of(c, c->list.at[idx + i], VAR_DIV, k->parallel, &by);
		if (!q || !slice(c, c->list.at[idx + i], q, &w))
			continue;
		for (uint32_t j = 0; j < rank; j++) {
			var_id r = part_of(c, c->list.at[idx + j], VAR_MOD, k->parallel, &rest);
			if (j == i || !r || by != rest || !slice(c, c->list.at[idx + j], r, &w2))
				continue;
			*t = (struct touch){ .buf = t->buf, .write = t->write, .alone = t->alone, .timed = t->timed, .offset = t->offset,
			                     .sliced = true, .dim = i, .dim2 = j, .width = w, .width2 = w2, .by = by, .shares = k->shares, .part = k->part };
			return;
		}
	}
}

static void touch(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct scan *k = arg;
	const struct buf *x = &c->buf.at[b];
	struct touch t = { .buf = b, .write = write, .alone = !k->shared };
	if (x->kind == BUF_INPUT || x->kind == BUF_PARAM || x->kind >= BUF_LOCAL || x->per_thread)
		return;
	for (uint32_t i = 0; i < x->rank; i++) {
		const struct expr *e = &c->expr.at[c->list.at[idx + i]];
		int64_t w;
		if (e->kind != X_POLY)
			continue;
		if (i == 0 && k->time && x->rank && poly_const(c, poly_sub(c, e->poly, poly_var(c, k->time)), &t.offset))
			t.timed = true;
		if (!k->parallel || t.sliced)
			continue;
		if (slice(c, c->list.at[idx + i], k->parallel, &w)) {
			t.sliced = true;
			t.dim = i;
			t.width = w;
			t.shares = k->shares;
			t.part = k->part;
		}
	}
	if (k->parallel && !t.sliced)
		slice_fused(c, k, idx, x->rank, &t);
	t.any_row = k->time && !t.timed;
	for (uint32_t i = 0; i < k->item->touch.n; i++) {
		const struct touch *o = &k->item->touch.at[i];
		if (o->buf == t.buf && o->write == t.write && o->alone == t.alone && o->sliced == t.sliced &&
		    o->dim == t.dim && o->dim2 == t.dim2 && o->width == t.width && o->width2 == t.width2 && o->by == t.by &&
		    o->shares == t.shares && o->part == t.part && o->timed == t.timed && o->offset == t.offset)
			return;
	}
	VEC_PUSH(c, k->item->touch, t);
}

/* All accesses below s; a parallel loop on the way says whose slice they are in. */
static void scan(struct ctx *c, stmt_id s, struct scan *k)
{
	const struct stmt x = c->stmt.at[s];
	struct scan inner = *k;
	if (x.kind == S_STORE) {
		c->stmt.at[s].next = 0;
		stmt_accesses(c, s, touch, k);
		c->stmt.at[s].next = x.next;
	}
	if (x.kind == S_FOR && x.flavor == LOOP_PARALLEL) {
		/* else nobody knows whose an iteration is; or it is one of another group's threads */
		inner.parallel = LAW(slice_dynamic, x.sharing > SHARE_CYCLIC) || k->groups ? 0 : x.var;
		inner.shares = x.extent;
		inner.part = x.part;
	}
	inner.shared |= LAW(alone_shared, x.kind == S_FOR && x.flavor == LOOP_PARALLEL) ||
	                LAW(alone_groups, x.kind == S_FOR && x.flavor == LOOP_GROUPS);
	inner.groups |= LAW(slice_groups, x.kind == S_FOR && x.flavor == LOOP_GROUPS);  /* slices of other groups' loops are other threads' */
	for (stmt_id b = x.body; b; b = c->stmt.at[b].next)
		scan(c, b, &inner);
	for (stmt_id b = x.other; b; b = c->stmt.at[b].next)
		scan(c, b, &inner);
}

/* Can two threads meet in the same element, one of them writing? Rows in time are looked at elsewhere. */
static bool meet(const struct touch *a, const struct touch *b)
{
	if (a->buf != b->buf || (!a->write && !b->write) || (a->alone && b->alone))
		return false;
	return LAW(slice_both, !a->sliced || !b->sliced) || LAW(slice_dim, a->dim != b->dim || a->dim2 != b->dim2) ||
	       LAW(slice_width, a->width != b->width || a->width2 != b->width2 || a->by != b->by) ||
	       LAW(slice_shares, a->shares != b->shares) || LAW(slice_part, a->part != b->part);
}

/* Do a at step t and b at step t + steps touch the same row? */
static bool same_row(struct ctx *c, const struct touch *a, const struct touch *b, int64_t steps)
{
	int64_t fold = c->buf.at[a->buf].fold;
	if (!a->timed || !b->timed)
		return LAW(row_unknown, true);
	int64_t d = a->offset - (b->offset + steps);
	return d == 0 || LAW(row_ring, fold && d % fold == 0);
}

static const char *conflict(struct ctx *c, const struct item *a, const struct item *b, int64_t steps)
{
	for (uint32_t i = 0; i < a->touch.n; i++) {
		for (uint32_t k = 0; k < b->touch.n; k++) {
			const struct touch *x = &a->touch.at[i], *y = &b->touch.at[k];
			if (meet(x, y) && same_row(c, x, y, steps))
				return base_internf(c, "%s %s %s%s", c->buf.at[x->buf].name, x->write ? "was written, is" : "was read, is",
				                    y->write ? "written" : "read", steps ? " in the next step" : " by other threads");
		}
	}
	return NULL;
}

static stmt_id barrier(struct ctx *c, uint8_t kind, const char *why)
{
	return stmt_new(c, (struct stmt){ .kind = S_BARRIER, .barrier = kind, .note = why });
}

static bool has_parallel(struct ctx *c, stmt_id list) { return list && stmt_any(c, list, stmt_is_shared, NULL); }

/* Puts barriers into a list that all threads run. `loop`: the list is its body, so the end meets the beginning;
 * `time`: the time loop around, whose counter tells rows of timed buffers apart. */
static stmt_id place_barriers(struct ctx *c, stmt_id list, stmt_id loop, var_id time, uint8_t kind)
{
	VEC(struct item) items = { 0 };
	for (stmt_id s = list; s; s = c->stmt.at[s].next) {
		struct item it = { .s = s };
		scan(c, s, &(struct scan){ .item = &it, .time = time });
		VEC_PUSH(c, items, it);
	}
	const char **before = base_alloc(c, (items.n + 1) * sizeof *before);
	uint32_t last = 0;
	bool any = false;
	for (uint32_t b = 0; b < items.n; b++) {
		for (uint32_t a = last; a < b && !before[b]; a++)
			before[b] = LAW(team_step, true) ? conflict(c, &items.at[a], &items.at[b], 0) : NULL;
		if (before[b]) {
			last = b;
			any = true;
		}
	}
	/* from one iteration to the next: a barrier after a, or one up to b, keeps them apart */
	for (uint32_t a = 0; loop && a < items.n && !before[items.n]; a++) {
		for (uint32_t b = 0; b < items.n && !before[items.n]; b++) {
			bool apart = false;
			for (uint32_t p = 0; p < items.n; p++)
				apart |= before[p] && (p > a || p <= b);
			if (!apart)
				before[items.n] = LAW(team_next, true) ? conflict(c, &items.at[a], &items.at[b], 1) : NULL;
		}
	}
	any |= before[items.n] != NULL;
	for (int64_t steps = 2; LAW(team_later, loop) && steps < 10 && !any; steps++)
		for (uint32_t a = 0; a < items.n && !any; a++)
			for (uint32_t b = 0; b < items.n && !any; b++)
				any = (before[items.n] = conflict(c, &items.at[a], &items.at[b], steps)) != NULL;

	for (uint32_t i = 0; i + 1 < items.n; i++) {  /* a comment stays with its code */
		if (c->stmt.at[items.at[i].s].kind == S_NOTE && before[i + 1]) {
			before[i] = before[i + 1];
			before[i + 1] = NULL;
		}
	}
	stmt_id out = 0;
	for (uint32_t i = 0; i < items.n; i++) {
		stmt_id s = items.at[i].s;
		const struct stmt x = c->stmt.at[s];
		if (before[i])
			out = stmt_join(c, out, barrier(c, kind, before[i]));
		c->stmt.at[s].next = 0;
		if (x.kind == S_FOR && x.flavor == LOOP_TIME)
			stmt_set_body(c, s, place_barriers(c, x.body, s, x.var, kind));
		else if (x.kind == S_FOR && x.flavor == LOOP_GROUPS)  /* one layer after another needs none: they are of one diagonal */
			stmt_set_body(c, s, place_barriers(c, x.body, 0, 0, kind));
		else if (x.kind == S_FOR && x.flavor != LOOP_PARALLEL && has_parallel(c, x.body))
			stmt_set_body(c, s, place_barriers(c, x.body, s, time, kind));
		else if (x.kind != S_FOR && has_parallel(c, x.body))
			stmt_set_body(c, s, place_barriers(c, x.body, 0, time, kind));
		if (x.other && has_parallel(c, x.other))
			stmt_set_other(c, s, place_barriers(c, x.other, 0, time, kind));
		out = stmt_join(c, out, s);
	}
	return before[items.n] ? stmt_join(c, out, barrier(c, kind, before[items.n])) : out;
}

static bool is_persistent(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt *x = &c->stmt.at[s];
	rec_id r = x->rec ? x->rec : c->stage.at[x->stage].rec;  /* a scan's loops are no loops over time */
	uint8_t b = x->kind == S_FOR && r ? c->rec.at[r].persistent : BARRIER_NONE;
	if (b > *(uint8_t *)arg)
		*(uint8_t *)arg = b;
	return false;
}

bool regions_build(struct ctx *c)
{
	uint8_t kind = BARRIER_NONE;
	c->program->parallel = stmt_any(c, c->body, stmt_is_shared, NULL);
	stmt_any(c, c->body, is_persistent, &kind);
	if (!c->program->parallel || kind == BARRIER_NONE)
		return true;
	c->program->barrier = kind;
	for (rec_id r = 1; r < c->rec.n; r++)
		c->program->pinned |= c->rec.at[r].persistent && c->rec.at[r].pinned;
	stmt_id inside = place_barriers(c, c->body, 0, 0, kind);
	c->body = stmt_new(c, (struct stmt){ .kind = S_REGION, .body = inside, .barrier = kind });
	return true;
}
