/* extract.c · hoisting: a summand becomes a stage of its own, outside the recurrence
 *
 *   a[t][n][i] = b[i] + sum(k, W[i][k] * x[t][n][k]) + sum(j, U[i][j] * h[t-1][n][j])
 *
 *   a:extract("xw", "x")  =>  xw[t][n][i] = b[i] + sum(k, W[i][k] * x[t][n][k])
 *                             a[t][n][i]  = xw[t][n][i] + sum(j, U[i][j] * h[t-1][n][j])
 *
 * Needs:      the summand reads nothing of the recurrence that its stage belongs to.
 * Guarantees: the same left fold, bit for bit, where the summand is the first reduction: what comes before it (b) moves
 *             with it. Any other summand changes the order of the sum and needs math { reassoc = true }. */
#include "schedule/stages.h"

struct search { tensor_id tensor; bool found; rec_id rec; tensor_id own; loc_t own_loc; };

static bool look(struct ctx *c, expr_id e, void *arg)
{
	struct search *s = arg;
	const struct expr *x = &c->expr.at[e];
	if (x->kind != X_READ)
		return false;
	s->found |= x->of == s->tensor;
	for (stage_id w = 1; w < c->stage.n; w++) {
		if (s->rec && c->stage.at[w].tensor == x->of && c->stage.at[w].rec == s->rec) {
			s->own = x->of;
			s->own_loc = x->loc;
		}
	}
	return false;
}

const char *tensor_scoped(struct ctx *c, const char *scope, const char *name)
{
	return scope && *scope ? base_internf(c, "%s.%s", scope, name) : base_intern(c, name);
}

void stage_add_axis(struct ctx *c, struct tensor *t, struct stage *n, var_id v)
{
	if (v == n->time)
		t->time = (int)t->rank;
	t->extent[t->rank++] = c->var.at[v].extent;
	n->idx[n->nidx++] = poly_var(c, v);
	VEC_PUSH(c, n->axes, v);
}

tensor_id tensor_near(struct ctx *c, stage_id s, const char *name)
{
	tensor_id t = tensor_find(c, tensor_scoped(c, c->tensor.at[c->stage.at[s].tensor].scope, name));
	return t ? t : tensor_find(c, name);
}

stage_id sched_extract(struct ctx *c, stage_id s, const char *name, const char *tensor, loc_t l)
{
	struct stage x = c->stage.at[s];
	struct search find = { .tensor = tensor_near(c, s, tensor), .rec = x.rec };
	const char *full = tensor_scoped(c, c->tensor.at[x.tensor].scope, name);
	if (!find.tensor) {
		diag(c, ERR_no_tensor, l, "the model has no tensor '%s'", tensor);
		return 0;
	}
	if (tensor_find(c, full)) {
		diag(c, ERR_extract, l, "'%s' is already a tensor of the model", full);
		diag_fix(c, "choose another name");
		return 0;
	}
	uint32_t a = 0, u = 0;
	for (a = 0; a < x.acc.n && !find.found; a++) {
		for (u = 0; u < x.acc.at[a].update.n; u++) {
			find.own = 0;
			expr_any(c, x.acc.at[a].update.at[u].body, look, &find);
			if (find.found)
				break;
		}
	}
	if (!find.found) {
		diag(c, ERR_extract, l, "no sum of %s reads '%s'", x.name, tensor);
		return 0;
	}
	a--;
	if (find.own) {
		diag(c, ERR_extract, l, "the sum over '%s' reads %s, a state of the same recurrence",
		     c->var.at[x.acc.at[a].update.at[u].axes.at[0]].name, c->tensor.at[find.own].name);
		diag_note(c, find.own_loc, "here");
		return 0;
	}
	struct search init = { .tensor = find.tensor, .rec = x.rec };
	expr_any(c, x.acc.at[a].init, look, &init);
	const struct expr *e = &c->expr.at[x.acc.at[a].init];
	bool zero = e->kind == X_NUM && e->num == 0;
	bool prefix = u == 0 && !init.own;
	if (LAW(extract_order, (!prefix || x.acc.at[a].red != RED_SUM) && !c->sched->reassoc)) {
		diag(c, ERR_extract, l, "extracting this summand of %s changes the order of the sum", x.name);
		if (u)
			diag_note(c, 0, "other sums come before it");
		else if (init.own)
			diag_note(c, init.own_loc, "%s comes before it, and belongs to the recurrence", c->tensor.at[init.own].name);
		diag_fix(c, "extract the first sum, write this one first in the model, or allow it: m:math { reassoc = true }");
		return 0;
	}
	for (uint32_t i = 0; i < x.loop.n; i++) {
		if (!loop_is_axis(&x.loop.at[i])) {
			diag(c, ERR_extract, l, "the loops of %s were already changed", x.name);
			diag_fix(c, "call extract before other directives on %s", x.name);
			return 0;
		}
	}

	struct tensor t = { .name = full, .scope = c->tensor.at[x.tensor].scope, .local = base_intern(c, name), .role = ROLE_FUNC,
	                    .type = x.acc.at[a].type, .derived = true, .time = -1, .loc = l };
	struct stage n = { .name = full, .time = x.time, .loc = x.loc };
	expr_id idx[8];
	for (uint32_t i = 0; i < x.axes.n; i++) {
		stage_add_axis(c, &t, &n, x.axes.at[i]);
		idx[i] = expr_poly(c, n.idx[i], l);
	}
	VEC_PUSH(c, c->tensor, t);
	n.tensor = c->tensor.n - 1;

	struct acc taken = { .red = x.acc.at[a].red, .type = t.type };
	taken.init = prefix ? x.acc.at[a].init : expr_num(c, 0, t.type, l);
	VEC_PUSH(c, taken.update, x.acc.at[a].update.at[u]);
	VEC_PUSH(c, n.acc, taken);
	n.epilogue = expr_acc(c, 0, t.type, x.loc);
	VEC_PUSH(c, c->stage, n);

	struct stage *from = &c->stage.at[s];
	struct acc *acc = &from->acc.at[a];
	expr_id read = expr_read(c, n.tensor, idx, n.nidx, x.loc);
	acc->init = prefix || zero ? read : expr_op(c, OP_ADD, acc->init, read, 0, x.loc);
	for (uint32_t i = u; i + 1 < acc->update.n; i++)
		acc->update.at[i] = acc->update.at[i + 1];
	acc->update.n--;
	stage_default_loops(c, s);
	stage_default_loops(c, c->stage.n - 1);
	deps_compute(c);
	return c->stage.n - 1;
}
