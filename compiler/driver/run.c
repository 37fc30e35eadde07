/* run.c · rnngen run: a built model on files of tensors
 *
 *   params.safetensors, inputs.safetensors  ->  NAME.so  ->  outputs.safetensors
 *
 * The run-time dims are those of the inputs. Every tensor that is missing, is of another shape or type, or that the
 * model does not have, is reported, all in one go. F16 and BF16 become F32; I32 and I64 become one another. */
#include "driver/host.h"

#include "safetensors.h"

#include <inttypes.h>

enum { DIMS_MAX = 64 };

struct runner {
	struct ctx *c;
	struct host h;
	int64_t dims[DIMS_MAX];                /* -1: not known yet */
	const char *dim_from[DIMS_MAX];        /* the tensor that gave it */
	void **params;
};

/* ---- shapes in words ------------------------------------------------------------------------------------------- */

/* "T", or "2 * T" for an extent that is computed. */
static const char *extent_name(struct runner *r, int64_t d)
{
	const struct rnn_model *m = r->h.model;
	const struct rnn_extent *x = d < m->dims ? NULL : &m->extent[d - m->dims];
	if (!x)
		return m->dim[d];
	const char *times = x->factor == 1 ? m->dim[x->dim] : base_internf(r->c, "%" PRId64 " * %s", x->factor, m->dim[x->dim]);
	return x->plus ? base_internf(r->c, "%s %c %" PRId64, times, x->plus < 0 ? '-' : '+', x->plus < 0 ? -x->plus : x->plus) :
	       times;
}

/* "F32 [T, N, 64]"; extents of known dims as numbers. */
static const char *wanted_text(struct runner *r, const struct rnn_tensor *t)
{
	struct text out = { .c = r->c };
	text_printf(&out, "%s [", rnn_st_type_name(t->type));
	for (int32_t d = 0; d < t->rank; d++) {
		int64_t k = t->shape[d] >= 0 ? t->shape[d] : r->dims[-1 - t->shape[d]];
		text_puts(&out, d ? ", " : "");
		if (k >= 0)
			text_printf(&out, "%" PRId64, k);
		else
			text_puts(&out, extent_name(r, -1 - t->shape[d]));
	}
	text_puts(&out, "]");
	return out.s;
}

static bool convertible(int32_t from, int32_t to)
{
	bool ids = from == RNN_I32 || from == RNN_I64;
	return from == to || (to == RNN_F32 && (from == RNN_F16 || from == RNN_BF16)) ||
	       (ids && (to == RNN_I32 || to == RNN_I64));
}

/* ---- taking tensors from a file -------------------------------------------------------------------------------- */

/* The input that told how large the extent is; NULL: none yet. */
static const char *dim_from(const struct runner *r, int64_t shape)
{
	const struct rnn_model *m = r->h.model;
	int64_t d = -1 - shape;
	return r->dim_from[d < m->dims ? d : m->extent[d - m->dims].dim];
}

/* Extent d of the model is `size`: learns the dim that it is or is computed from. */
static bool learn(struct runner *r, int64_t d, int64_t size, const char *from)
{
	const struct rnn_model *m = r->h.model;
	const struct rnn_extent *x = d < m->dims ? NULL : &m->extent[d - m->dims];
	int64_t dim = x ? x->dim : d, value = x ? (size - x->plus) / x->factor : size;
	if (value < 0 || (x && value * x->factor + x->plus != size) || (r->dims[dim] >= 0 && r->dims[dim] != value))
		return false;
	if (r->dims[dim] < 0)
		r->dim_from[dim] = from;
	r->dims[dim] = value;
	for (int32_t i = 0; i < m->extents; i++)
		if (m->extent[i].dim == dim)
			r->dims[m->dims + i] = m->extent[i].factor * value + m->extent[i].plus;
	return true;
}

/* Do the file's extents fit, the run-time dims included? Learns dims that are not known yet. */
static bool fits(struct runner *r, const char *path, const struct rnn_tensor *want, const struct rnn_tensor *have)
{
	bool ok = want->rank == have->rank && convertible(have->type, want->type);
	for (int32_t d = 0; ok && d < want->rank; d++) {
		int64_t k = want->shape[d];
		ok = k >= 0 ? have->shape[d] == k : learn(r, -1 - k, have->shape[d], want->name);
	}
	if (ok)
		return true;
	diag(r->c, ERR_data, 0, "%s: '%s' is %s, the model wants %s", path, want->name, wanted_text(r, have),
	     wanted_text(r, want));
	for (int32_t d = 0; d < want->rank; d++)
		if (want->shape[d] < 0 && dim_from(r, want->shape[d]) && dim_from(r, want->shape[d]) != want->name)
			diag_note(r->c, 0, "%s = %" PRId64 " comes from '%s'", extent_name(r, -1 - want->shape[d]),
			          r->dims[-1 - want->shape[d]], dim_from(r, want->shape[d]));
	return false;
}

static bool listed(const struct rnn_tensor *t, int32_t n, const char *name)
{
	for (int32_t i = 0; i < n; i++)
		if (!strcmp(t[i].name, name))
			return true;
	return false;
}

/* The file lacks want[k]; if one of its surplus tensors has nearly this name, that is shown. */
static void missing(struct runner *r, const struct rnn_st_file *f, const char *path, const struct rnn_tensor *all,
                    int32_t count, int32_t k)
{
	const struct rnn_tensor *want = &all[k];
	size_t n = 0;
	const char **names = base_alloc(r->c, (rnn_st_count(f) + 1) * sizeof *names);
	for (size_t i = 0; i < rnn_st_count(f); i++)
		if (!listed(all, count, rnn_st_at(f, i)->is.name))
			names[n++] = rnn_st_at(f, i)->is.name;
	const char *near = base_nearest(r->c, want->name, names, n);
	diag(r->c, ERR_data, 0, "%s has no tensor '%s', %s", path, want->name, wanted_text(r, want));
	if (near)
		diag_note(r->c, 0, "it has '%s', %s", near, wanted_text(r, &rnn_st_find(f, near)->is));
}

/* Finds all of `want` in the file, and nothing else there. */
static bool match(struct runner *r, const struct rnn_st_file *f, const char *path, const char *what,
                  const struct rnn_tensor *want, int32_t n, const struct rnn_st_tensor **found)
{
	bool ok = true;
	for (int32_t i = 0; i < n; i++) {
		found[i] = rnn_st_find(f, want[i].name);
		if (!found[i])
			missing(r, f, path, want, n, i);
		ok &= found[i] && fits(r, path, &want[i], &found[i]->is);
	}
	for (size_t k = 0; k < rnn_st_count(f); k++) {
		const struct rnn_tensor *have = &rnn_st_at(f, k)->is;
		if (listed(want, n, have->name))
			continue;
		diag(r->c, ERR_data, 0, "%s: '%s' is no %s of the model", path, have->name, what);
		diag_fix(r->c, "remove it from the file");
		ok = false;
	}
	return ok;
}

/* The tensor's data in the model's type. NULL: an id too large for it. */
static void *convert(struct runner *r, const char *path, const struct rnn_st_tensor *t, const struct rnn_tensor *want)
{
	size_t n = host_elements(&t->is, NULL), bytes = n * rnn_st_type_size(want->type);
	void *p = host_memory(&r->h, bytes);
	if (t->is.type == want->type) {
		if (bytes)
			memcpy(p, t->data, bytes);
		return p;
	}
	for (size_t i = 0; i < n; i++) {
		double v = number_load(t->is.type, t->data, i);
		if (want->type == RNN_I32 && !(v >= INT32_MIN && v <= INT32_MAX)) {
			diag(r->c, ERR_data, 0, "%s: '%s' holds %.17g, too large for I32", path, want->name, v);
			return NULL;
		}
		number_store(want->type, p, i, v);
	}
	return p;
}

/* Reads a file and takes from it all n tensors, into memory of the model's types. */
static bool take(struct runner *r, const char *path, const char *what, const struct rnn_tensor *want, int32_t n,
                 void **out)
{
	char err[512];
	const struct rnn_st_tensor **found = base_alloc(r->c, (size_t)(n + 1) * sizeof *found);
	struct rnn_st_file *f = rnn_st_read(path, err, sizeof err);
	if (!f) {
		diag(r->c, ERR_data, 0, "%s", err);
		return false;
	}
	bool ok = match(r, f, path, what, want, n, found);
	for (int32_t i = 0; ok && i < n; i++)
		ok = (out[i] = convert(r, path, found[i], &want[i])) != NULL;
	rnn_st_free(f);
	return ok;
}

/* ---- the command ----------------------------------------------------------------------------------------------- */

static bool write_out(struct runner *r, const char *path, const struct rnn_tensor *t, int32_t n, void *const *data)
{
	char err[512];
	struct rnn_st_tensor *out = base_alloc(r->c, (size_t)(n + 1) * sizeof *out);
	for (int32_t i = 0; i < n; i++) {
		out[i] = (struct rnn_st_tensor){ .is = t[i], .data = data[i] };
		for (int32_t d = 0; d < t[i].rank; d++)
			out[i].is.shape[d] = t[i].shape[d] >= 0 ? t[i].shape[d] : r->dims[-1 - t[i].shape[d]];
	}
	if (!rnn_st_write(path, out, (size_t)n, NULL, 0, err, sizeof err))
		return true;
	diag(r->c, ERR_file, 0, "%s", err);
	return false;
}

static bool params_packed(struct runner *r, const struct run_options *o)
{
	const struct rnn_model *m = r->h.model;
	void **params = r->params = base_alloc(r->c, (size_t)(m->params + 1) * sizeof *params);
	if (m->params && !o->params) {
		diag(r->c, ERR_data, 0, "the model has %d params, and no file of params is given", (int)m->params);
		diag_fix(r->c, "name a safetensors file with '%s' and the others", m->param[0].name);
		return false;
	}
	if (o->params && !take(r, o->params, "param", m->param, m->params, params))
		return false;
	int status = host_weights(&r->h, (const void *const *)params);
	if (status != RNN_OK)
		diag(r->c, ERR_data, 0, "%s: %s", o->params ? o->params : "params", host_status(status));
	return status == RNN_OK;
}

/* A start that only the model can compute is not known here, so its end needs a start from the caller. */
static bool starts_known(struct runner *r, const struct run_options *o)
{
	for (tensor_id t = 1; o->end_state && !o->state && t < r->c->tensor.n; t++) {
		if (!r->c->tensor.at[t].starts.n)
			continue;
		diag(r->c, ERR_data, 0, "the end of the states is wanted, but the model defines the start of '%s'",
		     r->c->tensor.at[t].name);
		diag_fix(r->c, "give the start of the states as a file too");
		return false;
	}
	return true;
}

/* Fills [tensor] arrays from memory of the model's types. */
static void give(struct runner *r, const struct rnn_tensor *t, int32_t n, void *const *from, const int64_t *dim,
                 struct array *to)
{
	for (int32_t i = 0; i < n; i++) {
		tensor_id id = host_tensor(r->c, t[i].name);
		to[id] = numbers_array(r->c, id, dim, 0);
		numbers_get(&t[i], from[i], &to[id]);
	}
}

/* The equations in float64 on the same data, into the same memory. */
static bool interpret(struct runner *r, const struct host_call *call, bool states)
{
	struct ctx *c = r->c;
	const struct rnn_model *m = r->h.model;
	struct equations_run e = { 0 };
	int64_t *dim = base_alloc(c, c->dim.n * sizeof *dim);
	for (uint32_t i = 1; i < c->dim.n; i++)
		dim[i] = c->dim.at[i].value;
	for (int32_t d = 0; d < m->dims; d++)
		dim[host_dim(c, m->dim[d])] = r->dims[d];
	e.dim = dim;
	e.value = base_alloc(c, c->tensor.n * sizeof *e.value);
	e.state = base_alloc(c, c->tensor.n * sizeof *e.state);
	give(r, m->input, m->inputs, call->inputs, dim, e.value);
	give(r, m->param, m->params, r->params, dim, e.value);
	for (int32_t i = 0; states && i < m->states; i++) {
		tensor_id id = host_tensor(c, m->state[i].name);
		e.state[id] = numbers_array(c, id, dim, c->tensor.at[id].history);
		numbers_get(&m->state[i], call->states[i], &e.state[id]);
	}
	if (!equations_run(c, &e)) {
		diag(c, ERR_data, 0, "%s", e.error);
		return false;
	}
	for (int32_t i = 0; i < m->outputs; i++)
		numbers_put(&m->output[i], call->outputs[i], &e.value[host_output(c, m->output[i].name)]);
	for (int32_t i = 0; states && i < m->states; i++)
		numbers_put(&m->state[i], call->states[i], &e.state[host_tensor(c, m->state[i].name)]);
	return true;
}

static bool run_files(struct runner *r, const struct run_options *o)
{
	const struct rnn_model *m = r->h.model;
	void **inputs = base_alloc(r->c, (size_t)(m->inputs + 1) * sizeof *inputs);
	bool states = o->state || o->end_state;
	if (!starts_known(r, o) || !params_packed(r, o) || !take(r, o->inputs, "input", m->input, m->inputs, inputs))
		return false;
	for (int32_t d = 0; d < m->dims; d++) {
		if (r->dims[d] >= 0)
			continue;
		diag(r->c, ERR_data, 0, "no input tells how large '%s' is", m->dim[d]);
		diag_fix(r->c, "fix it: --set %s=VALUE", m->dim[d]);
		return false;
	}
	struct host_call call = host_call_make(&r->h, r->dims);
	call.inputs = inputs;
	if (o->state && !take(r, o->state, "state", m->state, m->states, call.states))
		return false;
	host_threads(&r->h, o->threads);
	int status = o->interpret ? RNN_OK : host_run(&r->h, &call, states);
	if (o->interpret && !interpret(r, &call, states))
		return false;
	if (status != RNN_OK) {
		diag(r->c, ERR_data, 0, "%s: %s", o->inputs, host_status(status));
		return false;
	}
	return write_out(r, o->outputs, m->output, m->outputs, call.outputs) &&
	       (!o->end_state || write_out(r, o->end_state, m->state, m->states, call.states));
}

int driver_run(struct ctx *c, const struct run_options *o)
{
	struct runner r = { .c = c };
	const char *so;
	int code = build_shared(c, &o->build, &so);
	code = code ? code : host_open(c, so, &r.h);
	for (int d = 0; d < DIMS_MAX; d++)
		r.dims[d] = -1;
	if (!code && r.h.model->dims + r.h.model->extents > DIMS_MAX) {
		diag(c, ERR_open_dim, 0, "the model has %d run-time dims, more than %d", (int)r.h.model->dims, DIMS_MAX);
		code = EXIT_USER;
	}
	if (!code)
		code = run_files(&r, o) ? EXIT_DONE : EXIT_USER;
	host_close(&r.h);
	return code;
}
