/* affine.c · is a stage's value a * h' + b, with h' its own value of the step before? What a scan needs to know. */
#include "schedule/stages.h"

static bool is_own(struct ctx *c, expr_id e, void *arg)
{
	return c->expr.at[e].kind == X_READ && c->expr.at[e].of == *(tensor_id *)arg;
}

static bool reads_own(struct ctx *c, tensor_id t, expr_id e) { return expr_any(c, e, is_own, &t); }

static expr_id plus(struct ctx *c, enum op op, expr_id a, expr_id b, loc_t l)
{
	if (!a || !b)
		return b && op == OP_SUB ? expr_op(c, OP_NEG, b, 0, 0, l) : a ? a : b;
	return expr_op(c, op, a, b, 0, l);
}

/* Writes e as a * h' + b, 0 for terms that are not there. Returns what is in the way, 0: nothing. */
expr_id sched_affine(struct ctx *c, tensor_id own, expr_id e, expr_id *a, expr_id *b)
{
	const struct expr x = c->expr.at[e];
	expr_id a1 = 0, b1 = 0, a2 = 0, b2 = 0, bad;
	*a = *b = 0;
	if (!reads_own(c, own, e))
		return *b = e, 0;
	if (x.kind == X_READ)
		return *a = expr_num(c, 1, x.type, x.loc), 0;
	if (x.kind != X_OP)
		return e;
	switch (x.op) {
	case OP_ADD: case OP_SUB:
		if ((bad = sched_affine(c, own, x.arg[0], &a1, &b1)) || (bad = sched_affine(c, own, x.arg[1], &a2, &b2)))
			return bad;
		*a = plus(c, x.op, a1, a2, x.loc);
		*b = plus(c, x.op, b1, b2, x.loc);
		return 0;
	case OP_NEG:
		if ((bad = sched_affine(c, own, x.arg[0], &a1, &b1)))
			return bad;
		*a = a1 ? expr_op(c, OP_NEG, a1, 0, 0, x.loc) : 0;
		*b = b1 ? expr_op(c, OP_NEG, b1, 0, 0, x.loc) : 0;
		return 0;
	case OP_MUL: case OP_DIV: {
		bool second = reads_own(c, own, x.arg[1]);
		if ((second && x.op == OP_DIV) || (second && reads_own(c, own, x.arg[0])))
			return e;
		if ((bad = sched_affine(c, own, x.arg[second], &a1, &b1)))
			return bad;
		expr_id f = x.arg[!second];
		bool one = a1 && x.op == OP_MUL && c->expr.at[a1].kind == X_NUM && c->expr.at[a1].num == 1;
		*a = one ? f : a1 ? expr_op(c, x.op, second ? f : a1, second ? a1 : f, 0, x.loc) : 0;
		*b = b1 ? expr_op(c, x.op, second ? f : b1, second ? b1 : f, 0, x.loc) : 0;
		return 0;
	}
	case OP_WHERE: {
		if (reads_own(c, own, x.arg[0]))
			return e;
		if ((bad = sched_affine(c, own, x.arg[1], &a1, &b1)) || (bad = sched_affine(c, own, x.arg[2], &a2, &b2)))
			return bad;
		expr_id zero = expr_num(c, 0, x.type, x.loc);
		*a = expr_op(c, OP_WHERE, x.arg[0], a1 ? a1 : zero, a2 ? a2 : zero, x.loc);
		*b = b1 || b2 ? expr_op(c, OP_WHERE, x.arg[0], b1 ? b1 : zero, b2 ? b2 : zero, x.loc) : 0;
		return 0;
	}
	default:
		return e;
	}
}
