/* sandbox.h · Lua for model and schedule files: a small safe part of it, with budgets
 *
 * Order of calls: sandbox_new; sandbox_define for each function of the language; sandbox_run for the file (and
 * sandbox_call for functions that it returned); sandbox_free. Nothing of Lua survives sandbox_free; what the
 * language functions put into the tables of the compilation does.
 *
 * What files may use: the functions that sandbox_lib.c lists, `require` inside their own folder and the shipped
 * models/ (schedules: schedules/), and what sandbox_define adds. Chunks are text. A global that is not defined is an error when read and when
 * assigned. Everything that goes wrong becomes a diagnostic at the line of the innermost user text; a language
 * function reports with sandbox_error, which does not return and which the file's own pcall cannot catch. The same text
 * gives the same tables, whatever the addresses and hash seeds of the run. Inside: sandbox_inside.h. */
#ifndef RNNGEN_SANDBOX_H
#define RNNGEN_SANDBOX_H

#include "base.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

struct sandbox;

/* What a file may use up. 0: the default. */
struct sandbox_options {
	const char *share;        /* the folder that holds the shipped models/ and schedules/; NULL: sandbox_share() */
	const char *shipped;      /* which of them require looks into; NULL: models */
	uint64_t steps;           /* instructions of Lua and as much work in functions; long strings make each cost more */
	size_t memory;            /* bytes that Lua and the language's objects take; none are given back before the end */
	uint64_t declarations;    /* dims, axes, tensors and definitions of a model, directives of a schedule */
};
extern struct sandbox_options sandbox_defaults;              /* what the command line sets */

struct sandbox *sandbox_new(struct ctx *c, const struct sandbox_options *o);  /* o NULL: sandbox_defaults */
void sandbox_free(struct sandbox *s);
lua_State *sandbox_lua(struct sandbox *s);
struct sandbox *sandbox_of(lua_State *L);
struct ctx *sandbox_ctx(lua_State *L);
void sandbox_set_user(struct sandbox *s, void *user);        /* one pointer for the language on top */
void *sandbox_user(lua_State *L);

void sandbox_define(struct sandbox *s, const char *name);    /* pops a value: what files see under this name */
bool sandbox_run(struct sandbox *s, const char *path, int nresults); /* results on the stack; false: reported */
bool sandbox_call(struct sandbox *s, int nargs, int nresults);       /* as lua_call; false: reported, stack popped */

/* For language functions that must clean up: as lua_pcall, but an error is reported where it happens. The caller
 * passes it on with lua_error. */
int sandbox_protect(lua_State *L, int nargs, int nresults);

loc_t sandbox_where(lua_State *L);                           /* the innermost line of user text now running */
void sandbox_charge(lua_State *L, size_t bytes);             /* before the language makes something of so many bytes */
void sandbox_directive(lua_State *L);                        /* counts a directive against the budget */
NORETURN void sandbox_error(lua_State *L, enum diag_id id, const char *fix, const char *fmt, ...) PRINTF_LIKE(4, 5);
                                                             /* fix NULL: the one of errors.def */
NORETURN void sandbox_raise(lua_State *L);                   /* the error of what has been reported with diag() */
void sandbox_usage(lua_State *L, const char *usage);         /* the fix of bad arguments from now on; NULL: none */
void sandbox_note_callers(lua_State *L);                     /* after diag(): from which files its line was called */
const char *sandbox_near(lua_State *L, const char *word);    /* the defined name most like word; NULL */
const char *sandbox_share(struct ctx *c);                    /* see sandbox.c; NULL: not found */

#endif
