/* maths_table.h · the functions of one target's support text, as maths_gen makes them callable from tests
 *
 * maths_gen TARGET ULP [NAME] prints a C file: the whole text of that target, each function once as an array function over
 * scalars (s) and once over vectors (v; n is a multiple of the lanes), gathered in a table maths_TARGET_ULPulp. */
#ifndef MATHS_TABLE_H
#define MATHS_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef void maths_map(float *y, const float *a, const float *b, const float *c, size_t n);

enum { MATHS_TIMED = 4 };              /* exp, log, tanh, sigmoid: the first of a table */

struct maths_function {
	const char *name;
	maths_map *s, *v;               /* y[i] = name(a[i], b[i], c[i]); unary functions ignore b and c */
	void (*chain)(float *p, size_t n);      /* p = name(p) + 0.3, n times, a vector; of the first MATHS_TIMED */
};

struct maths_table {
	const char *target;
	int ulp, lanes;
	const struct maths_function *function;
	size_t functions;
	void (*load_n)(float *y, const float *p, int n);
	void (*store_n)(float *p, const float *a, int n);
	void (*load_stride)(float *y, const float *p, ptrdiff_t stride);
	void (*store_stride)(float *p, ptrdiff_t stride, const float *a);
	void (*turned)(float *y, const float *p, ptrdiff_t stride, int from_memory);
	void (*line)(float *p, const float *a);
	float (*hsum)(const float *a), (*hmax)(const float *a);
};

#ifdef __cplusplus
extern "C" {
#endif
extern const struct maths_table maths_generic_4ulp, maths_avx2_4ulp, maths_avx512_4ulp;
extern const struct maths_table maths_generic_1ulp, maths_avx2_1ulp, maths_avx512_1ulp;
#ifdef __cplusplus
}
#endif

/* The function of that name, NULL if there is none. */
static inline const struct maths_function *maths_find(const struct maths_table *t, const char *name)
{
	for (size_t i = 0; i < t->functions; i++)
		if (strcmp(t->function[i].name, name) == 0)
			return &t->function[i];
	return NULL;
}

#ifdef MATHS_SLEEF
extern const struct maths_table maths_sleef_1ulp, maths_sleef_4ulp;     /* maths_sleef.c: some functions, vectors alone */
#define MATHS_SLEEF_TABLE(ulp) &maths_sleef_##ulp,
#else
#define MATHS_SLEEF_TABLE(ulp)
#endif
#ifdef MATHS_EMULATED
extern const struct maths_table maths_avx512_emulated_1ulp, maths_avx512_emulated_4ulp; /* emulated/immintrin.h */
#define MATHS_EMULATED_TABLE(ulp) &maths_avx512_emulated_##ulp,
#else
#define MATHS_EMULATED_TABLE(ulp)
#endif
#define MATHS_TABLES_OF(ulp) &maths_generic_##ulp, &maths_avx2_##ulp, &maths_avx512_##ulp, MATHS_EMULATED_TABLE(ulp) \
	MATHS_SLEEF_TABLE(ulp)
#define MATHS_TABLES MATHS_TABLES_OF(1ulp) MATHS_TABLES_OF(4ulp)

#endif
