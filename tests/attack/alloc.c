/* alloc.c · the n-th allocation fails, for n = 1, 2, 3, ... until a whole compilation succeeds
 *
 *   alloc RNNGEN_MAIN_ARGS...       as rnngen; ALLOC_FAIL=N in the environment fails the N-th, ALLOC_COUNT=FILE
 *                                   writes there how many there were
 *
 * This is rnngen itself, built with RNNGEN_HOSTILE (each request to the arena is an allocation of its own) and linked
 * with --wrap, so that malloc, calloc and realloc of the compiler, and Lua's through them, come here. alloc.sh moves
 * the failure on and looks at what is left behind. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static unsigned long long count, fail;

static void report(void)
{
	const char *path = getenv("ALLOC_COUNT");
	FILE *f = path ? fopen(path, "w") : NULL;
	if (!f)
		return;
	fprintf(f, "%llu\n", count);
	fclose(f);
}

static int fails(void)
{
	if (!count++) {
		const char *n = getenv("ALLOC_FAIL");
		fail = n ? strtoull(n, NULL, 10) : 0;
		atexit(report);
	}
	return count == fail;
}

void *__wrap_malloc(size_t n) { return fails() ? NULL : __real_malloc(n); }
void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : __real_calloc(n, size); }

void *__wrap_realloc(void *p, size_t n) { return n && fails() ? NULL : __real_realloc(p, n); }
