/* data.c · data for the runs of one pair: sizes, arrays, comparing, a run in two halves */
#include "fuzz.h"

#include "driver/host.h"

#include <math.h>

/* Run-time dims: steps 0..7, all else 0..5, or as near to that as the schedule's promises are; often sizes that it makes a case of. */
void data_sizes(struct ctx *c, struct rng *r, struct sizes_of_run *out)
{
	*out = (struct sizes_of_run){ .states = rng_chance(r, 50) };
	for (uint32_t d = 1; d < c->dim.n && d < 16; d++) {
		const struct bound *b = sched_bound_of(c, d);
		int64_t any = (b ? b->min : 0) + rng_below(r, strcmp(c->dim.at[d].name, "T") ? 6 : 8);
		out->dim[d] = c->dim.at[d].value >= 0 ? c->dim.at[d].value : sched_bound_near(c, d, any);
	}
	for (uint32_t d = 1; d < c->dim.n && d < 16 && c->sched && sched_scans(c) && rng_chance(r, 50); d++)
		if (!strcmp(c->dim.at[d].name, "T") && c->dim.at[d].value < 0)
			out->dim[d] = sched_bound_near(c, d, out->dim[d] + rng_below(r, 40));  /* whole groups of chunks */
	if (c->sched && c->sched->specials.n && rng_chance(r, 60)) {
		const struct special *s = &c->sched->specials.at[rng_below(r, (int)c->sched->specials.n)];
		for (uint32_t i = 0; i < s->sizes.n; i++)
			out->dim[s->sizes.at[i].dim] = s->sizes.at[i].value;
	}
}

/* Other values than numbers_random's for each seed, in the same range; small integers in exact models. */
static void vary(struct ctx *c, tensor_id t, struct array *a, bool exact, struct rng *r)
{
	size_t n = numbers_count(a);
	double most = 0;
	if (a->type == RNN_I32 || a->type == RNN_I64) {
		for (size_t i = 0; i + 1 < n; i++) {       /* ids: shuffled, so they stay in range */
			size_t k = i + (size_t)rng_below(r, (int)(n - i));
			double swap = a->f[i];
			a->f[i] = a->f[k];
			a->f[k] = swap;
		}
		return;
	}
	for (size_t i = 0; i < n; i++)
		most = fabs(a->f[i]) > most ? fabs(a->f[i]) : most;
	bool param = c->tensor.at[t].role == ROLE_PARAM;
	for (size_t i = 0; i < n; i++) {
		if (exact)
			a->f[i] = param ? rng_from(r, -1, 1) : rng_from(r, -2, 2);
		else
			a->f[i] = (float)(most * ((double)(rng_next(r) >> 11) * 0x1p-52 - 1));
	}
}

struct outcome data_random(struct ctx *c, const struct sizes_of_run *s, bool exact, struct rng *r)
{
	struct outcome x = { .value = base_alloc(c, c->tensor.n * sizeof *x.value) };
	x.state = s->states ? base_alloc(c, c->tensor.n * sizeof *x.state) : NULL;
	numbers_of_role(c, ROLE_INPUT, s->dim, x.value);
	numbers_of_role(c, ROLE_PARAM, s->dim, x.value);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		if (x.value[t].f)
			vary(c, t, &x.value[t], exact, r);
		if (!s->states || !c->tensor.at[t].history)
			continue;
		x.state[t] = numbers_random(c, t, s->dim, c->tensor.at[t].history);
		vary(c, t, &x.state[t], exact, r);
	}
	return x;
}

struct outcome data_copy(struct ctx *c, const struct outcome *x)
{
	struct outcome y = { .value = base_alloc(c, c->tensor.n * sizeof *y.value) };
	memcpy(y.value, x->value, c->tensor.n * sizeof *y.value);
	if (!x->state)
		return y;
	y.state = base_alloc(c, c->tensor.n * sizeof *y.state);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		if (!x->state[t].f)
			continue;
		y.state[t] = x->state[t];
		y.state[t].f = base_alloc(c, (numbers_count(&y.state[t]) + 1) * sizeof(double));
		memcpy(y.state[t].f, x->state[t].f, numbers_count(&y.state[t]) * sizeof(double));
	}
	return y;
}

/* ---- two halves -------------------------------------------------------------------------------------------------- */

/* Copies the steps of `part` between it and `whole`, where they begin at step `at`. */
static void copy_steps(int time, struct array *whole, struct array *part, int64_t at, bool into_part)
{
	size_t outer = 1, inner = 1;
	for (int d = 0; d < time; d++)
		outer *= (size_t)whole->shape[d];
	for (uint32_t d = (uint32_t)time + 1; d < whole->rank; d++)
		inner *= (size_t)whole->shape[d];
	size_t n = (size_t)part->shape[time] * inner;
	for (size_t o = 0; o < outer; o++) {
		double *w = whole->f + o * (size_t)whole->shape[time] * inner + (size_t)at * inner, *p = part->f + o * n;
		memcpy(into_part ? p : w, into_part ? w : p, n * sizeof *p);
	}
}

static bool part(struct ctx *c, const int64_t *dim, int64_t at, const struct outcome *from, struct outcome *out, char *error,
                 size_t size)
{
	struct array *value = base_alloc(c, c->tensor.n * sizeof *value);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		value[t] = from->value[t];
		if (x->role != ROLE_INPUT || x->time < 0)
			continue;
		value[t] = numbers_array(c, t, dim, 0);
		struct array whole = from->value[t];
		copy_steps(x->time, &whole, &value[t], at, true);
	}
	struct loops_run r = { .dim = dim, .value = value, .state = out->state, .threads = 1 };
	if (!loops_run(c, &r)) {
		snprintf(error, size, "%s", r.error);
		return false;
	}
	for (uint32_t i = 0; i < c->outputs.n; i++) {
		tensor_id t = c->outputs.at[i];
		if (c->tensor.at[t].time < 0)
			out->value[t] = value[t];
		else
			copy_steps(c->tensor.at[t].time, &out->value[t], &value[t], at, false);
	}
	return true;
}

bool data_halves(struct ctx *c, const struct sizes_of_run *s, const struct outcome *from, struct outcome *out, char *error,
                 size_t size)
{
	idvec time = numbers_time_dims(c);
	*error = 0;
	int64_t at = steps_half(c, s->dim);
	if (!from->state || !at)
		return false;
	struct sizes_of_run first = *s, rest = *s;
	first.dim[time.at[0]] = at;
	rest.dim[time.at[0]] -= at;
	*out = data_copy(c, from);
	for (uint32_t i = 0; i < c->outputs.n; i++)
		out->value[c->outputs.at[i]] = numbers_array(c, c->outputs.at[i], s->dim, 0);
	return part(c, first.dim, 0, from, out, error, size) && part(c, rest.dim, at, from, out, error, size);
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

/* The scale is that of all values. */
static void compare(const char *name, const struct array *a, const struct array *b, struct difference *d)
{
	size_t n = numbers_count(a);
	numbers_compare(name, a, b, d);
	for (size_t i = 0; i < n; i++)
		if (isfinite(b->f[i]) && fabs(b->f[i]) > d->scale)
			d->scale = fabs(b->f[i]);
}

double data_compare(struct ctx *c, const struct outcome *a, const struct outcome *b, const char **tensor)
{
	double worst = 0;
	*tensor = "-";
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		for (int state = 0; state < 2; state++) {
			struct difference d = numbers_difference(c);
			if (state ? !a->state || !a->state[t].f : !c->tensor.at[t].is_output)
				continue;
			compare(c->tensor.at[t].name, state ? &a->state[t] : &a->value[t], state ? &b->state[t] : &b->value[t], &d);
			double by = d.bits ? 0 : d.largest / d.scale + 1e-300;
			if (by > worst) {
				worst = by;
				*tensor = base_internf(c, "%s%s", c->tensor.at[t].name, state ? " (end)" : "");
			}
		}
	}
	return worst;
}
