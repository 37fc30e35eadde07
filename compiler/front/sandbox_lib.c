/* sandbox_lib.c · what of Lua's own library the files may use, and what replaces the rest (see sandbox.h)
 *
 * Libraries:    `base`, `hidden` and `own` below are the whole list. Functions of C that could run for long on
 *               small input are the ones to replace in `own`: the instruction budget does not see inside them.
 * Determinism:  pairs visits keys in order (numbers, then strings), math.random is gone. */
#include "front/sandbox.h"
#include "ir/ir.h"

/* An error of the file is its own business; what has been reported, and the end of a budget, goes on up. */
static int own_pcall(lua_State *L)
{
	luaL_checkany(L, 1);
	int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
	if (status == LUA_ERRMEM)
		sandbox_out_of_memory(L);
	if (status != LUA_OK && sandbox_is_reported(L, -1))
		return lua_error(L);
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, 1);
	return lua_gettop(L);
}

static int own_getmetatable(lua_State *L)
{
	luaL_checkany(L, 1);
	if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1))
		return lua_pushnil(L), 1;
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		lua_pushnil(L);
	return 1;
}

static int own_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return luaL_error(L, "this table's metatable is protected");
	if (lua_istable(L, 2)) {
		lua_pushliteral(L, "__gc");
		if (lua_rawget(L, 2) != LUA_TNIL)
			sandbox_error(L, ERR_sandbox, "drop __gc", "finalizers are not available in model and schedule files");
	}
	lua_settop(L, 2);
	lua_setmetatable(L, 1);
	return 1;
}

/* string.rep that knows the budget before it starts, and that does not loop over nothing. */
static int own_rep(lua_State *L)
{
	size_t len, sep;
	luaL_checklstring(L, 1, &len);
	lua_Integer n = luaL_checkinteger(L, 2);
	luaL_optlstring(L, 3, "", &sep);
	if (n <= 0 || len + sep == 0)
		return lua_pushliteral(L, ""), 1;
	if ((lua_Unsigned)n > sandbox_memory(L) / (len + sep))
		sandbox_out_of_memory(L);
	luaL_Buffer b;
	const char *text = lua_tostring(L, 1), *between = luaL_optstring(L, 3, "");
	char *p = luaL_buffinitsize(L, &b, (size_t)n * len + (size_t)(n - 1) * sep);
	for (lua_Integer i = 0; i < n; i++) {
		memcpy(p, text, len);
		p += len;
		if (i + 1 < n && sep) {
			memcpy(p, between, sep);
			p += sep;
		}
	}
	luaL_pushresultsize(&b, (size_t)n * len + (size_t)(n - 1) * sep);
	return 1;
}

/* Numbers before strings before the rest; equal kinds by value. */
static int key_less(lua_State *L)
{
	int a = lua_type(L, 1), b = lua_type(L, 2);
	bool less = a != b ? a == LUA_TNUMBER || (a == LUA_TSTRING && b != LUA_TNUMBER) :
	            (a == LUA_TNUMBER || a == LUA_TSTRING) && lua_compare(L, 1, 2, LUA_OPLT);
	lua_pushboolean(L, less);
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

static int own_pairs(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, LUA_REGISTRYINDEX, "rnngen.sort");
	lua_newtable(L);
	int keys = lua_gettop(L);
	lua_Integer n = 0;
	for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
		lua_pushvalue(L, -2);
		lua_rawseti(L, keys, ++n);
	}
	lua_pushvalue(L, keys);
	lua_insert(L, keys - 1);               /* keys, sort, keys */
	lua_pushcfunction(L, key_less);
	lua_call(L, 2, 0);
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, pairs_next, 2);
	lua_pushvalue(L, 1);
	return 2;
}

static const char *const base[] = { "assert", "error", "ipairs", "select", "tonumber", "tostring", "type" };

static const struct { const char *library, *name; } hidden[] = {
	{ "string", "dump" }, { "math", "random" }, { "math", "randomseed" }, { "table", "move" },
};

static const struct { const char *library, *name; lua_CFunction f; } own[] = {
	{ NULL, "pcall", own_pcall }, { NULL, "pairs", own_pairs }, { NULL, "require", sandbox_require },
	{ NULL, "getmetatable", own_getmetatable }, { NULL, "setmetatable", own_setmetatable },
	{ "string", "rep", own_rep },
};

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
		if (libraries[i].func == luaopen_table) {
			lua_getfield(L, -1, "sort");
			lua_setfield(L, LUA_REGISTRYINDEX, "rnngen.sort");
		}
		for (size_t k = 0; k < sizeof hidden / sizeof *hidden; k++) {
			if (strcmp(hidden[k].library, libraries[i].name))
				continue;
			lua_pushnil(L);
			lua_setfield(L, -2, hidden[k].name);
		}
		for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
			if (!own[k].library || strcmp(own[k].library, libraries[i].name))
				continue;
			lua_pushcfunction(L, own[k].f);
			lua_setfield(L, -2, own[k].name);
		}
		sandbox_define(s, libraries[i].name);
	}
	for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
		if (own[k].library)
			continue;
		lua_pushcfunction(L, own[k].f);
		sandbox_define(s, own[k].name);
	}
}
