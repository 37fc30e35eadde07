/* affine.c · recurrences whose elements stand alone, and those that are affine in their state: what time inside loops and scans
 * need to know
 *
 * Each element of such a recurrence needs of the steps before only itself. What it needs are its slots:
 *
 *   h = a h' + b                                  h'
 *   r = c r' - s q' + x,  q = s r' + c q' + y     r', q'           a complex state as a pair of reals
 *   y = a y' + b y'' + x                          y', y''          a filter of second order
 *
 * Affine is a recurrence whose values are sums of slots times what reads no slot, and of one term more: a matrix a step. Values of
 * the same step are put in where they are read. */
#include "schedule/stages.h"

enum { STEP_NODES = 2000 };  /* nodes of a value with those of its step put in */

/* ---- slots --------------------------------------------------------------------------------------------------------- */

struct reads { rec_id rec; const char *why; int64_t lag[64]; };  /* [stage of the recurrence]: the furthest read of it */

/* Is the time index a constant before 0? Such rows are starts, which no step writes. */
static bool of_start(struct ctx *c, const struct expr *x)
{
	const struct expr *t = &c->expr.at[c->list.at[x->idx + (uint32_t)c->tensor.at[x->of].time]];
	int64_t v;
	return t->kind == X_POLY && poly_const(c, t->poly, &v) && v < 0;
}

static void look(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	struct reads *r = arg;
	const struct expr *x = &c->expr.at[e];
	const struct stage *s = &c->stage.at[reader];
	const idvec *members = &c->rec.at[r->rec].members;
	uint32_t m = 0;
	while (m < members->n && c->stage.at[members->at[m]].tensor != x->of)
		m++;
	if (m == members->n || r->why || of_start(c, x))
		return;
	const struct tensor *t = &c->tensor.at[x->of];
	int64_t lag = dep_lag(c, x);
	for (uint32_t d = 0; d < x->nidx; d++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + d]];
		if (LAW(carry_spread, (int)d != t->time && (p->kind != X_POLY || p->poly != poly_var(c, s->axes.at[d]))))
			r->why = base_internf(c, "%s reads other elements of %s", s->name, t->name);
	}
	if (lag < 0)
		r->why = base_internf(c, "%s reads %s of steps that are not so many before its own", s->name, t->name);
	else if (lag > r->lag[m])
		r->lag[m] = lag;
}

const char *sched_slots(struct ctx *c, rec_id id, struct slots *out)
{
	const struct recurrence *r = &c->rec.at[id];
	const struct stage *first = &c->stage.at[r->members.at[0]];
	struct reads reads = { .rec = id };
	out->n = 0;
	if (r->members.n > 64)
		return "it has more than 64 stages";
	for (uint32_t m = 0; m < r->members.n; m++) {
		const struct stage *s = &c->stage.at[r->members.at[m]];
		bool alike = s->axes.n == first->axes.n && s->nidx == s->axes.n && c->tensor.at[s->tensor].type == c->tensor.at[first->tensor].type;
		if (LAW(carry_sum, stage_sums(s)))
			return base_internf(c, "%s is a sum", s->name);
		if (c->tensor.at[s->tensor].defs.n > 1)
			return base_internf(c, "%s has several definitions", c->tensor.at[s->tensor].name);
		for (uint32_t a = 0; alike && a < s->axes.n; a++)
			alike = s->idx[a] == poly_var(c, s->axes.at[a]) && (s->axes.at[a] == s->time) == (first->axes.at[a] == first->time) &&
			        c->var.at[s->axes.at[a]].extent == c->var.at[first->axes.at[a]].extent;
		if (!alike)
			return base_internf(c, "%s and %s differ in shape or type", first->name, s->name);
		stage_reads(c, r->members.at[m], look, &reads);
		if (reads.why)
			return reads.why;
	}
	for (uint32_t m = 0; m < r->members.n; m++)
		for (int64_t lag = 1; lag <= reads.lag[m]; lag++) {
			if (out->n == SLOTS)
				return base_internf(c, "a step needs more than %d earlier values of an element", SLOTS);
			out->at[out->n++] = (struct slot){ r->members.at[m], lag };
		}
	return NULL;
}

int sched_slot(struct ctx *c, const struct slots *k, expr_id read)
{
	const struct expr *x = &c->expr.at[read];
	for (uint32_t j = 0; j < k->n; j++)
		if (x->kind == X_READ && x->of == c->stage.at[k->at[j].s].tensor && !of_start(c, x) && dep_lag(c, x) == k->at[j].lag)
			return (int)j;
	return -1;
}

stage_id sched_inside(struct ctx *c, rec_id r)
{
	const idvec *members = &c->rec.at[r].members;
	for (uint32_t m = 0; m < members->n; m++)
		if (c->stage.at[members->at[m]].time_at >= 0 && !c->stage.at[members->at[m]].with && !c->stage.at[members->at[m]].at)
			return members->at[m];
	return 0;
}

/* ---- values of the same step --------------------------------------------------------------------------------------- */

struct put_in { stage_id reader; uint32_t nodes; };

static expr_id put_in(struct ctx *c, expr_id e, void *arg);

/* The value of stage s with all that it reads of its own step put in; 0: that is too much. */
static expr_id step_value(struct ctx *c, stage_id s, uint32_t *nodes)
{
	struct put_in p = { s, *nodes };
	expr_id e = expr_map(c, stage_value(c, s), put_in, &p);
	*nodes = p.nodes;
	return e;
}

static expr_id put_in(struct ctx *c, expr_id e, void *arg)
{
	struct put_in *p = arg;
	const struct expr x = c->expr.at[e];
	const struct stage reader = c->stage.at[p->reader];
	if (++p->nodes > STEP_NODES || x.kind != X_READ)
		return e;
	for (uint32_t m = 0; m < c->rec.at[reader.rec].members.n; m++) {
		stage_id id = c->rec.at[reader.rec].members.at[m];
		const struct stage s = c->stage.at[id];
		if (s.tensor != x.of || of_start(c, &x) || dep_lag(c, &x) != 0)
			continue;
		var_id between[8];
		e = step_value(c, id, &p->nodes);
		for (uint32_t a = 0; a < s.axes.n; a++) {  /* in two steps: its axes may be the reader's in another place */
			between[a] = var_new(c, VAR_AXIS, c->var.at[s.axes.at[a]].name, c->var.at[s.axes.at[a]].extent, s.loc);
			e = s.axes.at[a] == reader.axes.at[a] ? e : expr_subst(c, e, s.axes.at[a], poly_var(c, between[a]));
		}
		for (uint32_t a = 0; a < s.axes.n; a++)
			e = expr_subst(c, e, between[a], poly_var(c, reader.axes.at[a]));
		return e;
	}
	return e;
}

/* ---- the affine form ----------------------------------------------------------------------------------------------- */

static bool is_slot(struct ctx *c, expr_id e, void *arg) { return sched_slot(c, arg, e) >= 0; }

static bool needs_state(struct ctx *c, const struct slots *k, expr_id e)
{
	struct slots copy = *k;
	return expr_any(c, e, is_slot, &copy);
}

static expr_id plus(struct ctx *c, enum op op, expr_id a, expr_id b, loc_t l)
{
	if (!a || !b)
		return b && op == OP_SUB ? expr_op(c, OP_NEG, b, 0, 0, l) : a ? a : b;
	return expr_op(c, op, a, b, 0, l);
}

static bool is_one(struct ctx *c, expr_id e) { return c->expr.at[e].kind == X_NUM && c->expr.at[e].num == 1; }

static expr_id cut(struct ctx *c, const struct slots *k, expr_id e, expr_id *coef)
{
	const struct expr x = c->expr.at[e];
	expr_id u[SLOTS + 1], v[SLOTS + 1], bad;
	memset(coef, 0, (SLOTS + 1) * sizeof *coef);
	if (!needs_state(c, k, e))
		return coef[k->n] = e, 0;
	if (x.kind == X_READ)
		return coef[sched_slot(c, k, e)] = expr_num(c, 1, x.type, x.loc), 0;
	if (x.kind != X_OP)
		return e;
	switch (x.op) {
	case OP_ADD: case OP_SUB:
		if ((bad = cut(c, k, x.arg[0], u)) || (bad = cut(c, k, x.arg[1], v)))
			return bad;
		for (uint32_t j = 0; j <= k->n; j++)
			coef[j] = plus(c, x.op, u[j], v[j], x.loc);
		return 0;
	case OP_NEG:
		if ((bad = cut(c, k, x.arg[0], u)))
			return bad;
		for (uint32_t j = 0; j <= k->n; j++)
			coef[j] = u[j] ? expr_op(c, OP_NEG, u[j], 0, 0, x.loc) : 0;
		return 0;
	case OP_MUL: case OP_DIV: {
		bool second = needs_state(c, k, x.arg[1]);
		if (LAW(affine_divisor, second && x.op == OP_DIV) || LAW(affine_product, second && needs_state(c, k, x.arg[0])))  /* a function of the state inside says more */
			return (bad = cut(c, k, x.arg[0], u)) || (bad = cut(c, k, x.arg[1], v)) ? bad : e;
		if ((bad = cut(c, k, x.arg[second], u)))
			return bad;
		expr_id f = x.arg[!second];
		for (uint32_t j = 0; j <= k->n; j++)
			coef[j] = !u[j] ? 0 : x.op == OP_MUL && j < k->n && is_one(c, u[j]) ? f :
			          expr_op(c, x.op, second ? f : u[j], second ? u[j] : f, 0, x.loc);
		return 0;
	}
	case OP_WHERE: {
		if (LAW(affine_condition, needs_state(c, k, x.arg[0])))
			return e;
		if ((bad = cut(c, k, x.arg[1], u)) || (bad = cut(c, k, x.arg[2], v)))
			return bad;
		expr_id zero = expr_num(c, 0, x.type, x.loc);
		for (uint32_t j = 0; j <= k->n; j++)
			coef[j] = u[j] || v[j] ? expr_op(c, OP_WHERE, x.arg[0], u[j] ? u[j] : zero, v[j] ? v[j] : zero, x.loc) : 0;
		return 0;
	}
	default:
		return LAW(affine_function, true) ? e : (coef[k->n] = e, 0);
	}
}

expr_id sched_affine(struct ctx *c, const struct slots *k, stage_id s, expr_id *coef)
{
	uint32_t nodes = 0;
	expr_id e = step_value(c, s, &nodes);
	return nodes > STEP_NODES ? stage_value(c, s) : cut(c, k, e, coef);
}
