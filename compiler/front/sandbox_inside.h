/* sandbox_inside.h · what the files of the sandbox share (see sandbox.h)
 *
 *   sandbox.c         birth and death, places, errors, names
 *   sandbox_budget.c  what a file may use up: steps, memory, declarations
 *   sandbox_file.c    reading of files: load, require, the shipped models/
 *   sandbox_lib.c     what of Lua's own library the files may use; tables, metatables
 *   sandbox_string.c  string.find, match, gmatch, gsub, rep, format
 *   sandbox_match.c   the matcher of patterns */
#ifndef RNNGEN_FRONT_SANDBOX_INSIDE_H
#define RNNGEN_FRONT_SANDBOX_INSIDE_H

#include "front/sandbox.h"
#include "ir/ir.h"

enum budget { BUDGET_NONE, BUDGET_STEPS, BUDGET_MEMORY, BUDGET_DECLARATIONS, BUDGET_DEPTH, BUDGET_ERRORS };

struct sandbox {
	struct ctx *c;
	lua_State *L;
	void *user;
	const char *share, *folder;        /* folder: of the file that runs, "" for the current one */
	const char *shipped;               /* the folder of share that require looks into: "models", "schedules" */
	const char *usage;                 /* of the language function that runs: the fix of a bad argument; NULL */
	loc_t last;                        /* where the hook looked last */
	int env, names, modules;           /* references: the environment, the definitions, what require loaded */
	/* budgets */
	struct sandbox_options limit;
	bool limited;                      /* budgets hold; not while the state is being set up */
	enum budget spent;                 /* the first that was, reported at once; from then on nothing runs */
	uint64_t left;                     /* steps */
	size_t used;                       /* bytes of Lua; the compilation's own are counted by its arena */
	size_t arena, made;                /* the arena's bytes, and the things in the tables, when the sandbox began */
	uint64_t directives;
	uint32_t errors;                   /* reported when the sandbox began */
	size_t longest, block;             /* string, and part of an object (keys of a table), so far, in bytes */
	size_t block_before;
	void *stack, *fresh;               /* Lua's own stack, to know it when it grows; the newest memory of all */
	size_t stack_bytes, fresh_bytes;
	int every;                         /* the hook runs every so many instructions */
};

/* sandbox.c */
bool sandbox_is_reported(lua_State *L, int i);               /* an error that has become a diagnostic: pass it on */
void sandbox_push_reported(lua_State *L);

/* sandbox_budget.c */
void sandbox_budget_begin(struct sandbox *s, const struct sandbox_options *o);
void *sandbox_allocate(void *user, void *p, size_t old, size_t size);
void sandbox_watch(struct sandbox *s);                       /* from now on the hook counts */
void sandbox_steps(lua_State *L, uint64_t n);                /* a function of C does the work of n instructions */

/* sandbox_file.c */
bool sandbox_load(struct sandbox *s, const char *path, const char *shown, bool missing_ok, loc_t at);
int sandbox_require(lua_State *L);

/* sandbox_lib.c */
void sandbox_libraries(struct sandbox *s);                   /* defines the safe part of Lua's library */
const char *sandbox_why_not(const char *name);               /* the reason why a name of Lua is missing; NULL: none */
void sandbox_push_text(lua_State *L, int i);                 /* tostring: no addresses */

/* sandbox_string.c */
void sandbox_strings(lua_State *L);                          /* replaces functions of the string library at the top */

/* sandbox_match.c */
#define MATCH_CAPTURES 32
struct match {
	lua_State *L;
	const char *text, *text_end, *pattern, *pattern_end;
	int depth;                                               /* of recursion that is left */
	unsigned steps;                                          /* not yet charged */
	int n;                                                   /* captures */
	struct { const char *at; ptrdiff_t len; } capture[MATCH_CAPTURES];
};
void match_begin(struct match *m, lua_State *L, const char *text, size_t len, const char *pattern, size_t plen);
const char *match_here(struct match *m, const char *s);      /* the end of a match that starts at s; NULL */
void match_push(struct match *m, int i, const char *s, const char *end);     /* capture i; 0: the whole where none is */
int match_push_all(struct match *m, const char *s, const char *end);         /* s NULL: never the whole */

#endif
