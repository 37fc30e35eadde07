/* maths_here.h · which of the tables in maths_table.h this processor can run */
#ifndef MATHS_HERE_H
#define MATHS_HERE_H

#include "maths_table.h"
#include "target/target.h"

static inline bool maths_usable(const struct maths_table *t)
{
	if (!strcmp(t->target, "avx512_emulated"))
		return target_runs_here(target_find("avx2")) && !target_runs_here(target_find("avx512"));
	return target_runs_here(target_find(strcmp(t->target, "sleef") ? t->target : "avx2"));  /* SLEEF's are those for AVX2 */
}

#endif
