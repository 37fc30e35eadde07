/* maths_table.h · the functions of one target's support text, as maths_gen makes them callable from tests
 *
 * maths_gen TARGET prints a C file: the whole text of that target, each function once as an array function over
 * scalars (s) and once over vectors (v; n is a multiple of the lanes), gathered in a table maths_TARGET. */
#ifndef MATHS_TABLE_H
#define MATHS_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef void maths_map(float *y, const float *a, const float *b, const float *c, size_t n);

struct maths_function {
	const char *name;
	maths_map *s, *v;               /* y[i] = name(a[i], b[i], c[i]); unary functions ignore b and c */
};

struct maths_table {
	const char *target;
	int lanes;
	const struct maths_function *function;
	size_t functions;
	void (*load_n)(float *y, const float *p, int n);
	void (*store_n)(float *p, const float *a, int n);
	void (*load_stride)(float *y, const float *p, ptrdiff_t stride);
	void (*store_stride)(float *p, ptrdiff_t stride, const float *a);
	float (*hsum)(const float *a), (*hmax)(const float *a);
};

#ifdef __cplusplus
extern "C" {
#endif
extern const struct maths_table maths_generic, maths_avx2, maths_avx512;
#ifdef __cplusplus
}
#endif

#endif
