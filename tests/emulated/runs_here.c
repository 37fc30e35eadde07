/* runs_here.c · a processor with AVX2 runs avx512, too: for an rnngen whose compiler emulates it (see immintrin.h)
 *
 * Linked with --wrap=target_runs_here. */
#include "target/target.h"

#include <string.h>

bool __real_target_runs_here(const struct target *t);
bool __wrap_target_runs_here(const struct target *t);
bool __wrap_target_runs_here(const struct target *t)
{
	return __real_target_runs_here(strcmp(t->name, "avx512") ? t : target_find("avx2"));
}
