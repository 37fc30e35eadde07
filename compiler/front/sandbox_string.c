/* sandbox_string.c · functions of Lua's string library whose work or answer the sandbox must see to
 *
 * find, match, gmatch, gsub:  with a matcher that counts its steps (sandbox_match.c)
 * rep:                        knows before it starts whether the result fits
 * format:                     without %p, and %s without addresses */
#include "front/sandbox_inside.h"

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

/* Where string.find begins, from 0; past the end for none. */
static size_t start_of(lua_Integer init, size_t len)
{
	if (init > 0)
		return (size_t)init - 1;
	return init == 0 || init < -(lua_Integer)len ? 0 : len - (size_t)-init;
}

/* Plain search; each byte compared counts. */
static const char *find_plain(lua_State *L, const char *s, size_t len, const char *word, size_t n)
{
	uint64_t work = 0;
	for (const char *end = s + len; (size_t)(end - s) >= n; s++) {
		size_t k = 0;
		while (k < n && s[k] == word[k])
			k++;
		if (k == n)
			return s;
		work += k + 1;
		if (work >= 4096) {
			sandbox_steps(L, work / 16);
			work = 0;
		}
	}
	return NULL;
}

static bool is_plain(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr("^$*+?.([%-", p[i]) && p[i])
			return false;
	return true;
}

static int find_or_match(lua_State *L, bool find)
{
	size_t len, plen;
	const char *s = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &plen);
	size_t init = start_of(luaL_optinteger(L, 3, 1), len);
	if (init > len)
		return lua_pushnil(L), 1;
	if (find && (lua_toboolean(L, 4) || is_plain(p, plen))) {
		const char *at = find_plain(L, s + init, len - init, p, plen);
		if (!at)
			return lua_pushnil(L), 1;
		lua_pushinteger(L, at - s + 1);
		lua_pushinteger(L, at - s + (lua_Integer)plen);
		return 2;
	}
	struct match m;
	bool anchor = plen && *p == '^';
	match_begin(&m, L, s, len, p + anchor, plen - anchor);
	for (const char *at = s + init; at <= s + len; at++) {
		const char *end = match_here(&m, at);
		if (end && find) {
			lua_pushinteger(L, at - s + 1);
			lua_pushinteger(L, end - s);
			return 2 + match_push_all(&m, NULL, NULL);
		}
		if (end)
			return match_push_all(&m, at, end);
		if (anchor)
			break;
	}
	lua_pushnil(L);
	return 1;
}

static int own_find(lua_State *L) { return find_or_match(L, true); }
static int own_match(lua_State *L) { return find_or_match(L, false); }

/* Upvalues: subject, pattern, where to go on, where the last match ended (from 1; 0: none yet). */
static int gmatch_next(lua_State *L)
{
	size_t len, plen;
	const char *s = lua_tolstring(L, lua_upvalueindex(1), &len), *p = lua_tolstring(L, lua_upvalueindex(2), &plen);
	lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
	struct match m;
	match_begin(&m, L, s, len, p, plen);
	for (const char *at = s + lua_tointeger(L, lua_upvalueindex(3)); at <= s + len; at++) {
		const char *end = match_here(&m, at);
		if (!end || end - s + 1 == last)
			continue;
		lua_pushinteger(L, end - s);
		lua_replace(L, lua_upvalueindex(3));
		lua_pushinteger(L, end - s + 1);
		lua_replace(L, lua_upvalueindex(4));
		return match_push_all(&m, at, end);
	}
	return 0;
}

static int own_gmatch(lua_State *L)
{
	size_t len;
	luaL_checklstring(L, 1, &len);
	luaL_checkstring(L, 2);
	size_t init = start_of(luaL_optinteger(L, 3, 1), len);
	lua_settop(L, 2);
	lua_pushinteger(L, (lua_Integer)(init > len ? len + 1 : init));
	lua_pushinteger(L, 0);
	lua_pushcclosure(L, gmatch_next, 4);
	return 1;
}

/* gsub's replacement text, at stack place 3: %0 the match, %1 a capture, %% itself. */
static void add_text(struct match *m, luaL_Buffer *b, const char *s, const char *end)
{
	size_t n;
	const char *r = lua_tolstring(m->L, 3, &n), *stop = r + n;
	sandbox_steps(m->L, n / 16);
	for (; r < stop; r++) {
		if (*r != '%') {
			luaL_addchar(b, *r);
			continue;
		}
		r++;
		if (r < stop && *r == '%') {
			luaL_addchar(b, '%');
		} else if (r < stop && *r == '0') {
			luaL_addlstring(b, s, (size_t)(end - s));
		} else if (r < stop && *r >= '1' && *r <= '9') {
			match_push(m, *r - '1', s, end);
			luaL_tolstring(m->L, -1, NULL);
			lua_remove(m->L, -2);
			luaL_addvalue(b);
		} else {
			luaL_error(m->L, "invalid use of '%%' in replacement string");
		}
	}
}

/* Adds what replaces s..end; false: it stays as it is. */
static bool add_replacement(struct match *m, luaL_Buffer *b, const char *s, const char *end)
{
	lua_State *L = m->L;
	switch (lua_type(L, 3)) {
	case LUA_TFUNCTION:
		lua_pushvalue(L, 3);
		lua_call(L, match_push_all(m, s, end), 1);
		break;
	case LUA_TTABLE:
		match_push(m, 0, s, end);
		lua_gettable(L, 3);
		break;
	default:
		add_text(m, b, s, end);
		return true;
	}
	if (!lua_toboolean(L, -1)) {
		lua_pop(L, 1);
		luaL_addlstring(b, s, (size_t)(end - s));
		return false;
	}
	if (!lua_isstring(L, -1))
		luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
	luaL_addvalue(b);
	return true;
}

static int own_gsub(lua_State *L)
{
	size_t len, plen;
	const char *s = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &plen), *last = NULL;
	int type = lua_type(L, 3);
	lua_Integer max = luaL_optinteger(L, 4, (lua_Integer)len + 1), n = 0;
	bool anchor = plen && *p == '^', changed = false;
	luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
	                 "string/function/table");
	struct match m;
	match_begin(&m, L, s, len, p + anchor, plen - anchor);
	luaL_Buffer b;
	luaL_buffinit(L, &b);
	const char *at = s;
	while (n < max) {
		const char *end = match_here(&m, at);
		if (end && end != last) {
			n++;
			changed |= add_replacement(&m, &b, at, end);
			at = last = end;
		} else if (at < s + len) {
			luaL_addchar(&b, *at);
			at++;
		} else {
			break;
		}
		if (anchor)
			break;
	}
	if (changed) {
		luaL_addlstring(&b, at, (size_t)(s + len - at));
		luaL_pushresult(&b);
	} else {
		lua_pushvalue(L, 1);
	}
	lua_pushinteger(L, n);
	return 2;
}

/* ---- making strings ---------------------------------------------------------------------------------------------- */

static int own_rep(lua_State *L)
{
	size_t len, sep;
	const char *text = luaL_checklstring(L, 1, &len);
	lua_Integer n = luaL_checkinteger(L, 2);
	const char *between = luaL_optlstring(L, 3, "", &sep);
	if (n <= 0 || len + sep == 0)
		return lua_pushliteral(L, ""), 1;
	if ((lua_Unsigned)n > SIZE_MAX / 4 / (len + sep))
		return luaL_error(L, "resulting string too large");
	luaL_Buffer b;
	size_t size = (size_t)n * len + (size_t)(n - 1) * sep;
	char *p = luaL_buffinitsize(L, &b, size);
	sandbox_steps(L, (uint64_t)n / 16);
	for (lua_Integer i = 0; i < n; i++) {
		memcpy(p, text, len);
		p += len;
		if (i + 1 < n && sep) {
			memcpy(p, between, sep);
			p += sep;
		}
	}
	luaL_pushresultsize(&b, size);
	return 1;
}

/* string.format with the arguments of %s as text already. Upvalue: Lua's own. */
static int own_format(lua_State *L)
{
	int arg = 1, top = lua_gettop(L);
	size_t len;
	const char *f = luaL_checklstring(L, 1, &len);
	for (const char *end = f + len; f < end; f++) {
		if (*f != '%')
			continue;
		f++;
		f += strspn(f, "-+ #0123456789.");
		if (*f == '%')
			continue;
		if (f == end || ++arg > top)
			break;
		if (*f == 'p')
			sandbox_error(L, ERR_sandbox, "name things in words", "%%p of string.format gives addresses, which differ each run");
		if (*f == 's') {
			sandbox_push_text(L, arg);
			lua_replace(L, arg);
		}
	}
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, 1);
	lua_call(L, top, 1);
	return 1;
}

void sandbox_strings(lua_State *L)
{
	static const luaL_Reg own[] = {
		{ "find", own_find }, { "match", own_match }, { "gmatch", own_gmatch }, { "gsub", own_gsub }, { "rep", own_rep },
		{ NULL, NULL },
	};
	luaL_setfuncs(L, own, 0);
	lua_getfield(L, -1, "format");
	lua_pushcclosure(L, own_format, 1);
	lua_setfield(L, -2, "format");
}
