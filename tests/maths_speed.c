/* maths_speed.c · how long do exp, log, tanh and sigmoid take
 *
 *     maths_speed          some seconds; prints a table
 *
 * Time for 1000 elements where many vectors are under way at once, and for one vector where each call waits for
 * the one before (with one addition): gates of a small recurrent network wait. The best of many runs. */
#include <stdio.h>
#include <time.h>

#include "maths_here.h"

enum { FLOATS = 1024, CALLS = 64 * FLOATS, RUNS = 30 };

static double now(void)
{
	struct timespec t;

	timespec_get(&t, TIME_UTC);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(void)
{
	static const struct maths_table *const tables[] = { MATHS_TABLES };
	static const char *const names[MATHS_TIMED] = { "exp", "log", "tanh", "sigmoid" };
	static float x[FLOATS], y[FLOATS];

	for (int i = 0; i < FLOATS; i++)
		x[i] = (float)(i * 37 % FLOATS + 1) / 128.0f;
	printf("| function | ulp | target | ns for 1000 | ns a call and addition |\n|---|---|---|---|---|\n");
	for (int k = 0; k < MATHS_TIMED; k++)
		for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
			const struct maths_function *f = maths_usable(tables[t]) ? maths_find(tables[t], names[k]) : NULL;
			double many = 1e30, one = 1e30;

			for (int run = 0; f && run < RUNS; run++) {
				double start = now(), end;

				for (int i = 0; i < CALLS / FLOATS; i++)
					f->v(y, x, x, x, FLOATS);
				end = now();
				many = end - start < many ? end - start : many;
				f->chain(y, CALLS);
				start = now();
				one = start - end < one ? start - end : one;
			}
			if (f)
				printf("| %-8s | %d | %-7s | %6.0f | %5.1f |\n", names[k], tables[t]->ulp, tables[t]->target,
					many / CALLS * 1000, one / CALLS);
		}
	return 0;
}
