/* equations_types.c · types of expressions (see equations.h)
 *
 * Numbers written in the model take the type of what they meet. Dims and axes are i64, and i64 becomes floating point
 * where it meets it; i32 widens to i64. Every other mixture is for the model to convert: f32(x). Conditions come from
 * lt le gt ge eq ne and are no numbers. The conversions found here are written into the expressions as casts. */
#include "ir/equations.h"

struct types { struct ctx *c; expr_id *done; uint32_t n; };

const char *type_name(enum rnn_type type)
{
	static const char *const name[] = { "f32", "f64", "f16", "bf16", "i32", "i64", "bool" };
	return name[type];
}

static bool is_float(int type) { return type == RNN_F32 || type == RNN_F64; }
static bool is_literal(struct ctx *c, expr_id e) { return c->expr.at[e].kind == X_NUM; }
/* where(condition, 1, 0): numbers that take the type of what they meet. */
static bool is_choice(struct ctx *c, expr_id e)
{
	const struct expr *x = &c->expr.at[e];
	return x->kind == X_OP && x->op == OP_WHERE && is_literal(c, x->arg[1]) && is_literal(c, x->arg[2]);
}

static bool is_whole(double x) { return x >= -9e15 && x <= 9e15 && x == (double)(int64_t)x; }

/* e as `type`: literals anew, also below where() and reductions of indices; else a cast. */
static expr_id coerce(struct ctx *c, expr_id e, enum rnn_type type)
{
	struct expr x = c->expr.at[e];
	if (x.type == type)
		return e;
	if (x.kind == X_NUM)
		return expr_num(c, x.num, type, x.loc);
	bool choice = is_choice(c, e);
	if (!choice && (x.kind != X_REDUCE || x.type != RNN_I64 || x.of == RED_ARGMAX))
		return expr_cast(c, e, type, x.loc);
	for (int i = choice; i < (choice ? 3 : 1); i++)
		x.arg[i] = coerce(c, x.arg[i], type);
	x.type = (uint8_t)type;
	VEC_PUSH(c, c->expr, x);
	return c->expr.n - 1;
}

/* The type in which two numbers meet; -1: none. */
static int meet(int a, int b)
{
	if (a == b)
		return a;
	if (a == RNN_I64 && is_float(b))
		return b;
	if (b == RNN_I64 && is_float(a))
		return a;
	return !is_float(a) && !is_float(b) ? RNN_I64 : -1;
}

/* Brings the numbers among the arguments from `first` on to one type; RNN_F32 after a report. */
static enum rnn_type common(struct ctx *c, expr_id e, expr_id *arg, int first, int n, bool needs_float)
{
	int type = -1;
	bool whole = true;
	const char *op = op_info[c->expr.at[e].op].text;
	loc_t loc = c->expr.at[e].loc;
	for (int i = first; i < n; i++) {
		const struct expr *x = &c->expr.at[arg[i]];
		if (x->type == RNN_BOOL) {
			diag(c, ERR_type_clash, loc, "%s meets the condition %s where a number is needed", op,
			     expr_text(c, arg[i]));
			diag_fix(c, "where(condition, 1, 0) makes it a number");
			return RNN_F32;
		}
		if (x->kind == X_NUM) {
			whole &= is_whole(x->num);
			continue;
		}
		if (is_choice(c, arg[i])) {
			whole &= x->type == RNN_I64;
			continue;
		}
		int both = type < 0 ? x->type : meet(type, x->type);
		if (both < 0) {
			diag(c, ERR_type_clash, loc, "%s mixes %s and %s", op, type_name((enum rnn_type)type), type_name(x->type));
			diag_fix(c, "convert one side: %s(%s)", type_name(is_float(type) ? (enum rnn_type)type : x->type),
			         is_float(type) ? expr_text(c, arg[i]) : "...");
			return RNN_F32;
		}
		type = both;
	}
	if (type < 0)
		type = whole && !needs_float ? RNN_I64 : RNN_F32;
	if (type == RNN_I64 && (needs_float || !whole))
		type = RNN_F32;
	if (type == RNN_I32 && (needs_float || !whole)) {
		diag(c, ERR_type_clash, loc, "%s needs floating point, but meets i32", op);
		diag_fix(c, "convert it: f32(...)");
		return RNN_F32;
	}
	for (int i = first; i < n; i++)
		arg[i] = coerce(c, arg[i], (enum rnn_type)type);
	return (enum rnn_type)type;
}

static void need_condition(struct ctx *c, expr_id e, expr_id arg)
{
	if (c->expr.at[arg].type == RNN_BOOL)
		return;
	diag(c, ERR_type_clash, c->expr.at[e].loc, "%s needs a condition, but %s is %s", op_info[c->expr.at[e].op].text,
	     expr_text(c, arg), is_literal(c, arg) ? "a number" : type_name(c->expr.at[arg].type));
	diag_fix(c, "make one with lt le gt ge eq ne");
}

static bool needs_float(enum op op)
{
	switch (op) {
	case OP_DIV: case OP_SQRT: case OP_FLOOR: case OP_EXP: case OP_LOG: case OP_TANH: case OP_SIGMOID: return true;
	default: return false;
	}
}

/* The operation e, whose arguments have their types. */
static expr_id type_op(struct ctx *c, expr_id e)
{
	struct expr x = c->expr.at[e];
	int n = op_info[x.op].arity;
	bool literals = true;
	for (int i = 0; i < n; i++)
		literals &= is_literal(c, x.arg[i]);
	switch (op_info[x.op].kind) {
	case 'N':
		if (literals) {
			double a = c->expr.at[x.arg[0]].num, b = n > 1 ? c->expr.at[x.arg[1]].num : 0;
			return expr_num(c, op_eval(x.op, a, b, n > 2 ? c->expr.at[x.arg[2]].num : 0), RNN_F32, x.loc);
		}
		x.type = common(c, e, x.arg, 0, n, needs_float(x.op));
		break;
	case 'C':
		common(c, e, x.arg, 0, n, false);
		x.type = RNN_BOOL;
		break;
	case 'B':
		for (int i = 0; i < n; i++)
			need_condition(c, e, x.arg[i]);
		x.type = RNN_BOOL;
		break;
	case 'P':
		x.type = common(c, e, x.arg, 0, n, false);
		break;
	default:
		need_condition(c, e, x.arg[0]);
		x.type = common(c, e, x.arg, 1, n, false);
	}
	c->expr.at[e] = x;
	return e;
}

static expr_id type_expr(struct types *t, expr_id e);

static expr_id type_cast(struct types *t, expr_id e)
{
	struct ctx *c = t->c;
	expr_id a = type_expr(t, c->expr.at[e].arg[0]);
	enum rnn_type type = c->expr.at[e].type;
	if (type == RNN_BOOL && c->expr.at[a].type != RNN_BOOL) {
		diag(c, ERR_type_clash, c->expr.at[e].loc, "%s is no condition", expr_text(c, a));
		diag_fix(c, "make one with lt le gt ge eq ne");
	}
	c->expr.at[e].arg[0] = a;
	return c->expr.at[a].type == type && !is_literal(c, a) ? a : e;
}

static expr_id type_reduce(struct types *t, expr_id e)
{
	struct ctx *c = t->c;
	expr_id body = type_expr(t, c->expr.at[e].arg[0]);
	if (c->expr.at[body].type == RNN_BOOL) {
		diag(c, ERR_type_clash, c->expr.at[e].loc, "a reduction over the condition %s", expr_text(c, body));
		diag_fix(c, "where(condition, 1, 0) makes it a number");
	}
	c->expr.at[e].arg[0] = body;
	c->expr.at[e].type = c->expr.at[e].of == RED_ARGMAX ? RNN_I32 : c->expr.at[body].type;
	return e;
}

static expr_id type_expr(struct types *t, expr_id e)
{
	struct ctx *c = t->c;
	if (e < t->n && t->done[e])
		return t->done[e];
	struct expr x = c->expr.at[e];
	expr_id to = e;
	switch (x.kind) {
	case X_READ:
		for (uint32_t i = 0; i < x.nidx; i++) {
			expr_id idx = type_expr(t, c->list.at[x.idx + i]);
			c->list.at[x.idx + i] = idx;
		}
		break;
	case X_OP:
		for (int i = 0; i < op_info[x.op].arity; i++) {
			expr_id a = type_expr(t, x.arg[i]);
			c->expr.at[e].arg[i] = a;
		}
		to = type_op(c, e);
		break;
	case X_CAST:
		to = type_cast(t, e);
		break;
	case X_REDUCE:
		to = type_reduce(t, e);
		break;
	}
	if (e < t->n)
		t->done[e] = to;
	return to;
}

static void type_def(struct types *t, def_id d)
{
	struct ctx *c = t->c;
	const struct tensor *left = &c->tensor.at[c->def.at[d].tensor];
	uint32_t errors = c->errors;
	expr_id e = type_expr(t, c->def.at[d].rhs);
	const struct expr *x = &c->expr.at[e];
	bool literal = x->kind == X_NUM && left->type != RNN_BOOL;
	bool good = literal ? is_float(left->type) || is_whole(x->num) : x->type == left->type ||
	            (is_choice(c, e) && left->type == RNN_I32 && x->type == RNN_I64) ||
	            (x->type == RNN_I64 && is_float(left->type)) || (x->type == RNN_I32 && left->type == RNN_I64);
	if (!good && c->errors == errors) {
		diag(c, ERR_type_clash, c->def.at[d].loc, "'%s' holds %s, but its definition is %s", left->name,
		     type_name(left->type), x->kind == X_NUM ? "another number" : type_name(x->type));
		diag_fix(c, "convert it: %s(...)", type_name(left->type));
	}
	if (good)
		c->def.at[d].rhs = coerce(c, e, left->type);
}

void equations_types(struct ctx *c)
{
	struct types t = { c, base_alloc(c, c->expr.n * sizeof *t.done), c->expr.n };
	for (def_id d = 1; d < c->def.n; d++)
		type_def(&t, d);
}
