/* equations_sugar.c · what the language offers beyond the core of equations, written out in that core
 *
 * Needs:      extents, bindings and types are known and right.
 * Guarantees: no OP_PAD and no RED_ARGMAX is left.
 *
 *   x:pad(0)[n][p+q-1]     where(land(ge(p+q-1, 0), lt(p+q-1, W)), x[n][max(0, min(p+q-1, W-1))], 0)
 *   E[y[t-1][n]][d]        E[max(min(y[t-1][n], V-1), 0)][d], where the model computes y
 *   argmax(k, s[n][k])     s_max[n] = amax(k, s[n][k]);  amin(k, where(eq(s[n][k], s_max[n]), k, K))
 *
 * The first of equal values is argmax's. Over a list of axes the result counts elements as in a row-major array. */
#include "ir/equations.h"

/* ---- tensors that the compiler adds ------------------------------------------------------------------------------ */

/* A func in the scope of `like`, called after it: "layer1.h_max"; its dims are the extents of axes, time first. */
tensor_id equations_derive(struct ctx *c, tensor_id like, const char *suffix, enum rnn_type type, const var_id *axes,
                           uint32_t n, loc_t loc)
{
	struct tensor t = { .role = ROLE_FUNC, .type = (uint8_t)type, .time = -1, .rank = n, .loc = loc };
	const struct tensor *x = &c->tensor.at[like];
	t.scope = x->scope;
	for (int k = 1; !t.name || tensor_find(c, t.name); k++) {
		t.local = k == 1 ? base_internf(c, "%s_%s", x->local, suffix) : base_internf(c, "%s_%s%d", x->local, suffix, k);
		t.name = *t.scope ? base_internf(c, "%s.%s", t.scope, t.local) : t.local;
	}
	for (uint32_t i = 0; i < n; i++) {
		t.extent[i] = c->var.at[axes[i]].extent;
		if (c->var.at[axes[i]].is_time)
			t.time = (int)i;
	}
	VEC_PUSH(c, c->tensor, t);
	return c->tensor.n - 1;
}

/* Defines the derived tensor t over `axes`; the definition. */
def_id equations_define(struct ctx *c, tensor_id t, const var_id *axes, uint32_t n, expr_id rhs)
{
	struct def d = { .tensor = t, .nidx = n, .rhs = rhs, .loc = c->tensor.at[t].loc };
	for (uint32_t i = 0; i < n; i++)
		d.idx[i] = poly_var(c, axes[i]);
	VEC_PUSH(c, c->def, d);
	VEC_PUSH(c, c->tensor.at[t].defs, c->def.n - 1);
	return c->def.n - 1;
}

expr_id equations_read(struct ctx *c, tensor_id t, const var_id *axes, uint32_t n, loc_t loc)
{
	expr_id idx[8];
	for (uint32_t i = 0; i < n; i++)
		idx[i] = expr_poly(c, poly_var(c, axes[i]), loc);
	return expr_read(c, t, idx, n, loc);
}

/* ---- pad --------------------------------------------------------------------------------------------------------- */

static expr_id both(struct ctx *c, expr_id a, expr_id b, loc_t loc)
{
	return a ? expr_op(c, OP_AND, a, b, 0, loc) : b;
}

/* The definition `def` that the pass is at; groups of definitions on a cycle. */
struct sugar { def_id def; const struct eq_graph *g; };

/* A step of x's recurrence, or an earlier one of any tensor: before the first and after the last is its start. */
static bool is_step(struct ctx *c, const struct sugar *s, const struct expr *x, poly_id p)
{
	const struct def *d = &c->def.at[s->def];
	const struct tensor *t = &c->tensor.at[x->of];
	int time = c->tensor.at[d->tensor].time;
	int64_t k;
	if (time < 0 || !poly_const(c, poly_sub(c, d->idx[time], p), &k))
		return false;
	return k >= 0 || (t->defs.n && s->g->group_of[t->defs.at[0]] == s->g->group_of[s->def]);
}

static expr_id pad(struct ctx *c, const struct sugar *s, const struct expr *x)
{
	expr_id inner = x->arg[0];
	while (c->expr.at[inner].kind == X_CAST)
		inner = c->expr.at[inner].arg[0];
	const struct expr read = c->expr.at[inner];
	const struct tensor *t = &c->tensor.at[read.of];
	expr_id inside = 0, idx[8] = { 0 };
	for (uint32_t i = 0; i < read.nidx; i++) {
		idx[i] = c->list.at[read.idx + i];
		const struct expr e = c->expr.at[idx[i]];
		var_id axis = e.kind == X_POLY ? equations_axis(c, e.poly) : 0;
		int64_t lo = -1, hi;
		if (e.kind != X_POLY || (axis && c->var.at[axis].extent == t->extent[i]) ||
		    ((int)i == t->time && is_step(c, s, &read, e.poly)))
			continue;
		poly_id p = e.poly, last = poly_sub(c, t->extent[i], poly_int(c, 1));
		poly_range(c, p, &lo, &hi);
		if (lo < 0) {
			expr_id zero = expr_num(c, 0, RNN_I64, e.loc);
			inside = both(c, inside, expr_op(c, OP_GE, expr_poly(c, p, e.loc), zero, 0, e.loc), e.loc);
		}
		if (!poly_range(c, poly_sub(c, last, p), &lo, &hi) || lo < 0)
			inside = both(c, inside, expr_op(c, OP_LT, expr_poly(c, p, e.loc), expr_poly(c, t->extent[i], e.loc), 0,
			                                 e.loc), e.loc);
		idx[i] = expr_poly(c, poly_max(c, poly_int(c, 0), poly_min(c, p, last)), e.loc);
	}
	expr_id to = expr_read(c, read.of, idx, read.nidx, read.loc);
	return inside ? expr_op(c, OP_WHERE, inside, expr_cast(c, to, x->type, x->loc), x->arg[1], x->loc) : to;
}

/* ---- argmax ------------------------------------------------------------------------------------------------------ */

/* The axes of definition d that e uses, time first; reduced axes are not among them. */
static uint32_t own_axes(struct ctx *c, def_id d, expr_id e, var_id *axes)
{
	uint32_t n = 0;
	for (int time = 1; time >= 0; time--) {
		for (uint32_t i = 0; i < c->def.at[d].nidx; i++) {
			var_id axis = equations_axis(c, c->def.at[d].idx[i]);
			if (axis && c->var.at[axis].is_time == (bool)time && expr_uses_var(c, e, axis))
				axes[n++] = axis;
		}
	}
	return n;
}

static expr_id argmax(struct ctx *c, def_id d, const struct expr *x)
{
	var_id axes[8], over[8];
	tensor_id of = c->def.at[d].tensor;
	expr_id body = x->arg[0];
	enum rnn_type type = c->expr.at[body].type;
	uint32_t n = own_axes(c, d, body, axes), k = x->nidx;
	for (uint32_t i = 0; i < k; i++)
		over[i] = c->list.at[x->idx + i];
	if (n + k > 8) {
		diag(c, ERR_rank, x->loc, "argmax here runs over %u axes of a tensor of %u", k, n + k);
		return body;
	}
	if (c->expr.at[body].kind != X_READ) {  /* the two passes must see the same bits */
		var_id all[8];
		memcpy(all, axes, sizeof all);
		memcpy(all + n, over, k * sizeof *over);
		tensor_id value = equations_derive(c, of, "value", type, all, n + k, x->loc);
		equations_define(c, value, all, n + k, body);
		body = equations_read(c, value, all, n + k, x->loc);
	}
	tensor_id most = equations_derive(c, of, "max", type, axes, n, x->loc);
	equations_define(c, most, axes, n, expr_reduce(c, RED_AMAX, over, k, body, x->loc));
	poly_id at = poly_int(c, 0), count = poly_int(c, 1);
	for (uint32_t i = 0; i < k; i++) {
		poly_id extent = c->var.at[over[i]].extent;
		at = poly_add(c, poly_mul(c, at, extent), poly_var(c, over[i]));
		count = poly_mul(c, count, extent);
	}
	expr_id found = expr_op(c, OP_EQ, body, equations_read(c, most, axes, n, x->loc), 0, x->loc);
	expr_id here = expr_cast(c, expr_poly(c, at, x->loc), RNN_I32, x->loc);
	expr_id none = expr_cast(c, expr_poly(c, count, x->loc), RNN_I32, x->loc);
	return expr_reduce(c, RED_AMIN, over, k, expr_op(c, OP_WHERE, found, here, none, x->loc), x->loc);
}

/* ---- gathers by values that the model computes --------------------------------------------------------------------- */

static bool is_input(struct ctx *c, expr_id e)
{
	while (c->expr.at[e].kind == X_CAST)
		e = c->expr.at[e].arg[0];
	return c->expr.at[e].kind == X_READ && c->tensor.at[c->expr.at[e].of].role == ROLE_INPUT;
}

/* Ids of inputs are looked at before a run; what is computed in it is limited to the table. */
static expr_id limit_ids(struct ctx *c, expr_id e)
{
	const struct expr x = c->expr.at[e];
	expr_id idx[8];
	bool changed = false;
	for (uint32_t i = 0; i < x.nidx; i++) {
		idx[i] = c->list.at[x.idx + i];
		const struct expr p = c->expr.at[idx[i]];
		if (p.kind == X_POLY || is_input(c, idx[i]))
			continue;
		poly_id last = poly_sub(c, c->tensor.at[x.of].extent[i], poly_int(c, 1));
		expr_id id = expr_cast(c, idx[i], RNN_I64, p.loc), least = expr_num(c, 0, RNN_I64, p.loc);
		id = expr_op(c, OP_MIN, id, expr_poly(c, last, p.loc), 0, p.loc);
		idx[i] = expr_op(c, OP_MAX, id, least, 0, p.loc);
		changed = true;
	}
	return changed ? expr_read(c, x.of, idx, x.nidx, x.loc) : e;
}

static expr_id write_out(struct ctx *c, expr_id e, void *arg)
{
	const struct sugar *s = arg;
	const struct expr x = c->expr.at[e];
	if (x.kind == X_OP && x.op == OP_PAD)
		return pad(c, s, &x);
	if (x.kind == X_READ)
		return limit_ids(c, e);
	if (x.kind == X_REDUCE && x.of == RED_ARGMAX)
		return argmax(c, s->def, &x);
	return e;
}

void equations_sugar(struct ctx *c)
{
	const struct eq_graph *g = equations_graph(c);
	uint32_t n = c->def.n;
	for (def_id d = 1; d < n; d++) {
		struct sugar s = { d, g };
		expr_id rhs = expr_map(c, c->def.at[d].rhs, write_out, &s);
		c->def.at[d].rhs = rhs;
	}
}
