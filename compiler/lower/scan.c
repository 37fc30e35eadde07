/* scan.c · recurrences that are affine in their state, chunks of time in parallel
 *
 *   scan { method = "reduce-expand", chunk = n }, K chunks:
 *     parallel for c in 0..K-1: for n: for io:
 *       P = 1, S = 0
 *       for t of chunk c: P = A P, S = A S + B           A, B of step t; matrices where a step needs several values
 *       product[c] = P, sum[c] = S
 *     for n: for io: begin[c+1] = product[c] begin[c] + sum[c]
 *     parallel for c in 0..K: as in carry.c, from begin[c]
 *
 *   scan { method = "one-pass", chunk = n, block = m }:
 *     for b in 0..K/m: the three above for the m chunks of block b, from where block b-1 ends
 *   with overlap = true:
 *     reduce block 0
 *     for b in 0..K/m: scan block b, then expand b and reduce b+1, in turns step by step
 *
 * "sequential" is carry.c as it is. Where a tile is narrow, several chunks run side by side in one thread (GROUP), so that a step does
 * not wait for the one before. Where a step is this tile alone and narrower than a vector, these chunks are the lanes of vectors: a step
 * of all is loaded by a stride, and as many steps one after another as are whole vectors make a small matrix that is loaded whole and
 * transposed (emit/turn.c). It takes a case of sizes where sizes decide (m:specialize { N = 1 }). Which chunk begins where depends on
 * numbers of the schedule alone, never on the threads: nor do the results.
 *
 * Memory: "reduce-expand" keeps 2 m + m^2 numbers an element (m values of a state) for each chunk of the sequence, so T / chunk of
 * them; "one-pass" for the chunks of a block; "sequential" none. What is read, reduce-expand reads twice from memory; one-pass the
 * second time from cache, if a block fits (with overlap, two). On a GPU one pass is made by look-back between blocks that run at once
 * (Merrill, Garland, Single-pass parallel prefix scan with decoupled look-back, NVR-2016-002); a few threads that share a cache need no
 * more than two barriers a block for the same traffic.
 *
 * Needs:      sched_scan, which has asked for the affine form.
 * Guarantees: reduce, scan and expand as in Blelloch, Prefix sums and their applications (CMU-CS-90-190, 1990). */
#include "lower/lower.h"
#include "target/target.h"

enum { GROUP = 4, NARROW = 8 };     /* chunks side by side, where a tile has no more elements than this */

struct scan {
	struct carry k;
	expr_id coef[SLOTS][SLOTS + 1];  /* rows of A and B of step k.t, converted; a slot of lag > 1 takes over the one before it */
	buf_id product, sum, begin;
	int64_t chunk, group, rows;      /* steps of a chunk; chunks side by side; chunks of a block */
	int64_t turn;                    /* where chunks are lanes: steps that are whole vectors, or whole lines if they go past the caches */
	poly_id first;                   /* chunk of time that is the first of the block; rows count from there */
	int64_t ahead;                   /* what reduce looks at: chunks of this block, or of the one after it */
};

/* ---- rows: what is known of each chunk ----------------------------------------------------------------------------- */

/* Element of a tensor that holds `each` numbers an element of the slot's stage, a row a chunk. */
static uint32_t row_index(struct scan *k, poly_id chunk, uint32_t each, uint32_t which, uint32_t slot, expr_id *idx)
{
	struct ctx *c = k->k.n->c;
	expr_id before = carry_start(&k->k, slot, poly_int(c, 0));  /* first: tables move when they grow */
	const struct expr x = c->expr.at[before];
	uint32_t n = 0;
	idx[n++] = expr_poly(c, chunk, x.loc);
	if (each > 1)
		idx[n++] = expr_poly(c, poly_int(c, which), x.loc);
	for (uint32_t d = 1; d < x.nidx; d++)
		idx[n++] = c->list.at[x.idx + d];
	return n;
}

static expr_id row(struct scan *k, buf_id b, poly_id chunk, uint32_t each, uint32_t which, uint32_t slot)
{
	expr_id idx[9];
	uint32_t n = row_index(k, chunk, each, which, slot, idx);
	return expr_load(k->k.n->c, b, idx, n, k->k.n->c->stage.at[k->k.slots.at[slot].s].loc);
}

static stmt_id set_row(struct scan *k, buf_id b, poly_id chunk, uint32_t each, uint32_t which, uint32_t slot, expr_id value)
{
	struct ctx *c = k->k.n->c;
	const struct inst *i = k->k.inst[k->k.lead];
	expr_id idx[9];
	uint32_t n = row_index(k, chunk, each, which, slot, idx);
	return pure_loops(k->k.n, i, k->k.at, stmt_store(c, b, idx, n, value, i->s, c->stage.at[i->s].loc));
}

static buf_id rows_new(struct scan *k, const char *name, poly_id count, uint32_t each)
{
	struct ctx *c = k->k.n->c;
	const struct tensor *t = &c->tensor.at[c->stage.at[k->k.slots.at[0].s].tensor];
	struct buf b = { .kind = BUF_WORK, .type = t->type, .name = base_internf(c, "%s_%s", base_ident(c, t->name), name) };
	b.extent[b.rank++] = count;
	if (each > 1)
		b.extent[b.rank++] = poly_int(c, each);
	for (uint32_t d = 1; d < t->rank; d++)
		b.extent[b.rank++] = t->extent[d];
	buf_id id = buf_new(c, b);
	VEC_PUSH(c, c->program->works, id);
	return id;
}

/* ---- sums of products ---------------------------------------------------------------------------------------------- */

static expr_id times_plus(struct ctx *c, expr_id a, expr_id x, expr_id b)
{
	loc_t l = c->expr.at[a].loc;
	bool one = c->expr.at[a].kind == X_NUM && c->expr.at[a].num == 1;
	if (!b)
		return one ? x : expr_op(c, OP_MUL, a, x, 0, l);
	if (one)
		return expr_op(c, OP_ADD, x, b, 0, l);
	if (c->expr.at[x].type == RNN_F32)
		return expr_op(c, OP_FMA, a, x, b, l);
	return expr_op(c, OP_ADD, expr_op(c, OP_MUL, a, x, 0, l), b, 0, l);
}

/* b + sum over j of a[j] x[j]; terms that are 0 are not there. */
static expr_id combine(struct scan *k, const expr_id *a, const struct regs *x, expr_id b)
{
	for (uint32_t j = 0; j < k->k.slots.n; j++)
		if (a[j])
			b = times_plus(k->k.n->c, a[j], carry_get(&k->k, &x[j]), b);
	return b ? b : expr_num(k->k.n->c, 0, k->k.n->c->tensor.at[k->k.n->c->stage.at[k->k.slots.at[0].s].tensor].type, 0);
}

/* Registers of all slots; several of one name are told apart by their column. */
static void slot_regs(struct scan *k, const char *name, uint32_t columns, var_id side, struct regs *out)
{
	struct ctx *c = k->k.n->c;
	for (uint32_t i = 0; i < k->k.slots.n; i++)
		for (uint32_t j = 0; j < columns; j++) {
			const char *lag = k->k.slots.at[i].lag > 1 ? base_internf(c, "%d", (int)k->k.slots.at[i].lag) : "";
			const char *column = columns > 1 ? base_internf(c, "_%u", j + 1) : "";
			out[j * k->k.slots.n + i] = carry_regs(&k->k, k->k.member[i], base_internf(c, "%s%s%s", name, lag, column), side);
		}
}

/* ---- steps of a chunk ---------------------------------------------------------------------------------------------- */

/* Where chunks are lanes, so many at a time as are whole vectors: what is loaded and stored of them are small matrices. */
struct steps { var_id outer, inner; poly_id at, extent; };

static struct steps steps_new(struct scan *k, poly_id length, var_id side)
{
	struct ctx *c = k->k.n->c;
	loc_t l = c->stage.at[k->k.inst[k->k.lead]->s].loc;
	if (!side || !k->k.lanes) {
		var_id s = var_new(c, VAR_LOOP, "s", length, l);
		return (struct steps){ s, 0, poly_var(c, s), length };
	}
	poly_id lines = poly_int(c, k->chunk / k->turn);
	var_id s = var_new(c, VAR_LOOP, "s", lines, l), inner = var_new(c, VAR_LOOP, "si", poly_int(c, k->turn), l);
	poly_id at = poly_add(c, poly_scale(c, poly_var(c, s), k->turn), poly_var(c, inner));
	return (struct steps){ s, inner, at, lines };
}

static stmt_id steps_loop(struct scan *k, const struct steps *s, stmt_id body)
{
	struct ctx *c = k->k.n->c;
	stage_id id = k->k.inst[k->k.lead]->s;
	if (s->inner)
		body = stmt_for(c, s->inner, c->var.at[s->inner].extent, LOOP_UNROLL, body, id, 0);
	return stmt_for(c, s->outer, s->extent, LOOP_SERIAL, body, id, 0);
}

/* ---- the three passes ---------------------------------------------------------------------------------------------- */

/* Registers of a chunk's product and sum: column j < m, row i lies at j * m + i; the sum is column m. */
struct totals { struct regs p[(SLOTS + 1) * SLOTS], next[(SLOTS + 1) * SLOTS]; };

static void totals_regs(struct scan *k, var_id side, struct totals *r)
{
	uint32_t m = k->k.slots.n;
	slot_regs(k, "product", m, side, r->p);
	slot_regs(k, "sum", 1, side, r->p + m * m);
}

/* They begin as 1 and 0. */
static stmt_id totals_begin(struct scan *k, var_id side, struct totals *r)
{
	struct ctx *c = k->k.n->c;
	uint32_t m = k->k.slots.n;
	uint8_t type = c->tensor.at[c->stage.at[k->k.inst[k->k.lead]->s].tensor].type;
	stmt_id out = 0;
	for (uint32_t j = 0; j <= m; j++)
		for (uint32_t i = 0; i < m; i++)
			out = stmt_join(c, out, carry_set(&k->k, &r->p[j * m + i], expr_num(c, i == j, type, 0), side));
	return out;
}

/* A step more. */
static stmt_id totals_step(struct scan *k, poly_id step, var_id side, struct totals *r)
{
	struct carry *y = &k->k;
	struct ctx *c = y->n->c;
	uint32_t m = y->slots.n;
	stmt_id body = 0, move = 0;
	for (uint32_t q = 0; q <= m; q++) {  /* the sum first, as it makes the values of A known */
		uint32_t j = q ? q - 1 : m;
		for (uint32_t i = 0; i < m; i++) {
			expr_id a[SLOTS + 1];
			for (uint32_t o = 0; o <= m; o++)
				a[o] = k->coef[i][o] ? expr_subst(c, k->coef[i][o], y->t, step) : 0;
			expr_id value = combine(k, a, &r->p[j * m], j == m ? a[m] : 0);
			r->next[j * m + i] = r->p[j * m + i];
			if (m > 1)
				r->next[j * m + i] = carry_regs(y, y->member[i], j == m ? "sum_next" : "product_next", side);
			body = stmt_join(c, body, carry_set(y, &r->next[j * m + i], value, side));
			if (m > 1)
				move = stmt_join(c, move, carry_set(y, &r->p[j * m + i], carry_get(y, &r->next[j * m + i]), side));
		}
	}
	return m > 1 ? carry_declare(y, r->next, m * (m + 1), stmt_join(c, body, move)) : body;
}

/* They go to the rows of the chunk. */
static stmt_id totals_end(struct scan *k, poly_id local, var_id side, struct totals *r)
{
	struct carry *y = &k->k;
	struct ctx *c = y->n->c;
	uint32_t m = y->slots.n;
	stmt_id out = 0;
	for (uint32_t i = 0; i < m * m; i++)
		out = stmt_join(c, out, carry_beside(y, side, set_row(k, k->product, local, m * m, i, i % m, carry_get(y, &r->p[i]))));
	for (uint32_t i = 0; i < m; i++)
		out = stmt_join(c, out, carry_beside(y, side, set_row(k, k->sum, local, m, i, i, carry_get(y, &r->p[m * m + i]))));
	return out;
}

/* First step of a chunk of this block, or of one `blocks` blocks on. */
static poly_id step_of(struct scan *k, poly_id local, int64_t blocks)
{
	struct ctx *c = k->k.n->c;
	return poly_scale(c, poly_add(c, poly_add(c, k->first, local), poly_int(c, blocks * k->rows)), k->chunk);
}

/* Product and sum of a chunk, or of a group side by side. local: its row. */
static stmt_id reduce(struct scan *k, poly_id local, var_id side)
{
	struct ctx *c = k->k.n->c;
	struct totals r;
	totals_regs(k, side, &r);
	if (k->k.n->failed)
		return 0;
	uint32_t m = k->k.slots.n;
	struct steps s = steps_new(k, poly_int(c, k->chunk), side);
	stmt_id out = totals_begin(k, side, &r);
	out = stmt_join(c, out, steps_loop(k, &s, totals_step(k, poly_add(c, step_of(k, local, k->ahead), s.at), side, &r)));
	return carry_declare(&k->k, r.p, m * (m + 1), stmt_join(c, out, totals_end(k, local, side, &r)));
}

/* All steps of a chunk from where it begins; with `next`, each followed by one of the reduction of the chunk a block on. */
static stmt_id expand_and(struct scan *k, poly_id local, var_id side, bool next)
{
	struct carry *y = &k->k;
	struct ctx *c = y->n->c;
	stage_id id = y->inst[y->lead]->s;
	uint32_t m = y->slots.n;
	struct regs last[SLOTS];
	struct totals r;
	slot_regs(k, "last", 1, side, last);
	if (next)
		totals_regs(k, side, &r);
	if (y->n->failed)
		return 0;
	poly_id first = step_of(k, local, 0), length = poly_int(c, k->chunk);
	if (!side && !next)
		length = poly_min(c, length, poly_sub(c, c->var.at[c->stage.at[id].time].extent, first));
	struct steps s = steps_new(k, length, side);
	stmt_id out = next ? totals_begin(k, side, &r) : 0;
	for (uint32_t j = 0; j < m; j++)
		out = stmt_join(c, out, carry_set(y, &last[j], row(k, k->begin, local, m, j, j), side));
	stmt_id body = carry_step(y, poly_add(c, first, s.at), last, side);
	if (next)
		body = stmt_join(c, body, totals_step(k, poly_add(c, step_of(k, local, 1), s.at), side, &r));
	out = stmt_join(c, out, steps_loop(k, &s, body));
	if (next)
		out = carry_declare(y, r.p, m * (m + 1), stmt_join(c, out, totals_end(k, local, side, &r)));
	return carry_declare(y, last, m, out);
}

static stmt_id expand(struct scan *k, poly_id local, var_id side) { return expand_and(k, local, side, false); }
static stmt_id expand_reduce(struct scan *k, poly_id local, var_id side) { return expand_and(k, local, side, true); }

/* The loops of order outside time around a list. */
static stmt_id outer_loops(struct scan *k, stmt_id body)
{
	const struct inst *i = k->k.inst[k->k.lead];
	for (uint32_t p = k->k.at; p-- > 0;)
		body = wrap(k->k.n, i, k->k.n->c->stage.at[i->s].order.at[p], body);
	return body;
}

/* A group of `count` chunks of the block, full ones side by side where `whole` steps are there, the others one by one. */
static stmt_id group(struct scan *k, poly_id first, poly_id count, poly_id whole, stmt_id (*one)(struct scan *, poly_id, var_id))
{
	struct ctx *c = k->k.n->c;
	stage_id id = k->k.inst[k->k.lead]->s;
	if (k->group == 1)
		return one(k, first, 0);
	poly_id size = poly_int(c, k->group), left = poly_min(c, size, poly_sub(c, count, first));
	var_id side = var_new(c, VAR_LOOP, "c", size, c->stage.at[id].loc);
	var_id each = var_new(c, VAR_LOOP, "c", left, c->stage.at[id].loc);
	stmt_id full = one(k, poly_add(c, first, poly_var(c, side)), side);
	stmt_id single = one(k, poly_add(c, first, poly_var(c, each)), 0);
	if (k->k.n->failed)
		return 0;
	single = stmt_for(c, each, left, LOOP_SERIAL, single, id, 0);
	poly_id room = poly_sub(c, whole, poly_add(c, step_of(k, first, k->ahead), poly_int(c, k->group * k->chunk)));
	return stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_add(c, room, poly_int(c, 1)), .body = full, .other = single, .stage = id });
}

/* The same of expand; where the block after it has all chunks of the group before the last, these are reduced in turns with it. */
static stmt_id group_ahead(struct scan *k, poly_id first, poly_id count, poly_id whole, poly_id next)
{
	struct ctx *c = k->k.n->c;
	stage_id id = k->k.inst[k->k.lead]->s;
	poly_id size = poly_int(c, k->group), left = poly_min(c, size, poly_sub(c, next, first));
	var_id side = k->group > 1 ? var_new(c, VAR_LOOP, "c", size, c->stage.at[id].loc) : 0;
	var_id each = var_new(c, VAR_LOOP, "c", left, c->stage.at[id].loc);
	stmt_id both = expand_reduce(k, side ? poly_add(c, first, poly_var(c, side)) : first, side);
	stmt_id apart = group(k, first, count, whole, expand);
	k->ahead = 1;
	stmt_id reduced = side ? reduce(k, poly_add(c, first, poly_var(c, each)), 0) : 0;
	k->ahead = 0;
	if (k->k.n->failed)
		return 0;
	if (side)
		apart = stmt_join(c, apart, stmt_for(c, each, left, LOOP_SERIAL, reduced, id, 0));
	return stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_sub(c, poly_add(c, next, poly_int(c, 1)), poly_add(c, first, size)),
	                                  .body = both, .other = apart, .stage = id });
}

/* parallel: groups of chunks 0..count-1 of the block. one NULL: they are expanded, and `next` of the block after it reduced meanwhile. */
static stmt_id groups(struct scan *k, poly_id count, poly_id whole, stmt_id (*one)(struct scan *, poly_id, var_id), poly_id next)
{
	struct ctx *c = k->k.n->c;
	stage_id id = k->k.inst[k->k.lead]->s;
	poly_id number = poly_ceildiv(c, poly_max(c, poly_int(c, 0), count), k->group);
	var_id g = var_new(c, VAR_LOOP, "group", number, c->stage.at[id].loc);
	poly_id first = poly_scale(c, poly_var(c, g), k->group);
	stmt_id body = one ? group(k, first, count, whole, one) : group_ahead(k, first, count, whole, next);
	return k->k.n->failed ? 0 : stmt_for(c, g, number, LOOP_PARALLEL, outer_loops(k, body), id, 0);
}

/* begin[0] as given, begin[c+1] from the product and the sum of c, of `count` chunks. */
static stmt_id chain(struct scan *k, bool carried, poly_id from, poly_id count)
{
	struct carry *y = &k->k;
	struct ctx *c = y->n->c;
	uint32_t m = y->slots.n;
	stage_id id = y->inst[y->lead]->s;
	struct regs last[SLOTS], next[SLOTS];
	slot_regs(k, "last", 1, 0, last);
	if (y->n->failed)
		return 0;
	var_id v = var_new(c, VAR_LOOP, "c", count, c->stage.at[id].loc);
	poly_id at = poly_var(c, v), zero = poly_int(c, 0);
	stmt_id out = 0, body = 0, store = 0;
	for (uint32_t i = 0; i < m; i++) {
		expr_id start = carried ? row(k, k->begin, from, m, i, i) : carry_start(y, i, zero), a[SLOTS];
		out = stmt_join(c, out, carry_set(y, &last[i], start, 0));
		out = stmt_join(c, out, set_row(k, k->begin, zero, m, i, i, carry_get(y, &last[i])));
		for (uint32_t j = 0; j < m; j++)
			a[j] = row(k, k->product, at, m * m, j * m + i, i);
		next[i] = m > 1 ? carry_regs(y, y->member[i], "last_next", 0) : last[i];
		body = stmt_join(c, body, carry_set(y, &next[i], combine(k, a, last, row(k, k->sum, at, m, i, i)), 0));
		store = m > 1 ? stmt_join(c, store, carry_set(y, &last[i], carry_get(y, &next[i]), 0)) : 0;
	}
	body = stmt_join(c, body, store);
	for (uint32_t i = 0; i < m; i++)
		body = stmt_join(c, body, set_row(k, k->begin, poly_add(c, at, poly_int(c, 1)), m, i, i, carry_get(y, &last[i])));
	body = m > 1 ? carry_declare(y, next, m, body) : body;
	out = stmt_join(c, out, stmt_for(c, v, count, LOOP_SERIAL, body, id, 0));
	return outer_loops(k, carry_declare(y, last, m, out));
}

/* The matrix of a step, row by row. */
static void coefficients(struct scan *k)
{
	struct ctx *c = k->k.n->c;
	for (uint32_t i = 0; i < k->k.slots.n; i++) {
		if (k->k.slots.at[i].lag > 1) {
			k->coef[i][i - 1] = expr_num(c, 1, c->tensor.at[c->stage.at[k->k.slots.at[i].s].tensor].type, 0);
			continue;
		}
		sched_affine(c, &k->k.slots, k->k.slots.at[i].s, k->coef[i]);
		for (uint32_t j = 0; j <= k->k.slots.n; j++)
			k->coef[i][j] = k->coef[i][j] ? convert(k->k.n, k->k.inst[k->k.member[i]], k->coef[i][j]) : 0;
	}
}

/* Blocks, one after another: what one hands on lies in begin[rows]. */
static stmt_id blocks(struct scan *k, poly_id count, int64_t rows, bool overlap)
{
	struct ctx *c = k->k.n->c;
	stage_id id = k->k.inst[k->k.lead]->s;
	poly_id one = poly_int(c, 1), size = poly_int(c, rows), extent = c->var.at[c->stage.at[id].time].extent;
	var_id b = var_new(c, VAR_LOOP, "block", poly_ceildiv(c, count, rows), c->stage.at[id].loc);
	stmt_id start = 0;
	for (uint32_t i = 0; i < k->k.slots.n; i++)
		start = stmt_join(c, start, set_row(k, k->begin, size, k->k.slots.n, i, i, carry_start(&k->k, i, poly_int(c, 0))));
	k->first = poly_scale(c, poly_var(c, b), rows);
	poly_id whole = poly_scale(c, poly_sub(c, count, one), k->chunk);       /* steps of all chunks but the last */
	poly_id here = poly_min(c, size, poly_sub(c, count, k->first));
	poly_id before = poly_min(c, size, poly_sub(c, poly_sub(c, count, one), k->first));
	stmt_id body = overlap ? 0 : groups(k, before, whole, reduce, 0);
	body = stmt_join(c, body, chain(k, true, size, before));
	poly_id next = poly_sub(c, poly_sub(c, count, one), poly_add(c, k->first, size));
	body = stmt_join(c, body, groups(k, here, extent, overlap ? NULL : expand, next));
	start = outer_loops(k, start);
	k->first = poly_int(c, 0);
	if (overlap)
		start = stmt_join(c, start, groups(k, poly_min(c, size, poly_sub(c, count, one)), whole, reduce, 0));
	if (k->k.n->failed)
		return 0;
	return stmt_join(c, start, stmt_for(c, b, c->var.at[b].extent, LOOP_SERIAL, body, id, 0));
}

static stmt_id passes(struct scan *k, const struct recurrence *r, poly_id count)
{
	struct ctx *c = k->k.n->c;
	if (r->scan == SCAN_ONE_PASS)
		return blocks(k, count, r->scan_block, r->scan_overlap);
	k->first = poly_int(c, 0);
	poly_id before = poly_sub(c, count, poly_int(c, 1)), extent = c->var.at[r->time].extent;
	stmt_id out = groups(k, before, poly_scale(c, before, k->chunk), reduce, 0);
	out = stmt_join(c, out, chain(k, false, 0, before));
	return k->k.n->failed ? 0 : stmt_join(c, out, groups(k, count, extent, expand, 0));
}

/* ---- chunks as lanes ----------------------------------------------------------------------------------------------- */

/* Elements of a tile; 0: the number is not known. */
static int64_t tile_elements(struct scan *k)
{
	struct ctx *c = k->k.n->c;
	const struct inst *lead = k->k.inst[k->k.lead];
	const struct stage *s = &c->stage.at[lead->s];
	int64_t all = 1, one;
	for (uint32_t p = k->k.at; p < s->order.n; p++)
		if (lead->var[s->order.at[p]])
			all *= poly_const(c, lead->ext[s->order.at[p]], &one) ? one : 0;
	return all;
}

/* Elements of a step. */
static poly_id step_elements(struct scan *k)
{
	struct ctx *c = k->k.n->c;
	const struct stage *s = &c->stage.at[k->k.inst[k->k.lead]->s];
	poly_id all = poly_int(c, 1);
	for (uint32_t a = 0; a < s->axes.n; a++)
		if (s->axes.at[a] != s->time)
			all = poly_mul(c, all, c->var.at[s->axes.at[a]].extent);
	return all;
}

/* Are there sizes for which a step is this tile alone? */
static bool tile_is_step(struct scan *k, int64_t elements)
{
	struct ctx *c = k->k.n->c;
	poly_id all = poly_fixed(c, step_elements(k));
	bool yes = poly_is(c, all, elements);
	for (uint32_t i = 0; i < c->sched->specials.n; i++) {
		const struct special *x = &c->sched->specials.at[i];
		poly_id now = all;
		for (uint32_t d = 0; d < x->sizes.n; d++)
			now = poly_subst(c, now, c->dim.at[x->sizes.at[d].dim].var, poly_int(c, x->sizes.at[d].value));
		yes |= poly_is(c, now, elements);
	}
	return yes;
}

/* Steps that are narrower than a vector, but follow each other in memory. Then k makes lanes of chunks from now on. */
static bool lanes_fit(struct scan *k, const struct recurrence *r)
{
	struct ctx *c = k->k.n->c;
	const int64_t lanes = c->target->lanes, elements = tile_elements(k);
	bool stream = false;
	if (!elements || elements >= lanes || !tile_is_step(k, elements))
		return false;
	for (uint32_t m = 0; m < c->rec.at[k->k.rec].members.n; m++)
		stream |= c->stage.at[c->rec.at[k->k.rec].members.at[m]].store == STORE_STREAM;
	const int64_t row = target_row(c->target, stream);
	for (k->turn = row; k->turn > 1 && k->turn / 2 * elements % row == 0;)
		k->turn /= 2;
	k->group = lanes;
	k->k.lanes = true;
	return !LAW(scan_turn, k->chunk % k->turn) && !LAW(scan_lanes, r->scan == SCAN_ONE_PASS && r->scan_block % lanes);
}

struct apart { var_id v; bool more; };

static void access_needs_more(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct apart *a = arg;
	const struct buf *x = &c->buf.at[b];
	(void)write;
	a->more |= x->type != RNN_F32;
	for (uint32_t d = 0; d < x->rank; d++) {
		const struct expr *e = &c->expr.at[c->list.at[idx + d]];
		a->more |= e->kind != X_POLY || !poly_linear_in(c, e->poly, a->v);
		a->more |= !d && e->kind == X_POLY && poly_uses(c, e->poly, a->v) && row_wanted(c, x, e->poly);
	}
}

static bool value_needs_more(struct ctx *c, expr_id e, const struct apart *a)
{
	const struct expr x = c->expr.at[e];
	bool more = x.kind == X_POLY || x.kind == X_CAST;
	for (int i = 0; x.kind == X_OP && i < op_info[x.op].arity; i++)
		more |= value_needs_more(c, x.arg[i], a);
	return more && expr_uses_var(c, e, a->v);
}

static bool stores_more(struct ctx *c, stmt_id s, void *arg)
{
	return c->stmt.at[s].kind == S_STORE && value_needs_more(c, c->stmt.at[s].value, arg);
}

/* A vector over chunks whose elements are not found by one stride: integers, conditions on the step, rows before time 0. */
static bool apart_needs_more(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt x = c->stmt.at[s];
	struct apart a = { .v = x.var };
	(void)arg;
	if (x.kind != S_FOR || !x.apart)
		return false;
	stmt_accesses(c, x.body, access_needs_more, &a);
	return a.more || stmt_any(c, x.body, stores_more, &a);
}

stmt_id scan_build(struct nest *n, const struct gang *g)
{
	struct ctx *c = n->c;
	const struct stage s = c->stage.at[g->m[0]->s];
	const struct recurrence r = c->rec.at[s.rec];
	struct scan k = { .chunk = r.scan_chunk, .rows = r.scan_block, .first = poly_int(c, 0) };
	poly_id count = poly_ceildiv(c, c->var.at[s.time].extent, k.chunk), one = poly_int(c, 1);
	poly_id rows = r.scan == SCAN_ONE_PASS ? poly_int(c, r.scan_block + 1) : poly_add(c, count, one);
	carry_init(&k.k, n, g, n->time);
	coefficients(&k);
	struct buf tile = { .rank = 0 };
	expr_id idx[9];
	int64_t elements = 1, extent_of;
	n->failed |= !tile_shape(n, g->m[0], k.k.at, &tile, idx);
	for (uint32_t d = 0; d < tile.rank; d++)
		elements *= poly_const(c, tile.extent[d], &extent_of) ? extent_of : 1;
	k.group = elements <= NARROW ? GROUP : 1;
	uint32_t m = k.k.slots.n;
	k.product = rows_new(&k, "product", rows, m * m);
	k.sum = rows_new(&k, "sum", rows, m);
	k.begin = rows_new(&k, "begin", rows, m);
	stmt_id out = passes(&k, &r, count), lanes = 0;
	if (!n->failed && lanes_fit(&k, &r))
		lanes = passes(&k, &r, count);
	if (lanes && !n->failed && !stmt_any(c, lanes, apart_needs_more, NULL))
		out = stmt_new(c, (struct stmt){ .kind = S_IF, .choice = true, .body = lanes, .other = out, .stage = g->m[0]->s,
		                                 .extent = poly_sub(c, poly_int(c, tile_elements(&k) + 1), step_elements(&k)) });
	return n->failed ? 0 : out;
}
