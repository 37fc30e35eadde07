/* expr.c · scalar expressions: making, walking, rewriting, printing (see ir.h) */
#include "ir/ir.h"

#include <math.h>
#include <stdlib.h>

const struct op_info op_info[OP_COUNT] = {
#define OP(name, text, arity, kind, c) { #name, text, arity, kind, c },
#include "ir/ops.def"
#undef OP
};

static expr_id put(struct ctx *c, struct expr e)
{
	expr_id id = c->expr.n;
	VEC_PUSH(c, c->expr, e);
	return id;
}

uint32_t list_put(struct ctx *c, const uint32_t *items, uint32_t n)
{
	uint32_t at = c->list.n;
	for (uint32_t i = 0; i < n; i++)
		VEC_PUSH(c, c->list, items[i]);
	return at;
}

expr_id expr_num(struct ctx *c, double v, enum rnn_type type, loc_t loc)
{
	return put(c, (struct expr){ .kind = X_NUM, .type = (uint8_t)type, .num = v, .loc = loc });
}

expr_id expr_poly(struct ctx *c, poly_id p, loc_t loc)
{
	return put(c, (struct expr){ .kind = X_POLY, .type = RNN_I64, .poly = p, .loc = loc });
}

expr_id expr_acc(struct ctx *c, uint32_t acc, enum rnn_type type, loc_t loc)
{
	return put(c, (struct expr){ .kind = X_ACC, .type = (uint8_t)type, .of = acc, .loc = loc });
}

expr_id expr_cast(struct ctx *c, expr_id a, enum rnn_type type, loc_t loc)
{
	struct expr *x = &c->expr.at[a];
	if (x->type == type)
		return a;
	if (x->kind == X_NUM)
		return expr_num(c, x->num, type, loc);
	return put(c, (struct expr){ .kind = X_CAST, .type = (uint8_t)type, .arg = { a }, .loc = loc });
}

expr_id expr_op(struct ctx *c, enum op op, expr_id a, expr_id b, expr_id d, loc_t loc)
{
	int n = op_info[op].arity;
	expr_id arg[3] = { a, n > 1 ? b : 0, n > 2 ? d : 0 };
	const struct expr *x = &c->expr.at[a], *y = n > 1 ? &c->expr.at[b] : x, *z = n > 2 ? &c->expr.at[d] : x;
	uint8_t type = x->type;
	if (op == OP_WHERE)
		type = y->type;
	else if (op_info[op].kind == 'N' && n > 1 && (x->type == RNN_I64 || x->kind == X_NUM))
		type = y->type;  /* literals and indices take the type of the other side; front/ has inserted casts */
	if (op_info[op].kind == 'C' || op_info[op].kind == 'B')
		type = RNN_BOOL;
	bool numbers = x->kind == X_NUM && y->kind == X_NUM && z->kind == X_NUM && type != RNN_BOOL;
	if (numbers && op <= OP_NEG)
		return expr_num(c, op_eval(op, x->num, n > 1 ? y->num : 0, n > 2 ? z->num : 0), type, loc);
	return put(c, (struct expr){ .kind = X_OP, .op = (uint8_t)op, .type = type, .loc = loc,
	                             .arg = { arg[0], arg[1], arg[2] } });
}

expr_id expr_read(struct ctx *c, tensor_id t, const expr_id *idx, uint32_t n, loc_t loc)
{
	uint32_t at = list_put(c, idx, n);
	return put(c, (struct expr){ .kind = X_READ, .type = c->tensor.at[t].type, .of = t, .idx = at, .nidx = n,
	                             .loc = loc });
}

expr_id expr_reduce(struct ctx *c, enum reduce r, const var_id *axes, uint32_t n, expr_id body, loc_t loc)
{
	uint32_t at = list_put(c, axes, n);
	return put(c, (struct expr){ .kind = X_REDUCE, .type = c->expr.at[body].type, .of = r, .idx = at, .nidx = n,
	                             .arg = { body }, .loc = loc });
}

double reduce_identity(enum reduce r, enum rnn_type type)
{
	double largest = type == RNN_I32 ? 2147483647.0 : type == RNN_I64 ? 9223372036854774784.0 : (double)INFINITY;
	double least = type == RNN_I32 ? -2147483648.0 : -largest;
	return r == RED_SUM ? 0 : r == RED_PROD ? 1 : r == RED_AMAX ? least : largest;
}

static int arity(const struct expr *x)
{
	return x->kind == X_OP ? op_info[x->op].arity : x->kind == X_REDUCE || x->kind == X_CAST;
}

static bool has_index(const struct expr *x) { return x->kind == X_READ || x->kind == X_LOAD; }

expr_id expr_map(struct ctx *c, expr_id e, expr_id (*fn)(struct ctx *, expr_id, void *), void *arg)
{
	struct expr x = c->expr.at[e];
	bool changed = false;
	for (int i = 0; i < arity(&x); i++) {
		expr_id a = expr_map(c, x.arg[i], fn, arg);
		changed |= a != x.arg[i];
		x.arg[i] = a;
	}
	if (has_index(&x) && x.nidx) {
		expr_id idx[9];  /* storage may have a dim more than a tensor */
		bool moved = false;
		for (uint32_t i = 0; i < x.nidx; i++) {
			idx[i] = expr_map(c, c->list.at[x.idx + i], fn, arg);
			moved |= idx[i] != c->list.at[x.idx + i];
		}
		if (moved)
			x.idx = list_put(c, idx, x.nidx);
		changed |= moved;
	}
	return fn(c, changed ? put(c, x) : e, arg);
}

bool expr_any(struct ctx *c, expr_id e, bool (*fn)(struct ctx *, expr_id, void *), void *arg)
{
	if (fn(c, e, arg))
		return true;
	struct expr x = c->expr.at[e];
	for (int i = 0; i < arity(&x); i++)
		if (expr_any(c, x.arg[i], fn, arg))
			return true;
	for (uint32_t i = 0; has_index(&x) && i < x.nidx; i++)
		if (expr_any(c, c->list.at[x.idx + i], fn, arg))
			return true;
	return false;
}

struct subst { var_id v; poly_id by; };

static expr_id subst_node(struct ctx *c, expr_id e, void *arg)
{
	const struct subst *s = arg;
	struct expr x = c->expr.at[e];
	if (x.kind != X_POLY)
		return e;
	poly_id p = poly_subst(c, x.poly, s->v, s->by);
	return p == x.poly ? e : expr_poly(c, p, x.loc);
}

expr_id expr_subst(struct ctx *c, expr_id e, var_id v, poly_id by)
{
	return expr_map(c, e, subst_node, &(struct subst){ v, by });
}

static bool uses_node(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	return x->kind == X_POLY && poly_uses(c, x->poly, *(var_id *)arg);
}

bool expr_uses_var(struct ctx *c, expr_id e, var_id v) { return expr_any(c, e, uses_node, &v); }

bool expr_equal(struct ctx *c, expr_id a, expr_id b)
{
	const struct expr *x = &c->expr.at[a], *y = &c->expr.at[b];
	if (a == b)
		return true;
	if (x->kind != y->kind || x->op != y->op || x->type != y->type || x->of != y->of || x->poly != y->poly ||
	    memcmp(&x->num, &y->num, sizeof x->num) || x->nidx != y->nidx)
		return false;
	for (int i = 0; i < arity(x); i++)
		if (!expr_equal(c, x->arg[i], y->arg[i]))
			return false;
	for (uint32_t i = 0; i < x->nidx; i++) {
		uint32_t p = c->list.at[x->idx + i], q = c->list.at[y->idx + i];
		if (has_index(x) ? !expr_equal(c, p, q) : p != q)
			return false;
	}
	return true;
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static const char *const reduce_name[] = { "sum", "prod", "amax", "amin", "argmax" };

/* Binding strength of what e prints as: 1 sums, 2 products, 3 the rest. */
static int strength(struct ctx *c, const struct expr *x)
{
	if (x->kind == X_POLY) {
		uint32_t n;
		const struct term *t = poly_terms(c, x->poly, &n);
		return n > 1 ? 1 : n == 1 && (t->n > 1 || (t->n && t->factor != 1) || t->factor < 0) ? 2 : 3;
	}
	if (x->kind == X_NUM)
		return x->num < 0 || signbit(x->num) ? 1 : 3;
	if (x->kind != X_OP)
		return 3;
	return x->op == OP_ADD || x->op == OP_SUB || x->op == OP_NEG ? 1 : x->op == OP_MUL || x->op == OP_DIV ? 2 : 3;
}

static void print_at(struct ctx *c, expr_id e, int least, struct text *out)
{
	bool wrap = strength(c, &c->expr.at[e]) < least;
	text_puts(out, wrap ? "(" : "");
	expr_print(c, e, out);
	text_puts(out, wrap ? ")" : "");
}



void expr_print(struct ctx *c, expr_id e, struct text *out)
{
	struct expr x = c->expr.at[e];
	switch (x.kind) {
	case X_NUM:
		text_printf(out, x.type == RNN_F32 ? "%.9g" : "%.17g", x.num);
		break;
	case X_POLY:
		poly_print(c, x.poly, out);
		break;
	case X_ACC:
		text_printf(out, "acc%u", x.of);
		break;
	case X_READ: case X_LOAD:
		text_puts(out, x.kind == X_READ ? c->tensor.at[x.of].name : buf_name(c, x.of));
		for (uint32_t i = 0; i < x.nidx; i++) {
			text_puts(out, "[");
			expr_print(c, c->list.at[x.idx + i], out);
			text_puts(out, "]");
		}
		break;
	case X_REDUCE:
		text_printf(out, "%s(", reduce_name[x.of]);
		text_puts(out, x.nidx > 1 ? "{" : "");
		for (uint32_t i = 0; i < x.nidx; i++)
			text_printf(out, "%s%s", i ? ", " : "", c->var.at[c->list.at[x.idx + i]].name);
		text_puts(out, x.nidx > 1 ? "}, " : ", ");
		expr_print(c, x.arg[0], out);
		text_puts(out, ")");
		break;
	case X_CAST: {
		static const char *const type_name[] = { "f32", "f64", "f16", "bf16", "i32", "i64", "bool" };
		text_printf(out, "%s(", type_name[x.type]);
		expr_print(c, x.arg[0], out);
		text_puts(out, ")");
		break;
	}
	case X_OP:
		if (x.op == OP_NEG) {
			text_puts(out, "-");
			print_at(c, x.arg[0], 2, out);
		} else if (x.op <= OP_DIV) {
			int s = strength(c, &x);
			print_at(c, x.arg[0], s, out);
			text_printf(out, " %s ", op_info[x.op].text);
			print_at(c, x.arg[1], s + 1, out);
		} else {
			text_printf(out, "%s(", op_info[x.op].text);
			for (int i = 0; i < op_info[x.op].arity; i++) {
				text_puts(out, i ? ", " : "");
				expr_print(c, x.arg[i], out);
			}
			text_puts(out, ")");
		}
		break;
	}
}

const char *expr_text(struct ctx *c, expr_id e)
{
	struct text t = { .c = c };
	expr_print(c, e, &t);
	return t.s ? t.s : "";
}
