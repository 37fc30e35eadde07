/* sizes.c · the sizes of a model from the shapes in the file of weights, so that nobody has to --set them
 *
 * The model is loaded for trial with a prime of its own for each dim that --set leaves alone. Where an extent of a
 * param is then a multiple of one of them, it is known how that extent follows from the dim, and the dim follows from
 * the file:
 *
 *   dim("X", 64), dim("H", 32)   ->   X = 10007, H = 10009
 *   W = param("W", f32, {4, H, X})    [4, 10009, 10007]     the file: [80, 12]  =>  H = 80/4, X = 12
 *
 * A setting, such as a depth, changes which params there are: before, it is found by trying, with the names alone.
 *
 * Only proposes: what does not follow, or contradicts itself, is left for tensors.c to report as what it is. */
#include "driver/tensors.h"

#include <inttypes.h>

enum { PRIME_FROM = 10007, SETTINGS_MOST = 4, SETTING_MOST = 64 };

struct trial {
	struct ctx *c;
	uint32_t n;                            /* dims to find */
	const char *name[DIMS_MAX];
	int64_t usual[DIMS_MAX], prime[DIMS_MAX];
	int64_t value[DIMS_MAX];               /* 0: not known */
	bool changed;
};

static bool is_prime(int64_t n)
{
	for (int64_t k = 2; k * k <= n; k++)
		if (n % k == 0)
			return false;
	return true;
}

static bool given(const struct ctx *c, const char *name)
{
	for (uint32_t i = 0; i < c->set.n; i++)
		if (!strcmp(c->set.at[i].name, name))
			return true;
	return false;
}

static struct ctx *load(struct ctx *c, const char *model, const struct trial *t)
{
	struct ctx *l = ctx_again(c);
	for (uint32_t i = 0; i < t->n; i++)
		VEC_PUSH(l, l->set, (struct setting){ base_intern(l, t->name[i]), t->prime[i], false, false });
	if (model_load(l, model) || !t->n)
		return l;
	ctx_free(l);
	return NULL;
}

/* The dims that have a value of their own. */
static void dims_to_find(struct ctx *c, const char *model, struct trial *t)
{
	struct ctx *l = load(c, model, t);
	int64_t prime = PRIME_FROM;
	for (uint32_t d = 1; l && d < l->dim.n && t->n < DIMS_MAX; d++) {
		if (l->dim.at[d].value < 0 || given(c, l->dim.at[d].name))
			continue;
		while (!is_prime(prime))
			prime++;
		t->usual[t->n] = l->dim.at[d].value;
		t->name[t->n] = base_intern(c, l->dim.at[d].name);
		t->prime[t->n++] = prime++;
	}
	if (l)
		ctx_free(l);
}

/* The params as a list; an extent that is no constant is -1. */
static struct rnn_tensor *params(struct ctx *l, int32_t *n)
{
	struct rnn_tensor *out = base_alloc(l, l->tensor.n * sizeof *out);
	*n = 0;
	for (tensor_id t = 1; t < l->tensor.n; t++) {
		const struct tensor *x = &l->tensor.at[t];
		if (x->role != ROLE_PARAM)
			continue;
		struct rnn_tensor *p = &out[(*n)++];
		*p = (struct rnn_tensor){ .name = x->name, .type = x->type, .rank = (int32_t)x->rank };
		for (uint32_t d = 0; d < x->rank; d++)
			if (!poly_const(l, x->extent[d], &p->shape[d]))
				p->shape[d] = -1;
	}
	return out;
}

static bool names_fit(struct ctx *l, const char *map, const struct rnn_st_file *f)
{
	int32_t n;
	const struct rnn_tensor *want = params(l, &n);
	const struct map *m = map ? map_load(l, map) : map_shipped(l, f, want, n);
	return (m || !map) && map_names_fit(l, m, f, want, n);
}

/* Where the names do not fit as settings are: the one setting that --set leaves alone, and its one value, with which they
 * do. Values from 1 on, as far as the model loads; as each layer has params, no more than the file has tensors. */
static bool find_setting(struct ctx *c, const char *model, const char *map, const struct rnn_st_file *f,
                         struct setting *found)
{
	VEC(struct setting) asked = { 0 };
	size_t most = rnn_st_count(f) < SETTING_MOST ? rnn_st_count(f) : SETTING_MOST, fits = 0;
	struct ctx *l = ctx_again(c);
	if (model_load(l, model) && !names_fit(l, map, f))
		for (uint32_t i = 0; i < l->asked.n; i++)
			if (!given(c, l->asked.at[i].name))
				VEC_PUSH(c, asked, (struct setting){ base_intern(c, l->asked.at[i].name), 0, false, false });
	ctx_free(l);
	for (uint32_t i = 0; i < asked.n && asked.n <= SETTINGS_MOST; i++) {
		bool loads = true;
		for (size_t v = 1; loads && v <= most; v++) {
			l = ctx_again(c);
			VEC_PUSH(l, l->set, (struct setting){ base_intern(l, asked.at[i].name), (int64_t)v, false, false });
			loads = model_load(l, model);
			if (loads && names_fit(l, map, f)) {
				*found = (struct setting){ asked.at[i].name, (int64_t)v, false, false };
				fits++;
			}
			ctx_free(l);
		}
	}
	return fits == 1;
}

/* One extent of the file is the product of extents k[0..n). False: it cannot be. What it tells goes to *dim, *value,
 * *dim = -1: nothing new. */
static bool solve(const struct trial *t, int64_t have, const int64_t *k, int32_t n, int *dim, int64_t *value)
{
	*dim = -1;
	for (int32_t i = 0; i < n; i++) {
		int64_t factor = k[i];
		for (uint32_t d = 0; d < t->n; d++) {
			if (factor <= 0 || factor % t->prime[d])
				continue;
			factor /= t->prime[d];
			if (t->value[d] > INT64_MAX / factor)
				return false;
			if (t->value[d])
				factor *= t->value[d];
			else if (*dim >= 0)
				return true;               /* two unknown ones: tells nothing */
			else
				*dim = (int)d;
		}
		if (factor <= 0 || have % factor)
			return false;
		have /= factor;
	}
	*value = have;
	return *dim >= 0 ? have > 0 : have == 1;
}

/* Takes neighbouring extents of the param together until they are those of the file, in the one way that can be, if
 * there is just one. Bit d of `cut`: a group ends after extent d. */
static void learn(struct trial *t, const struct rnn_tensor *have, const struct rnn_tensor *want)
{
	uint32_t found = 0;
	int dim[8], best_dim[8] = { 0 };
	int64_t value[8], best_value[8] = { 0 };
	if (!want->rank || have->rank > want->rank)
		return;
	for (uint32_t cut = 0; cut < 1u << (want->rank - 1); cut++) {
		int32_t groups = 0, from = 0;
		bool ok = true;
		for (int32_t d = 0; ok && d < want->rank; d++) {
			if (d < want->rank - 1 && !(cut >> d & 1))
				continue;
			ok = groups < have->rank && solve(t, have->shape[groups], want->shape + from, d + 1 - from, &dim[groups],
			                                  &value[groups]);
			groups++;
			from = d + 1;
		}
		if (!ok || groups != have->rank)
			continue;
		found++;
		memcpy(best_dim, dim, sizeof dim);
		memcpy(best_value, value, sizeof value);
	}
	for (int32_t i = 0; found == 1 && i < have->rank; i++)
		if (best_dim[i] >= 0 && !t->value[best_dim[i]]) {
			t->value[best_dim[i]] = best_value[i];
			t->changed = true;
		}
}

static void learn_all(struct trial *t, struct ctx *l, const struct map *m, const struct rnn_st_file *f,
                      const struct rnn_tensor *want, int32_t n)
{
	do {
		t->changed = false;
		for (int32_t i = 0; i < n; i++) {
			struct recipe made;
			struct rnn_tensor have;
			bool known = map_recipe(l, m, f, &want[i], &made);
			for (uint32_t k = 0; known && k < made.n; k++)
				if (map_shape(made.from[k], &made.term[k], &have))
					learn(t, &have, &want[i]);
		}
	} while (t->changed);
}

void driver_run_sizes(struct ctx *c, const char *model, const char *weights, const char *map)
{
	char err[1];
	struct trial t = { .c = c };
	struct text said = { .c = c };
	struct setting found;
	struct rnn_st_file *f = weights ? tensors_read(weights, err, sizeof err) : NULL;
	if (f && find_setting(c, model, map, f, &found)) {
		VEC_PUSH(c, c->set, found);
		text_printf(&said, "%s = %" PRId64, found.name, found.value);
	}
	if (f)
		dims_to_find(c, model, &t);
	struct ctx *l = t.n ? load(c, model, &t) : NULL;
	if (l) {
		int32_t n;
		const struct rnn_tensor *want = params(l, &n);
		const struct map *m = map ? map_load(l, map) : map_shipped(l, f, want, n);
		if (m || !map)
			learn_all(&t, l, m, f, want, n);
		ctx_free(l);
	}
	rnn_st_free(f);
	for (uint32_t i = 0; i < t.n; i++)
		if (t.value[i] && t.value[i] != t.usual[i]) {
			VEC_PUSH(c, c->set, (struct setting){ t.name[i], t.value[i], false, false });
			text_printf(&said, "%s%s = %" PRId64, said.s ? ", " : "", t.name[i], t.value[i]);
		}
	if (said.s)
		fprintf(stderr, "%s: sizes from %s: %s\n", c->progname, weights, said.s);
}
