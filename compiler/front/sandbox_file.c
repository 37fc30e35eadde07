/* sandbox_file.c · the files of a sandbox: reading, require, the shipped models/ and schedules/ (see sandbox.h)
 *
 * A file is text of at most 1 MiB (some constructs take the parser of Lua quadratic time, and no hook looks inside).
 * _ENV, which would replace the environment and its errors for undefined names, may not be named. */
#include "front/sandbox_inside.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1 << 20)

/* Where the long bracket that opens at s ends, "[==[ ... ]==]"; NULL where none opens there. */
static const char *after_long(const char *s, const char *end)
{
	const char *p = s + 1;
	while (p < end && *p == '=')
		p++;
	if (*s != '[' || p == end || *p != '[')
		return NULL;
	size_t level = (size_t)(p - s) - 1;
	for (p++; p < end; p++) {
		if (*p != ']')
			continue;
		const char *q = p + 1;
		while (q < end && *q == '=')
			q++;
		if (q < end && *q == ']' && (size_t)(q - p) - 1 == level)
			return q + 1;
		p = q - 1;
	}
	return end;
}

static const char *after_quoted(const char *s, const char *end)
{
	const char *p = s + 1;
	for (; p < end && *p != *s; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end ? p + 1 : end;
}

static bool in_word(char ch) { return isalnum((unsigned char)ch) || ch == '_'; }

/* The line of a correct text that names _ENV outside of strings and comments, 0: none. */
static int line_of_env(const char *text, size_t n)
{
	const char *p = text, *end = text + n, *next;
	int line = 1;
	for (; p < end; p = next) {
		bool comment = end - p > 1 && p[0] == '-' && p[1] == '-';
		const char *from = comment ? p + 2 : p;
		next = from < end ? after_long(from, end) : end;
		if (!next && comment) {
			next = memchr(p, '\n', (size_t)(end - p));
			next = next ? next : end;
		} else if (!next && (*p == '"' || *p == '\'')) {
			next = after_quoted(p, end);
		} else if (!next && in_word(*p)) {
			for (next = p; next < end && in_word(*next); next++)
				;
			if (next - p == 4 && !memcmp(p, "_ENV", 4))
				return line;
		} else if (!next) {
			next = p + 1;
		}
		for (const char *q = p; q < next; q++)
			line += *q == '\n';
	}
	return 0;
}

/* Reads and compiles `path`, known to the user as `shown`. The function is pushed; false: reported. missing_ok: a
 * file that is not there is false without a report. */
bool sandbox_load(struct sandbox *s, const char *path, const char *shown, bool missing_ok, loc_t at)
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
		diag(c, ERR_file, at, bad ? "cannot read %s" : "%s is larger than 1 MiB", shown);
		return false;
	}
	if (t.n && *t.s == '#')               /* "#!/usr/bin/env rnngen": a comment, its newline kept */
		memset(t.s, ' ', strcspn(t.s, "\n"));
	lua_State *L = s->L;
	int status = luaL_loadbufferx(L, t.s ? t.s : "", t.n, base_internf(c, "@%s", shown), "t");
	int env = status == LUA_OK ? line_of_env(t.s ? t.s : "", t.n) : 0;
	if (env) {
		diag(c, ERR_sandbox, loc_make(c, shown, env), "'_ENV' is not available in model and schedule files");
		diag_fix(c, "use locals and tables of your own");
		lua_pop(L, 1);
		return false;
	}
	if (status == LUA_OK) {
		lua_rawgeti(L, LUA_REGISTRYINDEX, s->env);
		if (!lua_setupvalue(L, -2, 1))
			lua_pop(L, 1);
		return true;
	}
	if (s->spent) {
		lua_pop(L, 1);
		return false;
	}
	/* "SHOWN:LINE: reason", SHOWN cut by Lua to LUA_IDSIZE - 1 bytes (it may hold ":3:" of its own); or a refusal */
	const char *text = lua_tostring(L, -1), *p = text;
	size_t len = strlen(shown) < LUA_IDSIZE ? strlen(shown) : LUA_IDSIZE - 1, digits = 0;
	if (strlen(text) > len && text[len] == ':')
		digits = strspn(text + len + 1, "0123456789");
	int line = digits ? atoi(text + len + 1) : 0;
	if (digits)
		p = text + len + digits + 2 + (text[len + digits + 2] == ' ');
	if (t.n && *t.s == LUA_SIGNATURE[0])
		diag(c, ERR_sandbox, loc_make(c, shown, 1), "this is no text file");
	else
		diag(c, ERR_lua, loc_make(c, shown, line ? line : 1), "%s", p);
	lua_pop(L, 1);
	return false;
}

/* require("cells.lstm"): cells/lstm.lua in the folder of the file that runs, else in the shipped models/ or schedules/. */
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
	bool loaded = sandbox_load(s, shown, shown, true, sandbox_where(L));
	if (!loaded && c->errors == errors && s->share)
		loaded = sandbox_load(s, base_internf(c, "%s/%s/%s.lua", s->share, s->shipped, file),
		                   base_internf(c, "%s/%s.lua", s->shipped, file), true, sandbox_where(L));
	if (!loaded && c->errors > errors)
		sandbox_raise(L);
	if (!loaded)
		sandbox_error(L, ERR_file, base_internf(c, "require names files in the %.*s's own folder and in the shipped %s/",
		              (int)strlen(s->shipped) - 1, s->shipped, s->shipped),
		              "there is no %s, and no %s/%s.lua", shown, s->shipped, file);
	sandbox_push_reported(L);              /* while it loads */
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

/* ---- the shipped models ------------------------------------------------------------------------------------------ */

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
