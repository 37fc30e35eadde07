/* host.c · runs any emitted model on random data, for sanitizers to watch
 *
 *   cc host.c lstm.c which.c ...                 ./host [THREADS]
 *
 * Sizes with all kinds of tails, from the model's own start and from states given; every buffer has exactly the size
 * that the model asks for. What must hold:
 *
 *   - run() answers RNN_OK, twice on the same data with the same bits, on 1 and on THREADS threads, too;
 *   - two halves of a sequence, carried by the states, give the bits of the whole;
 *   - arguments that are wrong give their error code and touch nothing;
 *   - run() allocates nothing; with OpenMP, whose team of threads does, from the second run of a team on;
 *   - two threads of the host may run at once on the same packed weights, those of a region of its own, too: with a team each, or
 *     with the one thread that OpenMP gives there.
 *
 * which.c defines what is tested (host.h). Models have the dim N and most of them T.
 * Exit code: 0; 1, with a line on stderr, where something does not hold. */
#define _POSIX_C_SOURCE 200809L
#include "host.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
enum { OPENMP = 1 };
#else
enum { OPENMP = 0 };
static void omp_set_num_threads(int n) { (void)n; }
#endif

#define MODEL (*tested.model)

enum { MOST = 64 };             /* tensors of a kind */

#define CHECK(ok, ...) ((ok) ? (void)0 : fail(__LINE__, #ok, __VA_ARGS__))
__attribute__((noreturn, format(printf, 3, 4)))
static void fail(int line, const char *what, const char *format, ...)
{
	va_list args;
	fprintf(stderr, "%s, %s: line %d of host.c: not %s: ", MODEL.name, MODEL.target, line, what);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- allocations ------------------------------------------------------------------------------------------------- */

static int watched;             /* run() is at work: whoever allocates now is its code, or OpenMP's for it */

#ifdef WATCH_MALLOC             /* in front of glibc's own; not together with sanitizers, which do the same */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static void allocating(const char *function)
{
	if (!__atomic_load_n(&watched, __ATOMIC_RELAXED))
		return;
	__atomic_store_n(&watched, 0, __ATOMIC_RELAXED);
	fprintf(stderr, "%s, %s: run() calls %s\n", MODEL.name, MODEL.target, function);
	abort();
}

void *malloc(size_t n) { allocating("malloc"); return __libc_malloc(n); }
void *calloc(size_t n, size_t size) { allocating("calloc"); return __libc_calloc(n, size); }
void *realloc(void *p, size_t n) { allocating("realloc"); return __libc_realloc(p, n); }
void *memalign(size_t align, size_t n) { allocating("memalign"); return __libc_memalign(align, n); }
void *aligned_alloc(size_t align, size_t n) { allocating("aligned_alloc"); return __libc_memalign(align, n); }
int posix_memalign(void **p, size_t align, size_t n)
{
	allocating("posix_memalign");
	*p = __libc_memalign(align, n);
	return *p ? 0 : ENOMEM;
}
#endif

static void *buffer(size_t size)
{
	void *p;
	if (posix_memalign(&p, 64, size ? size : 1))
		fail(__LINE__, "memory", "%zu bytes", size);
	return memset(p, 0xff, size);           /* NaN, and ids of nothing: nobody may rely on what was there */
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

static uint64_t seed = 1;
static uint32_t next_random(void) { return (uint32_t)((seed = seed * 6364136223846793005u + 1442695040888963407u) >> 33); }

static size_t elements(const struct rnn_tensor *t, const int64_t *dims)
{
	size_t n = 1;
	for (int d = 0; d < t->rank; d++)
		n *= (size_t)(t->shape[d] < 0 ? dims[-1 - t->shape[d]] : t->shape[d]);
	return n;
}

/* Is time the first dim? */
static int is_timed(const struct rnn_tensor *t)
{
	int d = t->rank ? (int)(-1 - t->shape[0]) : -1;
	return d >= 0 && !strcmp(MODEL.dim[d], "T");
}

static size_t bytes(const struct rnn_tensor *t, const int64_t *dims)
{
	return elements(t, dims) * (t->type == RNN_BOOL ? 1 : t->type == RNN_F64 || t->type == RNN_I64 ? 8 : 4);
}

static void fill(const struct rnn_tensor *t, void *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double number = ((double)(next_random() % 2048) - 1024) / (t->rank > 1 ? 8192 : 1024);
		uint32_t id = next_random() % (tested.ids ? tested.ids : 8);
		switch (t->type) {
		case RNN_I32:  ((int32_t *)p)[i] = (int32_t)id; break;
		case RNN_I64:  ((int64_t *)p)[i] = id; break;
		case RNN_BOOL: ((unsigned char *)p)[i] = id & 1; break;
		case RNN_F64:  ((double *)p)[i] = number; break;
		default:       ((float *)p)[i] = (float)number;
		}
	}
}

/* All that one run takes. */
struct call {
	int64_t dims[8];
	void *in[MOST], *out[MOST], *state[MOST], *workspace;
};

static void set_dim(struct call *c, const char *name, int64_t value)
{
	for (int d = 0; d < MODEL.dims; d++)
		if (!strcmp(MODEL.dim[d], name))
			c->dims[d] = value;
}

/* The size near N that the schedule promises. */
static int64_t promised(int64_t N)
{
	int64_t multiple = tested.multiple ? tested.multiple : 1, most = tested.most ? tested.most : INT64_MAX;
	N = (N + multiple - 1) / multiple * multiple;
	return N < tested.least ? tested.least : N > most ? most : N;
}

static struct call make_call(int64_t T, int64_t N)
{
	N = promised(N);
	struct call c = { { 0 }, { NULL }, { NULL }, { NULL }, NULL };
	set_dim(&c, "T", T);
	set_dim(&c, "N", N);
	rnn_model_extents(&MODEL, c.dims);
	for (int i = 0; i < MODEL.inputs; i++) {
		size_t n = elements(&MODEL.input[i], c.dims);
		c.in[i] = buffer(bytes(&MODEL.input[i], c.dims));
		fill(&MODEL.input[i], c.in[i], n);
	}
	for (int i = 0; i < MODEL.outputs; i++)
		c.out[i] = buffer(bytes(&MODEL.output[i], c.dims));
	for (int i = 0; i < MODEL.states; i++) {
		size_t n = elements(&MODEL.state[i], c.dims);
		c.state[i] = buffer(bytes(&MODEL.state[i], c.dims));
		fill(&MODEL.state[i], c.state[i], n);
	}
	c.workspace = buffer(MODEL.workspace_size(c.dims));
	return c;
}

static void free_call(struct call *c)
{
	for (int i = 0; i < MOST; i++) {
		free(c->in[i]);
		free(c->out[i]);
		free(c->state[i]);
	}
	free(c->workspace);
}

static void copy_states(const struct call *from, struct call *to)
{
	for (int i = 0; i < MODEL.states; i++)
		memcpy(to->state[i], from->state[i], bytes(&MODEL.state[i], to->dims));
}

static int same_states(const struct call *a, const struct call *b)
{
	for (int i = 0; i < MODEL.states; i++)
		if (memcmp(a->state[i], b->state[i], bytes(&MODEL.state[i], a->dims)))
			return 0;
	return 1;
}

static int run(const void *weights, struct call *c, int states)
{
	return MODEL.run(weights, c->dims, (const void *const *)c->in, c->out, states ? c->state : NULL, c->workspace);
}

static int same(const struct call *a, const struct call *b, int states)
{
	for (int i = 0; i < MODEL.outputs; i++)
		if (memcmp(a->out[i], b->out[i], bytes(&MODEL.output[i], a->dims)))
			return 0;
	return !states || same_states(a, b);
}

/* ---- what must hold ---------------------------------------------------------------------------------------------- */

static int watched_run(const void *weights, struct call *c, int states, int watch)
{
	__atomic_store_n(&watched, watch, __ATOMIC_RELAXED);
	int status = run(weights, c, states);
	__atomic_store_n(&watched, 0, __ATOMIC_RELAXED);
	return status;
}

/* Once on one thread, twice on `threads`: the same bits. */
static void check_size(const void *weights, int64_t T, int64_t N, int states, int threads)
{
	struct call one = make_call(T, N), many = make_call(T, N), start = make_call(T, N);
	for (int i = 0; i < MODEL.inputs; i++)
		memcpy(many.in[i], one.in[i], bytes(&MODEL.input[i], one.dims));
	copy_states(&one, &start);
	omp_set_num_threads(1);
	int status = watched_run(weights, &one, states, !OPENMP);
	CHECK(status == RNN_OK, "T=%" PRId64 " N=%" PRId64 ": %d", T, N, status);
	omp_set_num_threads(threads);
	for (int again = 0; again < 2; again++) {
		copy_states(&start, &many);
		status = watched_run(weights, &many, states, !OPENMP || again);
		CHECK(status == RNN_OK, "T=%" PRId64 " N=%" PRId64 ", %d threads: %d", T, N, threads, status);
		CHECK(same(&one, &many, states), "T=%" PRId64 " N=%" PRId64 ", %d threads", T, N, threads);
	}
	free_call(&one);
	free_call(&many);
	free_call(&start);
}

/* Steps [0, at) and [at, T) in two calls. */
static void check_halves(const void *weights, int64_t T, int64_t N)
{
	struct call whole = make_call(T, N), first = make_call(T / 2, N), second = make_call(T - T / 2, N);
	copy_states(&whole, &first);
	for (int i = 0; i < MODEL.inputs; i++) {
		size_t n = bytes(&MODEL.input[i], first.dims), m = bytes(&MODEL.input[i], second.dims);
		memcpy(first.in[i], whole.in[i], n);
		memcpy(second.in[i], (char *)whole.in[i] + (is_timed(&MODEL.input[i]) ? n : 0), m);
	}
	CHECK(run(weights, &whole, 1) == RNN_OK, "whole");
	CHECK(run(weights, &first, 1) == RNN_OK, "first half");
	copy_states(&first, &second);
	CHECK(run(weights, &second, 1) == RNN_OK, "second half");
	for (int i = 0; i < MODEL.outputs; i++) {
		size_t n = bytes(&MODEL.output[i], first.dims), m = bytes(&MODEL.output[i], second.dims);
		if (!is_timed(&MODEL.output[i]))
			n = 0;
		CHECK(!memcmp(whole.out[i], first.out[i], n), "%s", MODEL.output[i].name);
		CHECK(!memcmp((char *)whole.out[i] + n, second.out[i], m), "%s", MODEL.output[i].name);
	}
	for (int i = 0; i < MODEL.states; i++)
		CHECK(!memcmp(whole.state[i], second.state[i], bytes(&MODEL.state[i], whole.dims)), "end of %s",
		      MODEL.state[i].name);
	free_call(&whole);
	free_call(&first);
	free_call(&second);
}

static int untouched(const struct call *c)
{
	for (int i = 0; i < MODEL.outputs; i++)
		for (size_t k = 0; k < bytes(&MODEL.output[i], c->dims); k++)
			if (((const unsigned char *)c->out[i])[k] != 0xff)
				return 0;
	return 1;
}

/* Every wrong argument has its code, and costs nothing. */
static void check_arguments(const void *weights, const void *const *params)
{
	struct call c = make_call(3, 2);
	const void *some[MOST];
	memcpy(some, params, sizeof some);
	char *w = buffer(MODEL.weights_size() + 64);
	CHECK(MODEL.weights_pack(NULL, params) == RNN_ERROR_NULL, "no weights");
	CHECK(MODEL.weights_pack(w + 4, params) == RNN_ERROR_ALIGN, "weights at 4");
	for (int i = 0; i < MODEL.params; i++) {
		some[i] = NULL;
		CHECK(MODEL.weights_pack(w, some) == RNN_ERROR_NULL, "no %s", MODEL.param[i].name);
		some[i] = params[i];
	}
	free(w);

	const void *const *in = (const void *const *)c.in;
	CHECK(MODEL.run(NULL, c.dims, in, c.out, c.state, c.workspace) == RNN_ERROR_NULL, "no weights");
	CHECK(MODEL.run(weights, c.dims, in, c.out, c.state, NULL) == RNN_ERROR_NULL, "no workspace");
	CHECK(MODEL.run((const char *)weights + 4, c.dims, in, c.out, c.state, c.workspace) == RNN_ERROR_ALIGN, "weights");
	CHECK(MODEL.run(weights, c.dims, in, c.out, c.state, (char *)c.workspace + 4) == RNN_ERROR_ALIGN, "workspace");
	for (int i = 0; i < MODEL.inputs + MODEL.outputs; i++) {
		void **p = i < MODEL.inputs ? &c.in[i] : &c.out[i - MODEL.inputs], *was = *p;
		*p = NULL;
		CHECK(run(weights, &c, 1) == RNN_ERROR_NULL, "argument %d", i);
		*p = was;
	}
	for (int d = 0; d < MODEL.dims; d++) {
		static const int64_t wrong[] = { -1, INT64_MIN, INT64_MAX, INT64_MAX / 2 + 1, INT64_C(1) << 56 };
		int64_t was = c.dims[d];
		for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
			c.dims[d] = wrong[i];
			CHECK(run(weights, &c, 1) == RNN_ERROR_DIM, "%s = %" PRId64, MODEL.dim[d], wrong[i]);
			CHECK(MODEL.workspace_size(c.dims) == 0, "%s = %" PRId64, MODEL.dim[d], wrong[i]);
		}
		for (int64_t n = 0; n < 40 && !strcmp(MODEL.dim[d], "N"); n++) {
			c.dims[d] = n;
			CHECK(n == promised(n) || run(weights, &c, 1) == RNN_ERROR_DIM, "N = %" PRId64, n);
			CHECK(n == promised(n) || MODEL.workspace_size(c.dims) == 0, "N = %" PRId64, n);
		}
		c.dims[d] = was;
	}
	CHECK(untouched(&c), "outputs");

	/* ids outside their table: an error, wherever they are */
	for (int i = 0; i < MODEL.inputs; i++) {
		size_t n = elements(&MODEL.input[i], c.dims);
		for (size_t k = 0; tested.ids && MODEL.input[i].type == RNN_I32 && k < n; k++) {
			static const int32_t wrong[] = { -1, INT32_MIN, INT32_MAX };
			int32_t *id = (int32_t *)c.in[i] + k, was = *id;
			*id = wrong[k % 3];
			int status = run(weights, &c, 1);
			CHECK(status == RNN_ERROR_INDEX, "id %d at %zu of %s: %d", wrong[k % 3], k, MODEL.input[i].name, status);
			*id = was;
		}
	}
	free_call(&c);

	/* nothing to do is not wrong */
	struct call none = make_call(0, 2), nobody = make_call(3, 0);
	struct call before = make_call(0, 2);
	copy_states(&none, &before);
	CHECK(run(weights, &none, 1) == RNN_OK, "T = 0");
	CHECK(same_states(&none, &before), "states after no steps");
	CHECK(run(weights, &nobody, 1) == RNN_OK, "N = 0");
	free_call(&before);
	free_call(&none);
	free_call(&nobody);
}

struct instance { const void *weights; struct call call; int status; };

static void *run_instance(void *p)
{
	struct instance *x = p;
	omp_set_num_threads(1);
	x->status = run(x->weights, &x->call, 1);
	return NULL;
}

static void check_instances(const void *weights)
{
	struct instance x[2];
	pthread_t thread[2];
	for (int i = 0; i < 2; i++) {
		x[i] = (struct instance){ weights, make_call(9, 2), 1 };
		CHECK(!pthread_create(&thread[i], NULL, run_instance, &x[i]), "thread %d", i);
	}
	for (int i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		CHECK(x[i].status == RNN_OK, "instance %d: %d", i, x[i].status);
		free_call(&x[i].call);
	}
}

/* Inside a region of the host's, once with teams inside teams and once without. */
static void check_nested(const void *weights, int threads)
{
	(void)weights, (void)threads;
#ifdef _OPENMP
	struct call one = make_call(9, 2), many[2] = { make_call(9, 2), make_call(9, 2) }, start = make_call(9, 2);
	copy_states(&one, &start);
	omp_set_num_threads(1);
	CHECK(run(weights, &one, 1) == RNN_OK, "one thread");
	for (int levels = 1; levels <= 2; levels++) {
		int status[2] = { RNN_OK, RNN_OK };
		for (int i = 0; i < 2; i++) {
			copy_states(&start, &many[i]);
			for (int k = 0; k < MODEL.inputs; k++)
				memcpy(many[i].in[k], one.in[k], bytes(&MODEL.input[k], one.dims));
		}
		omp_set_max_active_levels(levels);
		omp_set_num_threads(threads);
#pragma omp parallel for num_threads(2)
		for (int i = 0; i < 2; i++)
			status[i] = run(weights, &many[i], 1);
		for (int i = 0; i < 2; i++)
			CHECK(status[i] == RNN_OK && same(&one, &many[i], 1), "%d levels of teams, %d", levels, i);
	}
	omp_set_max_active_levels(1);
	for (int i = 0; i < 2; i++)
		free_call(&many[i]);
	free_call(&one);
	free_call(&start);
#endif
}

int main(int argc, char **argv)
{
	static const int64_t sizes[][2] = { { 1, 1 }, { 2, 1 }, { 5, 2 }, { 7, 7 }, { 12, 13 }, { 17, 1 } };
	int threads = argc > 1 ? atoi(argv[1]) : 2;
	void *params[MOST] = { NULL };
	CHECK(MODEL.abi == RNN_MODEL_ABI, "%d", MODEL.abi);
	CHECK(MODEL.params <= MOST && MODEL.inputs <= MOST && MODEL.outputs <= MOST && MODEL.states <= MOST, "too many");
	for (int i = 0; i < MODEL.params; i++) {
		size_t n = elements(&MODEL.param[i], NULL);
		params[i] = buffer(bytes(&MODEL.param[i], NULL));
		fill(&MODEL.param[i], params[i], n);
	}
	void *weights = buffer(MODEL.weights_size());
	CHECK(MODEL.weights_pack(weights, (const void *const *)params) == RNN_OK, "params");

	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (int states = 0; states < 2; states++)
			check_size(weights, sizes[i][0], sizes[i][1], states, threads);
	if (!tested.whole)
		check_halves(weights, 9, 3);
	check_arguments(weights, (const void *const *)params);
	check_instances(weights);
	check_nested(weights, threads);
	for (int i = 0; i < MODEL.params; i++)
		free(params[i]);
	free(weights);
	return 0;
}
