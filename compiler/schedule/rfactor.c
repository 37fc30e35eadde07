/* rfactor.c · partial sums: a loop of a reduction becomes an axis of a stage of its own, as in Halide
 *
 *   s[n] = sum(j, x[n][j])              j split into jo and ji, 8 at a time
 *
 *   s:rfactor("ji", "v")  =>  s_v[n][v] = sum(jo, x[n][jo*8 + v])      v is next to each other in memory: vectors
 *                             s[n]      = sum(v, s_v[n][v]) + sum(j_rest, x[n][J/8*8 + j_rest])
 *
 * The new stage belongs to the recurrence of s and is scheduled as any other. What the split leaves over is a sum of its own in
 * s, after the partial ones, so that all of these have the same terms and none needs a test.
 *
 * Needs:      the other loops of s untouched: both stages begin with loops of their own. Splits inside splits divide.
 * Guarantees: the same terms. A sum or product has them in another order, which needs math { reassoc = true }; the largest and
 *             the smallest are what they were. */
#include "schedule/stages.h"

/* One leaf of the axis: axis = sum of stride * leaf. */
struct digit { int loop; int64_t stride; poly_id extent; };
struct digits { VEC(struct digit) v; poly_id rest; };

/* Takes a loop of the axis apart; false: a part does not divide it. */
static bool take_apart(struct ctx *c, stage_id s, int loop, poly_id extent, int64_t stride, struct digits *out, loc_t l)
{
	const struct loop q = c->stage.at[s].loop.at[loop];
	int64_t n;
	bool known = poly_const(c, extent, &n);
	if (q.outer < 0) {
		VEC_PUSH(c, out->v, (struct digit){ loop, stride, extent });
		return true;
	}
	if (q.parent < 0 && (!known || n >= q.factor)) {
		out->rest = poly_mod(c, extent, q.factor);
	} else if (!known || n < q.factor || LAW(rfactor_parts, n % q.factor)) {
		diag(c, ERR_factor, l, "'%s' of %s has %s iterations, of which %lld at a time leave some over", q.name, c->stage.at[s].name,
		     poly_text(c, extent), (long long)q.factor);
		diag_fix(c, q.parent < 0 ? "split it by no more than that" : "split it by a factor that divides");
		return false;
	}
	return take_apart(c, s, q.outer, poly_div(c, extent, q.factor), stride * q.factor, out, l) &&
	       take_apart(c, s, q.inner, poly_int(c, q.factor), stride, out, l);
}

/* Do the leaves below this loop stand in the order of the default, from place *at on? */
static bool as_written(const struct stage *x, int loop, uint32_t *at)
{
	const struct loop *l = &x->loop.at[loop];
	if (l->outer < 0)
		return *at < x->order.n && x->order.at[(*at)++] == loop;
	return as_written(x, l->outer, at) && as_written(x, l->inner, at);
}

/* What new loops would lose of the old ones; NULL: nothing. */
static const char *lost(struct ctx *c, const struct stage *x, const struct loop *factored)
{
	uint32_t at = 0;
	bool order = x->time_at < 0;
	for (uint32_t i = 0; i < x->loop.n; i++) {
		const struct loop *l = &x->loop.at[i];
		bool own = l->axis == factored->axis && l->acc == factored->acc && l->update == factored->update;
		if (l->flavor != LOOP_SERIAL || l->ahead || l->alternate)
			return base_internf(c, "loop '%s' is marked", l->name);
		if (l->fused[0] >= 0)
			return base_internf(c, "loops '%s' and '%s' are fused", x->loop.at[l->fused[0]].name, x->loop.at[l->fused[1]].name);
		if (l->parent >= 0 && !own)
			return base_internf(c, "loop '%s' is split", x->loop.at[l->parent].name);
		order &= l->parent >= 0 || as_written(x, (int)i, &at);
	}
	return x->packs.n ? "its storage is packed" : order ? NULL : "its loops are ordered";
}

/* The parts of the loop's axis, with what they leave over; false: this loop cannot be factored. */
static bool check(struct ctx *c, stage_id s, int loop, const char *axis, struct digits *parts, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	const struct loop *q = &x->loop.at[loop];
	const char *done;
	int root = loop;
	int64_t n;
	while (x->loop.at[root].parent >= 0)
		root = x->loop.at[root].parent;
	if (q->acc < 0) {
		diag(c, ERR_rfactor, l, "'%s' is a loop over the result of %s, not of a sum", q->name, x->name);
		return false;
	}
	uint8_t red = x->acc.at[q->acc].red;
	if (LAW(rfactor_order, (red == RED_SUM || red == RED_PROD) && !c->sched->reassoc)) {
		diag(c, ERR_rfactor, l, "partial sums over '%s' change the order of a %s of %s", q->name, red == RED_SUM ? "sum" : "product",
		     x->name);
		diag_fix(c, "allow it: m:math { reassoc = true }");
		return false;
	}
	if ((done = lost(c, x, q))) {
		diag(c, ERR_rfactor, l, "rfactor gives %s new loops, but %s already", x->name, done);
		diag_fix(c, "call rfactor before other directives on %s", x->name);
		return false;
	}
	if (x->axes.n == 8) {
		diag(c, ERR_rfactor, l, "%s has 8 dims already, and partial sums one more", x->name);
		return false;
	}
	if (!take_apart(c, s, root, c->var.at[q->axis].extent, 1, parts, l))
		return false;
	for (uint32_t i = 0; i < parts->v.n; i++)
		if (parts->v.at[i].loop == loop && (!poly_const(c, parts->v.at[i].extent, &n) || n < 1)) {
			diag(c, ERR_rfactor, l, "loop '%s' of %s has no constant extent (%s), and with it '%s'", q->name, x->name,
			     poly_text(c, parts->v.at[i].extent), axis);
			diag_fix(c, "split it by a constant, and factor the inner part");
			return false;
		}
	return true;
}

/* The axes of the update, with those of `by` in place of `axis`. */
static idvec axes_with(struct ctx *c, const struct update *u, var_id axis, const idvec *by)
{
	idvec out = { 0 };
	for (uint32_t i = 0; i < u->axes.n; i++) {
		if (u->axes.at[i] != axis)
			VEC_PUSH(c, out, u->axes.at[i]);
		for (uint32_t k = 0; k < by->n && u->axes.at[i] == axis; k++)
			VEC_PUSH(c, out, by->at[k]);
	}
	return out;
}

stage_id sched_rfactor(struct ctx *c, stage_id s, const char *loop, const char *axis, loc_t l)
{
	int at = stage_leaf(c, s, loop, l);
	if (at < 0 || !stage_name_free(c, s, axis, l))
		return 0;
	const struct stage x = c->stage.at[s];
	const struct loop q = x.loop.at[at];
	const char *scope = c->tensor.at[x.tensor].scope, *full = base_internf(c, "%s_%s", x.name, axis);
	struct digits parts = { .rest = poly_int(c, 0) };
	if (tensor_find(c, full)) {
		diag(c, ERR_rfactor, l, "the partial sums would be called '%s', which is a tensor already", full);
		diag_fix(c, "choose another name than '%s'", axis);
		return 0;
	}
	if (!check(c, s, at, axis, &parts, l))
		return 0;
	const struct acc a = x.acc.at[q.acc];
	const struct update u = a.update.at[q.update];
	poly_id extent = c->var.at[q.axis].extent, value = poly_int(c, 0);
	idvec others = { 0 }, rest = { 0 }, own = { 0 };
	for (uint32_t i = 0; i < parts.v.n; i++) {
		const struct digit d = parts.v.at[i];
		var_id v = var_new(c, VAR_AXIS, d.loop == at ? base_intern(c, axis) : x.loop.at[d.loop].name, d.extent, l);
		value = poly_add(c, value, poly_scale(c, poly_var(c, v), d.stride));
		if (d.loop == at)
			VEC_PUSH(c, own, v);
		else
			VEC_PUSH(c, others, v);
	}

	struct tensor t = { .name = full, .scope = scope, .local = scope && *scope ? full + strlen(scope) + 1 : full, .role = ROLE_FUNC,
	                    .type = a.type, .derived = true, .time = -1, .loc = l };
	struct stage n = { .name = full, .rec = x.rec, .time = x.time, .partial = true, .loc = x.loc };
	expr_id idx[8];
	for (uint32_t i = 0; i <= x.axes.n; i++) {
		stage_add_axis(c, &t, &n, i < x.axes.n ? x.axes.at[i] : own.at[0]);
		idx[i] = expr_poly(c, n.idx[i], l);
	}
	VEC_PUSH(c, c->tensor, t);
	n.tensor = c->tensor.n - 1;

	struct update sum = { .body = expr_subst(c, u.body, q.axis, value), .axes = axes_with(c, &u, q.axis, &others) };
	n.epilogue = sum.body;                             /* of a whole axis that is the only one: terms, no sum */
	if (sum.axes.n) {
		struct acc part = { .red = a.red, .type = a.type, .init = expr_num(c, reduce_identity(a.red, a.type), a.type, l) };
		VEC_PUSH(c, part.update, sum);
		VEC_PUSH(c, n.acc, part);
		n.epilogue = expr_acc(c, 0, a.type, x.loc);
	}
	VEC_PUSH(c, c->stage, n);

	struct acc *from = &c->stage.at[s].acc.at[q.acc];
	from->update.at[q.update] = (struct update){ .body = expr_read(c, n.tensor, idx, n.nidx, x.loc), .negate = u.negate, .axes = own };
	if (!poly_is(c, parts.rest, 0)) {
		var_id v = var_new(c, VAR_AXIS, base_internf(c, "%s_rest", c->var.at[q.axis].name), parts.rest, l);
		poly_id past = poly_add(c, poly_sub(c, extent, parts.rest), poly_var(c, v));
		VEC_PUSH(c, rest, v);
		VEC_PUSH(c, from->update, (struct update){ 0 });
		for (uint32_t i = from->update.n - 1; i > (uint32_t)q.update + 1; i--)
			from->update.at[i] = from->update.at[i - 1];
		from->update.at[q.update + 1] = (struct update){ .body = expr_subst(c, u.body, q.axis, past), .negate = u.negate,
		                                                 .axes = axes_with(c, &u, q.axis, &rest) };
	}
	stage_default_loops(c, s);
	stage_default_loops(c, c->stage.n - 1);
	deps_compute(c);
	return c->stage.n - 1;
}
