/* emit.c · --emit: a pair's C, and beside it NAME.data: what to give it and what it must compute
 *
 *   tolerance 0.001                   of the largest value of a tensor; 0: exact
 *   param W3 12 0x1p-2 ...            name, number of values, values; once
 *   case states                       or: case default; then for each case:
 *   dim T 5
 *   input x0 60 ...  start h4 12 ...  output h4 60 ...  end h4 12 ...
 *   done
 *
 * host.c reads it. The values come from the equations in float64; inputs, params and starts are numbers of f32, or small
 * integers in exact models, whose results f32 holds exactly. */
#include "fuzz.h"

#include "driver/host.h"
#include "emit/emit.h"

#include <stdlib.h>

enum { CASES = 3 };

/* Smooth models: what rounding to f32 may do to a few hundred operations on the way to a value, seven steps deep, in
 * models whose functions are bounded; measured worst about 2e-5. A wrong element is off by 1e-1. */
#define TOLERANCE 1e-3

static void put_array(FILE *f, const char *what, const char *name, const struct array *a)
{
	size_t n = numbers_count(a);
	fprintf(f, "%s %s %zu", what, name, n);
	for (size_t i = 0; i < n; i++)
		fprintf(f, " %a", a->f[i]);
	fprintf(f, "\n");
}

static void put_case(FILE *f, struct ctx *c, const struct sizes_of_run *s, const struct outcome *given,
                     const struct outcome *right)
{
	fprintf(f, "case %s\n", s->states ? "states" : "default");
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var)
			fprintf(f, "dim %s %lld\n", c->dim.at[d].name, (long long)s->dim[d]);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		if (x->role == ROLE_INPUT)
			put_array(f, "input", x->name, &given->value[t]);
		if (s->states && given->state[t].f) {
			put_array(f, "start", x->name, &given->state[t]);
			put_array(f, "end", x->name, &right->state[t]);
		}
		if (x->is_output)
			put_array(f, "output", x->name, &right->value[t]);
	}
	fprintf(f, "done\n");
}

static bool put_data(const char *path, struct ctx *c, const struct job *j)
{
	struct rng r;
	FILE *f = fopen(path, "w");
	struct outcome params = { 0 };
	if (!f)
		return false;
	rng_seed(&r, j->seed);
	fprintf(f, "tolerance %g\n", j->exact ? 0 : TOLERANCE);
	for (int k = 0; k < CASES; k++) {
		struct sizes_of_run s;
		data_sizes(c, &r, &s);
		struct outcome given = data_random(c, &s, j->exact, &r);
		for (tensor_id t = 1; t < c->tensor.n; t++) {
			if (c->tensor.at[t].role != ROLE_PARAM)
				continue;
			if (k)
				given.value[t] = params.value[t];
			else
				put_array(f, "param", c->tensor.at[t].name, &given.value[t]);
		}
		params = k ? params : given;
		struct outcome right = data_copy(c, &given);
		struct equations_run e = { .dim = s.dim, .value = right.value, .state = right.state };
		if (!equations_run(c, &e)) {
			fprintf(stderr, "fuzz: %s: %s\n", path, e.error);
			exit(1);
		}
		put_case(f, c, &s, &given, &right);
	}
	return fclose(f) == 0;
}

bool emit_pair(const char *dir, const char *name, const struct job *j)
{
	char path[4200], why[400];
	struct emitted out;
	struct ctx *c = judge_compile(j->model, j->schedule, j->target, NULL, &out, why, sizeof why);
	if (!c)
		return false;
	snprintf(path, sizeof path, "%s/%s.c", dir, name);
	write_text(path, out.c.s);
	snprintf(path, sizeof path, "%s/%s.h", dir, name);
	write_text(path, out.h.s);
	snprintf(path, sizeof path, "%s/%s.data", dir, name);
	bool good = put_data(path, c, j);
	ctx_free(c);
	return good;
}
