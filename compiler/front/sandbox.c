/* sandbox.c · Lua for model and schedule files: a small safe part of it, with budgets (see sandbox.h)
 *
 * Names:   chunks run with an empty table as environment; its metatable looks up the one table of definitions and
 *          refuses everything else. Lua's own globals are never reachable.
 * Errors:  what is reported becomes an error value that only this file makes; whoever catches it passes it on.
 *
 * The other parts are files of their own: see sandbox_inside.h. */
#include "front/sandbox_inside.h"

#include <stdlib.h>

#define LEVELS_MAX 200               /* of the call stack that are looked at: a runaway recursion is much deeper */

static char reported;                      /* its address is the error value of what has been reported */

struct sandbox *sandbox_of(lua_State *L) { return *(struct sandbox **)lua_getextraspace(L); }
struct ctx *sandbox_ctx(lua_State *L) { return sandbox_of(L)->c; }
lua_State *sandbox_lua(struct sandbox *s) { return s->L; }
void sandbox_set_user(struct sandbox *s, void *user) { s->user = user; }
void *sandbox_user(lua_State *L) { return sandbox_of(L)->user; }

/* ---- places and errors ------------------------------------------------------------------------------------------- */

/* The line of call level `level`, 0 where that is no user text. */
static loc_t level_loc(lua_State *L, lua_Debug *ar)
{
	lua_getinfo(L, "Sl", ar);
	return *ar->source == '@' && ar->currentline > 0 ? loc_make(sandbox_ctx(L), ar->source + 1, ar->currentline) : 0;
}

loc_t sandbox_where(lua_State *L)
{
	lua_Debug ar;
	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		loc_t at = level_loc(L, &ar);
		if (at)
			return at;
	}
	return 0;
}

/* Notes for the callers in other files: who called the cell in which the error is. */
void sandbox_note_callers(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	lua_Debug ar;
	const char *file = NULL;
	for (int level = 0; level < LEVELS_MAX && lua_getstack(L, level, &ar); level++) {
		loc_t at = level_loc(L, &ar);
		if (at && file && loc_file(c, at) != file)
			diag_note(c, at, "called from here");
		if (at)
			file = loc_file(c, at);
	}
}

void sandbox_usage(lua_State *L, const char *usage) { sandbox_of(L)->usage = usage; }
void sandbox_push_reported(lua_State *L) { lua_pushlightuserdata(L, &reported); }

NORETURN void sandbox_raise(lua_State *L)
{
	sandbox_push_reported(L);
	lua_error(L);
	abort();
}

bool sandbox_is_reported(lua_State *L, int i) { return lua_touserdata(L, i) == (void *)&reported; }

NORETURN void sandbox_error(lua_State *L, enum diag_id id, const char *fix, const char *fmt, ...)
{
	struct ctx *c = sandbox_ctx(L);
	va_list ap;
	va_start(ap, fmt);
	const char *reason = base_vformat(c, fmt, ap);
	va_end(ap);
	diag(c, id, sandbox_where(L), "%s", reason);
	if (fix)
		diag_fix(c, "%s", fix);
	sandbox_note_callers(L);
	sandbox_raise(L);
}

/* The text of a Lua error without "file:line:", which becomes its place. */
static const char *without_place(const char *message, const char *source)
{
	char prefix[LUA_IDSIZE + 32];
	int n = snprintf(prefix, sizeof prefix, "%s:", source);
	if (n < 0 || (size_t)n >= sizeof prefix || strncmp(message, prefix, (size_t)n))
		return NULL;
	const char *p = message + n;
	p += strspn(p, "0123456789");
	return p[0] == ':' && p[1] == ' ' ? p + 2 : NULL;
}

/* The message handler: reports where the error is, while the stack still shows it. */
static int on_error(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	if (sandbox_is_reported(L, 1))
		return 1;
	loc_t at = sandbox_where(L);
	const char *text = lua_tostring(L, 1), *rest = NULL;
	lua_Debug ar;
	for (int level = 0; text && !rest && level < LEVELS_MAX && lua_getstack(L, level, &ar); level++) {
		loc_t here = level_loc(L, &ar);
		rest = here ? without_place(text, ar.short_src) : NULL;
		if (rest)
			at = loc_make(c, ar.source + 1, atoi(text + strlen(ar.short_src) + 1));
	}
	const char *usage = sandbox_of(L)->usage;
	if (text)
		diag(c, ERR_lua, at, "%s", rest ? rest : text);
	if (text && usage && strstr(text, "bad argument"))
		diag_fix(c, "%s", usage);
	if (!text)
		diag(c, ERR_lua, at, "error with a %s as its message", luaL_typename(L, 1));
	sandbox_note_callers(L);
	sandbox_push_reported(L);
	return 1;
}

int sandbox_protect(lua_State *L, int nargs, int nresults)
{
	int base = lua_gettop(L) - nargs;
	lua_pushcfunction(L, on_error);
	lua_insert(L, base);
	int status = lua_pcall(L, nargs, nresults, base);
	lua_remove(L, base);
	if (status != LUA_OK && !sandbox_is_reported(L, -1)) {
		if (!sandbox_of(L)->spent)
			diag(sandbox_ctx(L), ERR_lua, sandbox_where(L), "%s", "error while handling an error");
		lua_pop(L, 1);
		sandbox_push_reported(L);
	}
	return status;
}

bool sandbox_call(struct sandbox *s, int nargs, int nresults)
{
	s->limited = true;
	int base = lua_gettop(s->L) - nargs - 1;
	bool good = sandbox_protect(s->L, nargs, nresults) == LUA_OK && !s->spent;
	s->limited = false;
	if (!good)
		lua_settop(s->L, base);
	return good;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

typedef VEC(const char *) wordvec;

/* Locals and upvalues of the innermost Lua function, then all definitions. */
static wordvec visible_names(lua_State *L)
{
	struct sandbox *s = sandbox_of(L);
	wordvec words = { 0 };
	lua_Debug ar;
	const char *name;
	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		if (!level_loc(L, &ar))
			continue;
		for (int i = 1; (name = lua_getlocal(L, &ar, i)); i++, lua_pop(L, 1))
			if (*name != '(')
				VEC_PUSH(s->c, words, base_intern(s->c, name));
		lua_getinfo(L, "f", &ar);
		for (int i = 1; (name = lua_getupvalue(L, -1, i)); i++, lua_pop(L, 1))
			if (strcmp(name, "_ENV"))
				VEC_PUSH(s->c, words, base_intern(s->c, name));
		lua_pop(L, 1);
		break;
	}
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->names);
	uint32_t locals = words.n;
	for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
		VEC_PUSH(s->c, words, base_intern(s->c, lua_tostring(L, -2)));
	lua_pop(L, 1);
	for (uint32_t i = locals + 1; i < words.n; i++)  /* sorted, so that the answer does not depend on hashing */
		for (uint32_t k = i; k > locals && strcmp(words.at[k - 1], words.at[k]) > 0; k--) {
			const char *t = words.at[k];
			words.at[k] = words.at[k - 1];
			words.at[k - 1] = t;
		}
	return words;
}

const char *sandbox_near(lua_State *L, const char *word)
{
	wordvec words = visible_names(L);
	return base_nearest(sandbox_ctx(L), word, words.at, words.n);
}

static int env_read(lua_State *L)
{
	struct sandbox *s = sandbox_of(L);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->names);
	lua_pushvalue(L, 2);
	if (lua_rawget(L, -2) != LUA_TNIL)
		return 1;
	const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
	const char *near = name ? sandbox_near(L, name) : NULL;
	const char *why = name ? sandbox_why_not(name) : NULL;
	if (why)
		sandbox_error(L, ERR_sandbox, why, "'%s' of Lua is not available in model and schedule files", name);
	sandbox_error(L, ERR_undefined_name, near ? base_internf(s->c, "did you mean '%s'?", near) :
	              name && !strcmp(s->shipped, "schedules") ? base_internf(s->c, "define it before (local %s = ...); a loop is named in quotes: \"%s\"", name, name) : NULL,
	              "'%s' is not defined", name ? name : luaL_typename(L, 2));
}

static int env_write(lua_State *L)
{
	const char *name = lua_tostring(L, 2);
	name = name ? name : "x";
	sandbox_error(L, ERR_undefined_name, base_internf(sandbox_ctx(L), "local %s = ...", name),
	              "'%s' is assigned but is no local variable", name);
}

void sandbox_define(struct sandbox *s, const char *name)
{
	lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->names);
	lua_insert(s->L, -2);
	lua_setfield(s->L, -2, name);
	lua_pop(s->L, 1);
}

/* ---- running ------------------------------------------------------------------------------------------------------ */

bool sandbox_run(struct sandbox *s, const char *path, int nresults)
{
	const char *slash = strrchr(path, '/');
	s->folder = slash ? base_internf(s->c, "%.*s", (int)(slash - path + 1), path) : "";
	s->last = loc_make(s->c, path, 1);
	s->limited = true;
	bool loaded = sandbox_load(s, path, path, false, 0);
	s->limited = false;
	return loaded && sandbox_call(s, 0, nresults);
}

/* ---- birth and death --------------------------------------------------------------------------------------------- */

static int on_panic(lua_State *L)
{
	fprintf(stderr, "rnngen: internal error: Lua: %s\n", lua_tostring(L, -1));
	return 0;
}

struct sandbox *sandbox_new(struct ctx *c, const struct sandbox_options *o)
{
	struct sandbox *s = base_alloc(c, sizeof *s);
	s->c = c;
	s->share = o && o->share ? o->share : sandbox_share(c);
	s->shipped = o && o->shipped ? o->shipped : "models";
	s->folder = "";
	sandbox_budget_begin(s, o);
	lua_State *L = s->L = lua_newstate(sandbox_allocate, s);
	if (!L)
		base_oom(sizeof *s);
	lua_gc(L, LUA_GCSTOP);
	*(struct sandbox **)lua_getextraspace(L) = s;
	lua_atpanic(L, on_panic);
	lua_newtable(L);
	s->names = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_newtable(L);
	s->modules = luaL_ref(L, LUA_REGISTRYINDEX);
	lua_newtable(L);                       /* the environment: always empty */
	lua_newtable(L);
	lua_pushcfunction(L, env_read);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, env_write);
	lua_setfield(L, -2, "__newindex");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
	s->env = luaL_ref(L, LUA_REGISTRYINDEX);
	sandbox_libraries(s);
	sandbox_watch(s);
	return s;
}

void sandbox_free(struct sandbox *s)
{
	s->limited = false;
	lua_sethook(s->L, NULL, 0, 0);
	lua_close(s->L);
}
