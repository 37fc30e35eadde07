/* outside.c · loops outside time: which may lie there
 *
 *   m.h:order("no", "t", "ni", "i")       for no:  for t:  for ni: for i: ...      each slice runs all steps alone
 *
 * A loop over an axis may lie outside time where no read inside the recurrence crosses it: each takes the reader's own place
 * along that axis. Stages name their axes as they like, so reads tell which axis of the one is which of the other
 * (sched_crossing). All stages at the root of the recurrence have the same loops there; what is computed inside another has its
 * place from it.
 *
 * Where elements stand alone altogether, states lie in registers and all this is not asked (check_time_inside, lower/carry.c). */
#include "schedule/stages.h"

/* ---- who crosses ------------------------------------------------------------------------------------------------- */

static bool inside(struct ctx *c, const struct dep *d, rec_id r)
{
	return c->stage.at[d->writer].rec == r && c->stage.at[d->reader].rec == r;
}

/* The axis of its own with which the reader indexes the dim that the writer indexes with `axis`; 0: none. */
static var_id reader_axis(struct ctx *c, const struct dep *d, var_id axis)
{
	const struct stage *w = &c->stage.at[d->writer], *r = &c->stage.at[d->reader];
	const struct expr *x = &c->expr.at[d->read];
	for (uint32_t i = 0; i < w->nidx; i++) {
		const struct expr *e = &c->expr.at[c->list.at[x->idx + i]];
		if (w->idx[i] != poly_var(c, axis))
			continue;
		for (uint32_t a = 0; a < r->axes.n && e->kind == X_POLY; a++)
			if (e->poly == poly_var(c, r->axes.at[a]))
				return r->axes.at[a];
		return 0;
	}
	return 0;
}

static var_id writer_axis(struct ctx *c, const struct dep *d, var_id axis)
{
	const struct stage *w = &c->stage.at[d->writer];
	for (uint32_t a = 0; a < w->axes.n; a++)
		if (reader_axis(c, d, w->axes.at[a]) == axis)
			return w->axes.at[a];
	return 0;
}

/* axis: [stage], what is known of members of r, 0 for the rest; what reads tell is added. The dependence that crosses: its number
 * + 1; 0: none. */
static uint32_t crossing(struct ctx *c, rec_id r, var_id *axis)
{
	for (bool more = true; more;) {
		more = false;
		for (uint32_t i = 0; i < c->dep.n; i++) {
			const struct dep *d = &c->dep.at[i];
			var_id *w = &axis[d->writer], *q = &axis[d->reader];
			if (!inside(c, d, r) || !*w == !*q)
				continue;
			if (*w)
				more |= (*q = reader_axis(c, d, *w)) != 0;
			else
				more |= (*w = writer_axis(c, d, *q)) != 0;
		}
	}
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		var_id w = axis[d->writer], q = axis[d->reader];
		if (LAW(outside_cross, inside(c, d, r) && (w || q) && (!w || !q || reader_axis(c, d, w) != q)))
			return i + 1;
	}
	return 0;
}

/* Refuses a loop outside time, with the dependence that says why. order: the names that were given, 0: not said again. */
static void refuse(struct ctx *c, stage_id s, const char *loop, const struct dep *d, const char *const *order, uint32_t n, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	const char *t = c->var.at[x->time].name;
	struct text fix = { .c = c }, loops = { .c = c };
	diag(c, ERR_order_dependence, l, "%s:order puts '%s' outside '%s'", x->name, loop, t);
	const char *step = d->lag > 0 ? base_internf(c, "step %s-%lld", t, (long long)d->lag) : "the same step";
	diag_note(c, d->loc, "%s reads %s of %s%s; that step must finish first", c->stage.at[d->reader].name,
	          c->tensor.at[d->tensor].name, step, d->spread ? ", all along one of its dims" : "");
	for (uint32_t i = 0; i < n; i++) {
		text_printf(&loops, "%s%s", i ? " > " : "", order[i]);
		if (strcmp(order[i], t))
			text_printf(&fix, ", \"%s\"", order[i]);
	}
	diag_note(c, 0, "loops: %s   %s", n ? loops.s : order_text(c, s), dep_text(c, d));
	diag_fix(c, "keep '%s' outside, e.g. order(\"%s\"%s)", t, t, n ? fix.s : ", ...");
}

/* The axes that a loop is over; several where loops were fused. */
static void axes_of(struct ctx *c, const struct stage *s, int loop, idvec *out)
{
	while (s->loop.at[loop].parent >= 0)
		loop = s->loop.at[loop].parent;
	const struct loop *l = &s->loop.at[loop];
	if (l->fused[0] < 0) {
		VEC_PUSH(c, *out, l->axis);
		return;
	}
	axes_of(c, s, l->fused[0], out);
	axes_of(c, s, l->fused[1], out);
}

/* The first dependence that time carries. */
static uint32_t carried_dep(struct ctx *c, rec_id r)
{
	for (uint32_t i = 0; i < c->dep.n; i++)
		if (inside(c, &c->dep.at[i], r) && c->dep.at[i].lag > 0)
			return i + 1;
	return 0;
}

bool sched_may_be_outside(struct ctx *c, stage_id s, int loop, const char *const *order, uint32_t n, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	uint32_t d = x->loop.at[loop].acc >= 0 ? carried_dep(c, x->rec) : 0;
	idvec axes = { 0 };
	axes_of(c, x, loop, &axes);
	for (uint32_t k = 0; k < axes.n && !d; k++) {
		var_id *axis = base_alloc(c, c->stage.n * sizeof *axis);
		axis[s] = axes.at[k];
		d = crossing(c, x->rec, axis);
	}
	if (d)
		refuse(c, s, x->loop.at[loop].name, &c->dep.at[d - 1], order, n, l);
	return !d;
}

/* ---- all stages of a recurrence ---------------------------------------------------------------------------------- */

static bool differ(struct ctx *c, stage_id s, stage_id first)
{
	const struct stage *x = &c->stage.at[s], *y = &c->stage.at[first];
	const char *t = c->var.at[y->time].name, *loop = y->loop.at[y->order.at[0]].name;
	bool same = x->time_at == y->time_at;
	for (int p = 0; p < y->time_at && same; p++) {
		loop = y->loop.at[y->order.at[p]].name;
		same = same_loop(c, x, x->order.at[p], y, y->order.at[p]);
	}
	if (!LAW(outside_same, !same))
		return false;
	diag(c, ERR_order_loops, y->time_loc, "'%s' of %s lies outside '%s', but not so for %s, which runs in the same steps", loop, y->name,
	     t, x->name);
	diag_note(c, 0, "%s: %s", y->name, order_text(c, first));
	diag_note(c, 0, "%s: %s", x->name, order_text(c, s));
	diag_fix(c, "give %s the same loops outside '%s', or compute it inside another stage", x->name, t);
	return true;
}

/* Loops outside time, of all stages of the recurrence: the same, and none crossed. */
void sched_check_outside(struct ctx *c, rec_id r)
{
	stage_id first = sched_inside(c, r);
	const idvec *members = &c->rec.at[r].members;
	if (c->rec.at[r].carried)
		return;
	for (uint32_t i = 0; i < members->n; i++) {
		stage_id s = members->at[i];
		const struct stage *x = &c->stage.at[s];
		const char *t = c->var.at[x->time].name;
		if (x->at && x->time_at >= 0) {
			diag(c, ERR_order_loops, x->time_loc, "%s is computed inside %s, and so inside '%s'", x->name, c->stage.at[x->at].name, t);
			diag_fix(c, "leave '%s' out of its order", t);
			return;
		}
		if (first && !x->at && !x->with && differ(c, s, first))
			return;
		for (int p = 0; p < x->time_at; p++) {
			const struct loop *l = &x->loop.at[x->order.at[p]];
			if (!l->alternate)
				continue;
			diag(c, ERR_alternate, l->loc, "loop '%s' of %s lies outside '%s': it has no order in time", l->name, x->name, t);
			return;
		}
	}
	idvec axes = { 0 };
	for (int p = 0; first && p < c->stage.at[first].time_at; p++)
		axes_of(c, &c->stage.at[first], c->stage.at[first].order.at[p], &axes);
	for (uint32_t k = 0; k < axes.n; k++) {
		var_id *axis = base_alloc(c, c->stage.n * sizeof *axis);
		for (uint32_t i = 0; i < members->n; i++) {
			const struct stage *x = &c->stage.at[members->at[i]];
			idvec own = { 0 };
			for (int p = 0; !x->at && p < x->time_at; p++)
				axes_of(c, x, x->order.at[p], &own);
			axis[members->at[i]] = k < own.n ? own.at[k] : 0;
		}
		uint32_t d = crossing(c, r, axis);
		if (!d)
			continue;
		refuse(c, first, c->var.at[axes.at[k]].name, &c->dep.at[d - 1], NULL, 0, c->stage.at[first].time_loc);
		return;
	}
}
