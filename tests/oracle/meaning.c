/* meaning.c · what each element must be: the definitions, followed from read to read (see oracle.h)
 *
 * An element is looked for among the definitions of its tensor and computed when it is asked for first, so no order of
 * computing is assumed. Steps before 0 are what the caller gives, else the model's start, else 0. A sum of terms is one left
 * fold: terms without reductions, each sum, terms that hold a reduction inside something else. */
#include "oracle.h"

#include <math.h>

enum { NEW, BUSY, DONE };
struct element { struct sym v; uint8_t state; };

static struct sym eval(struct oracle *o, expr_id e);

int64_t oracle_index(struct oracle *o, struct sym v, const char *of)
{
	if (!v.known)
		oracle_end(o, ORACLE_UNKNOWN, "%s is indexed by a value", of);
	if (!(fabs(v.num) < 0x1p53) || v.num != floor(v.num))
		oracle_end(o, ORACLE_ILLEGAL, "%s is indexed by %g", of, v.num);
	return (int64_t)v.num;
}

/* ---- expressions --------------------------------------------------------------------------------------------------- */

static bool is_reduce(struct ctx *c, expr_id e, void *arg) { (void)arg; return c->expr.at[e].kind == X_REDUCE; }
static bool is_sum(const struct expr *x) { return x->kind == X_REDUCE && x->of == RED_SUM; }

/* acc (+) the body of e, for all values of its axes from number k on */
static struct sym reduce(struct oracle *o, expr_id e, uint32_t k, enum op op, struct sym acc)
{
	const struct expr x = o->c->expr.at[e];
	if (k == x.nidx) {
		struct sym body = eval(o, x.arg[0]);
		return sym_op(o->r->reassoc, op, acc, body, body);
	}
	var_id axis = o->c->list.at[x.idx + k];
	int64_t n = poly_eval(o->c, o->c->var.at[axis].extent, o->value);
	for (int64_t i = 0; i < n; i++) {
		o->value[axis] = i;
		acc = reduce(o, e, k + 1, op, acc);
	}
	return acc;
}

/* acc plus those terms of e that belong to the phase; acc.h of the first is taken as it is, since 0 + x is x */
static struct sym fold(struct oracle *o, expr_id e, bool minus, int phase, struct sym acc)
{
	const struct expr x = o->c->expr.at[e];
	if (x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB)) {
		acc = fold(o, x.arg[0], minus, phase, acc);
		return fold(o, x.arg[1], minus != (x.op == OP_SUB), phase, acc);
	}
	if (phase != (is_sum(&x) ? 1 : expr_any(o->c, e, is_reduce, NULL) ? 2 : 0))
		return acc;
	if (is_sum(&x))
		return reduce(o, e, 0, minus ? OP_SUB : OP_ADD, acc);
	struct sym v = eval(o, e);
	return sym_op(o->r->reassoc, minus ? OP_SUB : OP_ADD, acc, v, v);
}

static struct sym eval(struct oracle *o, expr_id e)
{
	const struct expr x = o->c->expr.at[e];
	static const enum op op[] = { OP_ADD, OP_MUL, OP_MAX, OP_MIN };
	bool chain = x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB);
	if (is_sum(&x) || (chain && expr_any(o->c, e, is_reduce, NULL))) {
		struct sym acc = sym_number(0);
		for (int phase = 0; phase < 3; phase++)
			acc = fold(o, e, false, phase, acc);
		return acc;
	}
	switch (x.kind) {
	case X_NUM:
		return sym_number(x.num);
	case X_POLY:
		return sym_number((double)poly_eval(o->c, x.poly, o->value));
	case X_CAST:
		return sym_cast(x.type, eval(o, x.arg[0]));
	case X_REDUCE:
		return reduce(o, e, 0, op[x.of], sym_number(reduce_identity(x.of, x.type)));
	case X_READ: {
		int64_t idx[8];
		for (uint32_t i = 0; i < x.nidx; i++)
			idx[i] = oracle_index(o, eval(o, o->c->list.at[x.idx + i]), o->c->tensor.at[x.of].name);
		return meaning_of(o, x.of, idx);
	}
	default: {
		struct sym a[3] = { 0 };
		for (int i = 0; i < op_info[x.op].arity; i++)
			a[i] = eval(o, x.arg[i]);
		return sym_op(o->r->reassoc, x.op, a[0], a[1], a[2]);
	}
	}
}

/* ---- elements ------------------------------------------------------------------------------------------------------ */

static int64_t extent(struct oracle *o, tensor_id t, uint32_t d)
{
	return poly_eval(o->c, o->c->tensor.at[t].extent[d], o->value);
}

/* Number of the element among all of its tensor; with steps before 0. */
static size_t number(struct oracle *o, tensor_id t, const int64_t *idx)
{
	const struct tensor *x = &o->c->tensor.at[t];
	size_t at = 0;
	for (uint32_t d = 0; d < x->rank; d++) {
		int64_t n = extent(o, t, d), before = (int)d == x->time ? x->history : 0;
		if (idx[d] < -before || idx[d] >= n)
			oracle_end(o, ORACLE_UNKNOWN, "the equations read %s outside", x->name);
		at = at * (size_t)(n + before) + (size_t)(idx[d] + before);
	}
	return at;
}

/* A number that the caller gives: integers are what they are, others stand for themselves. */
static struct sym given(struct oracle *o, tensor_id t, const int64_t *idx)
{
	const struct tensor *x = &o->c->tensor.at[t];
	bool before = x->time >= 0 && idx[x->time] < 0, whole = x->type == RNN_I32 || x->type == RNN_I64 || x->type == RNN_BOOL;
	const struct array *a = before ? &o->r->state[t] : &o->r->value[t];
	size_t at = before ? (size_t)(idx[x->time] + x->history) : 0;
	for (uint32_t d = 0; d < x->rank; d++)
		if (!before || (int)d != x->time)
			at = at * (size_t)extent(o, t, d) + (size_t)idx[d];
	return whole && a->f ? sym_number(a->f[at]) : sym_place(t, number(o, t, idx));
}

/* Does the definition write this element? Its axes get their values. */
static bool defines(struct oracle *o, const struct def *d, const int64_t *idx)
{
	int64_t k;
	for (uint32_t i = 0; i < d->nidx; i++) {
		if (poly_const(o->c, d->idx[i], &k)) {
			if (k != idx[i])
				return false;
			continue;
		}
		uint32_t n;
		o->value[poly_terms(o->c, d->idx[i], &n)->var[0]] = idx[i];
	}
	return true;
}

static struct sym compute(struct oracle *o, tensor_id t, const int64_t *idx)
{
	const struct tensor x = o->c->tensor.at[t];
	bool before = x.time >= 0 && idx[x.time] < 0;
	if (before ? o->r->state && o->r->state[t].f : x.role == ROLE_INPUT || x.role == ROLE_PARAM)
		return given(o, t, idx);
	const idvec *defs = before ? &x.starts : &x.defs;
	for (uint32_t i = 0; i < defs->n; i++)
		if (defines(o, &o->c->def.at[defs->at[i]], idx))
			return eval(o, o->c->def.at[defs->at[i]].rhs);
	return sym_number(0);                          /* before time 0; or left out by all definitions */
}

struct sym meaning_of(struct oracle *o, tensor_id t, const int64_t *idx)
{
	struct ctx *c = o->c;
	const struct tensor *x = &c->tensor.at[t];
	if (!o->element[t]) {
		size_t all = 1;
		for (uint32_t d = 0; d < x->rank; d++)
			all *= (size_t)(extent(o, t, d) + ((int)d == x->time ? x->history : 0));
		o->element[t] = base_alloc(c, (all + 1) * sizeof *o->element[t]);
	}
	struct element *e = &o->element[t][number(o, t, idx)];
	if (e->state == BUSY)
		oracle_end(o, ORACLE_UNKNOWN, "%s needs itself", x->name);
	if (e->state == DONE)
		return e->v;
	e->state = BUSY;
	int64_t *mine = o->value;                      /* the definition has axes of its own */
	o->value = base_alloc(c, c->var.n * sizeof *o->value);
	memcpy(o->value, mine, c->var.n * sizeof *o->value);
	e->v = compute(o, t, idx);
	o->value = mine;
	e->state = DONE;
	return e->v;
}

void meaning_each(struct oracle *o, tensor_id t, int64_t from, void (*fn)(struct oracle *, tensor_id, const int64_t *, void *),
                  void *arg)
{
	const struct tensor *x = &o->c->tensor.at[t];
	int64_t idx[8] = { 0 };
	for (uint32_t d = 0; d < x->rank; d++)
		if (extent(o, t, d) <= ((int)d == x->time ? from : 0))
			return;
	if (x->time >= 0)
		idx[x->time] = from;
	for (;;) {
		uint32_t d = x->rank;
		fn(o, t, idx, arg);
		while (d-- && ++idx[d] == extent(o, t, d))
			idx[d] = (int)d == x->time ? from : 0;
		if (d == UINT32_MAX)
			return;
	}
}
