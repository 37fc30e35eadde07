/* sandbox.c · Lua for model and schedule files: a small safe part of it, with budgets (see sandbox.h)
 *
 * Memory:       one allocator for the state; past the budget it answers NULL, Lua collects, and then gives up.
 * Instructions: a count hook. Once the budget is spent the hook raises at every instruction, and pcall passes the
 *               error on, so no text can go on.
 * Names:        chunks run with an empty table as environment; its metatable looks up the one table of definitions
 *               and refuses everything else. Lua's own globals are never reachable.
 * Libraries:    sandbox_lib.c. */
#include "front/sandbox.h"
#include "ir/ir.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define HOOK_EVERY 1000
#define LEVELS_MAX 200               /* of the call stack that are looked at: a runaway recursion is much deeper */
#define FILE_MAX ((size_t)16 << 20)

enum spent { SPENT_NOTHING, SPENT_INSTRUCTIONS, SPENT_MEMORY };

struct sandbox {
	struct ctx *c;
	lua_State *L;
	void *user;
	const char *share, *folder;        /* folder: of the file that runs, "" for the current one */
	size_t used, limit;                /* bytes */
	uint64_t left;                     /* instructions */
	enum spent spent;
	bool limited;                      /* budgets hold; not while the state is being set up */
	loc_t last;                        /* where the hook looked last: the best we know when memory ends */
	int env, names, modules;           /* references: the environment, the definitions, what require loaded */
};

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
static void note_callers(lua_State *L)
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

static NORETURN void raise_reported(lua_State *L)
{
	lua_pushlightuserdata(L, &reported);
	lua_error(L);
	abort();
}

bool sandbox_is_reported(lua_State *L, int i) { return lua_touserdata(L, i) == (void *)&reported; }
size_t sandbox_memory(lua_State *L) { return sandbox_of(L)->limit; }

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
	note_callers(L);
	raise_reported(L);
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
	if (text)
		diag(c, ERR_lua, at, "%s", rest ? rest : text);
	else
		diag(c, ERR_lua, at, "error with a %s as its message", luaL_typename(L, 1));
	note_callers(L);
	lua_pushlightuserdata(L, &reported);
	return 1;
}

static void report_memory(struct sandbox *s)
{
	if (s->spent == SPENT_NOTHING) {
		diag(s->c, ERR_budget, s->last, "the file needs more than %zu MiB of memory", (s->limit + 0xfffff) >> 20);
		s->spent = SPENT_MEMORY;
	}
}

NORETURN void sandbox_out_of_memory(lua_State *L)
{
	struct sandbox *s = sandbox_of(L);
	loc_t here = sandbox_where(L);
	s->last = here ? here : s->last;
	report_memory(s);
	raise_reported(L);
}

int sandbox_protect(lua_State *L, int nargs, int nresults)
{
	int base = lua_gettop(L) - nargs;
	lua_pushcfunction(L, on_error);
	lua_insert(L, base);
	int status = lua_pcall(L, nargs, nresults, base);
	lua_remove(L, base);
	if (status == LUA_ERRMEM || (status != LUA_OK && !sandbox_is_reported(L, -1))) {
		if (status == LUA_ERRMEM)
			report_memory(sandbox_of(L));
		else
			diag(sandbox_ctx(L), ERR_lua, sandbox_where(L), "%s", "error while handling an error");
		lua_pop(L, 1);
		lua_pushlightuserdata(L, &reported);
	}
	return status;
}

bool sandbox_call(struct sandbox *s, int nargs, int nresults)
{
	s->limited = true;
	int status = sandbox_protect(s->L, nargs, nresults);
	s->limited = false;
	if (status != LUA_OK)
		lua_pop(s->L, 1);
	return status == LUA_OK;
}

/* ---- budgets ----------------------------------------------------------------------------------------------------- */

static void *allocate(void *user, void *p, size_t old, size_t size)
{
	struct sandbox *s = user;
	if (!p)
		old = 0;
	if (!size) {
		free(p);
		s->used -= old;
		return NULL;
	}
	if (s->limited && size > old && (size - old > s->limit || s->used > s->limit - (size - old)))
		return NULL;
	void *q = realloc(p, size);
	if (q)
		s->used += size - old;
	return q;
}

void sandbox_charge(lua_State *L, size_t bytes)
{
	struct sandbox *s = sandbox_of(L);
	s->used += bytes;
	if (s->limited && s->used > s->limit)
		sandbox_out_of_memory(L);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
	struct sandbox *s = sandbox_of(L);
	(void)ar;
	s->last = sandbox_where(L);
	if (s->spent != SPENT_NOTHING)
		raise_reported(L);
	if (s->left > HOOK_EVERY) {
		s->left -= HOOK_EVERY;
		return;
	}
	s->spent = SPENT_INSTRUCTIONS;
	lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
	sandbox_error(L, ERR_budget, NULL, "the file has used up its budget of Lua instructions");
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
	const char *name = lua_tostring(L, 2), *near = name ? sandbox_near(L, name) : NULL;
	sandbox_error(L, ERR_undefined_name, near ? base_internf(s->c, "did you mean '%s'?", near) : NULL,
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

/* ---- files ------------------------------------------------------------------------------------------------------- */

/* Reads and compiles `path`, known to the user as `shown`. The function is pushed; false: reported. missing_ok: a
 * file that is not there is false without a report. */
static bool load_file(struct sandbox *s, const char *path, const char *shown, bool missing_ok, loc_t at)
{
	struct ctx *c = s->c;
	FILE *f = fopen(path, "rb");
	if (!f) {
		if (!missing_ok || errno != ENOENT)
			diag(c, ERR_file, at, "cannot read %s: %s", shown, strerror(errno));
		return false;
	}
	struct text t = { .c = c };
	char piece[4096];
	size_t n;
	while ((n = fread(piece, 1, sizeof piece, f)) && t.n <= FILE_MAX)
		text_putn(&t, piece, n);
	bool bad = ferror(f);
	fclose(f);
	if (bad || t.n > FILE_MAX) {
		diag(c, ERR_file, at, bad ? "cannot read %s" : "%s is larger than 16 MiB", shown);
		return false;
	}
	if (t.n && *t.s == '#')               /* "#!/usr/bin/env rnngen": a comment, its newline kept */
		memset(t.s, ' ', strcspn(t.s, "\n"));
	lua_State *L = s->L;
	int status = luaL_loadbufferx(L, t.s ? t.s : "", t.n, base_internf(c, "@%s", shown), "t");
	if (status == LUA_OK) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, s->env);
		if (!lua_setupvalue(L, -2, 1))
			lua_pop(L, 1);
		return true;
	}
	if (status == LUA_ERRMEM) {
		report_memory(s);
		lua_pop(L, 1);
		return false;
	}
	/* "SHOWN, perhaps shortened:LINE: reason", or a refusal of binary chunks */
	const char *text = lua_tostring(L, -1), *p = text;
	int line = 0;
	for (const char *q = text; !line && (q = strchr(q, ':')); q++) {
		size_t digits = strspn(q + 1, "0123456789");
		if (digits && q[digits + 1] == ':') {
			line = atoi(q + 1);
			p = q + digits + 2 + (q[digits + 2] == ' ');
		}
	}
	if (t.n && *t.s == LUA_SIGNATURE[0])
		diag(c, ERR_sandbox, loc_make(c, shown, 1), "this is no text file");
	else
		diag(c, ERR_lua, loc_make(c, shown, line ? line : 1), "%s", p);
	lua_pop(L, 1);
	return false;
}

/* require("cells.lstm"): cells/lstm.lua in the folder of the file that runs, else in the shipped models/. */
int sandbox_require(lua_State *L)
{
	struct sandbox *s = sandbox_of(L);
	struct ctx *c = s->c;
	size_t len;
	const char *name = luaL_checklstring(L, 1, &len);
	bool good = len && len < 200 && strlen(name) == len && name[0] != '.' && name[len - 1] != '.' &&
	            !strstr(name, "..");
	for (size_t i = 0; good && i < len; i++)
		good = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.", name[i]) != NULL;
	if (!good)
		sandbox_error(L, ERR_sandbox, "name a file as in require(\"cells.lstm\")", "require reaches no such name");
	lua_settop(L, 1);
	lua_rawgeti(L, LUA_REGISTRYINDEX, s->modules);
	if (lua_getfield(L, 2, name) != LUA_TNIL) {
		if (sandbox_is_reported(L, -1))
			sandbox_error(L, ERR_lua, "break the circle", "'%s' requires itself", name);
		return 1;
	}
	lua_pop(L, 1);
	char file[256];
	snprintf(file, sizeof file, "%s", name);
	for (char *p = file; *p; p++)
		*p = *p == '.' ? '/' : *p;
	const char *shown = base_internf(c, "%s%s.lua", s->folder, file);
	uint32_t errors = c->errors;
	bool loaded = load_file(s, shown, shown, true, sandbox_where(L));
	if (!loaded && c->errors == errors && s->share)
		loaded = load_file(s, base_internf(c, "%s/models/%s.lua", s->share, file),
		                   base_internf(c, "models/%s.lua", file), true, sandbox_where(L));
	if (!loaded && c->errors > errors)
		raise_reported(L);
	if (!loaded)
		sandbox_error(L, ERR_file, "require names files in the model's own folder and in the shipped models/",
		              "there is no %s, and no models/%s.lua", shown, file);
	lua_pushlightuserdata(L, &reported);  /* while it loads */
	lua_setfield(L, 2, name);
	lua_pushvalue(L, 1);
	lua_call(L, 1, 1);
	if (lua_isnil(L, -1)) {
		lua_pop(L, 1);
		lua_pushboolean(L, 1);
	}
	lua_pushvalue(L, -1);
	lua_setfield(L, 2, name);
	return 1;
}

bool sandbox_run(struct sandbox *s, const char *path, int nresults)
{
	const char *slash = strrchr(path, '/');
	s->folder = slash ? base_internf(s->c, "%.*s", (int)(slash - path + 1), path) : "";
	s->last = loc_make(s->c, path, 1);
	s->limited = true;
	bool loaded = load_file(s, path, path, false, 0);
	s->limited = false;
	return loaded && sandbox_call(s, 0, nresults);
}

static bool has_models(const char *share)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/models/cells", share);
	return n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0;
}

/* The environment variable RNNGEN_SHARE; else the place given when rnngen was built; else near the program: its own
 * folder, the one above, or share/rnngen beside bin. */
const char *sandbox_share(struct ctx *c)
{
	const char *env = getenv("RNNGEN_SHARE");
	if (env && *env)
		return base_intern(c, env);
#ifdef RNNGEN_SHARE
	if (has_models(RNNGEN_SHARE))
		return RNNGEN_SHARE;
#endif
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n <= 0)
		return NULL;
	exe[n] = 0;
	static const char *const beside[] = { "", "/..", "/../share/rnngen", "/../.." };
	char *slash = strrchr(exe, '/');
	for (size_t i = 0; slash && i < sizeof beside / sizeof *beside; i++) {
		const char *share = base_internf(c, "%.*s%s", (int)(slash - exe), exe, beside[i]);
		if (has_models(share))
			return share;
	}
	return NULL;
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
	s->folder = "";
	s->limit = o && o->memory ? o->memory : (size_t)256 << 20;
	s->left = o && o->instructions ? o->instructions : 100000000;
	lua_State *L = s->L = lua_newstate(allocate, s);
	if (!L)
		base_oom(sizeof *s);
	lua_atpanic(L, on_panic);
	*(struct sandbox **)lua_getextraspace(L) = s;
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
	lua_sethook(L, on_count, LUA_MASKCOUNT, HOOK_EVERY);
	return s;
}

void sandbox_free(struct sandbox *s)
{
	s->limited = false;
	lua_sethook(s->L, NULL, 0, 0);
	lua_close(s->L);
}
