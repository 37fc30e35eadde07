/* steps.c · does a model look the same from every step? Then a call may begin at any of them
 *
 * Two calls of T/2 steps equal one of T where no equation counts steps (t as a value, a table indexed by t), none
 * looks at all of them (a sum over time), and other steps are found by their distance: x[t-2]. Outside time the last
 * step may be read: h[T-1]. */
#include "driver/host.h"
#include "schedule/schedule.h"

static bool same_each_step(struct ctx *c, expr_id e, bool timed);

/* Reads of other steps must be found by distance: x[t-2]; or be the last one, outside time. */
static bool same_read(struct ctx *c, const struct expr *x, bool timed)
{
	const struct tensor *t = &c->tensor.at[x->of];
	if (timed && t->time < 0 && t->role == ROLE_FUNC)
		for (uint32_t i = 0; i < t->defs.n; i++)
			if (!same_each_step(c, c->def.at[t->defs.at[i]].rhs, true))
				return false;
	for (uint32_t i = 0; i < x->nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
		uint32_t n;
		if (p->kind != X_POLY || (int)i != t->time) {
			if (!same_each_step(c, c->list.at[x->idx + i], timed))
				return false;
			continue;
		}
		const struct term *q = poly_terms(c, p->poly, &n);
		bool relative = n >= 1 && n <= 2 && q[0].n == 1 && q[0].factor == 1 && c->var.at[q[0].var[0]].is_time &&
		                (n == 1 || (q[1].n == 0 && q[1].factor < 0));
		bool last = !timed && p->poly == poly_sub(c, t->extent[i], poly_int(c, 1));
		if (!relative && !last)
			return false;
	}
	return true;
}

/* An axis of time, or a plain one of the same length. */
static bool runs_over_time(struct ctx *c, var_id axis)
{
	idvec time = numbers_time_dims(c);
	for (uint32_t i = 0; i < time.n; i++)
		if (c->var.at[axis].extent && poly_uses(c, c->var.at[axis].extent, c->dim.at[time.at[i]].var))
			return true;
	return c->var.at[axis].is_time;
}

/* e does not count steps and sees no others but by distance, so that a call may begin anywhere. */
static bool same_each_step(struct ctx *c, expr_id e, bool timed)
{
	const struct expr x = c->expr.at[e];
	if (x.kind == X_READ)
		return same_read(c, &x, timed);
	for (var_id v = 1; x.kind == X_POLY && v < c->var.n; v++)
		if (c->var.at[v].kind == VAR_AXIS && !c->var.at[v].is_time && poly_uses(c, x.poly, v) && runs_over_time(c, v))
			return false;
		else if ((c->var.at[v].is_time || c->var.at[v].kind == VAR_DIM) && poly_uses(c, x.poly, v)) {
			idvec time = numbers_time_dims(c);
			for (uint32_t i = 0; i < time.n; i++)
				if (c->var.at[v].is_time || c->dim.at[time.at[i]].var == v)
					return false;
		}
	for (uint32_t i = 0; x.kind == X_REDUCE && i < x.nidx; i++)
		if (runs_over_time(c, c->list.at[x.idx + i]))
			return false;
	for (int i = 0; i < (x.kind == X_OP ? op_info[x.op].arity : x.kind == X_CAST || x.kind == X_REDUCE); i++)
		if (!same_each_step(c, x.arg[i], timed))
			return false;
	return true;
}

const char *steps_differ(struct ctx *c)
{
	idvec time = numbers_time_dims(c);
	if (time.n != 1)
		return time.n ? "it has several lengths of time" : "its length of time is fixed";
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (c->tensor.at[t].time >= 0 && !poly_linear_in(c, c->tensor.at[t].extent[c->tensor.at[t].time],
		                                                 c->dim.at[time.at[0]].var))
			return "its length of time is computed";
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (c->tensor.at[t].backward)
			return "it runs backwards";
	for (def_id d = 1; d < c->def.n; d++)
		if (!same_each_step(c, c->def.at[d].rhs, c->tensor.at[c->def.at[d].tensor].time >= 0))
			return "it counts steps or looks at all of them";
	return NULL;
}

int64_t steps_half(struct ctx *c, const int64_t *dim)
{
	idvec time = numbers_time_dims(c);
	if (steps_differ(c) || time.n != 1)
		return 0;
	int64_t steps = dim[time.at[0]], at = sched_bound_near(c, time.at[0], steps / 2);
	bool both = at > 0 && at < steps && !sched_bound_breaks(c, time.at[0], at) && !sched_bound_breaks(c, time.at[0], steps - at);
	return both ? at : 0;
}
