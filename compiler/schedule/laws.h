/* laws.h · rules that keep programs right: dependences, races, storage
 *
 * LAW(id, broken) is the condition itself. Built with RNNGEN_LAWS, for tests/fuzz/laws.c alone, one law can be switched off
 * by its id: then `broken` counts for nothing, and the attack must find a pair that comes out wrong. laws.def lists them.
 *
 * Guarantees: a rule in force has a program that goes wrong without it; what none does is dead and goes. */
#ifndef RNNGEN_LAWS_H
#define RNNGEN_LAWS_H

#include <stdbool.h>

enum law {
#define LAW_ROW(id, without) LAW_##id,
#include "schedule/laws.def"
#undef LAW_ROW
	LAW_COUNT
};

#ifdef RNNGEN_LAWS
bool law_holds(enum law id);                       /* the attack's: is this law in force? Asked where it is broken */
#define LAW(id, broken) ((broken) && law_holds(LAW_##id))
#else
#define LAW(id, broken) (broken)
#endif

#endif
