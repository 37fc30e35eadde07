/* load_expects.c · m:expects { ... }: the model that a schedule was made for, printed and compared
 *
 *   m:expects { version = 1, model = "lstm", hash = "144288b7812d1b0c", tensors = {
 *     "x[T][N][256]", "W[4][256][256]", ..., "a[T][N][4][256] = 8c41", ... } }
 *
 * The hash decides: it is of the normalised equations, so names of files, axes and comments do not matter. The tensors
 * say what differs where it does: shapes, types that are not f32, and 16 bits of a hash of their equations. Each part
 * may be left out. */
#include "ir/equations.h"
#include "schedule/load.h"
#include "schedule/stages.h"

enum { VERSION = 1, WIDTH = 120 };

static const char *hash_text(struct ctx *c) { return base_internf(c, "%016llx", (unsigned long long)equations_hash(c)); }

/* "tok[T][N] i32" */
static const char *shape_of(struct ctx *c, const struct tensor *t)
{
	struct text s = { .c = c };
	text_puts(&s, t->name);
	for (uint32_t d = 0; d < t->rank; d++)
		text_printf(&s, "[%s]", poly_text(c, t->extent[d]));
	if (t->type != RNN_F32)
		text_printf(&s, " %s", type_name(t->type));
	return s.s;
}

/* "a[T][N][4][256] = 8c41" */
static const char *signature(struct ctx *c, tensor_id t)
{
	const char *shape = shape_of(c, &c->tensor.at[t]);
	return c->tensor.at[t].defs.n ? base_internf(c, "%s = %04x", shape, (unsigned)(equations_hash_of(c, t) & 0xffff)) : shape;
}

void expects_print(struct ctx *c, struct text *out)
{
	size_t column = WIDTH;
	const char *comma = "";
	text_printf(out, "  m:expects { version = %d, model = \"%s\", hash = \"%s\", tensors = {", VERSION, c->model_name, hash_text(c));
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		if (c->tensor.at[t].derived)
			continue;
		const char *s = signature(c, t);
		bool wrap = column + strlen(s) + 4 > WIDTH;
		column = wrap ? 4 : column + 2;
		text_printf(out, "%s%s\"%s\"", comma, wrap ? "\n    " : " ", s);
		column += strlen(s) + 2;
		comma = ",";
	}
	text_puts(out, " } }\n");
}

/* ---- what differs ------------------------------------------------------------------------------------------------ */

struct difference { const char *text; loc_t at; };

static tensor_id named(struct ctx *c, const char *name, size_t len)
{
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (!c->tensor.at[t].derived && strlen(c->tensor.at[t].name) == len && !strncmp(c->tensor.at[t].name, name, len))
			return t;
	return 0;
}

/* The first difference between a tensor as it was and the model's. */
static bool tensor_differs(struct ctx *c, const char *was, struct difference *d)
{
	tensor_id t = named(c, was, strcspn(was, "[ "));
	const char *equation = strstr(was, " = ");
	size_t len = equation ? (size_t)(equation - was) : strlen(was);
	if (!t) {
		*d = (struct difference){ base_internf(c, "the model has no %.*s", (int)len, was), 0 };
		return true;
	}
	const char *shape = shape_of(c, &c->tensor.at[t]);
	if (strlen(shape) != len || strncmp(shape, was, len)) {
		*d = (struct difference){ base_internf(c, "%.*s is %s here", (int)len, was, shape), c->tensor.at[t].loc };
		return true;
	}
	if (!strcmp(was, signature(c, t)))
		return false;
	*d = (struct difference){ base_internf(c, "%s has another equation", c->tensor.at[t].name),
	                          c->tensor.at[t].defs.n ? c->def.at[c->tensor.at[t].defs.at[0]].loc : c->tensor.at[t].loc };
	return true;
}

/* The first of the tensors in the table at the top of the stack that differs, or one that is new. */
static struct difference first_difference(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	struct difference d = { NULL, 0 };
	bool *seen = base_alloc(c, c->tensor.n);
	lua_Integer n = luaL_len(L, -1);
	for (lua_Integer i = 1; i <= n && !d.text; i++) {
		lua_geti(L, -1, i);
		const char *was = lua_type(L, -1) == LUA_TSTRING ? base_intern(c, lua_tostring(L, -1)) : NULL;
		lua_pop(L, 1);
		if (!was)
			sandbox_error(L, ERR_argument, NULL, "tensors holds a %s, not only strings", luaL_typename(L, -1));
		tensor_differs(c, was, &d);
		seen[named(c, was, strcspn(was, "[ "))] = true;
	}
	for (tensor_id t = 1; t < c->tensor.n && !d.text; t++)
		if (!c->tensor.at[t].derived && !seen[t])
			d = (struct difference){ base_internf(c, "%s is new", shape_of(c, &c->tensor.at[t])), c->tensor.at[t].loc };
	return d;
}

/* What is an error of its own where `field` of the table at 2 is there. */
static bool has(lua_State *L, const char *field, int type)
{
	if (lua_getfield(L, 2, field) == type)
		return true;
	if (!lua_isnil(L, -1))
		sandbox_error(L, ERR_argument, "m:expects { version = 1, model = \"lstm\", hash = \"...\", tensors = { ... } }",
		              "%s is a %s", field, luaL_typename(L, -1));
	lua_pop(L, 1);
	return false;
}

int load_expects(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	luaL_checktype(L, 2, LUA_TTABLE);
	if (has(L, "version", LUA_TNUMBER) && lua_tointeger(L, -1) != VERSION)
		sandbox_error(L, ERR_expects, "use the rnngen that wrote it", "the schedule is of version %d, this rnngen reads %d",
		              (int)lua_tointeger(L, -1), VERSION);
	if (has(L, "model", LUA_TSTRING) && strcmp(lua_tostring(L, -1), c->model_name))
		sandbox_error(L, ERR_expects, NULL, "the schedule was made for the model \"%s\", this one is \"%s\"",
		              lua_tostring(L, -1), c->model_name);
	if (has(L, "hash", LUA_TSTRING) && strcmp(lua_tostring(L, -1), hash_text(c))) {
		const char *was = lua_tostring(L, -1);
		struct difference d = { NULL, 0 };
		if (has(L, "tensors", LUA_TTABLE))
			d = first_difference(L);
		if (d.at) {
			diag(c, ERR_expects, sandbox_where(L), "the schedule was made for other equations or sizes: %s", d.text);
			diag_note(c, d.at, "here");
			sandbox_note_callers(L);
			sandbox_raise(L);
		}
		sandbox_error(L, ERR_expects, NULL, d.text ? "the schedule was made for other equations or sizes: %s" :
		              "the schedule was made for other equations or sizes (hash %s, the model's is %s)", d.text ? d.text : was, hash_text(c));
	}
	lua_settop(L, 1);
	return 1;
}
