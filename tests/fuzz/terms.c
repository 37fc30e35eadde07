/* terms.c · random right sides: reads with their indices, elementwise expressions, reductions, folds of sums */
#include "gen.h"

#include <math.h>

#define COST 12000.0                               /* operations of one definition at T = 4, N = 3 */

/* ---- parts ------------------------------------------------------------------------------------------------------- */

int gen_add_node(struct gen *g, struct fz_node n)
{
	if (g->m->nodes == FZ_NODES)
		return FZ_NODES - 1;                       /* full: models this large are cut short, not wrong */
	g->m->node[g->m->nodes] = n;
	return g->m->nodes++;
}

int gen_number(struct gen *g, double v) { return gen_add_node(g, (struct fz_node){ .kind = E_NUM, .num = v }); }

int gen_op1(struct gen *g, const char *op, int a)
{
	return gen_add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 1, .arg = { a } });
}

int gen_op2(struct gen *g, const char *op, int a, int b)
{
	return gen_add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 2, .arg = { a, b } });
}

int gen_op3(struct gen *g, const char *op, int a, int b, int c)
{
	return gen_add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 3, .arg = { a, b, c } });
}

int gen_add_tensor(struct gen *g, const char *prefix, uint8_t role, const char *scope, int rank, const int *dim)
{
	struct fz_model *m = g->m;
	if (m->tensors == FZ_TENSORS)
		return FZ_TENSORS - 1;
	struct fz_tensor *t = &m->tensor[m->tensors];
	*t = (struct fz_tensor){ .role = role, .rank = rank, .layer = g->layer };
	int number = m->tensors;                       /* scopes count on their own, so that they share names */
	for (int i = number = *scope ? 0 : number; *scope && i < m->tensors; i++)
		number += !strcmp(m->tensor[i].scope, scope);
	snprintf(t->name, sizeof t->name, "%s%d", prefix, number);
	snprintf(t->scope, sizeof t->scope, "%s", scope);
	memcpy(t->dim, dim, (size_t)rank * sizeof *dim);
	t->defined = role == ROLE_INPUT || role == ROLE_PARAM;
	t->bound = role == ROLE_INPUT ? 2 : role == ROLE_PARAM ? 1 : CLAMP;
	return m->tensors++;
}

/* How far a dim goes in the worst of the sizes that are run. */
static int extent_of(const struct fz_model *m, int dim)
{
	return m->dim[dim].value >= 0 ? m->dim[dim].value : dim == DIM_T ? 8 : 6;
}

bool gen_is_fixed(const struct fz_model *m, int dim) { return dim >= DIM_FIXED && m->dim[dim].value > 0; }

static double cost_extent(const struct fz_model *m, int dim)
{
	return m->dim[dim].value >= 0 ? m->dim[dim].value : dim == DIM_T ? 4 : 3;
}

double gen_bound_of(const struct fz_model *m, int e)
{
	const struct fz_node *x = &m->node[e];
	double a = x->kind == E_OP || x->kind == E_REDUCE ? gen_bound_of(m, x->arg[0]) : 0, n = 1;
	double b = x->kind == E_OP && x->n > 1 ? gen_bound_of(m, x->arg[1]) : 0;
	switch (x->kind) {
	case E_NUM:  return fabs(x->num);
	case E_INT:  return extent_of(m, x->axis[0] >= 0 ? AXIS_DIM(x->axis[0]) : x->axis[1]);
	case E_READ: return m->tensor[x->tensor].defined ? m->tensor[x->tensor].bound : CLAMP;
	case E_REDUCE:
		for (int i = 0; i < x->n; i++)
			n *= extent_of(m, AXIS_DIM(x->axis[i]));
		return !strcmp(x->op, "sum") ? n * a : !strcmp(x->op, "prod") ? (a <= 1 ? 1 : pow(a, n)) : a;
	default:
		if (x->n == 3) {
			double c = gen_bound_of(m, x->arg[2]);
			return b > c ? b : c;
		}
		if (x->n == 1)
			return a;
		return *x->op == '+' || *x->op == '-' ? a + b : *x->op == '*' ? a * b : a > b ? a : b;
	}
}

bool gen_is_bound(const struct gen *g, int axis)
{
	for (int i = 0; i < g->nbound; i++)
		if (g->bound[i] == axis)
			return true;
	return false;
}

/* ---- reads ------------------------------------------------------------------------------------------------------- */

/* An index with which a fixed dim is read though no axis of it is at hand: a constant, or a window over a smaller dim. */
static struct fz_index odd_index(struct gen *g, int dim)
{
	struct fz_model *m = g->m;
	int size = m->dim[dim].value;
	struct fz_index x = { .kind = IX_CONST, .plus = rng_below(g->r, size) };
	if (!rng_chance(g->r, 40))
		return x;
	for (int tries = 0; tries < 6; tries++) {
		int a = g->nbound ? g->bound[rng_below(g->r, g->nbound)] : 0;
		int n = m->dim[AXIS_DIM(a)].value;
		if (!gen_is_fixed(m, AXIS_DIM(a)) || n > size)
			continue;
		int factor = rng_chance(g->r, 25) && 2 * (n - 1) < size ? 2 : 1;
		int room = size - 1 - factor * (n - 1), other = -1;
		if (rng_chance(g->r, 12) && factor == 1) {
			x = (struct fz_index){ IX_AFFINE, a, -1, -1, n - 1 + rng_below(g->r, room + 1), 0 };
			return x;
		}
		for (int i = 0; i < g->nbound && rng_chance(g->r, 60); i++) {
			int b = g->bound[i], k = m->dim[AXIS_DIM(b)].value;
			if (b != a && gen_is_fixed(m, AXIS_DIM(b)) && k - 1 <= room) {
				other = b;
				room -= k - 1;
				break;
			}
		}
		struct fz_index window = { IX_AFFINE, a, other, factor, rng_below(g->r, room + 1), 0 };
		bool alone = factor == 1 && other < 0 && !window.plus;
		if (alone && AXIS_DIM(a) != dim)
			continue;                              /* a lone axis has the extent of the dim that it indexes */
		window.kind = alone ? IX_AXIS : IX_AFFINE;
		return window;
	}
	return x;
}

/* The time index of a read; false: the tensor cannot be read here. */
static bool time_index(struct gen *g, int tensor, int d, int must, struct fz_index *out)
{
	struct fz_tensor *t = &g->m->tensor[tensor];
	bool ahead = !t->defined, mine = g->layer && t->layer == g->layer;
	if (must >= 0 && AXIS_DIM(must) == DIM_T && must != AXIS(DIM_T, 0)) {
		*out = (struct fz_index){ .kind = IX_AXIS, .axis = must };
		return !ahead && !mine;
	}
	if (gen_is_bound(g, AXIS(DIM_T, 0))) {
		int back = ahead ? 1 + rng_chance(g->r, 20) : d == 0 && rng_chance(g->r, 10) ? rng_from(g->r, 1, 3) : 0;
		if (back && d)
			return false;
		*out = (struct fz_index){ .kind = back ? IX_BACK : IX_AXIS, .axis = AXIS(DIM_T, 0), .plus = back };
		if (back > t->history)
			t->history = back;
		t->ahead |= ahead;
		return true;
	}
	if (ahead || mine)
		return false;
	for (int i = 0; i < g->nbound; i++) {
		if (AXIS_DIM(g->bound[i]) == DIM_T) {
			*out = (struct fz_index){ .kind = IX_AXIS, .axis = g->bound[i] };
			return true;
		}
	}
	*out = (struct fz_index){ .kind = IX_LAST };
	return t->kept > 0 || g->m->dim[DIM_T].value > 0;
}

/* A read of the tensor by axes that are bound; with `must` >= 0 that axis is one of them. -1: it has no such read. */
int gen_read_of(struct gen *g, int tensor, int must)
{
	struct fz_model *m = g->m;
	struct fz_tensor before = m->tensor[tensor];
	struct fz_node n = { .kind = E_READ, .tensor = tensor };
	bool met = must < 0, good = true;
	for (int d = 0; d < before.rank && good; d++) {
		int dim = before.dim[d], found[16], many = 0;
		if (dim == DIM_T) {
			good = time_index(g, tensor, d, must, &n.idx[d]);
			met |= n.idx[d].kind == IX_AXIS && n.idx[d].axis == must;
			continue;
		}
		for (int i = 0; i < g->nbound; i++)
			if (AXIS_DIM(g->bound[i]) == dim)
				found[many++] = g->bound[i];
		if (!met && AXIS_DIM(must) == dim) {
			n.idx[d] = (struct fz_index){ .kind = IX_AXIS, .axis = must };
			met = true;
		} else if (many && !(gen_is_fixed(m, dim) && rng_chance(g->r, 5))) {
			n.idx[d] = (struct fz_index){ .kind = IX_AXIS, .axis = found[rng_below(g->r, many)] };
		} else if (gen_is_fixed(m, dim)) {
			n.idx[d] = odd_index(g, dim);
		} else {
			good = false;
		}
	}
	if (good && met)
		return gen_add_node(g, n);
	m->tensor[tensor] = before;
	return -1;
}

/* A new param over some of the bound axes with a fixed extent, `must` among them; its read. */
int gen_fresh_param(struct gen *g, int must, int most)
{
	struct fz_model *m = g->m;
	struct fz_node n = { .kind = E_READ };
	int dim[FZ_RANK], axis[FZ_RANK], rank = 0;
	if (must >= 0 && gen_is_fixed(m, AXIS_DIM(must)))
		axis[rank++] = must;
	for (int i = 0; i < g->nbound && rank < most; i++)
		if (g->bound[i] != must && gen_is_fixed(m, AXIS_DIM(g->bound[i])) && rng_chance(g->r, 75))
			axis[rank++] = g->bound[i];
	if (!rank)
		return gen_number(g, m->exact ? rng_from(g->r, -2, 2) : rng_from(g->r, -8, 8) / 8.0);
	for (int i = rank - 1; i > 0; i--) {           /* a transposed weight now and then */
		int k = rng_below(g->r, i + 1), swap = axis[i];
		axis[i] = axis[k];
		axis[k] = swap;
	}
	for (int i = 0; i < rank; i++) {
		dim[i] = AXIS_DIM(axis[i]);
		n.idx[i] = (struct fz_index){ .kind = IX_AXIS, .axis = axis[i] };
	}
	n.tensor = gen_add_tensor(g, "W", ROLE_PARAM, g->layer ? m->tensor[g->self].scope : "", rank, dim);
	if (m->tensor[n.tensor].rank != rank || memcmp(m->tensor[n.tensor].dim, dim, (size_t)rank * sizeof *dim))
		return gen_number(g, 1);                       /* the table is full */
	return gen_add_node(g, n);
}

static bool can_read(const struct gen *g, int t)
{
	const struct fz_tensor *x = &g->m->tensor[t];
	if (x->ids || x->role == ROLE_PARAM)
		return false;
	return x->defined || (g->layer && x->layer == g->layer && gen_is_bound(g, AXIS(DIM_T, 0)));
}

/* A read of any tensor; of a new param where none will do. */
int gen_read_any(struct gen *g, int must)
{
	struct fz_model *m = g->m;
	for (int tries = 0; tries < 10 && !rng_chance(g->r, 15); tries++) {
		int t = rng_below(g->r, m->tensors);
		if (rng_chance(g->r, 50))                  /* what was made last is read most */
			t = m->tensors - 1 - rng_below(g->r, m->tensors < 6 ? m->tensors : 6);
		bool param = m->tensor[t].role == ROLE_PARAM && rng_chance(g->r, 40);
		int e = param || can_read(g, t) ? gen_read_of(g, t, must) : -1;
		if (e >= 0)
			return e;
	}
	return gen_fresh_param(g, must, 3);
}

/* E[tok[t][n]][i]: a row of a table by an integer input. -1: there are no ids, or the axes are not bound. */
static int gather(struct gen *g)
{
	struct fz_model *m = g->m;
	int ids = -1, fixed = -1;
	for (int t = 0; t < m->tensors; t++)
		if (m->tensor[t].ids)
			ids = t;
	for (int i = 0; i < g->nbound; i++)
		if (gen_is_fixed(m, AXIS_DIM(g->bound[i])))
			fixed = g->bound[i];
	if (ids < 0 || fixed < 0)
		return -1;
	int id = gen_read_of(g, ids, -1), rows = DIM_FIXED + rng_below(g->r, m->dims - DIM_FIXED);
	if (id < 0)
		return -1;
	int dim[2] = { gen_is_fixed(m, rows) ? rows : AXIS_DIM(fixed), AXIS_DIM(fixed) };
	int table = gen_add_tensor(g, "E", ROLE_PARAM, "", 2, dim);
	struct fz_node n = { .kind = E_READ, .tensor = table };
	n.idx[0] = (struct fz_index){ .kind = IX_GATHER, .node = id };
	n.idx[1] = (struct fz_index){ .kind = IX_AXIS, .axis = fixed };
	return m->tensor[table].dim[0] == dim[0] && m->tensor[table].dim[1] == dim[1] ? gen_add_node(g, n) : -1;
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

static double cost(const struct gen *g)
{
	double n = 1;
	for (int i = 0; i < g->nbound; i++)
		n *= cost_extent(g->m, AXIS_DIM(g->bound[i]));
	return n;
}

int gen_leaf(struct gen *g)
{
	struct fz_model *m = g->m;
	if (rng_chance(g->r, 8))
		return gen_number(g, m->exact ? rng_from(g->r, -3, 3) : rng_from(g->r, -16, 16) / 8.0);
	if (rng_chance(g->r, 4) && g->nbound && !m->doubles) {   /* i * 0.125 is f32 */
		struct fz_node n = { .kind = E_INT, .axis = { g->bound[rng_below(g->r, g->nbound)], 0 } };
		if (rng_chance(g->r, 30)) {
			n.axis[1] = AXIS_DIM(n.axis[0]);
			n.axis[0] = -1;
		}
		int e = gen_add_node(g, n);
		return gen_op2(g, "*", e, gen_number(g, m->exact ? 1 : 0.125));
	}
	if (rng_chance(g->r, 8)) {
		int e = gather(g);
		if (e >= 0)
			return e;
	}
	return gen_read_any(g, -1);
}

static int condition(struct gen *g)
{
	static const char *const compare[] = { "lt", "le", "gt", "ge", "eq", "ne" };
	const char *op = compare[rng_below(g->r, 6)];
	if (g->m->smooth && g->nbound) {
		int axis = g->bound[rng_below(g->r, g->nbound)];
		int a = gen_add_node(g, (struct fz_node){ .kind = E_INT, .axis = { axis, 0 } });
		return gen_op2(g, op, a, gen_number(g, rng_below(g->r, 6)));
	}
	int a = gen_leaf(g), b = gen_leaf(g);
	a = gen_op2(g, "*", a, gen_number(g, 1));              /* never two plain numbers */
	int c = gen_op2(g, op, a, b);
	if (rng_chance(g->r, 10))
		return gen_op1(g, "lnot", c);
	if (rng_chance(g->r, 15)) {
		const char *both = rng_chance(g->r, 50) ? "land" : "lor";
		op = compare[rng_below(g->r, 6)];
		a = gen_leaf(g);
		b = gen_op2(g, "-", a, gen_number(g, 1));
		return gen_op2(g, both, c, gen_op2(g, op, b, gen_number(g, 0)));
	}
	return c;
}

static int function(struct gen *g, int a)
{
	if (g->m->exact) {
		static const char *const exact[] = { "-", "abs", "relu", "floor" };
		return gen_op1(g, exact[rng_below(g->r, 4)], a);
	}
	switch (rng_below(g->r, g->m->smooth ? 8 : 9)) {
	case 0: case 1: return gen_op1(g, "tanh", a);
	case 2: case 3: return gen_op1(g, "sigmoid", a);
	case 4: return gen_op1(g, "-", a);
	case 5: return gen_op1(g, "exp", gen_op1(g, "tanh", a));
	case 6: return gen_op1(g, "sqrt", gen_op2(g, "+", gen_op1(g, "abs", a), gen_number(g, 0.25)));
	case 7: return gen_op1(g, "log", gen_op2(g, "+", gen_op1(g, "abs", a), gen_number(g, 1)));
	default: return gen_op1(g, "floor", gen_op2(g, "*", a, gen_number(g, 4)));
	}
}

int gen_elementwise(struct gen *g, int depth)
{
	if (depth <= 0 || rng_chance(g->r, 15))
		return gen_leaf(g);
	if (!g->inside && g->reductions < 2 && rng_chance(g->r, 15)) {
		int e = gen_reduction(g);
		if (e >= 0)
			return e;
	}
	int kind = rng_below(g->r, 10), a = gen_elementwise(g, depth - 1), b;
	if (kind < 3)
		return function(g, a);
	if (kind == 3 && (!g->m->smooth || g->nbound)) {
		int c = condition(g);
		b = gen_elementwise(g, depth - 1);
		return gen_op3(g, "where", c, a, gen_op2(g, "*", b, gen_number(g, 1)));
	}
	b = gen_elementwise(g, depth - 1);
	if (kind == 4)
		return gen_op2(g, rng_chance(g->r, 50) ? "max" : "min", a, gen_op2(g, "*", b, gen_number(g, 1)));
	if (kind == 5 && !g->m->exact)
		return gen_op2(g, "/", a, gen_op2(g, "+", gen_op1(g, "abs", b), gen_number(g, 1)));
	return gen_op2(g, kind < 7 ? "*" : kind < 9 ? "+" : "-", a, b);
}

/* An axis that a reduction may run over: its dim is one of the tensors' at hand, the axis in no other use here. */
static int free_axis(struct gen *g, int dim)
{
	for (int letter = dim == DIM_T; letter < 4; letter++)
		if (!gen_is_bound(g, AXIS(dim, letter)))
			return AXIS(dim, letter);
	return -1;
}

static int reduction_over(struct gen *g, const char *op, const int *axis, int n, int source)
{
	struct fz_node x = { .kind = E_REDUCE, .op = op, .n = (uint8_t)n };
	int body = -1, outside = g->nbound;
	memcpy(x.axis, axis, (size_t)n * sizeof *axis);
	for (int i = 0; i < n; i++)
		g->bound[g->nbound++] = axis[i];
	g->inside = true;
	if (cost(g) < COST) {
		body = source >= 0 ? gen_read_of(g, source, axis[0]) : gen_read_any(g, axis[0]);
		if (body >= 0 && (source >= 0 || rng_chance(g->r, 70))) {
			int w = gen_fresh_param(g, axis[n - 1], 3);
			body = rng_chance(g->r, 85) ? gen_op2(g, "*", w, body) : gen_op2(g, "*", body, w);
		}
		for (int i = 0; body >= 0 && i < n; i++)   /* each axis stands alone in some index, which gives its extent */
			if (i)
				body = gen_op2(g, "+", body, gen_fresh_param(g, axis[i], 2));
		if (body >= 0 && rng_chance(g->r, 15))
			body = function(g, body);
		else if (body >= 0 && rng_chance(g->r, 10)) {
			int more = gen_elementwise(g, 1);
			body = gen_op2(g, rng_chance(g->r, 50) ? "*" : "-", body, more);
		}
		if (body >= 0 && !strcmp(op, "prod") && !g->m->exact)
			body = gen_op2(g, "+", gen_number(g, 1), gen_op2(g, "*", body, gen_number(g, 0.125)));
	}
	g->inside = false;
	g->nbound = outside;
	if (body < 0)
		return -1;
	x.arg[0] = body;
	g->reductions++;
	return gen_add_node(g, x);
}

/* -1: none fits. */
int gen_reduction(struct gen *g)
{
	struct fz_model *m = g->m;
	static const char *const ops[] = { "sum", "sum", "sum", "sum", "amax", "amin", "prod" };
	const char *op = ops[rng_below(g->r, 7)];
	int axis[2], n = 1;
	axis[0] = free_axis(g, DIM_FIXED + rng_below(g->r, m->dims - DIM_FIXED));
	bool some = axis[0] < 0 || !gen_is_fixed(m, AXIS_DIM(axis[0])) || rng_chance(g->r, 6);
	if (some) {                                    /* over all steps or sequences; the largest of none were infinite */
		if (axis[0] < 0 || gen_is_fixed(m, AXIS_DIM(axis[0])))
			axis[0] = free_axis(g, rng_below(g->r, 2));
		op = "sum";
		if (axis[0] < 0)
			return -1;
		for (int tries = 0; tries < 8; tries++) {
			int t = rng_below(g->r, m->tensors);
			bool mine = g->layer && m->tensor[t].layer == g->layer;
			int e = !mine && m->tensor[t].defined && can_read(g, t) ? reduction_over(g, op, axis, 1, t) : -1;
			if (e >= 0)
				return e;
		}
		return -1;
	}
	if (axis[0] < 0)
		return -1;
	if (rng_chance(g->r, 25)) {
		int dim = DIM_FIXED + rng_below(g->r, m->dims - DIM_FIXED);
		axis[1] = gen_is_fixed(m, dim) ? free_axis(g, dim) : -1;
		n += axis[1] >= 0 && axis[1] != axis[0];
	}
	return reduction_over(g, op, axis, n, -1);
}

/* sum(j, W[i][j] * source[..][j]) */
static int product(struct gen *g, int source)
{
	const struct fz_tensor *s = &g->m->tensor[source];
	for (int d = s->rank; d-- > 0;) {
		int axis = s->dim[d] >= DIM_FIXED ? free_axis(g, s->dim[d]) : -1;
		if (axis >= 0)
			return reduction_over(g, "sum", &axis, 1, source);
	}
	return -1;
}

int gen_some_source(struct gen *g)
{
	for (int tries = 0; tries < 12; tries++) {
		int t = rng_below(g->r, g->m->tensors);
		if (can_read(g, t))
			return t;
	}
	return -1;
}

/* bias + sum - sum: one left fold. */
int gen_fold(struct gen *g, int first, int second)
{
	int e = -1, source[2] = { first, second };
	if (rng_chance(g->r, 70))
		e = rng_chance(g->r, 70) ? gen_fresh_param(g, -1, 2) : gen_leaf(g);
	for (int i = 0; i < 2; i++) {
		int s = source[i] >= 0 ? product(g, source[i]) : i && rng_chance(g->r, 40) ? -1 : gen_reduction(g);
		if (s < 0)
			continue;
		bool minus = rng_chance(g->r, 12);
		if (e >= 0)
			e = rng_chance(g->r, 85) ? gen_op2(g, minus ? "-" : "+", e, s) : gen_op2(g, minus ? "-" : "+", s, e);
		else
			e = minus ? gen_op1(g, "-", s) : s;
	}
	if (e < 0)
		return gen_elementwise(g, 2);
	if (rng_chance(g->r, 15))
		e = gen_op2(g, "+", e, gen_leaf(g));
	return e;
}
