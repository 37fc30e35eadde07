/* target.h · the machines that code is made for: one row each in target.c */
#ifndef RNNGEN_TARGET_H
#define RNNGEN_TARGET_H

#include "base.h"

struct target {
	const char *name;        /* --target NAME */
	int lanes;               /* f32 in a vector register */
	int registers;           /* vector registers */
	const char *about;
	const char *cpu;         /* C (gcc, clang; x86-64) that asks the CPU whether it runs this; NULL: every one does */
};

const struct target *target_find(const char *name);  /* "host": the best that this CPU runs; NULL: unknown */
const struct target *target_list(size_t *n);
bool target_runs_here(const struct target *t);
int64_t target_row(const struct target *t, bool past_caches);  /* f32 that are written at once: a vector, past the caches a line */

#endif
