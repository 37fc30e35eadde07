/* load.h · inside the schedule language: its tables, file by file */
#ifndef RNNGEN_SCHEDULE_LOAD_H
#define RNNGEN_SCHEDULE_LOAD_H

#include "front/sandbox.h"
#include "schedule/schedule.h"

/* What the files hold of a schedule; NOTHING takes every call: what a refused directive would have made. */
#define STAGE "rnngen.stage"
#define RECURRENCE "rnngen.recurrence"
#define NOTHING "rnngen.nothing"

/* A method: its function, and what editors show of it (LuaCATS types). A table of them ends with a row of NULL. */
struct method { const char *name; lua_CFunction f; const char *signature, *doc; };
extern const struct method load_of_stage[], load_of_time[], load_of_model[], load_of_weights[];

stage_id load_stage(lua_State *L, int i);  /* argument i; 0: a refused directive should have made it */
void load_push(lua_State *L, const char *type, uint32_t id);
int load_done(lua_State *L);              /* what a directive returns: its stage, so that calls chain */
/* Adds the names of argument i, one or a table of them, and returns how many there are now. */
uint32_t load_add_names(lua_State *L, int i, const char **names, uint32_t n, uint32_t max);
/* The names from argument i on; a table {"k", "j"} lists siblings in order, an empty one none. */
uint32_t load_names(lua_State *L, int i, const char **names, uint32_t max);
const char *load_quoted(struct ctx *c, const char *const *names, uint32_t n);  /* "k", "j" */
/* Options of the table that is argument i, which may be left out. Integer: 0, not given; -1, it is 0. */
const char *load_option_text(lua_State *L, int i, const char *name, const char *usual);
int64_t load_option_integer(lua_State *L, int i, const char *name);
bool load_option_boolean(lua_State *L, int i, const char *name, enum diag_id id, const char *options);  /* or `id` */
void load_methods(lua_State *L, const struct method *methods);  /* puts them into the table at the top */
/* What the table at the top answers for names that it does not hold, and when it is called (NULL: nothing). */
void load_answer(lua_State *L, lua_CFunction index, lua_CFunction call);

int load_expects(lua_State *L);  /* m:expects { ... } (load_expects.c) */
int load_knob(lua_State *L);     /* knob(name, usual value, choices): the usual value, or that of --knob (load_model.c) */
void load_target(lua_State *L);  /* pushes what m.target is (load_target.c) */
void load_model(lua_State *L, struct ctx *c);  /* pushes m (load_model.c) */

#endif
