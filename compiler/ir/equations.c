/* equations.c · equations_infer: a model file's definitions become a checked model
 *
 * Needs:      the tables as the functions of the model language leave them.
 * Guarantees: every axis in use has an extent; every expression a type, with conversions written out; left sides are
 *             distinct axes and constants that cover each defined tensor once; reads lie inside their tensors or are
 *             carried history; every cycle passes through time. Else: diagnostics, as many as make sense at once. */
#include "ir/equations.h"

#include <stdlib.h>

tensor_id tensor_find(struct ctx *c, const char *name)
{
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (!strcmp(c->tensor.at[t].name, name))
			return t;
	return 0;
}

bool tensor_in_recurrence(struct ctx *c, tensor_id t)
{
	struct eq_graph *g = equations_graph(c);
	for (uint32_t i = 0; i < c->tensor.at[t].defs.n; i++)
		if (g->group.at[g->group_of[c->tensor.at[t].defs.at[i]]].recurrent)
			return true;
	return false;
}

var_id equations_axis(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	bool single = n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_AXIS;
	return single ? t->var[0] : 0;
}

const char *equations_left(struct ctx *c, const struct def *d)
{
	struct text t = { .c = c };
	text_puts(&t, c->tensor.at[d->tensor].name);
	for (uint32_t i = 0; i < d->nidx; i++)
		text_printf(&t, "[%s]", poly_text(c, d->idx[i]));
	return t.s;
}

/* ---- left sides -------------------------------------------------------------------------------------------------- */

static void left_index(struct ctx *c, const struct def *d, uint32_t i, bool start)
{
	struct tensor *t = &c->tensor.at[d->tensor];
	var_id axis = equations_axis(c, d->idx[i]);
	int64_t k, extent;
	if (axis) {
		for (uint32_t j = 0; j < i; j++)
			if (d->idx[j] == d->idx[i])
				diag(c, ERR_index, d->loc, "the definition of '%s' has the axis '%s' twice", t->name,
				     c->var.at[axis].name);
		return;
	}
	if (start && poly_const(c, poly_sub(c, d->idx[i], t->extent[i]), &k) && k >= 0)
		return;                         /* h[T]: where a backward recurrence starts */
	if (!poly_const(c, d->idx[i], &k)) {
		diag(c, ERR_index, d->loc, "the definition of '%s' is indexed by '%s'", t->name, poly_text(c, d->idx[i]));
		diag_fix(c, "index the defined tensor with axes and constants");
	} else if (k >= 0 && poly_const(c, t->extent[i], &extent) && k >= extent) {
		diag(c, ERR_out_of_range, d->loc, "the definition of '%s' has index %lld in dim %u, which has %lld elements",
		     t->name, (long long)k, i, (long long)extent);
	}
}

/* The dim of the tensor that the time axis indexes. */
static void left_time(struct ctx *c, const struct def *d)
{
	struct tensor *t = &c->tensor.at[d->tensor];
	poly_id seen = 0;
	for (uint32_t i = 0; i < d->nidx; i++) {
		var_id axis = equations_axis(c, d->idx[i]);
		if (!axis || !c->var.at[axis].is_time || d->idx[i] == seen)
			continue;
		seen = d->idx[i];
		if (t->time >= 0 && t->time != (int)i)
			diag(c, ERR_index, d->loc, "'%s' has time as dim %u here but as dim %d elsewhere", t->name, i, t->time);
		t->time = (int)i;
	}
}

static void start_side(struct ctx *c, const struct def *d)
{
	const struct tensor *t = &c->tensor.at[d->tensor];
	int64_t k;
	for (uint32_t i = 0; i < d->nidx; i++) {
		bool negative = (poly_const(c, d->idx[i], &k) && k < 0) ||
		                (poly_const(c, poly_sub(c, d->idx[i], t->extent[i]), &k) && k >= 0);
		var_id axis = equations_axis(c, d->idx[i]);
		if (negative && (int)i != t->time)
			diag(c, ERR_start, d->loc, "the definition of '%s' has index %s in dim %u, which is not time", t->name,
			     poly_text(c, d->idx[i]), i);
		else if (!negative && (int)i == t->time)
			diag(c, ERR_start, d->loc, "'%s' mixes a step before the first with other steps", equations_left(c, d));
		else if (axis && c->var.at[axis].is_time)
			diag(c, ERR_start, d->loc, "a step before the first cannot run over time");
	}
}

/* Two definitions of one tensor are apart where they have different constants in the same place. */
static bool apart(struct ctx *c, const struct def *a, const struct def *b)
{
	int64_t x, y;
	for (uint32_t i = 0; i < a->nidx; i++)
		if (poly_const(c, a->idx[i], &x) && poly_const(c, b->idx[i], &y) && x != y)
			return true;
	return false;
}

static bool check_once(struct ctx *c, const idvec *defs)
{
	for (uint32_t i = 0; i < defs->n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			const struct def *a = &c->def.at[defs->at[i]], *b = &c->def.at[defs->at[j]];
			if (apart(c, a, b))
				continue;
			diag(c, ERR_redefinition, a->loc, "'%s' is already defined", equations_left(c, a));
			diag_note(c, b->loc, "'%s' is defined here", equations_left(c, b));
			return false;
		}
	}
	return true;
}

/* Definitions that are pairwise apart cover the tensor where their sizes add up to its size. Only dims with a constant
 * in some definition count: in the others each definition runs over all of the dim. */
static void check_covered(struct ctx *c, const struct tensor *t)
{
	double all = 1, covered = 0;
	int64_t k, extent;
	bool constant[8] = { false };
	for (uint32_t d = 0; d < t->defs.n; d++)
		for (uint32_t i = 0; i < t->rank; i++)
			constant[i] |= poly_const(c, c->def.at[t->defs.at[d]].idx[i], &k);
	for (uint32_t i = 0; i < t->rank; i++) {
		if (!constant[i])
			continue;
		if ((int)i == t->time || !poly_const(c, t->extent[i], &extent)) {
			diag(c, ERR_index, c->def.at[t->defs.at[0]].loc,
			     "the definitions of '%s' have a constant index in dim %u, which has no fixed extent", t->name, i);
			return;
		}
		all *= (double)extent;
	}
	for (uint32_t d = 0; d < t->defs.n; d++) {
		double part = 1;
		for (uint32_t i = 0; i < t->rank; i++)
			if (constant[i] && poly_const(c, t->extent[i], &extent))
				part *= poly_const(c, c->def.at[t->defs.at[d]].idx[i], &k) ? 1 : (double)extent;
		covered += part;
	}
	if (covered != all)
		diag(c, ERR_missing_definition, t->loc,
		     "the definitions of '%s' cover %.0f of the %.0f parts of its constant dims", t->name, covered, all);
}

/* Definitions of h[T] where T has a value are starts like those where it has none. */
static void late_starts(struct ctx *c, struct tensor *t)
{
	uint32_t kept = 0;
	int64_t k, extent;
	for (uint32_t i = 0; i < t->defs.n; i++) {
		def_id d = t->defs.at[i];
		if (poly_const(c, c->def.at[d].idx[t->time], &k) && poly_const(c, t->extent[t->time], &extent) && k >= extent)
			VEC_PUSH(c, t->starts, d);
		else
			t->defs.at[kept++] = d;
	}
	t->defs.n = kept;
}

static void left_sides(struct ctx *c)
{
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		struct tensor *x = &c->tensor.at[t];
		for (uint32_t i = 0; i < x->defs.n; i++)
			left_time(c, &c->def.at[x->defs.at[i]]);
		if (x->time >= 0)
			late_starts(c, x);
	}
	for (def_id d = 1; d < c->def.n; d++)
		for (uint32_t i = 0; i < c->def.at[d].nidx; i++)
			left_index(c, &c->def.at[d], i, idvec_has(&c->tensor.at[c->def.at[d].tensor].starts, d));
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		for (uint32_t i = 0; i < x->starts.n; i++)
			start_side(c, &c->def.at[x->starts.at[i]]);
		bool once = check_once(c, &x->defs) && check_once(c, &x->starts);
		if (x->defs.n && once)
			check_covered(c, x);
		else if (!x->defs.n && (x->role == ROLE_FUNC || x->role == ROLE_STATE))
			diag(c, ERR_missing_definition, x->loc, "'%s' is declared but nowhere defined", x->name);
	}
}

/* ---- reads that concern tensors as a whole ----------------------------------------------------------------------- */

/* Inputs have the dim as time that some read indexes with a time axis. */
static bool read_time(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	(void)arg;
	if (x->kind != X_READ || c->tensor.at[x->of].role != ROLE_INPUT)
		return false;
	struct tensor *t = &c->tensor.at[x->of];
	for (uint32_t i = 0; i < x->nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
		uint32_t n;
		const struct term *term = p->kind == X_POLY ? poly_terms(c, p->poly, &n) : NULL;
		for (uint32_t k = 0; term && k < n; k++) {
			if (!term[k].n || !c->var.at[term[k].var[0]].is_time)
				continue;
			if (t->time >= 0 && t->time != (int)i)
				diag(c, ERR_index, x->loc, "'%s' has time as dim %u here but as dim %d elsewhere", t->name, i, t->time);
			t->time = (int)i;
		}
	}
	return false;
}

static void input_times(struct ctx *c)
{
	for (def_id d = 1; d < c->def.n; d++)
		expr_any(c, c->def.at[d].rhs, read_time, NULL);
}

static void open_dims(struct ctx *c)
{
	for (uint32_t p = 0; p < c->params.n; p++) {
		const struct tensor *t = &c->tensor.at[c->params.at[p]];
		int64_t k;
		for (uint32_t i = 0; i < t->rank; i++) {
			if (poly_const(c, t->extent[i], &k))
				continue;
			diag(c, ERR_open_dim, t->loc, "dim %u of the param '%s' is %s, which has no value", i, t->name,
			     poly_text(c, t->extent[i]));
			break;
		}
	}
}

/* Callers see extents as numbers, as run-time dims, or as a multiple of one plus a number. */
static void shown_dims(struct ctx *c)
{
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		for (uint32_t i = 0; (x->role == ROLE_INPUT || x->is_output) && i < x->rank; i++) {
			uint32_t n, dims = 0;
			const struct term *p = poly_terms(c, x->extent[i], &n);
			for (uint32_t k = 0; k < n; k++)
				dims += p[k].n;
			if (dims < 2)
				continue;
			diag(c, ERR_open_dim, x->loc, "dim %u of '%s' is %s, of several run-time dims", i, x->name,
			     poly_text(c, x->extent[i]));
			diag_fix(c, "fix all but one of them, or split the dim: {..., T, N, ...}");
		}
	}
}

static bool mark_read(struct ctx *c, expr_id e, void *arg)
{
	if (c->expr.at[e].kind == X_READ)
		((bool *)arg)[c->expr.at[e].of] = true;
	return false;
}

static void unused_tensors(struct ctx *c)
{
	bool *used = base_alloc(c, c->tensor.n * sizeof *used);
	for (def_id d = 1; d < c->def.n; d++)
		expr_any(c, c->def.at[d].rhs, mark_read, used);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		if (!used[t] && (x->role == ROLE_INPUT || x->role == ROLE_PARAM))
			diag(c, ERR_unused, x->loc, "the %s '%s' is never read", x->role == ROLE_INPUT ? "input" : "param",
			     x->name);
	}
}

/* What is read at t-k is carried from run to run, whether model{ states= } lists it or not. */
static void carried_states(struct ctx *c)
{
	for (uint32_t i = 0; i < c->states.n; i++) {
		const struct tensor *t = &c->tensor.at[c->states.at[i]];
		if (t->history)
			continue;
		diag(c, ERR_model, t->loc, "states lists '%s', but nothing reads an earlier step of it", t->name);
		diag_fix(c, "drop '%s' from states, or list it in outputs", t->name);
	}
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		if (c->tensor.at[t].history && !c->tensor.at[t].is_state && !c->tensor.at[t].backward) {
			c->tensor.at[t].is_state = true;
			VEC_PUSH(c, c->states, t);
		}
		if (c->tensor.at[t].starts.n && !c->tensor.at[t].history)
			diag(c, ERR_start, c->def.at[c->tensor.at[t].starts.at[0]].loc,
			     "'%s' has steps before the first, but nothing reads them", c->tensor.at[t].name);
	}
}

/* A start deeper than any read is never seen: h[-3] where reads go back to t-1. */
static void start_depths(struct ctx *c)
{
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		for (uint32_t i = 0; x->history && i < x->starts.n; i++) {
			const struct def *d = &c->def.at[x->starts.at[i]];
			int64_t k;
			if (poly_const(c, d->idx[x->time], &k) && -k > (int64_t)x->history)
				diag(c, ERR_start, d->loc, "'%s' is before the earliest step that is read, %d", equations_left(c, d),
				     -(int)x->history);
		}
	}
}

/* ---- the checks in order ----------------------------------------------------------------------------------------- */

/* Stops where what follows would only repeat what has been said. */
bool equations_infer(struct ctx *c)
{
	uint32_t before = c->errors;
	left_sides(c);
	input_times(c);
	open_dims(c);
	shown_dims(c);
	equations_extents(c);
	equations_binding(c);
	equations_types(c);
	if (c->errors > before)
		return false;
	equations_sugar(c);
	equations_ranges(c);
	if (c->errors > before)
		return false;
	equations_time(c);
	if (c->errors > before)
		return false;
	carried_states(c);
	start_depths(c);
	unused_tensors(c);
	equations_cycles(c, equations_graph(c));
	return c->errors == before;
}

static NORETURN void broken(struct ctx *c, loc_t at, const char *what)
{
	fprintf(stderr, "rnngen: internal error: equations: %s (%s)\n", what, loc_text(c, at));
	abort();
}

static bool verify_expr(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	(void)arg;
	if (x->kind == X_LOAD || x->kind == X_ACC)
		broken(c, x->loc, "a loop's expression in an equation");
	if (x->kind == X_READ && x->nidx != c->tensor.at[x->of].rank)
		broken(c, x->loc, "a read without all its indices");
	if (x->kind == X_REDUCE)
		for (uint32_t i = 0; i < x->nidx; i++)
			if (!c->var.at[c->list.at[x->idx + i]].extent)
				broken(c, x->loc, "an axis without an extent");
	return false;
}

bool equations_verify(struct ctx *c)
{
	for (def_id d = 1; d < c->def.n; d++) {
		const struct def *x = &c->def.at[d];
		if (x->nidx != c->tensor.at[x->tensor].rank)
			broken(c, x->loc, "a definition without all its indices");
		if (c->expr.at[x->rhs].type != c->tensor.at[x->tensor].type)
			broken(c, x->loc, "a definition of another type than its tensor");
		for (uint32_t i = 0; i < x->nidx; i++) {
			var_id axis = equations_axis(c, x->idx[i]);
			if (axis && c->var.at[axis].extent != c->tensor.at[x->tensor].extent[i])
				broken(c, x->loc, "an axis with another extent than its dim");
		}
		expr_any(c, x->rhs, verify_expr, NULL);
	}
	return true;
}
