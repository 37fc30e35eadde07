/* load.c · the schedule language: Lua calls become directives
 *
 * A schedule file returns function(m). What m offers:
 *   m.NAME, m:stage("layer1.h")      a stage, by its tensor's name
 *   m.layers[i].NAME                 the stages of a scope with a recurrence, by local name; in order of the model. A model
 *                                    without scopes is one layer
 *   m.time, m:recurrence("layer2.h"), m.recurrences[i]     time loops
 *   knob("B", 16, { 8, 16, 32 })   a number that --knob B=32 changes
 *   m:math { ... }, m:expects { ... }, m.target.lanes (of f32), m.target.registers, m.dims.H (nil: run-time),
 *   m.settings.L
 *   m:target("avx2")         the target that the schedule is made for
 * Methods are rows of the tables in load_stage.c, load_time.c and load_model.c. Each returns its stage, so calls chain. */
#include "schedule/load.h"
#include "schedule/stages.h"

stage_id load_stage(lua_State *L, int i)
{
	if (luaL_testudata(L, i, NOTHING))
		return 0;  /* only as an argument: a directive that refers to it does nothing */
	return *(stage_id *)luaL_checkudata(L, i, STAGE);
}

void load_push(lua_State *L, const char *type, uint32_t id)
{
	*(uint32_t *)lua_newuserdatauv(L, sizeof id, 0) = id;
	luaL_setmetatable(L, type);
}

int load_done(lua_State *L) { lua_settop(L, 1); return 1; }

uint32_t load_add_names(lua_State *L, int i, const char **names, uint32_t n, uint32_t max)
{
	lua_Integer many = lua_istable(L, i) ? luaL_len(L, i) : 1;
	for (lua_Integer k = 1; k <= many; k++) {
		if (lua_istable(L, i))
			lua_geti(L, i, k);
		else
			lua_pushvalue(L, i);
		const char *s = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
		if (!s || n == max)
			sandbox_error(L, ERR_argument, NULL, s ? "too many names" : "argument %d is not a name", i - 1);
		names[n++] = base_intern(sandbox_ctx(L), s);
		lua_pop(L, 1);
	}
	return n;
}

uint32_t load_names(lua_State *L, int i, const char **names, uint32_t max)
{
	uint32_t n = 0;
	for (int top = lua_gettop(L); i <= top; i++)
		n = load_add_names(L, i, names, n, max);
	return n;
}

const char *load_quoted(struct ctx *c, const char *const *names, uint32_t n)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; i < n; i++)
		text_printf(&t, "%s\"%s\"", i ? ", " : "", names[i]);
	return t.s ? t.s : "";
}

const char *load_option_text(lua_State *L, int i, const char *name, const char *usual)
{
	return lua_istable(L, i) && lua_getfield(L, i, name) != LUA_TNIL ? luaL_checkstring(L, -1) : usual;
}

int64_t load_option_integer(lua_State *L, int i, const char *name)
{
	int64_t v = lua_istable(L, i) && lua_getfield(L, i, name) != LUA_TNIL ? luaL_checkinteger(L, -1) : 0;
	return v || lua_isnil(L, -1) || !lua_istable(L, i) ? v : -1;
}

bool load_option_boolean(lua_State *L, int i, const char *name, enum diag_id id, const char *options)
{
	bool said = lua_istable(L, i) && lua_getfield(L, i, name) != LUA_TNIL, v = said && lua_toboolean(L, -1);
	if (said && !lua_isboolean(L, -1))
		sandbox_error(L, id, options, "%s cannot be a %s", name, luaL_typename(L, -1));
	return v;
}

static int nothing_call(lua_State *L) { lua_settop(L, 1); return 1; }
static int nothing_index(lua_State *L) { lua_pushcfunction(L, nothing_call); return 1; }
static int unknown_call(lua_State *L) { load_push(L, NOTHING, 0); return 1; }  /* what is chained counts on it */

/* A method that does not exist: did you mean. The file goes on, so that one run shows several errors. */
static int unknown(lua_State *L, const struct method *methods, const char *of)
{
	struct ctx *c = sandbox_ctx(L);
	const char *name = lua_tostring(L, 2);
	size_t n = 0;
	while (methods[n].name)
		n++;
	const char **words = base_alloc(c, n * sizeof *words);
	for (size_t i = 0; i < n; i++)
		words[i] = methods[i].name;
	struct text all = { .c = c };
	for (size_t i = 0; i < n; i++)
		text_printf(&all, "%s%s", i ? ", " : "", words[i]);
	const char *near = name ? base_nearest(c, name, words, n) : NULL;
	diag(c, ERR_undefined_name, sandbox_where(L), "%s has no directive '%s'", of, name ? name : "?");
	diag_fix(c, near ? "did you mean '%s'?" : "its directives are %s", near ? near : all.s);
	sandbox_note_callers(L);
	lua_pushcfunction(L, unknown_call);
	return 1;
}

static int stage_index(lua_State *L)
{
	lua_getfield(L, lua_upvalueindex(1), luaL_checkstring(L, 2));
	return lua_isnil(L, -1) ? unknown(L, load_of_stage, "a stage") : 1;
}

static int recurrence_index(lua_State *L)
{
	lua_getfield(L, lua_upvalueindex(1), luaL_checkstring(L, 2));
	return lua_isnil(L, -1) ? unknown(L, load_of_time, "a recurrence") : 1;
}

/* What the signature of a method tells of a call: options by their names, and the colon that it needs. */
static void check_call(lua_State *L, const struct method *m)
{
	struct ctx *c = sandbox_ctx(L);
	const char *usage = base_internf(c, "%s%s", m->name, m->signature);
	if (!lua_isuserdata(L, 1) && !lua_istable(L, 1))
		sandbox_error(L, ERR_argument, base_internf(c, "write a colon before it, as in m.h:%s(...) or m:%s(...)", m->name, m->name),
		              "'%s' is called without what it belongs to", m->name);
	if ((!strncmp(m->signature, "(options", 8) || !strncmp(m->signature, "(model", 6)) && !lua_isnoneornil(L, 2) && !lua_istable(L, 2))
		sandbox_error(L, ERR_argument, usage, "%s takes a table of options, not a %s", m->name, luaL_typename(L, 2));
	for (int i = 2, top = lua_gettop(L); i <= top; i++) {
		if (!lua_istable(L, i) || strstr(m->signature, "{ [string]"))  /* any names */
			continue;
		for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) {
			const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
			if (key && !strstr(m->signature, base_internf(c, " %s: ", key)) && !strstr(m->signature, base_internf(c, " %s?: ", key)))
				sandbox_error(L, ERR_argument, usage, "%s has no option '%s'", m->name, key);
		}
	}
	sandbox_usage(L, usage);
}

/* A directive that is refused inside a file that others call: who called it. */
static int call_method(lua_State *L)
{
	const struct method *m = lua_touserdata(L, lua_upvalueindex(1));
	uint32_t before = sandbox_ctx(L)->errors;
	check_call(L, m);
	int n = m->f(L);
	sandbox_usage(L, NULL);
	if (sandbox_ctx(L)->errors > before)
		sandbox_note_callers(L);
	return n;
}

void load_methods(lua_State *L, const struct method *methods)
{
	for (; methods->name; methods++) {
		lua_pushlightuserdata(L, (void *)(uintptr_t)methods);
		lua_pushcclosure(L, call_method, 1);
		lua_setfield(L, -2, methods->name);
	}
}

static void define_type(lua_State *L, const char *type, const struct method *methods, lua_CFunction index)
{
	luaL_newmetatable(L, type);
	lua_newtable(L);
	load_methods(L, methods);
	lua_pushcclosure(L, index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

void load_answer(lua_State *L, lua_CFunction index, lua_CFunction call)
{
	lua_newtable(L);
	lua_pushcfunction(L, index);
	lua_setfield(L, -2, "__index");
	if (call) {
		lua_pushcfunction(L, call);
		lua_setfield(L, -2, "__call");
	}
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
}

bool sched_doc(uint32_t i, struct sched_doc *d)
{
	static const struct { const char *type; const struct method *methods; } all[] = {
		{ "rnn.stage", load_of_stage }, { "rnn.recurrence", load_of_time }, { "rnn.scheduled", load_of_model },
		{ "rnn.scheduled.weights", load_of_weights },
	};
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		for (const struct method *m = all[k].methods; m->name; m++)
			if (i-- == 0)
				return *d = (struct sched_doc){ all[k].type, m->name, m->signature, m->doc }, true;
	return false;
}

bool sched_load(struct ctx *c, const char *path)
{
	uint32_t before = c->errors;
	c->sched->file = path;
	if (!path)
		return true;
	struct sandbox_options o = sandbox_defaults;
	o.shipped = "schedules";
	struct sandbox *s = sandbox_new(c, &o);
	lua_State *L = sandbox_lua(s);
	define_type(L, STAGE, load_of_stage, stage_index);
	lua_pushcfunction(L, load_knob);
	sandbox_define(s, "knob");
	define_type(L, RECURRENCE, load_of_time, recurrence_index);
	define_type(L, NOTHING, load_of_time, nothing_index);
	if (sandbox_run(s, path, 1)) {
		if (!lua_isfunction(L, -1)) {
			diag(c, ERR_schedule, loc_make(c, path, 1), "the file returns %s, not a function", luaL_typename(L, -1));
		} else {
			load_model(L, c);
			sandbox_call(s, 1, 0);
		}
	}
	sandbox_free(s);
	return c->errors == before;
}
