/* lanes.c · parts of a vector statement that have no vector form are computed lane by lane
 *
 * Needs:      the body of one vector loop: stores, whose own elements lie next to each other.
 * Guarantees: values are vectors of f32, one value for all lanes, or conditions on those; the rest is refused.
 *
 *   vector i in 0..8: y[i] = where(lt(i + q, W), x[max(0, i + q)], 0) * c[i]
 *   =>
 *   for l in 0..8: y_lanes[l] = where(lt(l + q, W), x[max(0, l + q)], 0)
 *   vector i in 0..8: y[i] = y_lanes[i] * c[i]
 *
 * Integers that differ from lane to lane and indices that do not step evenly are such parts. The loops over lanes are
 * plain enough for the C compiler. */
#include "lower/lower.h"

struct lanes {
	var_id v;                  /* the vector loop's counter */
	poly_id count;
	int64_t width;
	stmt_id body, before;      /* the loops over lanes so far */
	stage_id stage;
	idvec made;                /* their arrays */
	loc_t loc;
	const char *why;           /* refused */
};

static bool varies(struct ctx *c, expr_id e, const struct lanes *k) { return expr_uses_var(c, e, k->v); }

/* A load whose elements step evenly from lane to lane. */
static bool even_load(struct ctx *c, const struct expr *x, const struct lanes *k)
{
	for (uint32_t i = x->nidx; i-- > 0;) {
		expr_id id = c->list.at[x->idx + i];
		const struct expr *e = &c->expr.at[id];
		if (e->kind == X_POLY ? !poly_linear_in(c, e->poly, k->v) : varies(c, id, k))
			return false;
	}
	return true;
}

/* Can e itself be a vector, once its arguments can? */
static bool has_vector_form(struct ctx *c, const struct expr *x, const struct lanes *k)
{
	switch (x->kind) {
	case X_LOAD:
		return x->type == RNN_F32 && even_load(c, x, k);
	case X_OP:
		for (int i = 0; i < op_info[x->op].arity; i++) {
			uint8_t type = c->expr.at[x->arg[i]].type;
			if (type != RNN_F32 && type != RNN_BOOL)
				return false;
		}
		return x->type == RNN_F32 || x->type == RNN_BOOL;
	default:
		return false;
	}
}

/* No part of e that differs from lane to lane has a vector form: it had better be computed as a whole. */
static bool has_none(struct ctx *c, expr_id e, const struct lanes *k)
{
	const struct expr x = c->expr.at[e];
	if (!has_vector_form(c, &x, k))
		return true;
	for (int i = 0; x.kind == X_OP && i < op_info[x.op].arity; i++)
		if (varies(c, x.arg[i], k) && !has_none(c, x.arg[i], k))
			return false;
	return x.kind == X_OP;
}

struct find { struct ctx *c; const struct lanes *k; bool vector_array, stored; };

/* What a loop over lanes cannot read: vectors in registers, and what the same body stores. */
static bool unreadable(struct ctx *c, expr_id e, void *arg)
{
	struct find *f = arg;
	const struct expr *x = &c->expr.at[e];
	if (x->kind != X_LOAD)
		return false;
	f->vector_array |= c->buf.at[x->of].kind == BUF_REG && varies(c, e, f->k);
	for (stmt_id s = f->k->body; s; s = c->stmt.at[s].next)
		f->stored |= c->stmt.at[s].of == x->of && c->stmt.at[s].of && c->buf.at[x->of].kind != BUF_REG;
	return f->vector_array || f->stored;
}

/* e lane by lane: an array, filled by a loop of its own. Conditions are 0 and 1 there. */
static expr_id by_lanes(struct ctx *c, expr_id e, struct lanes *k)
{
	const struct expr x = c->expr.at[e];
	struct find f = { c, k, false, false };
	expr_any(c, e, unreadable, &f);
	if (f.vector_array || f.stored) {
		k->why = f.stored ? "it reads lane by lane what it also stores" : "a sum is used as an integer";
		k->loc = x.loc;
		return e;
	}
	struct buf b = { .kind = BUF_LOCAL, .type = RNN_F32, .rank = 1 };
	b.name = base_ident(c, base_internf(c, "%s_lanes", c->stage.at[k->stage].name));
	b.extent[0] = poly_int(c, k->width);
	buf_id id = buf_new(c, b);
	var_id l = var_new(c, VAR_LOOP, "l", k->count, x.loc);
	expr_id at = expr_poly(c, poly_var(c, l), x.loc), value = expr_subst(c, e, k->v, poly_var(c, l));
	if (x.type == RNN_BOOL)
		value = expr_op(c, OP_WHERE, value, expr_num(c, 1, RNN_F32, x.loc), expr_num(c, 0, RNN_F32, x.loc), x.loc);
	stmt_id store = stmt_store(c, id, &at, 1, value, k->stage, x.loc);
	stmt_id loop = stmt_for(c, l, k->count, LOOP_SERIAL, store, k->stage, x.loc);
	k->before = stmt_join(c, k->before, loop);
	VEC_PUSH(c, k->made, id);
	expr_id lane = expr_poly(c, poly_var(c, k->v), x.loc), load = expr_load(c, id, &lane, 1, x.loc);
	return x.type != RNN_BOOL ? load : expr_op(c, OP_NE, load, expr_num(c, 0, RNN_F32, x.loc), 0, x.loc);
}

/* e with its parts that have no vector form replaced, the largest ones that are f32 or conditions. */
static expr_id replace(struct ctx *c, expr_id e, struct lanes *k)
{
	struct expr x = c->expr.at[e];
	if (k->why || !varies(c, e, k))
		return e;
	if (has_none(c, e, k))
		return by_lanes(c, e, k);
	bool changed = false;
	for (int i = 0; x.kind == X_OP && i < op_info[x.op].arity; i++) {
		expr_id a = replace(c, x.arg[i], k);
		changed |= a != x.arg[i];
		x.arg[i] = a;
	}
	if (!changed)
		return e;
	VEC_PUSH(c, c->expr, x);
	return c->expr.n - 1;
}

/* Rewrites the stores of `body`, the body of a vector loop over v, of which `count` lanes are in use. What must stand
 * before that loop is in *before, the arrays in *made. NULL, or why it cannot be done, at *at. */
const char *lanes_split(struct ctx *c, stmt_id body, var_id v, poly_id count, int64_t width, stmt_id *before, idvec *made,
                        loc_t *at)
{
	struct lanes k = { .v = v, .count = count, .width = width, .body = body };
	for (stmt_id s = body; s && !k.why; s = c->stmt.at[s].next) {
		k.stage = c->stmt.at[s].stage;
		expr_id value = replace(c, c->stmt.at[s].value, &k);
		c->stmt.at[s].value = value;
	}
	*before = k.before;
	*made = k.made;
	*at = k.loc;
	return k.why;
}
