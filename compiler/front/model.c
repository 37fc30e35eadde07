/* model.c · the functions of the model language, and loading of a model file
 *
 * Each function only records what the file says in the tables of the compilation; whether it makes sense as a whole is
 * for equations_infer() to find. To add a function: a row in `functions`. */
#include "front/model_lang.h"

#include <ctype.h>

/* ---- arguments --------------------------------------------------------------------------------------------------- */

static const char *identifier(lua_State *L, int i, const char *what)
{
	const char *s = lua_type(L, i) == LUA_TSTRING ? lua_tostring(L, i) : "";
	size_t len = strlen(s);
	bool good = len && len < 64 && !isdigit((unsigned char)*s);
	for (size_t k = 0; good && k < len; k++)
		good = isalnum((unsigned char)s[k]) || s[k] == '_';
	if (!good)
		sandbox_error(L, ERR_argument, "use letters, digits and _",
		              "the name of %s must be a word, not %s", what, *s ? s : value_what(L, i));
	return base_intern(sandbox_ctx(L), s);
}

static const struct setting *set_value(struct ctx *c, const char *name)
{
	for (uint32_t i = 0; i < c->set.n; i++) {
		if (strcmp(c->set.at[i].name, name))
			continue;
		c->set.at[i].used = true;
		return &c->set.at[i];
	}
	return NULL;
}

static int64_t whole_number(lua_State *L, int i, enum diag_id id, const char *what)
{
	int whole;
	lua_Integer v = lua_tointegerx(L, i, &whole);
	if (lua_type(L, i) != LUA_TNUMBER || !whole)
		sandbox_error(L, id, NULL, "%s must be a whole number, not %s", what,
		              lua_type(L, i) == LUA_TNUMBER ? lua_tostring(L, i) : value_what(L, i));
	return v;
}

/* ---- dims and axes ----------------------------------------------------------------------------------------------- */

#define DIM_MAX ((int64_t)1 << 31)

/* Pushes the dim `name`, fixed where the command line or `value` (-1: none) says so. One name is one dim. */
static void push_dim(lua_State *L, const char *name, int64_t value)
{
	struct ctx *c = sandbox_ctx(L);
	const struct setting *set = set_value(c, name);
	if (set && set->run_time && value == -1)
		set = NULL;
	value = set ? set->value : value;
	if ((set || value != -1) && (value < 1 || value > DIM_MAX))
		sandbox_error(L, ERR_dim_value, NULL, "the dim '%s' cannot be %lld", name, (long long)value);
	uint32_t at = 0;
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].name == name)
			at = i;
	if (at && c->dim.at[at].value != value && value != -1) {
		sandbox_error(L, ERR_dim_value, "give a dim its value in one place", "the dim '%s' is %lld here but %s at %s",
		              name, (long long)value,
		              c->dim.at[at].value < 0 ? "open" : base_internf(c, "%lld", (long long)c->dim.at[at].value),
		              loc_text(c, c->dim.at[at].loc));
	}
	if (!at) {
		struct dim d = { .name = name, .value = value, .loc = sandbox_where(L) };
		d.var = value < 0 ? var_new(c, VAR_DIM, name, 0, d.loc) : 0;
		at = c->dim.n;
		VEC_PUSH(c, c->dim, d);
	}
	const struct dim *d = &c->dim.at[at];
	value_push_int(L, d->value < 0 ? poly_var(c, d->var) : poly_int(c, d->value));
}

static int lang_dim(lua_State *L)
{
	const char *name = identifier(L, 1, "a dim");
	int64_t value = -1;
	if (!lua_isnoneornil(L, 2)) {
		value = whole_number(L, 2, ERR_dim_value, base_internf(sandbox_ctx(L), "the dim '%s'", name));
		if (value < 1)
			sandbox_error(L, ERR_dim_value, NULL, "the dim '%s' cannot be %lld", name, (long long)value);
	}
	push_dim(L, name, value);
	return 1;
}

static int lang_dims(lua_State *L)
{
	int n = lua_gettop(L);
	luaL_checkstack(L, n, "dims");
	for (int i = 1; i <= n; i++)
		push_dim(L, identifier(L, i, "a dim"), -1);
	return n;
}

static var_id push_axis(lua_State *L, const char *name, poly_id extent)
{
	struct ctx *c = sandbox_ctx(L);
	var_id v = var_new(c, VAR_AXIS, name, extent, sandbox_where(L));
	value_push_int(L, poly_var(c, v));
	return v;
}

static poly_id check_extent(lua_State *L, int i, const char *what)
{
	struct ctx *c = sandbox_ctx(L);
	poly_id p = value_poly(L, i);
	int64_t k;
	uint32_t n = 0;
	const struct term *t = p ? poly_terms(c, p, &n) : NULL;
	for (uint32_t a = 0; a < n; a++)
		for (int b = 0; b < t[a].n; b++)
			if (c->var.at[t[a].var[b]].kind != VAR_DIM)
				p = 0;
	if (!p)
		sandbox_error(L, ERR_argument, "give a dim or a whole number", "%s cannot be %s", what, value_what(L, i));
	if (poly_const(c, p, &k) && (k < 1 || k > DIM_MAX))
		sandbox_error(L, ERR_dim_value, NULL, "%s cannot be %lld", what, (long long)k);
	return p;
}

static int lang_axis(lua_State *L)
{
	const char *name = identifier(L, 1, "an axis");
	poly_id extent = lua_isnoneornil(L, 2) ? 0 : check_extent(L, 2, "the extent of an axis");
	push_axis(L, name, extent);
	return 1;
}

static int lang_axes(lua_State *L)
{
	int n = lua_gettop(L);
	luaL_checkstack(L, n, "axes");
	for (int i = 1; i <= n; i++)
		push_axis(L, identifier(L, i, "an axis"), 0);
	return n;
}

/* A field of the table that is not one of the n known ones, the first by name: Lua's order changes from run to run. */
static const char *unknown_field(lua_State *L, int table, const char *const *known, size_t n)
{
	const char *first = NULL;
	for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
		const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "1";
		bool found = false;
		for (size_t i = 0; i < n; i++)
			found |= !strcmp(key, known[i]);
		if (!found && (!first || strcmp(key, first) < 0))
			first = base_intern(sandbox_ctx(L), key);
	}
	return first;
}

/* The tensor of integers (of conditions, too, for reset) in field `name` of the table at 3; 0: none. */
static tensor_id time_option(lua_State *L, const char *name, uint32_t rank)
{
	static const char *const known[] = { "lengths", "reset" };
	struct ctx *c = sandbox_ctx(L);
	if (lua_isnoneornil(L, 3))
		return 0;
	if (lua_type(L, 3) != LUA_TTABLE)
		sandbox_error(L, ERR_argument, "time(\"t\", T, { lengths = len })", "the options of time are a table, not %s",
		              value_what(L, 3));
	const char *wrong = unknown_field(L, 3, known, 2);
	if (wrong)
		sandbox_error(L, ERR_argument, "the options are lengths and reset", "time has no option '%s'", wrong);
	lua_getfield(L, 3, name);
	const struct value *v = value_test(L, -1);
	bool none = lua_isnil(L, -1);
	const struct tensor *t = v && v->kind == VALUE_TENSOR && !v->n ? &c->tensor.at[v->tensor] : NULL;
	bool type = t && (t->type == RNN_I32 || t->type == RNN_I64 || (t->type == RNN_BOOL && rank == 2));
	if (!none && (!type || t->rank != rank || t->role == ROLE_PARAM))
		sandbox_error(L, ERR_argument, rank == 1 ? "len = input(\"len\", i32, {N})" : "r = input(\"r\", i32, {T, N})",
		              "'%s' must be a tensor of integers with %u dim%s, not %s", name, rank, rank == 1 ? "" : "s",
		              value_what(L, -1));
	lua_pop(L, 1);
	return none ? 0 : v->tensor;
}

static int lang_time(lua_State *L)
{
	const char *name = identifier(L, 1, "the time axis");
	poly_id extent = check_extent(L, 2, "the extent of time");
	tensor_id lengths = time_option(L, "lengths", 1), reset = time_option(L, "reset", 2);
	var_id v = push_axis(L, name, extent);
	struct var *x = &sandbox_ctx(L)->var.at[v];
	x->is_time = true;
	x->lengths = lengths;
	x->reset = reset;
	if (reset)
		sandbox_ctx(L)->tensor.at[reset].time = 0;
	return 1;
}

static int lang_setting(lua_State *L)
{
	const char *name = identifier(L, 1, "a setting");
	int64_t value = whole_number(L, 2, ERR_argument, base_internf(sandbox_ctx(L), "the setting '%s'", name));
	struct ctx *c = sandbox_ctx(L);
	const struct setting *set = set_value(c, name);
	bool asked = false;
	value = set ? set->value : value;
	for (uint32_t i = 0; i < c->asked.n; i++)
		asked |= c->asked.at[i].name == name;
	if (!asked)
		VEC_PUSH(c, c->asked, (struct setting){ name, value, true, false });
	lua_pushinteger(L, value);
	return 1;
}

/* ---- tensors ----------------------------------------------------------------------------------------------------- */

static int declare(lua_State *L, enum role role, const char *what)
{
	struct ctx *c = sandbox_ctx(L);
	const char *scope = model_front(L)->scope;
	struct tensor t = { .role = (uint8_t)role, .time = -1, .loc = sandbox_where(L) };
	t.local = identifier(L, 1, what);
	t.scope = scope;
	t.name = *scope ? base_internf(c, "%s.%s", scope, t.local) : t.local;
	tensor_id same = tensor_find(c, t.name);
	if (same)
		sandbox_error(L, ERR_redefinition, "use another name, or scope(\"NAME\", function() ... end)",
		              "'%s' is already the name of a tensor (%s)", t.name, loc_text(c, c->tensor.at[same].loc));
	const struct value *type = value_test(L, 2);
	if (!type || type->kind != VALUE_TYPE)
		sandbox_error(L, ERR_argument, "give f32, f64, i32, i64 or bool", "the type of '%s' cannot be %s", t.name,
		              value_what(L, 2));
	t.type = type->type;
	if (lua_type(L, 3) != LUA_TTABLE)
		sandbox_error(L, ERR_argument, "give a list of dims, e.g. {T, N, H}", "the dims of '%s' cannot be %s", t.name,
		              value_what(L, 3));
	lua_Unsigned rank = lua_rawlen(L, 3);
	if (rank > 8)
		sandbox_error(L, ERR_rank, "a tensor has up to 8 dims", "'%s' has %llu dims", t.name, (unsigned long long)rank);
	t.rank = (uint32_t)rank;
	for (uint32_t i = 0; i < t.rank; i++) {
		lua_rawgeti(L, 3, i + 1);
		t.extent[i] = check_extent(L, -1, base_internf(c, "dim %u of '%s'", i, t.name));
		lua_pop(L, 1);
	}
	tensor_id id = c->tensor.n;
	sandbox_charge(L, sizeof t * 2);
	VEC_PUSH(c, c->tensor, t);
	if (role == ROLE_PARAM)
		VEC_PUSH(c, c->params, id);
	value_push(L, VALUE_TENSOR)->tensor = id;
	return 1;
}

static int lang_input(lua_State *L) { return declare(L, ROLE_INPUT, "an input"); }
static int lang_param(lua_State *L) { return declare(L, ROLE_PARAM, "a param"); }
static int lang_func(lua_State *L) { return declare(L, ROLE_FUNC, "a func"); }
static int lang_state(lua_State *L) { return declare(L, ROLE_STATE, "a state"); }

static int lang_scope(lua_State *L)
{
	struct model_front *m = model_front(L);
	const char *name = identifier(L, 1, "a scope"), *outer = m->scope;
	if (lua_type(L, 2) != LUA_TFUNCTION)
		sandbox_error(L, ERR_argument, "scope(\"NAME\", function() ... end)", "scope needs a function, not %s",
		              value_what(L, 2));
	m->scope = *outer ? base_internf(m->c, "%s.%s", outer, name) : name;
	lua_settop(L, 2);
	int status = sandbox_protect(L, 0, LUA_MULTRET);
	m->scope = outer;
	if (status != LUA_OK)
		return lua_error(L);
	return lua_gettop(L) - 1;
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

static int lang_op(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	enum op op = (enum op)lua_tointeger(L, lua_upvalueindex(1));
	int arity = op_info[op].arity;
	struct weight w = { 0 };
	expr_id a[3] = { 0 };
	if (lua_gettop(L) != arity)
		sandbox_error(L, ERR_argument, NULL, "%s takes %d argument%s, not %d", op_info[op].text, arity,
		              arity == 1 ? "" : "s", lua_gettop(L));
	for (int i = 0; i < arity; i++)
		a[i] = value_expr(L, i + 1, &w);
	value_push_expr(L, expr_op(c, op, a[0], a[1], a[2], sandbox_where(L)), w);
	return 1;
}

/* The distinct axes at stack place 1, one or a list; their number, 0 where that is something else. */
static uint32_t axis_list(lua_State *L, var_id axes[8])
{
	if (lua_type(L, 1) != LUA_TTABLE)
		return (axes[0] = value_axis(L, 1)) != 0;
	lua_Unsigned len = lua_rawlen(L, 1);
	if (len > 8)
		return 0;
	for (uint32_t i = 0; i < len; i++) {
		lua_rawgeti(L, 1, i + 1);
		axes[i] = value_axis(L, -1);
		lua_pop(L, 1);
		bool twice = false;
		for (uint32_t k = 0; k < i; k++)
			twice |= axes[k] == axes[i];
		if (twice || !axes[i])
			return 0;
	}
	return (uint32_t)len;
}

static int reduction(lua_State *L, enum reduce r, const char *name)
{
	struct ctx *c = sandbox_ctx(L);
	var_id axes[8];
	struct weight w = { 0 };
	uint32_t n = axis_list(L, axes);
	if (!n || lua_gettop(L) != 2)
		sandbox_error(L, ERR_argument, base_internf(c, "%s(k, expression) or %s({j, k}, expression)", name, name),
		              n ? "%s takes axes and one expression" : "%s runs over distinct axes", name);
	expr_id body = value_expr(L, 2, &w);
	value_push_expr(L, expr_reduce(c, r, axes, n, body, sandbox_where(L)), w);
	return 1;
}

static int lang_sum(lua_State *L) { return reduction(L, RED_SUM, "sum"); }
static int lang_prod(lua_State *L) { return reduction(L, RED_PROD, "prod"); }
static int lang_amax(lua_State *L) { return reduction(L, RED_AMAX, "amax"); }
static int lang_amin(lua_State *L) { return reduction(L, RED_AMIN, "amin"); }
static int lang_argmax(lua_State *L) { return reduction(L, RED_ARGMAX, "argmax"); }

/* ---- model{ } ---------------------------------------------------------------------------------------------------- */

/* The tensors listed in field `name` of the table at 1. */
static idvec tensor_list(lua_State *L, const char *name)
{
	struct ctx *c = sandbox_ctx(L);
	idvec list = { 0 };
	int type = lua_getfield(L, 1, name);
	if (type != LUA_TNIL && type != LUA_TTABLE)
		sandbox_error(L, ERR_model, NULL, "%s must be a list of tensors, not %s", name, value_what(L, -1));
	lua_Unsigned n = type == LUA_TTABLE ? lua_rawlen(L, -1) : 0;
	for (lua_Unsigned i = 1; i <= n; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i);
		const struct value *v = value_test(L, -1);
		if (!v || v->kind != VALUE_TENSOR || v->n)
			sandbox_error(L, ERR_model, NULL, "%s lists %s, which is no tensor", name, value_what(L, -1));
		for (uint32_t k = 0; k < list.n; k++)
			if (list.at[k] == v->tensor)
				sandbox_error(L, ERR_model, NULL, "%s lists '%s' twice", name, c->tensor.at[v->tensor].name);
		VEC_PUSH(c, list, v->tensor);
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return list;
}

static void check_roles(lua_State *L, const idvec *list, const char *name, bool input)
{
	struct ctx *c = sandbox_ctx(L);
	for (uint32_t i = 0; i < list->n; i++) {
		const struct tensor *t = &c->tensor.at[list->at[i]];
		bool defined = t->role == ROLE_FUNC || t->role == ROLE_STATE;
		if (input ? t->role != ROLE_INPUT : !defined)
			sandbox_error(L, ERR_model, NULL, "%s lists '%s', which is no %s", name, t->name,
			              input ? "input" : "func or state");
	}
}

static void check_fields(lua_State *L)
{
	static const char *const known[] = { "name", "inputs", "outputs", "states" };
	struct ctx *c = sandbox_ctx(L);
	const char *first = unknown_field(L, 1, known, 4);
	const char *near = first ? base_nearest(c, first, known, 4) : NULL;
	if (first)
		sandbox_error(L, ERR_model, near ? base_internf(c, "did you mean '%s'?", near) : NULL,
		              "model has no field '%s'", first);
}

static int lang_model(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	struct model_front *m = model_front(L);
	if (lua_type(L, 1) != LUA_TTABLE)
		sandbox_error(L, ERR_model, NULL, "model needs a table, not %s", value_what(L, 1));
	if (m->finished)
		sandbox_error(L, ERR_model, NULL, "model{ } is called a second time");
	check_fields(L);
	lua_settop(L, 1);
	lua_getfield(L, 1, "name");
	c->model_name = identifier(L, -1, "the model");
	lua_pop(L, 1);
	c->inputs = tensor_list(L, "inputs");
	c->outputs = tensor_list(L, "outputs");
	c->states = tensor_list(L, "states");
	check_roles(L, &c->inputs, "inputs", true);
	check_roles(L, &c->outputs, "outputs", false);
	check_roles(L, &c->states, "states", false);
	if (!c->outputs.n)
		sandbox_error(L, ERR_model, "list what the model computes: outputs = {h}", "the model has no outputs");
	for (uint32_t i = 0; i < c->outputs.n; i++)
		c->tensor.at[c->outputs.at[i]].is_output = true;
	for (uint32_t i = 0; i < c->states.n; i++)
		c->tensor.at[c->states.at[i]].is_state = true;
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		bool listed = c->tensor.at[t].role != ROLE_INPUT;
		for (uint32_t i = 0; i < c->inputs.n; i++)
			listed |= c->inputs.at[i] == t;
		if (!listed)
			sandbox_error(L, ERR_model, NULL, "the input '%s' is missing in inputs", c->tensor.at[t].name);
	}
	m->finished = true;
	return 1;
}

/* ---- the table of functions -------------------------------------------------------------------------------------- */

static const struct model_function functions[] = {
	{ "dim", lang_dim, 0, "dim(name, value?)", "a size: fixed by value or --set, else an argument at run time" },
	{ "dims", lang_dims, 0, "dims(name, ...)", "several sizes without a value" },
	{ "axis", lang_axis, 0, "axis(name, extent?)", "an index; its extent follows from the dims that it indexes" },
	{ "axes", lang_axes, 0, "axes(name, ...)", "several indices" },
	{ "time", lang_time, 0, "time(name, dim, { lengths =, reset = }?)",
	  "the axis along which sequences run; lengths[n] steps are valid, where reset[t][n] is set a sequence starts anew" },
	{ "setting", lang_setting, 0, "setting(name, default)", "a whole number for Lua, which --set can change" },
	{ "input", lang_input, 0, "input(name, type, dims)", "a tensor that the caller passes with each run" },
	{ "param", lang_param, 0, "param(name, type, dims)", "a tensor of weights" },
	{ "func", lang_func, 0, "func(name, type, dims)", "a tensor that the model defines" },
	{ "state", lang_state, 0, "state(name, type, dims)", "a tensor that the model defines and carries between runs" },
	{ "scope", lang_scope, 0, "scope(name, f)", "calls f; tensors declared in it are called NAME.tensor" },
	{ "sum", lang_sum, 0, "sum(axes, x)", "the sum of x over one axis or a list of axes" },
	{ "prod", lang_prod, 0, "prod(axes, x)", "the product of x over axes" },
	{ "amax", lang_amax, 0, "amax(axes, x)", "the largest x over axes" },
	{ "amin", lang_amin, 0, "amin(axes, x)", "the smallest x over axes" },
	{ "argmax", lang_argmax, 0, "argmax(axes, x)", "where over axes x is largest, an i32; the first such place" },
	{ "define", value_define, 0, "define(tensor, x)", "the same as tensor = x with brackets; for tensors without dims" },
	{ "model", lang_model, 0, "model{ name=, inputs=, outputs=, states= }", "ends the file: what the model is" },
};

static const struct { const char *name; enum rnn_type type; } types[] = {
	{ "f32", RNN_F32 }, { "f64", RNN_F64 }, { "i32", RNN_I32 }, { "i64", RNN_I64 }, { "bool", RNN_BOOL },
};

/* Functions of ops.def: those whose text is a word; fma is the compiler's own, pad a method. */
static bool is_function(enum op op)
{
	return isalpha((unsigned char)*op_info[op].text) && op != OP_FMA && op != OP_PAD;
}

static const char *op_doc(enum op op)
{
	switch (op_info[op].kind) {
	case 'C': return "a condition on two numbers";
	case 'B': return "a condition on conditions";
	case 'W': return "the second where the condition holds, else the third";
	default:  return op_info[op].arity == 1 ? "elementwise" : "elementwise, of two numbers";
	}
}

const struct model_function *model_functions(struct ctx *c, uint32_t *n)
{
	static const char *const arguments[] = { "", "x", "a, b", "condition, a, b" };
	VEC(struct model_function) all = { 0 };
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		VEC_PUSH(c, all, functions[i]);
	for (int op = 0; op < OP_COUNT; op++) {
		if (!is_function((enum op)op))
			continue;
		const char *text = op_info[op].text;
		VEC_PUSH(c, all, (struct model_function){ text, lang_op, op,
		         base_internf(c, "%s(%s)", text, arguments[op_info[op].arity]), op_doc((enum op)op) });
	}
	*n = all.n;
	return all.at;
}

static void register_language(struct sandbox *s)
{
	lua_State *L = sandbox_lua(s);
	uint32_t n;
	value_register(L);
	const struct model_function *f = model_functions(sandbox_ctx(L), &n);
	for (uint32_t i = 0; i < n; i++) {
		lua_pushinteger(L, f[i].op);
		lua_pushcclosure(L, f[i].f, 1);
		sandbox_define(s, f[i].name);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		value_push(L, VALUE_TYPE)->type = (uint8_t)types[i].type;
		sandbox_define(s, types[i].name);
	}
}

bool model_load(struct ctx *c, const char *path)
{
	uint32_t errors = c->errors;
	struct sandbox *s = sandbox_new(c, NULL);
	struct model_front m = { .c = c, .scope = "" };
	c->model_file = base_intern(c, path);
	sandbox_set_user(s, &m);
	register_language(s);
	if (sandbox_run(s, path, 0) && !m.finished)
		diag(c, ERR_model, loc_make(c, path, 1), "the file does not call model{ }");
	sandbox_free(s);
	return c->errors == errors;
}
