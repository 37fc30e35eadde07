/* host.c · runs emitted models that fuzz --emit has written, on the data beside them: host DIR
 *
 * models.inc, made by compiled.sh, lists them: MODEL(m17) MODEL(m18) ... Each case runs on one thread, and with OpenMP on two
 * and three. One thread must give the values of the data, within the tolerance; several threads the bits of one. The
 * workspace and the outputs begin as garbage and end in bytes that nobody may touch. */
#include "rnn_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#define MODEL(name) extern const struct rnn_model name##_model;
#include "models.inc"
#undef MODEL
#define MODEL(name) &name##_model,
static const struct rnn_model *const models[] = {
#include "models.inc"
};

enum { MANY = 64, GUARD = 64 };
struct values { char name[64]; size_t n; double *v; };
struct table { struct values at[MANY]; int n; };
struct run { const struct rnn_model *m; struct table param, input, start, output, end; int64_t dims[MANY]; double tolerance; };

static const char *name_now;
static int failures;

static void *memory(size_t bytes)
{
	size_t size = (bytes + GUARD + 63) / 64 * 64;
	void *p = aligned_alloc(64, size);
	if (!p)
		abort();
	return memset(p, 0xff, size);
}

static bool untouched(const void *p, size_t bytes)
{
	for (size_t i = 0; i < GUARD; i++)
		if (((const unsigned char *)p)[bytes + i] != 0xff)
			return false;
	return true;
}

static void fail(const char *what, const char *tensor)
{
	printf("%s: %s %s\n", name_now, what, tensor);
	failures++;
}

static void read_values(FILE *f, struct table *t)
{
	struct values *x = &t->at[t->n++];
	if (t->n > MANY || fscanf(f, "%63s %zu", x->name, &x->n) != 2)
		abort();
	x->v = malloc((x->n + 1) * sizeof *x->v);
	for (size_t i = 0; i < x->n; i++)
		if (fscanf(f, "%la", &x->v[i]) != 1)
			abort();
}

static void forget(struct table *t)
{
	while (t->n)
		free(t->at[--t->n].v);
}

static const struct values *find(const struct table *t, const char *name)
{
	for (int i = 0; i < t->n; i++)
		if (!strcmp(t->at[i].name, name))
			return &t->at[i];
	fail("the data has no", name);
	exit(1);
}

static size_t size_of(const struct rnn_tensor *t, size_t n) { return n * (t->type == RNN_I64 || t->type == RNN_F64 ? 8 : 4); }

/* The values in the type of the tensor; NULL values: garbage. */
static void *typed(const struct rnn_tensor *t, const struct values *x, bool filled)
{
	void *p = memory(size_of(t, x->n));
	for (size_t i = 0; filled && i < x->n; i++) {
		switch (t->type) {
		case RNN_F32: ((float *)p)[i] = (float)x->v[i]; break;
		case RNN_F64: ((double *)p)[i] = x->v[i]; break;
		case RNN_I32: ((int32_t *)p)[i] = (int32_t)x->v[i]; break;
		default:      ((int64_t *)p)[i] = (int64_t)x->v[i]; break;
		}
	}
	return p;
}

static double value(const struct rnn_tensor *t, const void *p, size_t i)
{
	switch (t->type) {
	case RNN_F32: return ((const float *)p)[i];
	case RNN_F64: return ((const double *)p)[i];
	case RNN_I32: return ((const int32_t *)p)[i];
	default:      return (double)((const int64_t *)p)[i];
	}
}

static void check(const struct run *r, const struct rnn_tensor *t, const void *p, const struct values *right, const char *what)
{
	double scale = 1, worst = 0;
	for (size_t i = 0; i < right->n; i++)
		if (isfinite(right->v[i]) && fabs(right->v[i]) > scale)
			scale = fabs(right->v[i]);
	for (size_t i = 0; i < right->n; i++) {
		double x = value(t, p, i), y = right->v[i];
		if (x == y || (isnan(x) && isnan(y)))
			continue;
		double by = fabs(x - y) / scale;
		worst = by > worst || isnan(by) ? by : worst;
	}
	if (!(worst <= r->tolerance)) {
		printf("%s: %s %s is off by %g\n", name_now, what, t->name, worst);
		failures++;
	}
	if (!untouched(p, size_of(t, right->n)))
		fail("writes behind", t->name);
}

static void run_case(struct run *r, const void *weights, bool states)
{
	const struct rnn_model *m = r->m;
	void *in[MANY], *out[3][MANY], *state[3][MANY];
	int most = 1;
#ifdef _OPENMP
	most = 3;
#endif
	for (int i = 0; i < m->inputs; i++)
		in[i] = typed(&m->input[i], find(&r->input, m->input[i].name), true);
	for (int k = 0; k < most; k++) {
		size_t work = m->workspace_size(r->dims);
		void *workspace = memory(work);
		for (int i = 0; i < m->outputs; i++)
			out[k][i] = typed(&m->output[i], find(&r->output, m->output[i].name), false);
		for (int i = 0; states && i < m->states; i++)
			state[k][i] = typed(&m->state[i], find(&r->start, m->state[i].name), true);
#ifdef _OPENMP
		omp_set_num_threads(k + 1);
#endif
		int status = m->run(weights, r->dims, (const void *const *)in, out[k], states ? state[k] : NULL, workspace);
		if (status != RNN_OK)
			printf("%s: run returns %d\n", name_now, status), failures++;
		if (!untouched(workspace, work))
			fail("writes behind the workspace", "");
		free(workspace);
		for (int i = 0; i < m->outputs; i++) {
			const struct values *right = find(&r->output, m->output[i].name);
			if (!k)
				check(r, &m->output[i], out[0][i], right, "output");
			else if (memcmp(out[0][i], out[k][i], size_of(&m->output[i], right->n)))
				fail("several threads give another", m->output[i].name);
		}
		for (int i = 0; states && i < m->states; i++) {
			const struct values *right = find(&r->end, m->state[i].name);
			if (!k)
				check(r, &m->state[i], state[0][i], right, "end of");
			else if (memcmp(state[0][i], state[k][i], size_of(&m->state[i], right->n)))
				fail("several threads give another end of", m->state[i].name);
		}
	}
	for (int i = 0; i < m->inputs; i++)
		free(in[i]);
	for (int k = 0; k < most; k++) {
		for (int i = 0; i < m->outputs; i++)
			free(out[k][i]);
		for (int i = 0; states && i < m->states; i++)
			free(state[k][i]);
	}
}

static void *pack(struct run *r)
{
	const struct rnn_model *m = r->m;
	const void *param[MANY];
	size_t bytes = m->weights_size();
	void *weights = memory(bytes);
	for (int i = 0; i < m->params; i++)
		param[i] = typed(&m->param[i], find(&r->param, m->param[i].name), true);
	int status = m->weights_pack(weights, param);
	if (status != RNN_OK || !untouched(weights, bytes))
		fail("weights_pack fails", "");
	for (int i = 0; i < m->params; i++)
		free((void *)param[i]);
	return weights;
}

static void run_model(const char *dir, const struct rnn_model *m)
{
	static struct run r;
	char path[4096], word[64], name[64];
	bool states = false;
	void *weights = NULL;
	snprintf(path, sizeof path, "%s/%s.data", dir, m->name);
	FILE *f = fopen(path, "r");
	if (!f || fscanf(f, " tolerance %lf", &r.tolerance) != 1) {
		perror(path);
		exit(2);
	}
	r.m = m;
	name_now = m->name;
	while (fscanf(f, "%63s", word) == 1) {
		if (!strcmp(word, "case")) {
			states = fscanf(f, "%63s", name) == 1 && !strcmp(name, "states");
		} else if (!strcmp(word, "dim")) {
			int64_t v;
			if (fscanf(f, "%63s %" SCNd64, name, &v) != 2)
				abort();
			for (int d = 0; d < m->dims; d++)
				if (!strcmp(m->dim[d], name))
					r.dims[d] = v;
		} else if (!strcmp(word, "done")) {
			weights = weights ? weights : pack(&r);
			run_case(&r, weights, states);
			forget(&r.input);
			forget(&r.start);
			forget(&r.output);
			forget(&r.end);
		} else {
			struct table *t = !strcmp(word, "param") ? &r.param : !strcmp(word, "input") ? &r.input :
			                  !strcmp(word, "start") ? &r.start : !strcmp(word, "output") ? &r.output : &r.end;
			read_values(f, t);
		}
	}
	fclose(f);
	free(weights);
	forget(&r.param);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof models / sizeof *models; i++) {
		printf("%s\n", models[i]->name);     /* last line before a crash: who it was */
		fflush(stdout);
		run_model(argv[1], models[i]);
	}
	printf("%zu models, %d failures\n", sizeof models / sizeof *models, failures);
	return failures != 0;
}
