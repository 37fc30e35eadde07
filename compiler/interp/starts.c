/* starts.c · steps before the first, as the model defines them: h[-1][n][i] = h0[i]
 *
 * Needs:      inputs and params in run.r->value; right sides that read nothing else.
 * Guarantees: the same bits as the equation interpreter gives: a sum of terms is one left fold, the terms without
 *             reduction first, then each sum, then terms that hold a reduction inside something else. */
#include "interp/memory.h"

#include <math.h>

static double value(struct run *m, expr_id e);

static bool is_reduce(struct ctx *c, expr_id e, void *arg)
{
	(void)arg;
	return c->expr.at[e].kind == X_REDUCE;
}

static double element(struct run *m, const struct expr *x)
{
	const struct array *a = &m->r->value[x->of];
	const struct tensor *t = &m->c->tensor.at[x->of];
	size_t at = 0;
	if ((t->role != ROLE_INPUT && t->role != ROLE_PARAM) || !a->f)
		run_fail(m, "a start reads %s, which is neither an input nor a param that is given", t->name);
	for (uint32_t d = 0; d < x->nidx; d++) {
		double i = value(m, m->c->list.at[x->idx + d]);
		if (!(i >= 0 && i < (double)a->shape[d]))
			run_fail(m, "a start reads %s: index %u is %g, outside 0..%lld", t->name, d, i, (long long)a->shape[d] - 1);
		at = at * (size_t)a->shape[d] + (size_t)i;
	}
	return a->f[at];
}

/* acc (+) the body of reduction x, for its axes from number k on; the first axis is the outermost. */
static double reduce(struct run *m, const struct expr *x, uint32_t k, bool minus, double acc)
{
	static const enum op op[] = { OP_ADD, OP_MUL, OP_MAX, OP_MIN };
	if (k == x->nidx)
		return op_eval(minus ? OP_SUB : op[x->of], acc, value(m, x->arg[0]), 0);
	var_id axis = m->c->list.at[x->idx + k];
	int64_t n = run_value(m, m->c->var.at[axis].extent);
	for (int64_t i = 0; i < n; i++) {
		m->value[axis] = i;
		acc = reduce(m, x, k + 1, minus, acc);
	}
	return acc;
}

struct fold { double acc; bool begun; };
enum { PLAIN, SUMS, LATE };

/* Adds the terms of e that belong to the phase. */
static void fold(struct run *m, expr_id e, bool minus, int phase, struct fold *f)
{
	const struct expr *x = &m->c->expr.at[e];
	if (x->kind == X_OP && (x->op == OP_ADD || x->op == OP_SUB)) {
		fold(m, x->arg[0], minus, phase, f);
		fold(m, x->arg[1], minus != (x->op == OP_SUB), phase, f);
		return;
	}
	bool sum = x->kind == X_REDUCE && x->of == RED_SUM;
	if (phase != (sum ? SUMS : expr_any(m->c, e, is_reduce, NULL) ? LATE : PLAIN))
		return;
	if (sum) {
		f->acc = reduce(m, x, 0, minus, f->acc);
	} else {
		double v = value(m, e);
		f->acc = !f->begun ? (minus ? -v : v) : minus ? f->acc - v : f->acc + v;
	}
	f->begun = true;
}

static double value(struct run *m, expr_id e)
{
	const struct expr *x = &m->c->expr.at[e];
	double a[3] = { 0, 0, 0 };
	bool chain = x->kind == X_OP && (x->op == OP_ADD || x->op == OP_SUB);
	if ((chain && expr_any(m->c, e, is_reduce, NULL)) || (x->kind == X_REDUCE && x->of == RED_SUM)) {
		struct fold f = { 0, false };
		for (int phase = PLAIN; phase <= LATE; phase++)
			fold(m, e, false, phase, &f);
		return f.acc;
	}
	switch (x->kind) {
	case X_NUM:
		return x->num;
	case X_POLY:
		return (double)run_value(m, x->poly);
	case X_READ:
		return element(m, x);
	case X_REDUCE:
		return reduce(m, x, 0, false, reduce_identity(x->of, x->type));
	case X_CAST:
		return run_cast(x->type, value(m, x->arg[0]));
	case X_OP:
		for (int i = 0; i < op_info[x->op].arity; i++)
			a[i] = value(m, x->arg[i]);
		return op_eval((enum op)x->op, a[0], a[1], a[2]);
	default:
		run_fail(m, "a start is no equation: %s", expr_text(m->c, e));
	}
}

/* One definition of step `t`, from index d of its left side on. */
static void define(struct run *m, const struct def *s, uint32_t d, double *rows, size_t at)
{
	const struct tensor *t = &m->c->tensor.at[s->tensor];
	uint32_t terms;
	if (d == s->nidx) {
		rows[at] = value(m, s->rhs);
		return;
	}
	const struct term *q = poly_terms(m->c, s->idx[d], &terms);
	bool axis = terms == 1 && q->n == 1;
	if ((int)d == t->time) {
		define(m, s, d + 1, rows, at + (size_t)(t->history + run_value(m, s->idx[d])));
		return;
	}
	int64_t n = run_value(m, t->extent[d]), first = axis ? 0 : run_value(m, s->idx[d]), end = axis ? n : first + 1;
	for (int64_t i = first; i < end; i++) {
		if (axis)
			m->value[q->var[0]] = i;
		define(m, s, d + 1, rows, at * (size_t)n + (size_t)i);
	}
}

void starts_fill(struct run *m, tensor_id t, double *rows)
{
	const struct tensor *x = &m->c->tensor.at[t];
	for (uint32_t i = 0; i < x->starts.n; i++)
		define(m, &m->c->def.at[x->starts.at[i]], 0, rows, 0);
}
