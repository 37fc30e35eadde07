/* model_value.c · the values of the model language and their operators (see model_lang.h) */
#include "front/model_lang.h"

#include <math.h>

#define DEPTH_MAX 2000
#define NODES_MAX 100000.0
#define INT_MAX_SUM 9007199254740992.0       /* 2^53: sums of absolute factors stay below it */

static const char meta_name[] = "rnngen.value";

struct model_front *model_front(lua_State *L) { return sandbox_user(L); }

struct value *value_push(lua_State *L, enum value_kind kind)
{
	struct value *v = lua_newuserdatauv(L, sizeof *v, 0);
	*v = (struct value){ .kind = (uint8_t)kind };
	luaL_setmetatable(L, meta_name);
	return v;
}

struct value *value_test(lua_State *L, int i) { return luaL_testudata(L, i, meta_name); }

void value_push_int(lua_State *L, poly_id p)
{
	sandbox_charge(L, 128);
	value_push(L, VALUE_INT)->poly = p;
}

void value_push_expr(lua_State *L, expr_id e, struct weight w)
{
	w.depth++;
	w.nodes++;
	if (w.depth > DEPTH_MAX || w.nodes > NODES_MAX)
		sandbox_error(L, ERR_argument, "give parts of it a func of their own", "the expression is too large");
	sandbox_charge(L, 2 * sizeof(struct expr));
	struct value *v = value_push(L, VALUE_EXPR);
	v->expr = e;
	v->weight = w;
}

const char *tensor_indexed(struct ctx *c, const struct value *v)
{
	struct text t = { .c = c };
	text_puts(&t, c->tensor.at[v->tensor].name);
	for (uint32_t i = 0; i < v->n; i++)
		text_printf(&t, "[%s]", expr_text(c, v->idx[i]));
	return t.s;
}

const char *value_what(lua_State *L, int i)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, i);
	if (!v)
		return base_internf(c, lua_isnoneornil(L, i) ? "%s" : "a %s", luaL_typename(L, i));
	switch (v->kind) {
	case VALUE_INT:    return base_internf(c, "'%s'", poly_text(c, v->poly));
	case VALUE_EXPR:   return "an expression";
	case VALUE_TYPE:   return "a type";
	default:           return base_internf(c, v->n ? "'%s'" : "the tensor '%s'", tensor_indexed(c, v));
	}
}

poly_id value_poly(lua_State *L, int i)
{
	const struct value *v = value_test(L, i);
	int whole;
	if (v)
		return v->kind == VALUE_INT ? v->poly : 0;
	lua_Integer k = lua_tointegerx(L, i, &whole);
	return lua_type(L, i) == LUA_TNUMBER && whole ? poly_int(sandbox_ctx(L), k) : 0;
}

var_id value_axis(lua_State *L, int i)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, i);
	uint32_t n;
	if (!v || v->kind != VALUE_INT)
		return 0;
	const struct term *t = poly_terms(c, v->poly, &n);
	return n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_AXIS ? t->var[0] : 0;
}

expr_id value_expr(lua_State *L, int i, struct weight *w)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, i);
	int64_t k;
	if (!v) {
		double x = lua_tonumber(L, i);
		if (lua_type(L, i) != LUA_TNUMBER || isnan(x))
			sandbox_error(L, ERR_argument, NULL, "%s cannot be part of an expression",
			              lua_type(L, i) == LUA_TNUMBER ? "not-a-number" : value_what(L, i));
		return expr_num(c, x, RNN_F32, sandbox_where(L));
	}
	w->depth = v->weight.depth > w->depth ? v->weight.depth : w->depth;
	w->nodes += v->weight.nodes;
	switch (v->kind) {
	case VALUE_INT:
		return poly_const(c, v->poly, &k) ? expr_num(c, (double)k, RNN_F32, sandbox_where(L)) :
		       expr_poly(c, v->poly, sandbox_where(L));
	case VALUE_EXPR:
		return v->expr;
	case VALUE_TENSOR: {
		uint32_t rank = c->tensor.at[v->tensor].rank;
		if (v->n < rank)
			sandbox_error(L, ERR_rank, NULL, "'%s' has %u of the %u indices of '%s'", tensor_indexed(c, v), v->n,
			              rank, c->tensor.at[v->tensor].name);
		w->nodes += rank;
		expr_id read = expr_read(c, v->tensor, v->idx, v->n, v->loc ? v->loc : sandbox_where(L));
		return v->pad ? expr_op(c, OP_PAD, read, v->pad, 0, c->expr.at[read].loc) : read;
	}
	default:
		sandbox_error(L, ERR_argument, NULL, "a type cannot be part of an expression");
	}
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static double factor_sum(struct ctx *c, poly_id p, int *degree)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	double sum = 0;
	*degree = 0;
	for (uint32_t i = 0; i < n; i++) {
		sum += fabs((double)t[i].factor);
		*degree = t[i].n > *degree ? t[i].n : *degree;
	}
	return sum;
}

static bool is_int(lua_State *L, int i) { return value_poly(L, i) != 0; }

static int int_op(lua_State *L, enum op op)
{
	struct ctx *c = sandbox_ctx(L);
	poly_id a = value_poly(L, 1), b = value_poly(L, 2);
	int da, db;
	double sa = factor_sum(c, a, &da), sb = factor_sum(c, b, &db);
	if ((op == OP_MUL ? sa * sb : sa + sb) >= INT_MAX_SUM)
		sandbox_error(L, ERR_argument, NULL, "the number grows too large");
	if (op == OP_MUL && da + db > 4)
		sandbox_error(L, ERR_argument, NULL, "a product of more than four dims and axes");
	value_push_int(L, op == OP_ADD ? poly_add(c, a, b) : op == OP_SUB ? poly_sub(c, a, b) : poly_mul(c, a, b));
	return 1;
}

static int binary(lua_State *L, enum op op)
{
	struct ctx *c = sandbox_ctx(L);
	struct weight w = { 0 };
	if (op != OP_DIV && is_int(L, 1) && is_int(L, 2))
		return int_op(L, op);
	expr_id a = value_expr(L, 1, &w), b = value_expr(L, 2, &w);
	value_push_expr(L, expr_op(c, op, a, b, 0, sandbox_where(L)), w);
	return 1;
}

static int meta_add(lua_State *L) { return binary(L, OP_ADD); }
static int meta_sub(lua_State *L) { return binary(L, OP_SUB); }
static int meta_mul(lua_State *L) { return binary(L, OP_MUL); }
static int meta_div(lua_State *L) { return binary(L, OP_DIV); }

static int meta_unm(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	struct weight w = { 0 };
	if (is_int(L, 1)) {
		value_push_int(L, poly_scale(c, value_poly(L, 1), -1));
		return 1;
	}
	expr_id a = value_expr(L, 1, &w);
	value_push_expr(L, expr_op(c, OP_NEG, a, 0, 0, sandbox_where(L)), w);
	return 1;
}

static int meta_compare(lua_State *L)
{
	sandbox_error(L, ERR_argument, "write lt le gt ge eq ne(a, b)", "Lua's comparisons cannot make conditions");
}

static int meta_refuse(lua_State *L)
{
	sandbox_error(L, ERR_argument, "the operators are + - * / and unary minus",
	              "'%s' is no operation of the language", lua_tostring(L, lua_upvalueindex(1)));
}

/* f32(x): a conversion. */
static int meta_call(lua_State *L)
{
	const struct value *v = value_test(L, 1);
	struct weight w = { 0 };
	if (!v || v->kind != VALUE_TYPE)
		sandbox_error(L, ERR_argument, "index with brackets: h[t][n][i]", "%s is called like a function",
		              value_what(L, 1));
	uint8_t type = v->type;
	expr_id a = value_expr(L, 2, &w);
	struct ctx *c = sandbox_ctx(L);
	if (c->expr.at[a].kind == X_NUM && c->expr.at[a].type != type)
		a = expr_num(c, c->expr.at[a].num, type, c->expr.at[a].loc);
	/* a cast that changes nothing today may do so once types are known: keep it, equations_infer drops it */
	VEC_PUSH(c, c->expr, (struct expr){ .kind = X_CAST, .type = type, .arg = { a }, .loc = sandbox_where(L) });
	value_push_expr(L, c->expr.n - 1, w);
	return 1;
}

static int meta_tostring(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, 1);
	lua_pushstring(L, v && v->kind == VALUE_EXPR ? expr_text(c, v->expr) : value_what(L, 1));
	return 1;
}

/* ---- indexing ---------------------------------------------------------------------------------------------------- */

/* Sums of axes times whole numbers, plus dims and numbers. */
static bool affine(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < t[i].n; k++)
			if (t[i].n > 1 && c->var.at[t[i].var[k]].kind == VAR_AXIS)
				return false;
	return true;
}

static void check_index_type(lua_State *L, const struct value *v)
{
	const struct tensor *t = &sandbox_ctx(L)->tensor.at[v->tensor];
	if (t->type != RNN_I32 && t->type != RNN_I64)
		sandbox_error(L, ERR_index, NULL, "'%s' cannot be an index: it is no tensor of integers", t->name);
}

/* The index at stack place i as an expression: a polynomial or a read of an integer tensor. */
static expr_id index_expr(lua_State *L, int i, struct weight *w)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, i);
	poly_id p = value_poly(L, i);
	if (p && !affine(c, p))
		sandbox_error(L, ERR_index, NULL, "the index '%s' is not affine", poly_text(c, p));
	if (p)
		return expr_poly(c, p, sandbox_where(L));
	if (v && v->kind == VALUE_TENSOR) {
		check_index_type(L, v);
		return value_expr(L, i, w);
	}
	sandbox_error(L, ERR_index, NULL, "%s cannot be an index", value_what(L, i));
}

/* x:pad(value): x, with value outside its extents. */
static int tensor_pad(lua_State *L)
{
	const struct value *v = value_test(L, 1);
	struct weight w = { 0 };
	if (!v || v->kind != VALUE_TENSOR || v->n || lua_gettop(L) != 2)
		sandbox_error(L, ERR_argument, "x:pad(0)[t][n][p+q-1]", "pad takes a tensor without indices and a value");
	struct value padded = *v;
	padded.pad = value_expr(L, 2, &w);
	*value_push(L, VALUE_TENSOR) = padded;
	return 1;
}

/* The tensor at 1 with the index at 2 added. */
static struct value with_index(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const struct value *v = value_test(L, 1);
	if (!v || v->kind != VALUE_TENSOR)
		sandbox_error(L, ERR_index, "index tensors only", "%s has no indices", value_what(L, 1));
	struct value more = *v;
	const struct tensor *t = &c->tensor.at[v->tensor];
	if (lua_type(L, 2) == LUA_TSTRING && !strcmp(lua_tostring(L, 2), "pad"))
		sandbox_error(L, ERR_argument, base_internf(c, "%s:pad(0)[...]", t->name), "pad stands before the indices");
	if (lua_type(L, 2) == LUA_TSTRING)
		sandbox_error(L, ERR_argument, NULL, "'%s' has no '%s'", t->name, lua_tostring(L, 2));
	if (v->n == t->rank)
		sandbox_error(L, ERR_rank, NULL, "'%s' has %u dims; '%s' has an index too many", t->name, t->rank,
		              tensor_indexed(c, v));
	if (!more.n)
		more.loc = sandbox_where(L);
	more.idx[more.n] = index_expr(L, 2, &more.weight);
	more.n++;
	return more;
}

static int meta_index(lua_State *L)
{
	const struct value *v = value_test(L, 1);
	if (v && v->kind == VALUE_TENSOR && !v->n && lua_type(L, 2) == LUA_TSTRING && !strcmp(lua_tostring(L, 2), "pad")) {
		lua_pushcfunction(L, tensor_pad);
		return 1;
	}
	struct value more = with_index(L);
	*value_push(L, VALUE_TENSOR) = more;
	return 1;
}

/* Defines what `left` indexes as the expression at stack place `at`. An index before the first or after the last
 * element makes it a start. */
static void define(lua_State *L, struct value left, int at)
{
	struct ctx *c = sandbox_ctx(L);
	struct weight w = { 0 };
	struct tensor *t = &c->tensor.at[left.tensor];
	if (left.n < t->rank)
		sandbox_error(L, ERR_rank, NULL, "'%s' has %u dims, the definition gives %u indices", t->name, t->rank, left.n);
	if (t->role != ROLE_FUNC && t->role != ROLE_STATE)
		sandbox_error(L, ERR_argument, "define tensors made by func and state", "'%s' is %s and cannot be defined",
		              t->name, t->role == ROLE_INPUT ? "an input" : "a param");
	struct def d = { .tensor = left.tensor, .nidx = left.n, .loc = left.loc ? left.loc : sandbox_where(L) };
	bool start = false;
	for (uint32_t i = 0; i < left.n; i++) {
		const struct expr *x = &c->expr.at[left.idx[i]];
		int64_t k;
		if (x->kind != X_POLY)
			sandbox_error(L, ERR_index, "index the defined tensor with axes and constants",
			              "the definition of '%s' has '%s' as an index", t->name, expr_text(c, left.idx[i]));
		d.idx[i] = x->poly;
		start |= poly_const(c, x->poly, &k) && k < 0;
		start |= poly_const(c, poly_sub(c, x->poly, t->extent[i]), &k) && k >= 0 && !poly_const(c, x->poly, &k);
	}
	d.rhs = value_expr(L, at, &w);
	sandbox_charge(L, sizeof d * 2);
	VEC_PUSH(c, c->def, d);
	if (start)
		VEC_PUSH(c, t->starts, c->def.n - 1);
	else
		VEC_PUSH(c, t->defs, c->def.n - 1);
}

/* a[t][n][g][i] = expr */
static int meta_newindex(lua_State *L)
{
	define(L, with_index(L), 3);
	return 0;
}

/* define(E, expr): also for tensors without dims, which have no brackets. */
int value_define(lua_State *L)
{
	const struct value *v = value_test(L, 1);
	if (!v || v->kind != VALUE_TENSOR || lua_gettop(L) != 2)
		sandbox_error(L, ERR_argument, "define(E, expression)", "define takes a tensor with its indices and an expression");
	define(L, *v, 2);
	return 0;
}

void value_register(lua_State *L)
{
	static const luaL_Reg methods[] = {
		{ "__add", meta_add }, { "__sub", meta_sub }, { "__mul", meta_mul }, { "__div", meta_div },
		{ "__unm", meta_unm }, { "__index", meta_index }, { "__newindex", meta_newindex }, { "__call", meta_call },
		{ "__tostring", meta_tostring }, { "__eq", meta_compare }, { "__lt", meta_compare },
		{ "__le", meta_compare }, { NULL, NULL },
	};
	static const char *const refused[][2] = {
		{ "__idiv", "//" }, { "__mod", "%" }, { "__pow", "^" }, { "__len", "#" }, { "__concat", ".." },
		{ "__band", "&" }, { "__bor", "|" }, { "__bxor", "~" }, { "__bnot", "~" }, { "__shl", "<<" }, { "__shr", ">>" },
	};
	luaL_newmetatable(L, meta_name);
	luaL_setfuncs(L, methods, 0);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		lua_pushstring(L, refused[i][1]);
		lua_pushcclosure(L, meta_refuse, 1);
		lua_setfield(L, -2, refused[i][0]);
	}
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}
