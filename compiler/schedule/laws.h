/* laws.h · rules that keep programs right: dependences, races, storage
 *
 * LAW(id, broken) is the condition itself. Built with RNNGEN_LAWS, for tests/fuzz/laws.c alone, one law can be switched off
 * by its id: then `broken` counts for nothing, and the attack must find a pair that comes out wrong. laws.def lists them.
 *
 * Guarantees: each law has a program that goes wrong without it. No laws are rules whose absence only makes rnngen end with an
 * internal error, that another rule repeats later in words of the loops, or that promise speed, not values (nothing is computed
 * twice, no team begins inside a sum). */
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
