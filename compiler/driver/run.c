/* run.c · rnngen run: a built model on files of tensors
 *
 *   params, inputs  ->  NAME.so  ->  outputs
 *
 * The run-time dims are those of the inputs. How files become tensors: tensors.c; under which names: map.c. */
#include "driver/tensors.h"

#include <inttypes.h>

struct runner {
	struct taker take;
	void **params;
};

/* The map that --map names, or a shipped one that fits a file without names of the model's. false: see diags. */
static bool find_map(struct runner *r, const struct run_options *o, const struct rnn_st_file *f, const struct map **map)
{
	const struct rnn_model *m = r->take.h.model;
	if (o->map)
		return (*map = map_load(r->take.c, o->map)) != NULL;
	*map = map_shipped(r->take.c, f, m->param, m->params);
	if (*map)
		fprintf(stderr, "%s: the tensors of %s have the names of %s, which is used\n", r->take.c->progname, o->params,
		        map_path(*map));
	return true;
}

/* All n tensors of a file of inputs, or of states. */
static bool take(struct runner *r, const char *path, const char *what, const struct rnn_tensor *want, int32_t n,
                 void **out)
{
	struct rnn_st_file *f = tensors_open(&r->take, path);
	bool ok = f && tensors_take(&r->take, f, path, what, NULL, want, n, out);
	rnn_st_free(f);
	return ok;
}

static bool params_read(struct runner *r, const struct run_options *o)
{
	const struct rnn_model *m = r->take.h.model;
	const struct map *map;
	struct rnn_st_file *f = tensors_open(&r->take, o->params);
	bool ok = f && find_map(r, o, f, &map) &&
	          tensors_take(&r->take, f, o->params, "param", map, m->param, m->params, r->params);
	rnn_st_free(f);
	return ok;
}

static bool params_packed(struct runner *r, const struct run_options *o)
{
	struct ctx *c = r->take.c;
	const struct rnn_model *m = r->take.h.model;
	r->params = base_alloc(c, (size_t)(m->params + 1) * sizeof *r->params);
	if (m->params && !o->params) {
		diag(c, ERR_data, 0, "the model has %d params, and no file of params is given", (int)m->params);
		diag_fix(c, "name a safetensors file with '%s' and the others", m->param[0].name);
		return false;
	}
	if (o->params && !params_read(r, o))
		return false;
	int status = host_weights(&r->take.h, (const void *const *)r->params);
	if (status != RNN_OK)
		diag(c, ERR_data, 0, "%s: %s", o->params ? o->params : "params", host_status(status));
	return status == RNN_OK;
}

/* May the states be given, or asked for? Where a recurrence runs backwards there is no step after the last. */
static bool can_stream(struct runner *r, const struct run_options *o)
{
	struct ctx *c = r->take.c;
	for (tensor_id t = 1; (o->state || o->end_state) && t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		if (x->backward) {
			diag(c, ERR_time, 0, "'%s' runs backwards, so no call can go on where another ended", x->name);
			diag_fix(c, "leave %s out and give the whole sequence in one call", o->state ? "--state" : "--end-state");
			return false;
		}
	}
	return true;
}

/* Fills [tensor] arrays from memory of the model's types. */
static void give(struct ctx *c, const struct rnn_tensor *t, int32_t n, void *const *from, const int64_t *dim,
                 struct array *to)
{
	for (int32_t i = 0; i < n; i++) {
		tensor_id id = host_tensor(c, t[i].name);
		to[id] = numbers_array(c, id, dim, 0);
		numbers_get(&t[i], from[i], &to[id]);
	}
}

/* What the equations make of the call's inputs; `fresh`: the states are only written. */
static bool equations_of(struct runner *r, const struct host_call *call, const int64_t *dim, bool states, bool fresh,
                         struct equations_run *e)
{
	struct ctx *c = r->take.c;
	const struct rnn_model *m = r->take.h.model;
	*e = (struct equations_run){ .dim = dim, .fresh = fresh };
	e->value = base_alloc(c, c->tensor.n * sizeof *e->value);
	e->state = base_alloc(c, c->tensor.n * sizeof *e->state);
	give(c, m->input, m->inputs, call->inputs, dim, e->value);
	give(c, m->param, m->params, r->params, dim, e->value);
	for (int32_t i = 0; states && i < m->states; i++) {
		tensor_id id = host_tensor(c, m->state[i].name);
		e->state[id] = numbers_array(c, id, dim, c->tensor.at[id].history);
		numbers_get(&m->state[i], call->states[i], &e->state[id]);
	}
	if (equations_run(c, e))
		return true;
	diag(c, ERR_data, 0, "%s", e->error);
	return false;
}

static int64_t *all_dims(struct runner *r)
{
	struct ctx *c = r->take.c;
	const struct rnn_model *m = r->take.h.model;
	int64_t *dim = base_alloc(c, c->dim.n * sizeof *dim);
	for (uint32_t i = 1; i < c->dim.n; i++)
		dim[i] = c->dim.at[i].value;
	for (int32_t d = 0; d < m->dims; d++)
		dim[host_dim(c, m->dim[d])] = r->take.dims[d];
	return dim;
}

static void put_states(struct runner *r, const struct host_call *call, const struct equations_run *e)
{
	const struct rnn_model *m = r->take.h.model;
	for (int32_t i = 0; i < m->states; i++)
		numbers_put(&m->state[i], call->states[i], &e->state[host_tensor(r->take.c, m->state[i].name)]);
}

/* The equations in float64 on the same data, into the same memory. */
static bool interpret(struct runner *r, const struct host_call *call, bool states)
{
	const struct rnn_model *m = r->take.h.model;
	struct equations_run e;
	if (!equations_of(r, call, all_dims(r), states, false, &e))
		return false;
	for (int32_t i = 0; i < m->outputs; i++)
		numbers_put(&m->output[i], call->outputs[i], &e.value[host_output(r->take.c, m->output[i].name)]);
	if (states)
		put_states(r, call, &e);
	return true;
}

/* Does a recurrence start from what the model says, not from zeros? */
static bool has_start(const struct ctx *c)
{
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (c->tensor.at[t].starts.n)
			return true;
	return false;
}

/* The states that the model starts from, into call->states: those after no steps at all. */
static bool start_states(struct runner *r, const struct host_call *call)
{
	int64_t *dim = all_dims(r);
	idvec time = numbers_time_dims(r->take.c);
	struct equations_run e;
	for (uint32_t i = 0; i < time.n; i++)
		dim[time.at[i]] = 0;
	if (!equations_of(r, call, dim, true, true, &e))
		return false;
	put_states(r, call, &e);
	return true;
}

static bool run_files(struct runner *r, const struct run_options *o)
{
	struct ctx *c = r->take.c;
	const struct rnn_model *m = r->take.h.model;
	void **inputs = base_alloc(c, (size_t)(m->inputs + 1) * sizeof *inputs);
	bool states = o->state || o->end_state;
	if (!tensors_one_file(c, o->outputs, m->outputs) || (o->end_state && !tensors_one_file(c, o->end_state, m->states)))
		return false;
	if (!can_stream(r, o) || !params_packed(r, o) ||
	    !take(r, o->inputs, "input", m->input, m->inputs, inputs))
		return false;
	for (int32_t d = 0; d < m->dims; d++) {
		if (r->take.dims[d] >= 0)
			continue;
		diag(c, ERR_data, 0, "no input tells how large '%s' is", m->dim[d]);
		diag_fix(c, "fix it: --set %s=VALUE", m->dim[d]);
		return false;
	}
	const char *broken = sched_bound_broken(c, all_dims(r));
	if (broken) {
		diag(c, ERR_bound, 0, "%s: %s", o->inputs, broken);
		diag_fix(c, "give inputs of a size that keeps the promise, or leave m:bound out");
		return false;
	}
	struct host_call call = host_call_make(&r->take.h, r->take.dims);
	call.inputs = inputs;
	if (o->state && !take(r, o->state, "state", m->state, m->states, call.states))
		return false;
	if (states && !o->state && has_start(c) && !start_states(r, &call))
		return false;
	host_threads(&r->take.h, o->threads);
	int status = o->interpret ? RNN_OK : host_run(&r->take.h, &call, states);
	if (o->interpret && !interpret(r, &call, states))
		return false;
	if (status != RNN_OK) {
		diag(c, ERR_data, 0, "%s: %s", o->inputs, host_status(status));
		return false;
	}
	return tensors_write(&r->take, o->outputs, m->output, m->outputs, call.outputs) &&
	       (!o->end_state || tensors_write(&r->take, o->end_state, m->state, m->states, call.states));
}

int driver_run(struct ctx *c, const struct run_options *o)
{
	struct runner r = { .take.c = c };
	struct build_options build = o->build;
	const char *so;
	build.asked = o->interpret;
	int code = build_shared(c, &build, &so);
	code = code ? code : host_open(c, so, &r.take.h);
	for (int d = 0; d < DIMS_MAX; d++)
		r.take.dims[d] = -1;
	if (!code && r.take.h.model->dims + r.take.h.model->extents > DIMS_MAX) {
		diag(c, ERR_open_dim, 0, "the model has %d run-time dims, more than %d", (int)r.take.h.model->dims, DIMS_MAX);
		code = EXIT_USER;
	}
	if (!code)
		code = run_files(&r, o) ? EXIT_DONE : EXIT_USER;
	host_close(&r.take.h);
	return code;
}
