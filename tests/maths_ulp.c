/* maths_ulp.c · how wrong are exp, log, tanh and sigmoid, over every float
 *
 *     maths_ulp            all 2^32 floats, some minutes a function
 *     maths_ulp 1001       every 1001st, seconds
 *     maths_ulp 1 tanh     one function
 *
 * Prints, for each function and target, the largest error in ulp of the float result against the C library's
 * double function, where it happens, and how many lanes differ from the scalar (must be 0). Exit status 1 if any
 * differ, an error passes LIMIT, a result leaves its range or a NaN is lost or made. The last column counts steps
 * where the result falls though the function rises (by an ulp or two; no failure). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maths_table.h"

#define LIMIT 4.0

enum { BLOCK = 4096 };

static double ref_sigmoid(double x)
{
	return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static const struct {
	const char *name;
	double (*ref)(double);
	float lo, hi;           /* all four rise with x */
} functions[] = {
	{ "exp", exp, 0, INFINITY },
	{ "log", log, -INFINITY, INFINITY },
	{ "tanh", tanh, -1, 1 },
	{ "sigmoid", ref_sigmoid, 0, 1 },
};

struct worst {
	double ulp;
	float at;
	unsigned long long differ, outside, nan, down;
	float last;
};

static float from_bits(uint32_t u)
{
	float x;

	memcpy(&x, &u, sizeof x);
	return x;
}

/* In ulp of a float near ref; an infinite y counts as 2^128. */
static double error_ulp(float y, double ref)
{
	const double value = isinf(y) ? copysign(0x1p128, (double)y) : (double)y;
	int e;

	if (isinf(y) && fabs(ref) >= 0x1.ffffffp127)
		return (y > 0) == (ref > 0) ? 0 : INFINITY;
	if (isinf(ref))
		return (double)y == ref ? 0 : INFINITY;
	frexp(ref, &e);
	return fabs(value - ref) / ldexp(1, e < -125 ? -149 : e - 24);
}

static void compare(struct worst *w, int k, const float *x, const float *s, const float *v, const double *ref)
{
	for (int i = 0; i < BLOCK; i++) {
		double e;

		if (memcmp(&s[i], &v[i], sizeof(float)) != 0 && !(isnan(s[i]) && isnan(v[i])))
			w->differ++;
		if (isnan(ref[i]) || isnan(s[i])) {
			w->nan += !(isnan(ref[i]) && isnan(s[i]));
			continue;
		}
		w->outside += !(s[i] >= functions[k].lo && s[i] <= functions[k].hi);
		/* bits rise: positive floats rise, negative ones fall */
		w->down += signbit(x[i]) ? s[i] > w->last : s[i] < w->last;
		w->last = s[i];
		e = error_ulp(s[i], ref[i]);
		if (!(e <= w->ulp)) {
			w->ulp = e;
			w->at = x[i];
		}
	}
}

int main(int argc, char **argv)
{
	const struct maths_table *tables[] = { &maths_generic, &maths_avx2, &maths_avx512 };
	const int usable[] = { 1, __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"),
		__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
		&& __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") };
	const uint64_t step = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	static float x[BLOCK], s[BLOCK], v[BLOCK];
	static double ref[BLOCK];
	int bad = step == 0;

	printf("%-8s %-8s %8s  %-14s %8s %8s %8s %8s\n",
		"function", "target", "max ulp", "at", "differ", "outside", "nan", "down");
	for (size_t k = 0; step > 0 && k < sizeof functions / sizeof *functions; k++) {
		struct worst w[3];

		if (argc > 2 && strcmp(argv[2], functions[k].name) != 0)
			continue;
		memset(w, 0, sizeof w);
		for (int t = 0; t < 3; t++)
			w[t].last = -INFINITY;
		for (uint64_t u = 0; u < (uint64_t)1 << 32;) {
			for (int i = 0; i < BLOCK; i++, u += step) {
				if (u >= 0x80000000u && u < 0x80000000u + step)
					for (int t = 0; t < 3; t++)
						w[t].last = INFINITY;
				x[i] = from_bits((uint32_t)(u < (uint64_t)1 << 32 ? u : 0xffffffffu));
				ref[i] = functions[k].ref((double)x[i]);
			}
			for (int t = 0; t < 3; t++)
				for (size_t f = 0; usable[t] && f < tables[t]->functions; f++)
					if (strcmp(tables[t]->function[f].name, functions[k].name) == 0) {
						tables[t]->function[f].s(s, x, x, x, BLOCK);
						tables[t]->function[f].v(v, x, x, x, BLOCK);
						compare(&w[t], (int)k, x, s, v, ref);
					}
		}
		for (int t = 0; t < 3; t++) {
			printf("%-8s %-8s ", functions[k].name, tables[t]->target);
			if (!usable[t]) {
				printf("SKIP: this processor lacks it\n");
				continue;
			}
			printf("%8.3f  %-14.8g %8llu %8llu %8llu %8llu\n",
				w[t].ulp, (double)w[t].at, w[t].differ, w[t].outside, w[t].nan, w[t].down);
			bad |= !(w[t].ulp <= LIMIT) || w[t].differ || w[t].outside || w[t].nan;
		}
		fflush(stdout);
	}
	return bad;
}
