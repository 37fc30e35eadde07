/* host.h · inside driver/: a built model as a host program sees it, and numbers for it
 *
 * Legal order: build_shared, host_open, host_weights or host_pack, then for each size host_call_make and host_run;
 * host_close frees all. */
#ifndef RNNGEN_HOST_H
#define RNNGEN_HOST_H

#include "driver/driver.h"

/* ---- build.c: DIR/NAME.c becomes DIR/NAME.so; returns the exit code ---------------------------------------------- */

int build_shared(struct ctx *c, const struct build_options *o, const char **so);  /* what is emitted of c */
int build_file(struct ctx *c, const struct build_options *o, const char *name, const struct target *t, const char **so);
/* Several files, each with its target, in one library; the first gives the name. */
int build_parts(struct ctx *c, const struct build_options *o, const struct build_part *parts, size_t n, const char **so);

/* ---- host.c: the model that a .so describes ---------------------------------------------------------------------- */

struct host {
	struct ctx *c;
	void *so;
	const struct rnn_model *model;
	void (*set_threads)(int);              /* NULL: built without OpenMP */
	int (*max_threads)(void);
	void *weights;
	void *blocks;                          /* memory from host_memory */
};

/* One size of the run-time dims, with memory of the caller for it. */
struct host_call {
	const int64_t *dims;                   /* in the model's order */
	void **inputs, **outputs, **states;    /* zeroed; may be pointed elsewhere */
	void *workspace;
};

int host_open(struct ctx *c, const char *so, struct host *h);      /* exit code */
bool host_load(struct host *h, const char *so);                    /* only h->so; h->c is set. false: it is said on stderr why */
bool host_symbol(void *so, const char *name, void *fn);            /* fn: where the pointer to a function goes; false: there is none */
void host_rest(void *so);                                          /* ends OpenMP's threads; those that wait would spin for a while */
void host_close(struct host *h);
/* Zeroed, 64-byte aligned; from 2 MiB on in huge pages where the system has them. Freed by host_close. */
void *host_memory(struct host *h, size_t bytes);
void host_threads(struct host *h, int n);                          /* 0: as OpenMP likes */
int host_weights(struct host *h, const void *const *params);       /* enum rnn_status */
int host_pack(struct host *h, const struct array *value);          /* the same, from [tensor] */
struct host_call host_call_make(struct host *h, const int64_t *dims);
/* with_states: starts from call->states and leaves the end there; else the model's own start. enum rnn_status */
int host_run(struct host *h, const struct host_call *call, bool with_states);
const char *host_status(int status);
size_t host_elements(const struct rnn_tensor *t, const int64_t *dims);
size_t host_bytes(const struct rnn_tensor *t, const int64_t *dims);
tensor_id host_tensor(struct ctx *c, const char *name);            /* as the compilation knows it */
tensor_id host_output(struct ctx *c, const char *name);            /* the same for outputs, by the name that callers see */
uint32_t host_dim(struct ctx *c, const char *name);                /* index in ctx->dim; 0: none */

/* ---- numbers.c: values of any type as double, random models, counting of operations ------------------------------ */

double number_load(int32_t type, const void *p, size_t i);
void number_store(int32_t type, void *p, size_t i, double v);
void numbers_put(const struct rnn_tensor *t, void *p, const struct array *a);  /* all values of an array */
void numbers_get(const struct rnn_tensor *t, const void *p, struct array *a);

/* An array of the tensor's shape; with steps > 0, of that many rows of it. */
struct array numbers_array(struct ctx *c, tensor_id t, const int64_t *dim, uint32_t steps);
size_t numbers_count(const struct array *a);
/* The same, with random values that every run repeats: params in +-1/sqrt(fan-in), ids in range, else in [-1, 1]. */
struct array numbers_random(struct ctx *c, tensor_id t, const int64_t *dim, uint32_t steps);
void numbers_of_role(struct ctx *c, enum role role, const int64_t *dim, struct array *value);  /* into [tensor] */
/* Sets run-time dims by name; a wrong name or value is the user's error. */
bool numbers_sizes(struct ctx *c, const struct sizes *s, int64_t *dim);

/* Values of all variables, of which only the dims are set. */
int64_t *numbers_values(struct ctx *c, const int64_t *dim);
/* How two arrays of one shape differ, added to d; nothing does so far. either_zero: -0 and 0 count as the same bits. */
struct difference { double largest, scale; bool bits, either_zero; const char *tensor; };
struct difference numbers_difference(struct ctx *c);
void numbers_compare(const char *name, const struct array *a, const struct array *b, struct difference *d);
/* By how much two runs of the same equations may differ when each operation rounds to eps. */
double numbers_tolerance(struct ctx *c, const int64_t *dim, double eps, double scale);

/* Operations of one run of the equations: one an elementwise operation, one more for each term of a reduction. */
double numbers_operations(struct ctx *c, const int64_t *dim);
/* Operations on the way to one element of each tensor, summed over the tensors: how deep a step is. */
double numbers_depth(struct ctx *c, const int64_t *dim);
/* The run-time dims along which time runs, as indices of ctx->dim; the product of all time extents. */
idvec numbers_time_dims(struct ctx *c);
double numbers_steps(struct ctx *c, const int64_t *dim);

/* ---- steps.c: why the model may not be run in several calls, one after the other; NULL: it may ------------------- */

const char *steps_differ(struct ctx *c);
/* The step at which a run of this size can be cut into two calls, both of sizes that the schedule allows; 0: none. */
int64_t steps_half(struct ctx *c, const int64_t *dim);

#endif
