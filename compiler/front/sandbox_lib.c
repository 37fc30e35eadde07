/* sandbox_lib.c · what of Lua's own library the files may use, and what replaces the rest (see sandbox.h)
 *
 * The tables at the end are the whole list. Functions of C that could run for long on small input are replaced or
 * charged for what they do: the hook does not see inside them.
 *
 * Determinism: pairs visits keys in order and tostring gives no addresses; math.random and the clock are gone.
 * table.sort is a merge sort: stable, and n log n whatever the comparison answers. */
#include "front/sandbox_inside.h"

/* An error of the file is its own business; what has been reported, and the end of a budget, goes on up. */
static int own_pcall(lua_State *L)
{
	luaL_checkany(L, 1);
	sandbox_steps(L, 16);                    /* catching errors costs more than an instruction */
	int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	if (sandbox_of(L)->spent)
		sandbox_raise(L);
	if (status != LUA_OK && sandbox_is_reported(L, -1))
		return lua_error(L);
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 1);
	return lua_gettop(L);
}

/* ---- metatables and pairs ---------------------------------------------------------------------------------------- */

static int own_getmetatable(lua_State *L)
{
	luaL_checkany(L, 1);
	if (lua_type(L, 1) != LUA_TTABLE)
		sandbox_error(L, ERR_sandbox, NULL, "the metatable of a %s is out of reach; getmetatable takes tables",
		              lua_isuserdata(L, 1) ? "value of the language" : luaL_typename(L, 1));
	if (!lua_getmetatable(L, 1))
		return lua_pushnil(L), 1;
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		lua_pushnil(L);
	return 1;
}

static int own_setmetatable(lua_State *L)
{
	if (lua_type(L, 1) != LUA_TTABLE)
		sandbox_error(L, ERR_sandbox, NULL, "the metatable of a %s is out of reach; setmetatable takes tables",
		              lua_isuserdata(L, 1) ? "value of the language" : luaL_typename(L, 1));
	luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		sandbox_error(L, ERR_sandbox, "make a table of your own", "this table's metatable is protected");
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			sandbox_error(L, ERR_sandbox, "drop __gc", "finalizers are not available in model and schedule files");
	}
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

static int pairs_next(lua_State *L)  /* upvalues: the keys in order, how many were given */
{
	for (;;) {
		lua_Integer i = lua_tointeger(L, lua_upvalueindex(2)) + 1;
		lua_pushinteger(L, i);
		lua_replace(L, lua_upvalueindex(2));
		if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL)
			return 1;
		lua_pushvalue(L, -1);
		if (lua_rawget(L, 1) != LUA_TNIL)
			return 2;
		lua_pop(L, 2);
	}
}

/* Can keys be put in order? What is told apart by its address only cannot. */
static void check_key(lua_State *L, int i)
{
	int type = lua_type(L, i);
	if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN)
		sandbox_error(L, ERR_sandbox, "use numbers or strings as keys, or keep a list beside the table",
		              "pairs visits keys in order, and a %s as a key has no place in it", luaL_typename(L, i));
}

static void sort(lua_State *L, int list, lua_Integer n, bool (*less)(lua_State *L, int a, int b));

/* Numbers before strings before booleans; equal kinds by value. */
static bool key_less(lua_State *L, int a, int b)
{
	int ta = lua_type(L, a), tb = lua_type(L, b);
	static const char rank[] = { [LUA_TNUMBER] = 1, [LUA_TSTRING] = 2, [LUA_TBOOLEAN] = 3 };
	if (ta != tb)
		return rank[ta] < rank[tb];
	return ta == LUA_TBOOLEAN ? lua_toboolean(L, a) < lua_toboolean(L, b) : lua_compare(L, a, b, LUA_OPLT);
}

static int own_pairs(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_settop(L, 1);
	lua_newtable(L);
	lua_Integer n = 0;
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		sandbox_steps(L, 1);
		check_key(L, -2);
		lua_pushvalue(L, -2);
		lua_rawseti(L, 2, ++n);
	}
	sort(L, 2, n, key_less);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 2);
	lua_pushvalue(L, 1);
	return 2;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

void sandbox_push_text(lua_State *L, int i)
{
	int type = lua_type(L, i);
	i = lua_absindex(L, i);
	if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING)
		luaL_tolstring(L, i, NULL);
	else if (!luaL_callmeta(L, i, "__tostring"))
		lua_pushstring(L, luaL_typename(L, i));
	else if (!lua_isstring(L, -1))
		luaL_error(L, "'__tostring' must return a string");
}

static int own_tostring(lua_State *L)
{
	luaL_checkany(L, 1);
	sandbox_push_text(L, 1);
	return 1;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* A table whose length and elements are its own: metamethods could make both endless. Its length. */
static lua_Unsigned plain_table(lua_State *L, int i)
{
	static const char *const events[] = { "__index", "__newindex", "__len" };
	luaL_checktype(L, i, LUA_TTABLE);
	for (size_t k = 0; k < sizeof events / sizeof *events; k++)
		if (luaL_getmetafield(L, i, events[k]) != LUA_TNIL)
			sandbox_error(L, ERR_sandbox, "copy the elements into a plain table", "the functions of table take plain tables, "
			              "this one's metatable has %s", events[k]);
	return lua_rawlen(L, i);
}

/* The elements from..to are touched. */
static void charge_range(lua_State *L, lua_Integer from, lua_Integer to)
{
	if (to >= from)
		sandbox_steps(L, (uint64_t)to - (uint64_t)from + 1);
}

/* Goes on with Lua's own function, the upvalue. */
static int call_original(lua_State *L)
{
	int n = lua_gettop(L);
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, n, LUA_MULTRET);
	return lua_gettop(L);
}

static int own_concat(lua_State *L)
{
	lua_Integer n = (lua_Integer)plain_table(L, 1);
	charge_range(L, luaL_optinteger(L, 3, 1), luaL_optinteger(L, 4, n));
	return call_original(L);
}

static int own_insert(lua_State *L)
{
	lua_Integer n = (lua_Integer)plain_table(L, 1);
	if (lua_gettop(L) == 3)
		charge_range(L, luaL_checkinteger(L, 2) < 1 ? 1 : lua_tointeger(L, 2), n);
	return call_original(L);
}

static int own_remove(lua_State *L)
{
	lua_Integer n = (lua_Integer)plain_table(L, 1);
	lua_Integer at = luaL_optinteger(L, 2, n);
	charge_range(L, at < 1 ? 1 : at, n);
	return call_original(L);
}

static int own_unpack(lua_State *L)
{
	lua_Integer n = (lua_Integer)plain_table(L, 1);
	charge_range(L, luaL_optinteger(L, 2, 1), luaL_optinteger(L, 3, n));
	return call_original(L);
}

static int own_move(lua_State *L)
{
	plain_table(L, 1);
	if (!lua_isnoneornil(L, 5))
		plain_table(L, 5);
	charge_range(L, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
	return call_original(L);
}

/* Merges the runs from..mid-1 and mid..to-1 of list `a` into `b`. */
static void merge(lua_State *L, int a, int b, lua_Integer from, lua_Integer mid, lua_Integer to,
                  bool (*less)(lua_State *L, int a, int b))
{
	lua_Integer i = from, k = mid;
	for (lua_Integer at = from; at < to; at++) {
		bool second = i == mid;
		sandbox_steps(L, 1);
		if (i < mid && k < to) {
			lua_rawgeti(L, a, i);
			lua_rawgeti(L, a, k);
			second = less(L, lua_gettop(L), lua_gettop(L) - 1);  /* equal: the first one stays first */
			lua_pop(L, 2);
		}
		lua_rawgeti(L, a, second ? k++ : i++);
		lua_rawseti(L, b, at);
	}
}

/* Sorts the n elements of the table at stack place `list`. */
static void sort(lua_State *L, int list, lua_Integer n, bool (*less)(lua_State *L, int a, int b))
{
	lua_newtable(L);
	int from = list, to = lua_gettop(L), other = to;
	for (lua_Integer width = 1; width < n; width *= 2) {
		for (lua_Integer at = 1; at <= n; at += 2 * width) {
			lua_Integer mid = at + width < n + 1 ? at + width : n + 1;
			lua_Integer end = mid + width < n + 1 ? mid + width : n + 1;
			merge(L, from, to, at, mid, end, less);
		}
		int t = from;
		from = to;
		to = t;
	}
	for (lua_Integer i = 1; from == other && i <= n; i++) {
		lua_rawgeti(L, from, i);
		lua_rawseti(L, list, i);
	}
	lua_settop(L, other - 1);
}

static bool value_less(lua_State *L, int a, int b) { return lua_compare(L, a, b, LUA_OPLT); }

static bool asked_less(lua_State *L, int a, int b)  /* the comparison at stack place 2 */
{
	lua_pushvalue(L, 2);
	lua_pushvalue(L, a);
	lua_pushvalue(L, b);
	lua_call(L, 2, 1);
	bool less = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return less;
}

static int own_sort(lua_State *L)
{
	lua_Unsigned n = plain_table(L, 1);
	if (!lua_isnoneornil(L, 2))
		luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_settop(L, 2);
	sort(L, 1, (lua_Integer)n, lua_isnil(L, 2) ? value_less : asked_less);
	return 0;
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static const char *const base[] = { "assert", "error", "ipairs", "select", "tonumber", "type" };

/* What Lua has and files may not use: globals, then functions of libraries. */
static const struct { const char *library, *name, *why; } missing[] = {
	{ NULL, "io", "rnngen alone reads and writes files; weights are params" },
	{ NULL, "os", "a model may not depend on the system or the time" },
	{ NULL, "debug", "the language of the README is all there is" },
	{ NULL, "package", "use require" },
	{ NULL, "load", "write the text into the file, or into one for require" },
	{ NULL, "loadstring", "write the text into the file, or into one for require" },
	{ NULL, "dofile", "use require" },
	{ NULL, "loadfile", "use require" },
	{ NULL, "collectgarbage", "memory is given back when the file ends" },
	{ NULL, "print", "use rnngen show model to see what a model says" },
	{ NULL, "coroutine", "use functions and loops" },
	{ NULL, "utf8", "use string" },
	{ NULL, "next", "use pairs" },
	{ NULL, "rawget", "index the table" },
	{ NULL, "rawset", "assign to the table" },
	{ NULL, "rawequal", "use ==" },
	{ NULL, "rawlen", "use #" },
	{ NULL, "xpcall", "use pcall" },
	{ NULL, "warn", "use error" },
	{ NULL, "_G", "use a table of your own" },
	{ "string", "dump", "binary chunks cannot be loaded" },
	{ "string", "pack", "write numbers as numbers" },
	{ "string", "unpack", "write numbers as numbers" },
	{ "string", "packsize", "write numbers as numbers" },
	{ "math", "random", "the same file gives the same model each time" },
	{ "math", "randomseed", "the same file gives the same model each time" },
};

/* With the function of Lua that they replace as their upvalue. */
static const struct { const char *library, *name; lua_CFunction f; } own[] = {
	{ NULL, "pcall", own_pcall }, { NULL, "pairs", own_pairs }, { NULL, "require", sandbox_require },
	{ NULL, "tostring", own_tostring },
	{ NULL, "getmetatable", own_getmetatable }, { NULL, "setmetatable", own_setmetatable },
	{ "table", "concat", own_concat }, { "table", "insert", own_insert }, { "table", "remove", own_remove },
	{ "table", "unpack", own_unpack }, { "table", "move", own_move }, { "table", "sort", own_sort },
};

const char *sandbox_why_not(const char *name)
{
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
		if (!missing[i].library && !strcmp(missing[i].name, name))
			return missing[i].why;
	return NULL;
}

/* What stands in for a missing function of a library: the upvalue is its row. */
static int refuse(lua_State *L)
{
	lua_Integer i = lua_tointeger(L, lua_upvalueindex(1));
	sandbox_error(L, ERR_sandbox, missing[i].why, "'%s.%s' of Lua is not available in model and schedule files",
	              missing[i].library, missing[i].name);
}

/* Replaces functions of the library at the top of the stack. */
static void replace(lua_State *L, const char *library)
{
	for (size_t k = 0; k < sizeof missing / sizeof *missing; k++) {
		if (!missing[k].library || strcmp(missing[k].library, library))
			continue;
		lua_pushinteger(L, (lua_Integer)k);
		lua_pushcclosure(L, refuse, 1);
		lua_setfield(L, -2, missing[k].name);
	}
	for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
		if (!own[k].library || strcmp(own[k].library, library))
			continue;
		lua_getfield(L, -1, own[k].name);
		lua_pushcclosure(L, own[k].f, 1);
		lua_setfield(L, -2, own[k].name);
	}
}

void sandbox_libraries(struct sandbox *s)
{
	static const luaL_Reg libraries[] = {
		{ "string", luaopen_string }, { "table", luaopen_table }, { "math", luaopen_math },
	};
	lua_State *L = sandbox_lua(s);
	luaL_requiref(L, "_G", luaopen_base, 0);
	for (size_t i = 0; i < sizeof base / sizeof *base; i++) {
		lua_getfield(L, -1, base[i]);
		sandbox_define(s, base[i]);
	}
	lua_pop(L, 1);
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
		luaL_requiref(L, libraries[i].name, libraries[i].func, 0);
		if (libraries[i].func == luaopen_string)
			sandbox_strings(L);
		replace(L, libraries[i].name);
		sandbox_define(s, libraries[i].name);
	}
	for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
		if (own[k].library)
			continue;
		lua_pushcfunction(L, own[k].f);
		sandbox_define(s, own[k].name);
	}
}
