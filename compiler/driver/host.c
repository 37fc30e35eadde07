/* host.c · a built model as a host program sees it: loaded, given memory, run (see host.h) */
#include "driver/host.h"

#include "safetensors.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LINE ((size_t)64)
#define HUGE_PAGE ((size_t)2 << 20)
#define OMP_PAUSE_HARD 2                /* omp_pause_hard of OpenMP 5.0 */

/* ---- memory ---------------------------------------------------------------------------------------------------- */

struct block { struct block *next; void *memory; };

void *host_memory(struct host *h, size_t bytes)
{
	size_t align = bytes >= HUGE_PAGE ? HUGE_PAGE : LINE;
	if (bytes > SIZE_MAX / 2)
		base_oom(bytes);
	size_t size = (bytes + align) / align * align;  /* never empty */
	struct block *b = malloc(sizeof *b);
	void *p = aligned_alloc(align, size);
	if (!b || !p)
		base_oom(size);
#ifdef MADV_HUGEPAGE
	if (align == HUGE_PAGE)
		madvise(p, size, MADV_HUGEPAGE);  /* a wish: failure costs only speed */
#endif
	memset(p, 0, size);
	*b = (struct block){ h->blocks, p };
	h->blocks = b;
	return p;
}

/* ---- loading --------------------------------------------------------------------------------------------------- */

/* ISO C has no cast from object to function pointers; POSIX promises that their bits agree. */
bool host_symbol(void *so, const char *name, void *fn)
{
	void *p = dlsym(so, name);
	memcpy(fn, &p, sizeof p);
	return p != NULL;
}

bool host_load(struct host *h, const char *so)
{
	/* OpenMP's threads outlive a run, so their code must stay */
	h->so = dlopen(so, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!h->so)
		fprintf(stderr, "%s: cannot load %s: %s\n", h->c->progname, so, dlerror());
	return h->so != NULL;
}

int host_open(struct ctx *c, const char *so, struct host *h)
{
	*h = (struct host){ .c = c };
	if (!host_load(h, so))
		return EXIT_FAULT;
	h->model = dlsym(h->so, base_internf(c, "%s_model", c->model_name));
	if (!h->model) {
		fprintf(stderr, "%s: %s defines no %s_model\n", c->progname, so, c->model_name);
		return EXIT_FAULT;
	}
	if (h->model->abi != RNN_MODEL_ABI) {
		diag(c, ERR_tool, 0, "%s describes itself in version %d of struct rnn_model, this rnngen reads version %d", so,
		     (int)h->model->abi, RNN_MODEL_ABI);
		diag_fix(c, "emit and build it again");
		return EXIT_USER;
	}
	host_symbol(h->so, "omp_set_num_threads", &h->set_threads);
	host_symbol(h->so, "omp_get_max_threads", &h->max_threads);
	return EXIT_DONE;
}

void host_close(struct host *h)
{
	for (struct block *b = h->blocks, *next; b; b = next) {
		next = b->next;
		free(b->memory);
		free(b);
	}
	h->blocks = NULL;
	host_rest(h->so);
	if (h->so)
		dlclose(h->so);
	h->so = NULL;
}

void host_rest(void *so)
{
	int (*pause_all)(int) = NULL;
	if (so && host_symbol(so, "omp_pause_resource_all", &pause_all))
		pause_all(OMP_PAUSE_HARD);
}

void host_threads(struct host *h, int n)
{
	if (n > 0 && h->set_threads)
		h->set_threads(n);
}

/* ---- running --------------------------------------------------------------------------------------------------- */

size_t host_elements(const struct rnn_tensor *t, const int64_t *dims)
{
	size_t n = 1;
	for (int32_t d = 0; d < t->rank; d++) {
		int64_t k = t->shape[d] >= 0 ? t->shape[d] : dims[-1 - t->shape[d]];
		if (k > 0 && n > SIZE_MAX / 64 / (size_t)k)
			base_oom(SIZE_MAX);
		n *= (size_t)(k > 0 ? k : 0);
	}
	return n;
}

size_t host_bytes(const struct rnn_tensor *t, const int64_t *dims)
{
	return host_elements(t, dims) * rnn_st_type_size(t->type);
}

int host_weights(struct host *h, const void *const *params)
{
	h->weights = host_memory(h, h->model->weights_size());
	return h->model->weights_pack(h->weights, params);
}

int host_pack(struct host *h, const struct array *value)
{
	const struct rnn_model *m = h->model;
	const void **params = base_alloc(h->c, (size_t)(m->params + 1) * sizeof *params);
	for (int32_t i = 0; i < m->params; i++) {
		void *p = host_memory(h, host_bytes(&m->param[i], NULL));  /* extents of params are fixed */
		numbers_put(&m->param[i], p, &value[host_tensor(h->c, m->param[i].name)]);
		params[i] = p;
	}
	return host_weights(h, params);
}

static void **buffers(struct host *h, const struct rnn_tensor *t, int32_t n, const int64_t *dims)
{
	void **p = base_alloc(h->c, (size_t)(n + 1) * sizeof *p);
	for (int32_t i = 0; i < n; i++)
		p[i] = host_memory(h, host_bytes(&t[i], dims));
	return p;
}

struct host_call host_call_make(struct host *h, const int64_t *dims)
{
	const struct rnn_model *m = h->model;
	return (struct host_call){
		.dims = dims,
		.inputs = buffers(h, m->input, m->inputs, dims),
		.outputs = buffers(h, m->output, m->outputs, dims),
		.states = buffers(h, m->state, m->states, dims),
		.workspace = host_memory(h, m->workspace_size(dims)),
	};
}

int host_run(struct host *h, const struct host_call *call, bool with_states)
{
	return h->model->run(h->weights, call->dims, (const void *const *)call->inputs, call->outputs,
	                     with_states ? call->states : NULL, call->workspace);
}

const char *host_status(int status)
{
	switch (status) {
	case RNN_OK:          return "ok";
	case RNN_ERROR_NULL:  return "a pointer that must not be NULL is";
	case RNN_ERROR_DIM:   return "a run-time dim is negative, too large, or not as the schedule's m:bound says";
	case RNN_ERROR_INDEX: return "an id is outside the table that it indexes";
	case RNN_ERROR_CPU:   return "this processor runs none of the targets that the code was made for";
	case RNN_ERROR_ALIGN: return "weights or workspace are not 64-byte aligned";
	default:              return "an unknown status";
	}
}

tensor_id host_tensor(struct ctx *c, const char *name)
{
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (!strcmp(c->tensor.at[t].name, name))
			return t;
	return 0;
}

tensor_id host_output(struct ctx *c, const char *name)
{
	for (uint32_t i = 0; i < c->outputs.n; i++) {
		const struct tensor *t = &c->tensor.at[c->outputs.at[i]];
		if (!strcmp(t->shown ? t->shown : t->name, name))
			return c->outputs.at[i];
	}
	return 0;
}

uint32_t host_dim(struct ctx *c, const char *name)
{
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (!strcmp(c->dim.at[d].name, name))
			return d;
	return 0;
}
