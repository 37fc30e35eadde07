/* test_match.c · patterns of the sandbox against those of Lua itself, on random patterns and subjects */
#include "front/sandbox_inside.h"

#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

/* Runs in both states and returns one line a call. Patterns come from pieces, so that most are well formed. */
static const char chunk[] =
	"local string, seed = ...\n"
	"local insert, concat = table.insert, table.concat\n"
	"local function random(n) seed = (seed * 1103515245 + 12345) % 2147483648 return seed // 65536 % n + 1 end\n"
	"local pieces = { 'a', 'b', '.', '%a', '%d', '%W', '%s', '[ab]', '[^a]', '[a-c]', '[%d_]', '[]]', '[^]x]', '[a-]', '(', ')',\n"
	"  '()', '%1', '%2', '%b()', '%f[%a]', '%f[^a]', '%f[%s]', '%f[%c]', '*', '+', '-', '?', '^', '$', '%%', '%', '[', ']', '%b', '%f', 'c', '\\0',\n"
	"  '(a)', '(.-)', '(%a*)', '%g', '%p', '%x', '%U', '%l', '%c' }\n"
	"local letters = { 'a', 'b', 'c', 'a', '1', '(', ')', ' ', 'x', '\\0', 'B', ']', '-', '_' }\n"
	"local replace = { '', 'z', '%0', '<%1>', '%2', '%%', '%', '%1%1', '\\0', { a = 'A', b = false, [1] = 'one' },\n"
	"  function(a, b) return a == 'a' and 'q' or b end, function() return {} end, 7 }\n"
	"local function pick(t, n) local r = {} for i = 1, random(n) - 1 do r[i] = t[random(#t)] end return concat(r) end\n"
	"local function show(...)\n"
	"  local r = { ... } for i = 1, select('#', ...) do r[i] = tostring(r[i]) end return concat(r, '|') end\n"
	"local lines = {}\n"
	"local function try(f, ...) insert(lines, show(pcall(f, ...))) end\n"
	"for case = 1, 3000 do\n"
	"  local s, p, init = pick(letters, 14), pick(pieces, 7), random(12) - 6\n"
	"  insert(lines, ('%q %q %d'):format(s, p, init))\n"
	"  try(string.find, s, p, init) try(string.find, s, p, init, true) try(string.match, s, p, init)\n"
	"  try(string.match, s, p) try(string.gsub, s, p, replace[random(#replace)])\n"
	"  try(string.gsub, s, p, replace[random(#replace)], random(4) - 2)\n"
	"  try(function() local r = {} for a, b in string.gmatch(s, p, init) do insert(r, show(a, b)) end return concat(r, ';') end)\n"
	"  try(string.rep, s, random(5) - 2, p)\n"
	"end\n"
	"return concat(lines, '\\n')\n";

static char *answers(lua_State *L, int seed)
{
	assert_int_equal(luaL_loadstring(L, chunk), LUA_OK);
	lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_getfield(L, -1, "string");
	lua_remove(L, -2);
	lua_pushinteger(L, seed);
	if (lua_pcall(L, 2, 1, 0))
		fail_msg("%s", lua_tostring(L, -1));
	size_t n;
	const char *s = lua_tolstring(L, -1, &n);
	char *copy = malloc(n + 1);
	for (size_t i = 0; i < n; i++)
		copy[i] = s[i] ? s[i] : '@';
	copy[n] = 0;
	lua_pop(L, 1);
	return copy;
}

static void assert_same(const char *got, const char *want)
{
	const char *line = want, *about = want;
	for (; *got && *want && *got == *want; got++, want++) {
		if (*want != '\n')
			continue;
		line = want + 1;
		about = *line == '"' ? line : about;
	}
	if (*got != *want)
		fail_msg("%.80s\nLua:  %.80s\nhere: %.80s", about, line, got - (want - line));
}

static void test_like_lua(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	struct sandbox *s = sandbox_new(c, NULL);
	lua_State *L = luaL_newstate();
	luaL_openlibs(L);
	lua_State *ours = sandbox_lua(s);
	lua_getfield(ours, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);   /* the chunk uses table, too */
	lua_getfield(ours, -1, "table");
	lua_setglobal(ours, "table");
	lua_pop(ours, 1);
	for (int seed = 1; seed <= 10; seed++) {
		char *want = answers(L, seed), *got = answers(ours, seed);
		assert_same(got, want);
		free(want);
		free(got);
	}
	lua_close(L);
	sandbox_free(s);
	ctx_free(c);
}

/* Stable, whatever is compared; as Lua's where the order is total. */
static void test_sort(void **state)
{
	(void)state;
	static const char text[] =
		"local table = ...\n"
		"for n = 0, 40 do\n"
		"  local t, u = {}, {}\n"
		"  for i = 1, n do local k = i * 7919 % 13 t[i] = { key = k, at = i } u[i] = k end\n"
		"  table.sort(t, function(a, b) return a.key < b.key end)\n"
		"  table.sort(u)\n"
		"  for i = 2, n do\n"
		"    assert(u[i - 1] <= u[i] and t[i - 1].key <= t[i].key)\n"
		"    assert(t[i - 1].key < t[i].key or t[i - 1].at < t[i].at)\n"
		"  end\n"
		"end\n"
		"local t = {} for i = 1, 100 do t[i] = i end\n"
		"table.sort(t, function() return true end)\n"
		"local sum = 0 for i = 1, 100 do sum = sum + t[i] end assert(sum == 5050)\n"
		"assert(not pcall(table.sort, { 1, 'a' }))\n"
		"t = { 1, 2, 3, 4 } table.move(t, 1, 3, 2) assert(table.concat(t, ' ') == '1 1 2 3')\n"
		"table.insert(t, 1, 9) table.insert(t, 8) assert(table.concat(t, ' ') == '9 1 1 2 3 8')\n"
		"assert(table.remove(t, 1) == 9 and table.remove(t) == 8 and #t == 4 and table.remove({}) == nil)\n"
		"assert(table.concat({ 1, 2, 3 }, '-', 2, 3) == '2-3' and select('#', table.unpack({ 1, 2 }, 1, 3)) == 3)\n";
	struct ctx *c = ctx_new("test");
	struct sandbox *s = sandbox_new(c, NULL);
	lua_State *L = sandbox_lua(s);
	assert_int_equal(luaL_loadstring(L, text), LUA_OK);
	lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_getfield(L, -1, "table");
	lua_remove(L, -2);
	if (lua_pcall(L, 1, 0, 0))
		fail_msg("%s", lua_tostring(L, -1));
	sandbox_free(s);
	ctx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_like_lua), cmocka_unit_test(test_sort) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
