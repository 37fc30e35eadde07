/* equations_time.c · time in both directions, ragged and restarted sequences, written out in the core of equations
 *
 * Needs:      types are known, sugar is gone, equations_ranges() has found history and steps ahead.
 * Guarantees: reads at t and t-k only; what runs backwards is a recurrence over an axis that counts from the last step,
 *             in a tensor marked `backward`, whose rows lie in memory in the order of time; lengths and resets are
 *             ordinary expressions.
 *
 *   time("t", T, { reset = r }):   h[t-1][n][j]   reads   h_before[t][n][j] = where(ne(r[t][n], 0), start, h[t-1][n][j])
 *   time("t", T, { lengths = len }):  h[t][n][i] = where(lt(t, len[n]), ..., h[t-1][n][i]);  an output h is
 *                                  h_out[t][n][i] = where(lt(t, len[n]), h[t][n][i], 0), shown as h
 *   h[t] = f(h[t+1], x[t]):        h[s] = f(h[s-1], x[T-1-s]);  whoever reads h[t] reads h[T-1-t]
 *
 * A backward recurrence holds its start from the end of the array down to len[n]-1, so it starts there. */
#include "ir/equations.h"

static var_id time_of(struct ctx *c, const struct def *d)
{
	int time = c->tensor.at[d->tensor].time;
	return time < 0 ? 0 : equations_axis(c, d->idx[time]);
}

/* How many steps before t the read x looks; negative: ahead. False: it does not read at t-k. */
static bool steps_before(struct ctx *c, const struct expr *x, var_id t, int64_t *k)
{
	int time = c->tensor.at[x->of].time;
	const struct expr *p = time < 0 ? NULL : &c->expr.at[c->list.at[x->idx + (uint32_t)time]];
	return p && p->kind == X_POLY && poly_uses(c, p->poly, t) && poly_const(c, poly_sub(c, poly_var(c, t), p->poly), k);
}

/* ---- lengths and resets ------------------------------------------------------------------------------------------ */

/* Which of the indices idx of tensor t selects the sequence; -1 after a report. */
static int sequence_dim(struct ctx *c, tensor_id t, tensor_id per, const char *what, loc_t loc)
{
	const struct tensor *x = &c->tensor.at[t], *y = &c->tensor.at[per];
	for (uint32_t i = 0; i < x->rank; i++)
		if ((int)i != x->time && x->extent[i] == y->extent[y->rank - 1])
			return (int)i;
	diag(c, ERR_time, loc, "the %s are given per %s by '%s', but '%s' has no such dim", what,
	     poly_text(c, y->extent[y->rank - 1]), y->name, x->name);
	diag_fix(c, "give '%s' the dims {%s, %s, ...}", x->name, poly_text(c, x->extent[x->time]),
	         poly_text(c, y->extent[y->rank - 1]));
	return -1;
}

/* r[t - back][n] is set */
static expr_id is_reset(struct ctx *c, tensor_id r, poly_id t, expr_id n, loc_t loc)
{
	expr_id idx[2] = { expr_poly(c, t, loc), n };
	expr_id read = expr_read(c, r, idx, 2, loc);
	enum rnn_type type = c->tensor.at[r].type;
	return type == RNN_BOOL ? read : expr_op(c, OP_NE, read, expr_num(c, 0, type, loc), 0, loc);
}

/* What the model says of step -k (or T-1+k) of t, over axes; 0 where it says nothing. */
static expr_id start_value(struct ctx *c, tensor_id id, const var_id *axes, uint32_t k, loc_t loc)
{
	const struct tensor *t = &c->tensor.at[id];
	for (uint32_t i = 0; i < t->starts.n; i++) {
		const struct def *d = &c->def.at[t->starts.at[i]];
		poly_id at = d->idx[t->time];
		int64_t v;
		bool this = (poly_const(c, at, &v) && v == -(int64_t)k) ||
		            poly_is(c, poly_sub(c, at, t->extent[t->time]), (int64_t)k - 1);
		expr_id e = d->rhs;
		for (uint32_t q = 0; this && q < d->nidx; q++) {
			var_id axis = equations_axis(c, d->idx[q]);
			if (axis)
				e = expr_subst(c, e, axis, poly_var(c, axes[q]));
			else
				this = (int)q == t->time;
		}
		if (this)
			return e;
	}
	return expr_num(c, 0, t->type, loc);
}

/* An axis for each dim of t: those of its first definition, new ones where it has constants or none. */
static void own_axes(struct ctx *c, tensor_id id, var_id *axes)
{
	const struct tensor *t = &c->tensor.at[id];
	for (uint32_t i = 0; i < t->rank; i++) {
		var_id own = t->defs.n ? equations_axis(c, c->def.at[t->defs.at[0]].idx[i]) : 0;
		axes[i] = own ? own : var_new(c, VAR_AXIS, base_internf(c, "d%u", i), t->extent[i], t->loc);
	}
}

struct before { tensor_id of, to; int64_t k; };
struct resets { var_id t; tensor_id r; VEC(struct before) before; };

/* X_before[t] = where(r[t], start -k, where(r[t-1], start -k+1, ... X[t-k])) for reads of X at t-k. */
static tensor_id before(struct ctx *c, struct resets *s, tensor_id of, int64_t k, loc_t loc)
{
	for (uint32_t i = 0; i < s->before.n; i++)
		if (s->before.at[i].of == of && s->before.at[i].k == k)
			return s->before.at[i].to;
	const struct tensor x = c->tensor.at[of];
	uint32_t back = (uint32_t)(k < 0 ? -k : k);
	int n = sequence_dim(c, of, s->r, "resets", loc), sign = k < 0 ? -1 : 1;
	var_id axes[8];
	expr_id idx[8];
	if (n < 0)
		return 0;
	own_axes(c, of, axes);
	axes[x.time] = s->t;
	for (uint32_t i = 0; i < x.rank; i++)
		idx[i] = expr_poly(c, poly_var(c, axes[i]), loc);
	idx[x.time] = expr_poly(c, poly_sub(c, poly_var(c, s->t), poly_int(c, k)), loc);
	expr_id e = expr_read(c, of, idx, x.rank, loc);
	for (uint32_t j = back; j-- > 0;) {
		poly_id at = poly_sub(c, poly_var(c, s->t), poly_int(c, sign * (int64_t)j));
		e = expr_op(c, OP_WHERE, is_reset(c, s->r, at, idx[n], loc), start_value(c, of, axes, back - j, loc), e, loc);
		if (j > c->tensor.at[s->r].history)
			c->tensor.at[s->r].history = j;
	}
	tensor_id to = equations_derive(c, of, back == 1 ? "before" : base_internf(c, "before%u", back), x.type, axes,
	                                x.rank, loc);
	equations_define(c, to, axes, x.rank, e);
	VEC_PUSH(c, s->before, (struct before){ of, to, k });
	return to;
}

/* The read x with another index in the time dim of its tensor. */
static expr_id read_at(struct ctx *c, const struct expr *x, tensor_id of, poly_id time)
{
	expr_id idx[8];
	for (uint32_t i = 0; i < x->nidx; i++)
		idx[i] = c->list.at[x->idx + i];
	idx[c->tensor.at[x->of].time] = expr_poly(c, time, x->loc);
	return expr_read(c, of, idx, x->nidx, x->loc);
}

static expr_id reset_read(struct ctx *c, expr_id e, void *arg)
{
	struct resets *s = arg;
	struct expr x = c->expr.at[e];
	int64_t k;
	if (x.kind != X_READ || !steps_before(c, &x, s->t, &k) || !k)
		return e;
	tensor_id to = before(c, s, x.of, k, x.loc);
	return to ? read_at(c, &x, to, poly_var(c, s->t)) : e;
}

static void write_resets(struct ctx *c, var_id t)
{
	struct resets s = { .t = t, .r = c->var.at[t].reset };
	uint32_t n = c->def.n;
	for (def_id d = 1; d < n; d++) {
		if (time_of(c, &c->def.at[d]) != t)
			continue;
		expr_id rhs = expr_map(c, c->def.at[d].rhs, reset_read, &s);
		c->def.at[d].rhs = rhs;
	}
}

/* where(lt(t, len[n]), rhs, other) for definition d; 0 after a report. */
static expr_id while_valid(struct ctx *c, const struct def *d, var_id t, expr_id rhs, expr_id other)
{
	tensor_id len = c->var.at[t].lengths;
	int n = sequence_dim(c, d->tensor, len, "lengths", d->loc);
	if (n < 0)
		return 0;
	expr_id at = expr_poly(c, d->idx[n], d->loc);
	expr_id end = expr_cast(c, expr_read(c, len, &at, 1, d->loc), RNN_I64, d->loc);
	return expr_op(c, OP_WHERE, expr_op(c, OP_LT, expr_poly(c, poly_var(c, t), d->loc), end, 0, d->loc), rhs, other, d->loc);
}

/* Past the end of its sequence a state keeps its value, in the direction in which it runs. */
static void hold(struct ctx *c, def_id id, var_id t)
{
	const struct def d = c->def.at[id];
	const struct tensor *x = &c->tensor.at[d.tensor];
	expr_id idx[8];
	for (uint32_t i = 0; i < d.nidx; i++)
		idx[i] = expr_poly(c, (int)i == x->time ? poly_add(c, d.idx[i], poly_int(c, x->ahead ? 1 : -1)) : d.idx[i], d.loc);
	expr_id rhs = while_valid(c, &d, t, d.rhs, expr_read(c, d.tensor, idx, d.nidx, d.loc));
	c->def.at[id].rhs = rhs ? rhs : d.rhs;
}

/* The output t of a ragged model: zero past the end. A state keeps its own values for itself. */
static void mask_output(struct ctx *c, uint32_t output, var_id t, bool state)
{
	tensor_id id = c->outputs.at[output], to = id;
	const struct tensor x = c->tensor.at[id];
	if (state) {
		var_id axes[8];
		own_axes(c, id, axes);
		to = equations_derive(c, id, "out", x.type, axes, x.rank, x.loc);
		equations_define(c, to, axes, x.rank, equations_read(c, id, axes, x.rank, x.loc));
		c->tensor.at[to].shown = x.shown ? x.shown : x.name;
		c->tensor.at[to].is_output = true;
		c->tensor.at[id].is_output = false;
		c->outputs.at[output] = to;
	}
	for (uint32_t i = 0; i < c->tensor.at[to].defs.n; i++) {
		def_id d = c->tensor.at[to].defs.at[i];
		const struct def def = c->def.at[d];
		expr_id rhs = while_valid(c, &def, t, def.rhs, expr_num(c, 0, x.type, x.loc));
		c->def.at[d].rhs = rhs ? rhs : def.rhs;
	}
}

static void write_lengths(struct ctx *c, var_id t)
{
	struct eq_graph *g = equations_graph(c);
	uint32_t n = c->def.n, errors = c->errors, tensors = c->tensor.n;
	bool *state = base_alloc(c, tensors * sizeof *state);
	for (def_id d = 1; d < n; d++) {
		const struct tensor *x = &c->tensor.at[c->def.at[d].tensor];
		if (time_of(c, &c->def.at[d]) == t && g->group.at[g->group_of[d]].recurrent && (x->history || x->ahead))
			state[c->def.at[d].tensor] = true;
	}
	for (def_id d = 1; d < n; d++)
		if (state[c->def.at[d].tensor] && time_of(c, &c->def.at[d]) == t)
			hold(c, d, t);
	for (uint32_t i = 0; i < c->outputs.n && c->errors == errors; i++) {
		const struct tensor *x = &c->tensor.at[c->outputs.at[i]];
		if (x->defs.n && time_of(c, &c->def.at[x->defs.at[0]]) == t)
			mask_output(c, i, t, c->outputs.at[i] < tensors && state[c->outputs.at[i]]);
	}
}

/* ---- backwards --------------------------------------------------------------------------------------------------- */

static poly_id from_end(struct ctx *c, poly_id extent, poly_id p)
{
	return poly_sub(c, poly_sub(c, extent, poly_int(c, 1)), p);
}

struct turn { const bool *backward; var_id t, s; };      /* s 0: the definition stays, only its reads change */

static expr_id turn_node(struct ctx *c, expr_id e, void *arg)
{
	const struct turn *u = arg;
	struct expr x = c->expr.at[e];
	if (x.kind == X_POLY && u->s && poly_uses(c, x.poly, u->t))
		return expr_poly(c, poly_subst(c, x.poly, u->t, from_end(c, c->var.at[u->t].extent, poly_var(c, u->s))), x.loc);
	if (x.kind != X_READ || !u->backward[x.of])
		return e;
	const struct tensor *t = &c->tensor.at[x.of];
	const struct expr *p = &c->expr.at[c->list.at[x.idx + (uint32_t)t->time]];
	return p->kind == X_POLY ? read_at(c, &x, x.of, from_end(c, t->extent[t->time], p->poly)) : e;
}

static bool reads_ahead(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	int64_t k;
	return x->kind == X_READ && steps_before(c, x, *(var_id *)arg, &k) && k < 0;
}

/* Marks tensors of groups in which some definition reads a later step of another. */
static bool *find_backward(struct ctx *c)
{
	struct eq_graph *g = equations_graph(c);
	bool *backward = base_alloc(c, c->tensor.n * sizeof *backward), any = false;
	for (uint32_t i = 0; i < g->edge.n; i++) {
		const struct eq_edge *e = &g->edge.at[i];
		var_id t = time_of(c, &c->def.at[e->from]);
		if (g->group_of[e->from] != g->group_of[e->to] || !t || !reads_ahead(c, e->read, &t))
			continue;
		const struct eq_group *group = &g->group.at[g->group_of[e->from]];
		for (uint32_t k = 0; k < group->def.n; k++)
			backward[c->def.at[group->def.at[k]].tensor] = true;
		any = true;
	}
	return any ? backward : NULL;
}

static void check_direction(struct ctx *c, tensor_id id)
{
	const struct tensor *t = &c->tensor.at[id];
	if (t->history) {
		diag(c, ERR_time, t->loc, "'%s' is read at earlier and at later steps, but its recurrence runs backwards", t->name);
		diag_fix(c, "read one direction, or give the other one a func of its own");
	}
	for (uint32_t i = 0; i < c->states.n; i++) {
		if (c->states.at[i] != id)
			continue;
		diag(c, ERR_time, t->loc, "states lists '%s', which runs backwards: no call could go on where another ended",
		     t->name);
		diag_fix(c, "drop '%s' from states; its start is %s[%s]", t->name, t->name, poly_text(c, t->extent[t->time]));
	}
}

static void turn_round(struct ctx *c, const bool *backward)
{
	uint32_t vars = c->var.n;
	var_id *turned = base_alloc(c, vars * sizeof *turned);
	for (def_id d = 1; d < c->def.n; d++) {
		struct def x = c->def.at[d];
		const struct tensor *t = &c->tensor.at[x.tensor];
		var_id time = time_of(c, &x);
		struct turn u = { backward, time, 0 };
		if (backward[x.tensor] && time) {
			if (!turned[time]) {
				var_id s = var_new(c, VAR_AXIS, c->var.at[time].name, c->var.at[time].extent, c->var.at[time].loc);
				c->var.at[s].is_time = true;
				turned[time] = s;
			}
			u.s = turned[time];
			x.idx[t->time] = poly_var(c, u.s);
		} else if (backward[x.tensor]) {
			x.idx[t->time] = from_end(c, t->extent[t->time], x.idx[t->time]);
		}
		x.rhs = expr_map(c, x.rhs, turn_node, &u);
		c->def.at[d] = x;
	}
	for (tensor_id id = 1; id < c->tensor.n; id++) {
		struct tensor *t = &c->tensor.at[id];
		if (!backward[id])
			continue;
		t->backward = true;
		t->history = t->ahead;
		t->ahead = 0;
	}
}

static bool report_ahead(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	if (!reads_ahead(c, e, arg))
		return false;
	diag(c, ERR_out_of_range, x->loc, "%s reads a step after the last, and no recurrence runs backwards here", expr_text(c, e));
	diag_fix(c, "say what lies there: %s:pad(0)[...]", c->tensor.at[x->of].name);
	return true;
}

void equations_time(struct ctx *c)
{
	uint32_t errors = c->errors, vars = c->var.n;
	for (var_id t = 1; t < vars; t++)
		if (c->var.at[t].reset)
			write_resets(c, t);
	for (var_id t = 1; t < vars; t++)
		if (c->var.at[t].lengths)
			write_lengths(c, t);
	bool *backward = find_backward(c);
	for (tensor_id t = 1; backward && t < c->tensor.n; t++)
		if (backward[t])
			check_direction(c, t);
	if (c->errors > errors)
		return;
	if (backward)
		turn_round(c, backward);
	for (def_id d = 1; d < c->def.n; d++) {
		var_id t = time_of(c, &c->def.at[d]);
		if (t)
			expr_any(c, c->def.at[d].rhs, report_ahead, &t);
	}
}
