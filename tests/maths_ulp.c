/* maths_ulp.c · how wrong are exp, log, tanh and sigmoid, over every float
 *
 *     maths_ulp all            all 2^32 floats, some minutes a function
 *     maths_ulp all tanh       one function
 *     maths_ulp sample         seconds: short rows of floats all over, and around the places where functions switch
 *
 * Prints a row of a table for each function, accuracy and target: the largest error in ulp of the float result against
 * the C library's double function and where it happens; how often a result falls though its argument rises; how many
 * leave the function's range, lose or make a NaN; how many lanes of a vector differ from the scalar. Exit status 1
 * if an error passes its limit or a count is not 0. SLEEF, where it is there, is measured but not judged. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maths_here.h"

enum { BLOCK = 4096, WINDOW = 64, TABLES = 10 };

static double sigmoid(double x)
{
	return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static const struct {
	const char *name;
	double (*ref)(double);
	float lo, hi;           /* all four rise with x */
	double fine, fast;      /* largest errors at 1 and at 4 ulp */
} functions[] = {
	{ "exp",     exp,     0,         INFINITY, 1.05, 3.5 },
	{ "log",     log,     -INFINITY, INFINITY, 0.95, 1.5 },
	{ "tanh",    tanh,    -1,        1,        1.06, 2.5 },
	{ "sigmoid", sigmoid, 0,         1,        1.05, 3.8 },
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static const struct maths_table *const tables[] = { MATHS_TABLES };

struct worst {
	const struct maths_function *f;         /* NULL: not there, or not on this processor */
	double ulp;
	float at;
	unsigned long long differ, outside, nan, falls;
};

/* One function, in all tables. */
struct sweep {
	int function;
	struct worst worst[TABLES];
};

static float from_bits(uint32_t u)
{
	float x;

	memcpy(&x, &u, sizeof x);
	return x;
}

static uint32_t to_bits(float x)
{
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	return u;
}

/* Floats near ref lie 1/inverse_ulp(ref) apart. */
static double inverse_ulp(double ref)
{
	uint64_t u;
	int e;

	memcpy(&u, &ref, sizeof u);
	e = (int)(u >> 52 & 0x7ff) - 1023;
	u = (uint64_t)(1023 + (e < -126 ? 149 : 23 - e)) << 52;
	memcpy(&ref, &u, sizeof ref);
	return ref;
}

/* An infinite y counts as 2^128. */
static double error_ulp(float y, double ref, double inverse)
{
	if (isinf(ref))
		return (double)y == ref ? 0 : INFINITY;
	if (isinf(y) && fabs(ref) >= 0x1.ffffffp127)
		return (y > 0) == (ref > 0) ? 0 : INFINITY;
	return fabs((isinf(y) ? copysign(0x1p128, (double)y) : (double)y) - ref) * inverse;
}

/* One by one: infinities, NaN. */
static void compare_each(struct worst *w, int k, size_t n, const float *x, const float *s, const double *ref,
	const double *inverse)
{
	for (size_t i = 1; i < n; i++) {
		double e;

		if (isnan(ref[i]) || isnan(s[i])) {
			w->nan += !(isnan(ref[i]) && isnan(s[i]));
			continue;
		}
		w->outside += !(s[i] >= functions[k].lo && s[i] <= functions[k].hi);
		e = error_ulp(s[i], ref[i], inverse[i]);
		if (!(e <= w->ulp)) {
			w->ulp = e;
			w->at = x[i];
		}
	}
}

/* x[0] is there to see whether x[1] falls. As bits rise, positive floats rise and negative ones fall. */
static void compare(struct worst *w, int k, size_t n, const float *x, const float *s, const float *v, const double *ref,
	const double *inverse)
{
	const double way = signbit(x[1]) ? -1 : 1;
	double most = 0;
	int falls = 0, odd = 0;

	for (size_t i = 1; memcmp(s, v, n * sizeof *s) != 0 && i < n; i++)
		w->differ += to_bits(s[i]) != to_bits(v[i]) && !(isnan(s[i]) && isnan(v[i]));
	for (size_t i = 1; i < n; i++)
		falls += way * ((double)s[i] - (double)s[i - 1]) < 0;
	w->falls += (unsigned)falls;
	for (size_t i = 1; i < n; i++) {
		const double e = fabs((double)s[i] - ref[i]) * inverse[i];

		most = e > most ? e : most;
		odd += !(e < 1e9) | !(s[i] >= functions[k].lo) | !(s[i] <= functions[k].hi);
	}
	if (odd || most > w->ulp)
		compare_each(w, k, n, x, s, ref, inverse);
}

/* n floats from the one with these bits on, n <= BLOCK, all of one sign. */
static void visit(struct sweep *sw, uint32_t from, size_t n)
{
	static float x[BLOCK + 16], s[BLOCK + 16], v[BLOCK + 16];
	static double ref[BLOCK + 16], inverse[BLOCK + 16];
	const size_t padded = (n + 16) / 16 * 16;

	for (size_t i = 0; i < padded; i++) {
		x[i] = from_bits(i == 0 && from << 1 == 0 ? from : from + (uint32_t)i - 1);
		ref[i] = functions[sw->function].ref((double)x[i]);
		inverse[i] = inverse_ulp(ref[i]);
	}
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		if (sw->worst[t].f) {
			sw->worst[t].f->s(s, x, x, x, padded);
			sw->worst[t].f->v(v, x, x, x, padded);
			compare(&sw->worst[t], sw->function, n + 1, x, s, v, ref, inverse);
		}
}

static void around(struct sweep *sw, double x)
{
	const uint32_t u = to_bits((float)x), size = u & 0x7fffffffu;

	visit(sw, u - (size < WINDOW / 2 ? size : WINDOW / 2), WINDOW);
}

/* Rows in every exponent, then where the functions go from one formula, one power of 2 or one constant to the next. */
static void sample(struct sweep *sw)
{
	static const double switches[] = { 0.55, 0.8, 9.0109, 10, 17.33, 60, 89, 88.7228, 87.3365, 103.972, 104, 105, 1 };

	for (uint64_t u = 0; u < (uint64_t)1 << 32; u += 1 << 16)
		visit(sw, (uint32_t)u, WINDOW);
	for (int n = 1; n < 640; n++) {
		around(sw, n * log(2) / 4);
		around(sw, -n * log(2) / 4);
	}
	for (int e = -148; e < 128; e++) {
		around(sw, ldexp(sqrt(0.5), e));
		around(sw, ldexp(1, e));
	}
	for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
		around(sw, switches[i]);
		around(sw, -switches[i]);
	}
	visit(sw, 0x7f800000u - WINDOW / 2, WINDOW);
	visit(sw, 0xff800000u - WINDOW / 2, WINDOW);
}

static int report(const struct sweep *sw)
{
	const int k = sw->function;
	int bad = 0;

	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		const struct worst *w = &sw->worst[t];
		const double limit = tables[t]->ulp == 1 ? functions[k].fine : functions[k].fast;
		const int judged = strcmp(tables[t]->target, "sleef") != 0;

		if (!w->f && judged)
			printf("| %-8s | %d | %-15s | SKIP: this processor lacks it, or need not emulate it\n",
				functions[k].name, tables[t]->ulp, tables[t]->target);
		if (!w->f)
			continue;
		printf("| %-8s | %d | %-15s | %7.3f | %-14.9g | %6llu | %7llu | %4llu | %6llu |\n", functions[k].name,
			tables[t]->ulp, tables[t]->target, w->ulp, (double)w->at, w->falls, w->outside, w->nan, w->differ);
		bad |= judged && (!(w->ulp <= limit) || w->differ || w->outside || w->nan || w->falls);
	}
	fflush(stdout);
	return bad;
}

int main(int argc, char **argv)
{
	const int all = argc > 1 && strcmp(argv[1], "all") == 0;
	int bad = 0;

	if (argc < 2 || argc > 3 || (!all && strcmp(argv[1], "sample") != 0)) {
		fprintf(stderr, "usage: maths_ulp all|sample [exp|log|tanh|sigmoid]\n");
		return 2;
	}
	printf("| function | ulp | target | max error | at | falls | outside | NaN | lanes differ |\n"
		"|---|---|---|---|---|---|---|---|---|\n");
	for (int k = 0; k < FUNCTIONS; k++) {
		struct sweep sw = { .function = k };

		if (argc > 2 && strcmp(argv[2], functions[k].name) != 0)
			continue;
		for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
			sw.worst[t].f = maths_usable(tables[t]) ? maths_find(tables[t], functions[k].name) : NULL;
		if (all)
			for (uint64_t u = 0; u < (uint64_t)1 << 32; u += BLOCK)
				visit(&sw, (uint32_t)u, BLOCK);
		else
			sample(&sw);
		bad |= report(&sw);
	}
	return bad;
}
