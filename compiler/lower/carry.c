/* carry.c · time inside the loops over elements: the state stays in registers; scans
 *
 *   order("n", "io", "t", "ii"):                   scan { chunk = 4096 }, K chunks:
 *     for n: for io:                                 parallel for c in 0..K-1: for n: for io:
 *       h_last[ii] = h[-1]                             P = 1, S = 0
 *       for t:                                         for t of chunk c: P = A P, S = A S + B       A, B of step t
 *         h_last[ii] = A h_last[ii] + B                product[c] = P, sum[c] = S
 *         h[t] = h_last[ii]                          for n: for io: begin[c+1] = product[c] begin[c] + sum[c]
 *                                                    parallel for c in 0..K: as on the left, from begin[c]
 *
 * Several chunks of a scan run side by side in one thread (GROUP), so that a step does not wait for the one before.
 *
 * Needs:      a recurrence of one stage, element by element, one step back (sched_order); for a scan affine in its state
 *             (sched_scan). Loops inside time are unrolled or vectorized.
 * Guarantees: without scan the same operations on the same values; reduce, scan and expand as in Blelloch, Prefix sums and their
 *             applications (CMU-CS-90-190, 1990). */
#include "lower/lower.h"

enum { GROUP = 4 };

/* Values of a tile in registers; of GROUP chunks next to each other, where `side` counts them. */
struct regs { buf_id buf; expr_id idx[9]; uint32_t n; };

static struct regs regs_new(struct nest *n, const struct inst *i, uint32_t from, const char *name, var_id side)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	struct buf b = { .kind = BUF_REG, .type = c->tensor.at[s->tensor].type };
	struct regs r = { .n = 0 };
	b.name = base_internf(c, "%s_%s", c->tensor.at[s->tensor].local, name);
	if (side) {
		r.idx[0] = expr_poly(c, poly_var(c, side), s->loc);
		b.extent[b.rank++] = poly_int(c, GROUP);
	}
	n->failed |= !tile_shape(n, i, from, &b, r.idx);
	r.n = b.rank;
	r.buf = buf_new(c, b);
	return r;
}

static expr_id get(struct nest *n, const struct inst *i, const struct regs *r)
{
	return expr_load(n->c, r->buf, r->idx, r->n, n->c->stage.at[i->s].loc);
}

static stmt_id set(struct nest *n, const struct inst *i, const struct regs *r, expr_id value, uint32_t from)
{
	stmt_id st = stmt_store(n->c, r->buf, r->idx, r->n, value, i->s, n->c->stage.at[i->s].loc);
	return pure_loops(n, i, from, st);
}

static stmt_id declare(struct nest *n, const struct inst *i, const struct regs *r, stmt_id body)
{
	return stmt_new(n->c, (struct stmt){ .kind = S_DECLARE, .of = r->buf, .body = body, .stage = i->s });
}

/* ---- the state of the step before --------------------------------------------------------------------------------- */

struct own { tensor_id of; expr_id by; };

/* The own read of the stage, as the model has it: h[t-1][n][i]. */
static bool find_own(struct ctx *c, expr_id e, void *arg)
{
	struct own *o = arg;
	if (c->expr.at[e].kind == X_READ && c->expr.at[e].of == o->of)
		o->by = e;
	return o->by != 0;
}

static expr_id replace_own(struct ctx *c, expr_id e, void *arg)
{
	const struct own *o = arg;
	return c->expr.at[e].kind == X_LOAD && c->expr.at[e].of == o->of ? o->by : e;
}

/* ---- loops --------------------------------------------------------------------------------------------------------- */

/* What the stage stores at step t and loads of the step before, t a counter that stands for the step. */
struct step { struct inst *i; var_id t; uint32_t at; expr_id before; stmt_id store; };

static struct step step_new(struct nest *n, struct inst *i, var_id t)
{
	struct ctx *c = n->c;
	struct step k = { .i = i, .t = t, .at = (uint32_t)c->stage.at[i->s].time_at };
	struct own own = { .of = c->stage.at[i->s].tensor };
	expr_any(c, stage_value(c, i->s), find_own, &own);
	k.before = convert(n, i, own.by);
	k.store = store_result(n, i, 0);
	return k;
}

/* h[step] = value, over the tile */
static stmt_id put(struct nest *n, const struct step *k, poly_id step, expr_id value)
{
	struct ctx *c = n->c;
	const struct stmt x = c->stmt.at[k->store];
	expr_id idx[9];
	for (uint32_t d = 0; d < x.nidx; d++)
		idx[d] = expr_subst(c, c->list.at[x.idx + d], k->t, step);
	return pure_loops(n, k->i, k->at, stmt_store(c, x.of, idx, x.nidx, value, x.stage, x.loc));
}

/* reg = e with the state of the step before in `last`; e converted, for step k->t */
static expr_id at_step(struct nest *n, const struct step *k, expr_id e, const struct regs *last, poly_id step)
{
	struct ctx *c = n->c;
	struct own own = { c->expr.at[k->before].of, 0 };
	own.by = get(n, k->i, last);
	return expr_subst(c, expr_map(c, e, replace_own, &own), k->t, step);
}

/* Time inside the loops of order before time_at: the part from there on. */
stmt_id carry_steps(struct nest *n, struct inst *i)
{
	struct ctx *c = n->c;
	const struct stage s = c->stage.at[i->s];
	struct step k = step_new(n, i, n->time);
	struct regs last = regs_new(n, i, k.at, "last", 0);
	if (n->failed)
		return 0;
	poly_id from = n->from ? n->from : poly_int(c, 0), t = poly_var(c, n->time);
	expr_id value = convert(n, i, stage_value(c, i->s));
	stmt_id out = set(n, i, &last, expr_subst(c, k.before, n->time, from), k.at);
	stmt_id body = set(n, i, &last, at_step(n, &k, value, &last, t), k.at);
	body = stmt_join(c, body, put(n, &k, t, get(n, i, &last)));
	stmt_id loop = stmt_for(c, n->time, n->from ? n->steps : c->var.at[s.time].extent, LOOP_TIME, body, i->s, s.loc);
	c->stmt.at[loop].rec = s.rec;
	c->stmt.at[loop].from = n->from;
	return declare(n, i, &last, stmt_join(c, out, loop));
}

/* ---- scans --------------------------------------------------------------------------------------------------------- */

struct scan {
	struct nest *n;
	struct step k;
	expr_id value, a, b;       /* of step k.t, converted; a, b: of the affine form */
	buf_id product, sum, begin;
	int64_t chunk;
	var_id chunks, side;       /* counters: of groups of chunks, inside a group */
};

/* Element of a tensor that holds one row a chunk. */
static void row_index(struct scan *k, poly_id chunk, expr_id *idx)
{
	struct ctx *c = k->n->c;
	const struct expr x = c->expr.at[k->k.before];
	idx[0] = expr_poly(c, chunk, x.loc);
	for (uint32_t d = 1; d < x.nidx; d++)
		idx[d] = c->list.at[x.idx + d];
}

static expr_id row(struct scan *k, buf_id b, poly_id chunk)
{
	expr_id idx[9];
	row_index(k, chunk, idx);
	return expr_load(k->n->c, b, idx, k->n->c->expr.at[k->k.before].nidx, k->n->c->expr.at[k->k.before].loc);
}

static stmt_id set_row(struct scan *k, buf_id b, poly_id chunk, expr_id value)
{
	expr_id idx[9];
	const struct inst *i = k->k.i;
	row_index(k, chunk, idx);
	stmt_id st = stmt_store(k->n->c, b, idx, k->n->c->expr.at[k->k.before].nidx, value, i->s, k->n->c->stage.at[i->s].loc);
	return pure_loops(k->n, i, k->k.at, st);
}

static expr_id times_plus(struct ctx *c, expr_id a, expr_id x, expr_id b)
{
	loc_t l = c->expr.at[a].loc;
	if (c->expr.at[x].type == RNN_F32)
		return expr_op(c, OP_FMA, a, x, b, l);
	return expr_op(c, OP_ADD, expr_op(c, OP_MUL, a, x, 0, l), b, 0, l);
}

/* The chunks of a group side by side, where `side`; else one statement as it is. */
static stmt_id beside(struct scan *k, var_id side, stmt_id body)
{
	const struct inst *i = k->k.i;
	return side ? stmt_for(k->n->c, side, poly_int(k->n->c, GROUP), LOOP_UNROLL, body, i->s, 0) : body;
}

/* Reduce: product and sum of a chunk, or of a group side by side. */
static stmt_id reduce(struct scan *k, poly_id chunk, var_id side)
{
	struct ctx *c = k->n->c;
	struct nest *n = k->n;
	const struct inst *i = k->k.i;
	uint32_t at = k->k.at;
	uint8_t type = c->expr.at[k->value].type;
	struct regs p = regs_new(n, i, at, "product", side), q = regs_new(n, i, at, "sum", side);
	if (n->failed)
		return 0;
	poly_id length = poly_int(c, k->chunk);
	var_id s = var_new(c, VAR_LOOP, "s", length, c->stage.at[i->s].loc);
	poly_id step = poly_add(c, poly_scale(c, chunk, k->chunk), poly_var(c, s));
	expr_id a = expr_subst(c, k->a, k->k.t, step), b = expr_subst(c, k->b, k->k.t, step);
	stmt_id out = beside(k, side, set(n, i, &p, expr_num(c, 1, type, 0), at));
	out = stmt_join(c, out, beside(k, side, set(n, i, &q, expr_num(c, 0, type, 0), at)));
	stmt_id body = beside(k, side, set(n, i, &q, times_plus(c, a, get(n, i, &q), b), at));
	body = stmt_join(c, body, beside(k, side, set(n, i, &p, expr_op(c, OP_MUL, a, get(n, i, &p), 0, 0), at)));
	out = stmt_join(c, out, stmt_for(c, s, length, LOOP_SERIAL, body, i->s, 0));
	out = stmt_join(c, out, beside(k, side, set_row(k, k->product, chunk, get(n, i, &p))));
	out = stmt_join(c, out, beside(k, side, set_row(k, k->sum, chunk, get(n, i, &q))));
	return declare(n, i, &p, declare(n, i, &q, out));
}

/* Expand: all steps of a chunk from where it begins. */
static stmt_id expand(struct scan *k, poly_id chunk, var_id side)
{
	struct ctx *c = k->n->c;
	struct nest *n = k->n;
	const struct inst *i = k->k.i;
	uint32_t at = k->k.at;
	struct regs r = regs_new(n, i, at, "last", side);
	if (n->failed)
		return 0;
	poly_id first = poly_scale(c, chunk, k->chunk), length = poly_int(c, k->chunk);
	if (!side)
		length = poly_min(c, length, poly_sub(c, c->var.at[c->stage.at[i->s].time].extent, first));
	var_id s = var_new(c, VAR_LOOP, "s", length, c->stage.at[i->s].loc);
	poly_id step = poly_add(c, first, poly_var(c, s));
	stmt_id out = beside(k, side, set(n, i, &r, row(k, k->begin, chunk), at));
	stmt_id body = beside(k, side, set(n, i, &r, at_step(n, &k->k, k->value, &r, step), at));
	body = stmt_join(c, body, beside(k, side, put(n, &k->k, step, get(n, i, &r))));
	out = stmt_join(c, out, stmt_for(c, s, length, LOOP_SERIAL, body, i->s, 0));
	return declare(n, i, &r, out);
}

/* The loops of order outside time around a list. */
static stmt_id outer_loops(struct scan *k, stmt_id body)
{
	const struct stage *s = &k->n->c->stage.at[k->k.i->s];
	for (uint32_t p = k->k.at; p-- > 0;)
		body = wrap(k->n, k->k.i, s->order.at[p], body);
	return body;
}

/* parallel: groups of chunks 0..count-1, full ones side by side where `whole` steps are there, the others one by one. */
static stmt_id groups(struct scan *k, poly_id count, poly_id whole, stmt_id (*one)(struct scan *, poly_id, var_id))
{
	struct ctx *c = k->n->c;
	stage_id id = k->k.i->s;
	poly_id number = poly_ceildiv(c, poly_max(c, poly_int(c, 0), count), GROUP);
	var_id g = var_new(c, VAR_LOOP, "group", number, c->stage.at[id].loc);
	var_id side = var_new(c, VAR_LOOP, "c", poly_int(c, GROUP), c->stage.at[id].loc);
	poly_id first = poly_scale(c, poly_var(c, g), GROUP);
	poly_id left = poly_min(c, poly_int(c, GROUP), poly_sub(c, count, first));
	var_id each = var_new(c, VAR_LOOP, "c", left, c->stage.at[id].loc);
	stmt_id full = one(k, poly_add(c, first, poly_var(c, side)), side);
	stmt_id single = one(k, poly_add(c, first, poly_var(c, each)), 0);
	if (k->n->failed)
		return 0;
	single = stmt_for(c, each, left, LOOP_SERIAL, single, id, 0);
	poly_id room = poly_sub(c, whole, poly_scale(c, poly_add(c, first, poly_int(c, GROUP)), k->chunk));
	stmt_id pick = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_add(c, room, poly_int(c, 1)), .body = full,
	                                          .other = single, .stage = id });
	return stmt_for(c, g, number, LOOP_PARALLEL, outer_loops(k, pick), id, 0);
}

static buf_id rows_new(struct nest *n, stage_id s, const char *name, poly_id count)
{
	struct ctx *c = n->c;
	const struct tensor *t = &c->tensor.at[c->stage.at[s].tensor];
	struct buf b = { .kind = BUF_WORK, .type = t->type, .rank = t->rank, .name = base_internf(c, "%s_%s", base_ident(c, t->name), name) };
	memcpy(b.extent, t->extent, sizeof t->extent);
	b.extent[0] = count;
	buf_id id = buf_new(c, b);
	VEC_PUSH(c, c->program->works, id);
	return id;
}

stmt_id carry_scan(struct nest *n, stage_id id)
{
	struct ctx *c = n->c;
	const struct stage s = c->stage.at[id];
	struct scan k = { .n = n, .chunk = c->rec.at[s.rec].scan };
	poly_id extent = c->var.at[s.time].extent, count = poly_ceildiv(c, extent, k.chunk), one = poly_int(c, 1);
	var_id t = var_new(c, VAR_LOOP, c->var.at[s.time].name, extent, s.loc);
	struct place p = { { 0 }, { 0 } };
	for (uint32_t a = 0; a < s.axes.n; a++) {
		p.base[a] = s.axes.at[a] == s.time ? poly_var(c, t) : poly_int(c, 0);
		p.extent[a] = s.axes.at[a] == s.time ? one : c->var.at[s.axes.at[a]].extent;
	}
	struct inst *i = inst_new(n, id, &p, NULL);
	if (!in_order(n, i))
		return n->failed = true, 0;
	k.k = step_new(n, i, t);
	expr_id a, b, value = stage_value(c, id);
	sched_affine(c, s.tensor, value, &a, &b);
	k.value = convert(n, i, value);
	k.a = convert(n, i, a ? a : expr_num(c, 0, c->tensor.at[s.tensor].type, s.loc));
	k.b = convert(n, i, b ? b : expr_num(c, 0, c->tensor.at[s.tensor].type, s.loc));
	poly_id rows = poly_add(c, count, one), before = poly_sub(c, count, one);
	k.product = rows_new(n, id, "product", rows);
	k.sum = rows_new(n, id, "sum", rows);
	k.begin = rows_new(n, id, "begin", rows);

	stmt_id out = groups(&k, before, poly_scale(c, before, k.chunk), reduce);
	struct regs r = regs_new(n, i, k.k.at, "last", 0);
	if (n->failed)
		return 0;
	var_id v = var_new(c, VAR_LOOP, "c", before, s.loc);
	poly_id at = poly_var(c, v);
	stmt_id next = set(n, i, &r, times_plus(c, row(&k, k.product, at), get(n, i, &r), row(&k, k.sum, at)), k.k.at);
	next = stmt_join(c, next, set_row(&k, k.begin, poly_add(c, at, one), get(n, i, &r)));
	stmt_id begin = set(n, i, &r, expr_subst(c, k.k.before, t, poly_int(c, 0)), k.k.at);
	begin = stmt_join(c, begin, set_row(&k, k.begin, poly_int(c, 0), get(n, i, &r)));
	begin = stmt_join(c, begin, stmt_for(c, v, before, LOOP_SERIAL, next, id, 0));
	out = stmt_join(c, out, outer_loops(&k, declare(n, i, &r, begin)));
	stmt_id last = groups(&k, count, extent, expand);
	return n->failed ? 0 : stmt_join(c, out, last);
}
