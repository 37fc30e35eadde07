/* load.h · inside the schedule language: its tables, file by file */
#ifndef RNNGEN_SCHEDULE_LOAD_H
#define RNNGEN_SCHEDULE_LOAD_H

#include "front/sandbox.h"

int load_expects(lua_State *L);  /* m:expects { ... } (load_expects.c) */
void load_target(lua_State *L);   /* pushes what m.target is (load_target.c) */

#endif
