/* model.c · random models, valid by construction
 *
 *   inputs -> stages before -> 1..3 layers -> stages after
 *
 * A layer is some funcs and states that read each other: of the same step what is defined before, of earlier steps
 * anything. Right sides are folds of sums (as in recurrent networks), elementwise expressions, or reductions inside
 * functions. What is read before it is defined stays bounded: tanh, or in exact models a clamp, so that values neither
 * grow from step to step nor leave the whole numbers that f32 holds.
 *
 * Of two random draws one never stands beside the other in one expression: C leaves their order open, and the seed would
 * mean another model to another compiler. */
#include "gen.h"

#define EXACT 4194304.0                            /* 2^22: no value of an exact model is larger */

const char *axis_name(int axis, char buf[16])
{
	static const char *const first[2][4] = { { "t", "s", "r", "u" }, { "n", "m", "l", "w" } };
	int dim = AXIS_DIM(axis), letter = axis % 4;
	if (dim < DIM_FIXED)
		snprintf(buf, 16, "%s", first[dim][letter]);
	else
		snprintf(buf, 16, "%c%d", "ijkp"[letter], dim - DIM_FIXED);
	return buf;
}

/* ---- definitions ------------------------------------------------------------------------------------------------- */

/* Binds the axes of the left side: a letter each. constant >= 0: dim number `at` has that index instead. */
static void begin(struct gen *g, struct fz_def *d, int tensor, int at, int constant)
{
	const struct fz_tensor *t = &g->m->tensor[tensor];
	g->nbound = g->reductions = 0;
	g->self = tensor;
	*d = (struct fz_def){ .tensor = tensor };
	for (int i = 0; i < t->rank; i++) {
		if (i == at) {
			d->left[i] = (struct fz_index){ .kind = IX_CONST, .plus = constant };
			continue;
		}
		int axis = AXIS(t->dim[i], 0);
		while (gen_is_bound(g, axis))
			axis++;
		d->left[i] = (struct fz_index){ .kind = IX_AXIS, .axis = axis };
		g->bound[g->nbound++] = axis;
	}
}

static int clamp(struct gen *g, int e)
{
	e = gen_op2(g, "min", e, gen_number(g, CLAMP));
	return gen_op2(g, "max", e, gen_number(g, -CLAMP));
}

/* Records the definition, bounded where that is needed. */
static void finish(struct gen *g, struct fz_def *d, int e, bool last)
{
	struct fz_model *m = g->m;
	struct fz_tensor *t = &m->tensor[d->tensor];
	if (m->exact && !(gen_bound_of(m, e) <= EXACT))
		e = clamp(g, gen_read_any(g, -1));
	if (m->node[e].kind == E_NUM)
		e = gen_op2(g, "+", gen_fresh_param(g, -1, 1), e);
	bool wrap = t->ahead || t->history || rng_chance(g->r, 25);
	if (m->exact && (t->ahead || t->history || gen_bound_of(m, e) > 64)) {
		e = clamp(g, e);
		t->bound = CLAMP;
	} else if (m->exact) {
		double b = gen_bound_of(m, e);
		t->bound = last && t->bound > b && t->bound != CLAMP ? t->bound : b;
	} else if (wrap && rng_chance(g->r, 90)) {
		e = gen_op1(g, rng_chance(g->r, 70) ? "tanh" : "sigmoid", e);
	} else if (wrap) {
		e = gen_op2(g, "max", gen_op2(g, "min", e, gen_number(g, 1)), gen_number(g, -1));
	}
	d->rhs = e;
	if (m->defs < FZ_DEFS)
		m->def[m->defs++] = *d;
	t->defined |= last;
}

static void define(struct gen *g, int tensor, int first, int second)
{
	struct fz_def d;
	const struct fz_tensor *t = &g->m->tensor[tensor];
	int at = -1, many = 1;
	for (int i = 0; i < t->rank; i++)              /* one definition for each constant of a small dim, now and then */
		if (gen_is_fixed(g->m, t->dim[i]) && g->m->dim[t->dim[i]].value <= 4 && rng_chance(g->r, 8))
			at = i;
	if (at >= 0)
		many = g->m->dim[t->dim[at]].value;
	for (int k = 0; k < many; k++) {
		begin(g, &d, tensor, at, k);
		int kind = rng_below(g->r, 10), e;
		if (first >= 0 || second >= 0 || kind < 5)
			e = gen_fold(g, first, second);
		else if (kind < 8)
			e = gen_elementwise(g, rng_from(g->r, 1, 3));
		else
			e = gen_reduction(g);
		finish(g, &d, e >= 0 ? e : gen_elementwise(g, 2), k + 1 == many);
	}
}

/* A state that only it reads, element by element: f * c[t-1] + e. */
static void define_in_place(struct gen *g, int tensor)
{
	struct fz_def d;
	begin(g, &d, tensor, -1, 0);
	struct fz_node self = { .kind = E_READ, .tensor = tensor };
	memcpy(self.idx, d.left, sizeof self.idx);
	for (int i = 0; i < FZ_RANK; i++)
		if (self.idx[i].kind == IX_AXIS && self.idx[i].axis == AXIS(DIM_T, 0))
			self.idx[i] = (struct fz_index){ .kind = IX_BACK, .axis = AXIS(DIM_T, 0), .plus = 1 };
	struct fz_tensor *t = &g->m->tensor[tensor];
	t->history = t->history > 1 ? t->history : 1;
	t->ahead = true;
	int keep = gen_add_node(g, self), f = g->m->exact ? gen_number(g, rng_from(g->r, -1, 1)) : gen_op1(g, "sigmoid", gen_elementwise(g, 1));
	keep = gen_op2(g, "*", f, keep);
	int e = gen_elementwise(g, 2);
	e = gen_op2(g, "+", keep, g->m->exact ? e : gen_op1(g, "tanh", e));
	finish(g, &d, e, true);
}

static int shape(struct gen *g, int dim[FZ_RANK], int fixed)
{
	int n = 0;
	dim[n++] = DIM_T;
	if (g->m->dim[DIM_N].value != 0 && !rng_chance(g->r, 12))
		dim[n++] = DIM_N;
	if (fixed >= 0 && !rng_chance(g->r, 6))
		dim[n++] = fixed;
	return n;
}

static int some_dim(struct gen *g) { return DIM_FIXED + rng_below(g->r, g->m->dims - DIM_FIXED); }

/* Funcs and states that read each other. */
static void layer(struct gen *g, int number_of_layer, int below)
{
	struct fz_model *m = g->m;
	char scope[16] = "";
	int dim[FZ_RANK], member[5], rank, n = rng_from(g->r, 1, 4), width = some_dim(g), pattern = rng_below(g->r, 6);
	g->layer = number_of_layer;
	if (rng_chance(g->r, 60))
		snprintf(scope, sizeof scope, "layer%d", number_of_layer);
	rank = shape(g, dim, width);
	n = pattern == 0 ? 1 : pattern == 1 ? 2 : n;
	for (int i = 0; i < n; i++) {
		bool state = i + 1 == n || rng_chance(g->r, 40);
		int other[FZ_RANK], r = rank;
		memcpy(other, dim, sizeof dim);
		if (pattern == 3 && rng_chance(g->r, 30))
			r = shape(g, other, some_dim(g));
		if (pattern == 2 && i == 0 && rank < FZ_RANK && rank > 1) {  /* a dim of gates */
			other[rank] = other[rank - 1];
			other[rank - 1] = some_dim(g);
			if (gen_is_fixed(m, other[rank - 1]) && m->dim[other[rank - 1]].value <= 5)
				r = rank + 1;
		}
		member[i] = gen_add_tensor(g, state ? "h" : "a", state ? ROLE_STATE : ROLE_FUNC, scope, r, other);
	}
	for (int i = 0; i < n; i++) {
		int last = member[n - 1];
		if (i + 1 < n || n == 1) {
			if (pattern == 0 && rng_chance(g->r, 50))
				define_in_place(g, member[i]);
			else if (pattern <= 2 || (pattern == 4 && n > 2) || rng_chance(g->r, 60))
				define(g, member[i], rng_chance(g->r, 80) ? below : -1, last);
			else
				define(g, member[i], -1, -1);
		} else if (pattern == 5 && rng_chance(g->r, 60)) {
			define_in_place(g, member[i]);
		} else {
			struct fz_def d;
			begin(g, &d, member[i], -1, 0);
			int a = gen_read_of(g, member[0], -1), e = gen_elementwise(g, 2);
			finish(g, &d, a >= 0 ? gen_op2(g, rng_chance(g->r, 60) ? "+" : "*", a, e) : e, true);
		}
	}
	g->layer = 0;
}

/* h[-1][n][i] = a number, a param, an input, or arithmetic on them. */
static void starts(struct gen *g)
{
	struct fz_model *m = g->m;
	for (int t = 0, n = m->tensors; t < n; t++) {
		if (m->tensor[t].role == ROLE_INPUT || m->tensor[t].role == ROLE_PARAM)
			continue;
		for (int k = 1; k <= m->tensor[t].history; k++) {
			struct fz_def d;
			if (rng_chance(g->r, 60))
				continue;
			begin(g, &d, t, 0, -k);
			int e = gen_number(g, m->exact ? rng_from(g->r, -2, 2) : rng_from(g->r, -8, 8) / 8.0);
			if (rng_chance(g->r, 60)) {
				int p = gen_fresh_param(g, -1, 2);
				e = rng_chance(g->r, 40) && m->node[p].kind == E_READ ? gen_op2(g, "+", gen_op2(g, "*", p, gen_number(g, 2)), e) : p;
			}
			if (rng_chance(g->r, 25) && m->tensor[t].rank > 1) {
				int x = gen_add_tensor(g, "s", ROLE_INPUT, "", m->tensor[t].rank - 1, m->tensor[t].dim + 1);
				int r = gen_read_of(g, x, -1);
				e = r >= 0 ? (rng_chance(g->r, 30) ? gen_op2(g, "-", r, e) : r) : e;
			}
			d.rhs = e;
			if (m->defs < FZ_DEFS)
				m->def[m->defs++] = d;
		}
	}
}

static void dims(struct gen *g)
{
	static const int sizes[] = { 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 11, 13, 16, 16, 17, 19, 20, 23, 32, 33 };
	struct fz_model *m = g->m;
	m->dims = DIM_FIXED + rng_from(g->r, 2, 4);
	strcpy(m->dim[DIM_T].name, "T");
	strcpy(m->dim[DIM_N].name, "N");
	m->dim[DIM_T].value = rng_chance(g->r, 85) ? -1 : rng_from(g->r, 1, 7);
	m->dim[DIM_N].value = rng_chance(g->r, 70) ? -1 : rng_chance(g->r, 70) ? rng_from(g->r, 1, 7) : 0;
	for (int d = DIM_FIXED; d < m->dims; d++) {
		snprintf(m->dim[d].name, sizeof m->dim[d].name, "D%d", d - DIM_FIXED);
		m->dim[d].value = sizes[rng_below(g->r, rng_chance(g->r, 50) ? 10 : 21)];
	}
	if (rng_chance(g->r, 12))                      /* features whose number is not known either */
		m->dim[m->dims - 1].value = -1;
}

static void inputs(struct gen *g)
{
	int dim[FZ_RANK];
	int n = rng_from(g->r, 1, 2);
	for (int i = 0; i < n; i++) {
		int rank = shape(g, dim, some_dim(g));
		gen_add_tensor(g, "x", ROLE_INPUT, "", rank, dim);
	}
	if (rng_chance(g->r, 25)) {
		int rank = shape(g, dim, -1), t = gen_add_tensor(g, "tok", ROLE_INPUT, "", rank, dim);
		g->m->tensor[t].ids = true;
	}
	if (rng_chance(g->r, 20)) {
		dim[0] = g->m->dim[DIM_N].value ? DIM_N : some_dim(g);
		dim[1] = some_dim(g);
		gen_add_tensor(g, "z", ROLE_INPUT, "", 2, dim);
	}
}

/* A stage outside every recurrence: with time, or about the last step, or about params alone. */
static void apart(struct gen *g, bool after)
{
	int dim[FZ_RANK], rank = shape(g, dim, some_dim(g));
	if (rank < 3 && rng_chance(g->r, 30))
		dim[rank++] = some_dim(g);
	if (rank > 1 && rng_chance(g->r, after ? 25 : 8)) {
		memmove(dim, dim + 1, (size_t)--rank * sizeof *dim);
	} else if (rank > 1 && rng_chance(g->r, 8)) {  /* time is not the first dim */
		int swap = dim[0];
		dim[0] = dim[1];
		dim[1] = swap;
	}
	int t = gen_add_tensor(g, after ? "y" : "f", ROLE_FUNC, "", rank, dim);
	define(g, t, rng_chance(g->r, 40) ? gen_some_source(g) : -1, -1);
}

bool model_reads(const struct fz_model *m, int tensor)
{
	int stack[FZ_NODES + 64], n = 0;
	for (int d = 0; d < m->defs; d++) {
		if (m->def[d].dead)
			continue;
		stack[n++] = m->def[d].rhs;
		while (n) {
			const struct fz_node *x = &m->node[stack[--n]];
			if (x->kind == E_READ && x->tensor == tensor)
				return true;
			for (int i = 0; x->kind == E_READ && i < m->tensor[x->tensor].rank; i++)
				if (x->idx[i].kind == IX_GATHER)
					stack[n++] = x->idx[i].node;
			for (int i = 0; i < (x->kind == E_OP ? x->n : x->kind == E_REDUCE); i++)
				stack[n++] = x->arg[i];
		}
	}
	return false;
}

/* Steps back that some read goes; reads made and thrown away have left wrong numbers behind. */
static void histories(struct fz_model *m)
{
	static bool live[FZ_NODES];
	memset(live, 0, sizeof live);
	for (int t = 0; t < m->tensors; t++)
		m->tensor[t].history = 0;
	for (int d = 0; d < m->defs; d++)
		live[m->def[d].rhs] |= !m->def[d].dead;
	for (int e = m->nodes; e-- > 0;) {             /* parts come before what they are part of */
		const struct fz_node *x = &m->node[e];
		if (!live[e])
			continue;
		for (int i = 0; i < (x->kind == E_OP ? x->n : x->kind == E_REDUCE); i++)
			live[x->arg[i]] = true;
		for (int i = 0; x->kind == E_READ && i < m->tensor[x->tensor].rank; i++)
			if (x->idx[i].kind == IX_BACK && x->idx[i].plus > m->tensor[x->tensor].history)
				m->tensor[x->tensor].history = x->idx[i].plus;
	}
	for (int t = 0; t < m->tensors; t++)
		m->tensor[t].kept = m->tensor[t].history;
}

void model_random(struct fz_model *m, struct rng *r, bool emit)
{
	struct gen g = { .r = r, .m = m, .emit = emit };
	memset(m, 0, sizeof *m);
	m->exact = rng_chance(r, emit ? 50 : 20);
	m->smooth = !m->exact && (emit || rng_chance(r, 30));
	m->doubles = rng_chance(r, 3);
	dims(&g);
	inputs(&g);
	int below = rng_below(r, m->tensors);
	for (int i = 0, n = rng_below(r, 3); i < n; i++)
		apart(&g, false);
	for (int i = 1, n = rng_chance(r, 10) ? 0 : rng_chance(r, 60) ? 1 : rng_from(r, 2, 3); i <= n; i++) {
		below = m->tensor[below].ids || m->tensor[below].role == ROLE_PARAM ? -1 : below;
		layer(&g, i, below);
		below = m->tensors - 1;
		while (m->tensor[below].role == ROLE_PARAM)
			below--;
	}
	histories(m);
	for (int i = 0, n = rng_below(r, 4); i < n || !m->defs; i++)
		apart(&g, true);
	histories(m);
	starts(&g);
	int last = -1;
	for (int t = 0; t < m->tensors; t++) {
		struct fz_tensor *x = &m->tensor[t];
		if (x->role != ROLE_FUNC && x->role != ROLE_STATE)
			continue;
		x->output = rng_chance(r, 20);
		x->listed = x->history && rng_chance(r, 60);
		last = t;
	}
	m->tensor[last].output = true;
}
