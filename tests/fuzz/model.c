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
#include "fuzz.h"

#include <math.h>

#define COST 12000.0                               /* operations of one definition at T = 4, N = 3 */
#define EXACT 4194304.0                            /* 2^22: no value of an exact model is larger */
#define CLAMP 8.0

struct gen {
	struct rng *r;
	struct fz_model *m;
	bool emit;
	int bound[16], nbound;                         /* axes that indices may use now */
	int self, layer;                               /* the tensor being defined; its layer, 0: none */
	int reductions;                                /* made for this definition */
	bool inside;                                   /* inside a reduction */
	int used[8], nused;                            /* axes of reductions of this definition */
};

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

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static int add_node(struct gen *g, struct fz_node n)
{
	if (g->m->nodes == FZ_NODES)
		return FZ_NODES - 1;                       /* full: models this large are cut short, not wrong */
	g->m->node[g->m->nodes] = n;
	return g->m->nodes++;
}

static int number(struct gen *g, double v) { return add_node(g, (struct fz_node){ .kind = E_NUM, .num = v }); }

static int op1(struct gen *g, const char *op, int a)
{
	return add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 1, .arg = { a } });
}

static int op2(struct gen *g, const char *op, int a, int b)
{
	return add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 2, .arg = { a, b } });
}

static int op3(struct gen *g, const char *op, int a, int b, int c)
{
	return add_node(g, (struct fz_node){ .kind = E_OP, .op = op, .n = 3, .arg = { a, b, c } });
}

static int add_tensor(struct gen *g, const char *prefix, uint8_t role, const char *scope, int rank, const int *dim)
{
	struct fz_model *m = g->m;
	if (m->tensors == FZ_TENSORS)
		return FZ_TENSORS - 1;
	struct fz_tensor *t = &m->tensor[m->tensors];
	*t = (struct fz_tensor){ .role = role, .rank = rank, .layer = g->layer };
	snprintf(t->name, sizeof t->name, "%s%d", prefix, m->tensors);
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

static bool is_fixed(const struct fz_model *m, int dim) { return dim >= DIM_FIXED && m->dim[dim].value > 0; }

static double cost_extent(const struct fz_model *m, int dim)
{
	return m->dim[dim].value >= 0 ? m->dim[dim].value : dim == DIM_T ? 4 : 3;
}

static double bound_of(const struct fz_model *m, int e)
{
	const struct fz_node *x = &m->node[e];
	double a = x->kind == E_OP || x->kind == E_REDUCE ? bound_of(m, x->arg[0]) : 0, n = 1;
	double b = x->kind == E_OP && x->n > 1 ? bound_of(m, x->arg[1]) : 0;
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
			double c = bound_of(m, x->arg[2]);
			return b > c ? b : c;
		}
		if (x->n == 1)
			return a;
		return *x->op == '+' || *x->op == '-' ? a + b : *x->op == '*' ? a * b : a > b ? a : b;
	}
}

static bool is_bound(const struct gen *g, int axis)
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
		if (!is_fixed(m, AXIS_DIM(a)) || n > size)
			continue;
		int factor = rng_chance(g->r, 25) && 2 * (n - 1) < size ? 2 : 1;
		int room = size - 1 - factor * (n - 1), other = -1;
		if (rng_chance(g->r, 12) && factor == 1) {
			x = (struct fz_index){ IX_AFFINE, a, -1, -1, n - 1 + rng_below(g->r, room + 1), 0 };
			return x;
		}
		for (int i = 0; i < g->nbound && rng_chance(g->r, 60); i++) {
			int b = g->bound[i], k = m->dim[AXIS_DIM(b)].value;
			if (b != a && is_fixed(m, AXIS_DIM(b)) && k - 1 <= room) {
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
	if (is_bound(g, AXIS(DIM_T, 0))) {
		int back = ahead ? 1 + rng_chance(g->r, 20) : d == 0 && rng_chance(g->r, 10) ? rng_from(g->r, 1, 2) : 0;
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
static int read_of(struct gen *g, int tensor, int must)
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
		} else if (many && !(is_fixed(m, dim) && rng_chance(g->r, 5))) {
			n.idx[d] = (struct fz_index){ .kind = IX_AXIS, .axis = found[rng_below(g->r, many)] };
		} else if (is_fixed(m, dim)) {
			n.idx[d] = odd_index(g, dim);
		} else {
			good = false;
		}
	}
	if (good && met)
		return add_node(g, n);
	m->tensor[tensor] = before;
	return -1;
}

/* A new param over some of the bound axes with a fixed extent, `must` among them; its read. */
static int fresh_param(struct gen *g, int must, int most)
{
	struct fz_model *m = g->m;
	struct fz_node n = { .kind = E_READ };
	int dim[FZ_RANK], axis[FZ_RANK], rank = 0;
	if (must >= 0 && is_fixed(m, AXIS_DIM(must)))
		axis[rank++] = must;
	for (int i = 0; i < g->nbound && rank < most; i++)
		if (g->bound[i] != must && is_fixed(m, AXIS_DIM(g->bound[i])) && rng_chance(g->r, 75))
			axis[rank++] = g->bound[i];
	if (!rank)
		return number(g, m->exact ? rng_from(g->r, -2, 2) : rng_from(g->r, -8, 8) / 8.0);
	for (int i = rank - 1; i > 0; i--) {           /* a transposed weight now and then */
		int k = rng_below(g->r, i + 1), swap = axis[i];
		axis[i] = axis[k];
		axis[k] = swap;
	}
	for (int i = 0; i < rank; i++) {
		dim[i] = AXIS_DIM(axis[i]);
		n.idx[i] = (struct fz_index){ .kind = IX_AXIS, .axis = axis[i] };
	}
	n.tensor = add_tensor(g, "W", ROLE_PARAM, g->layer ? m->tensor[g->self].scope : "", rank, dim);
	if (m->tensor[n.tensor].rank != rank || memcmp(m->tensor[n.tensor].dim, dim, (size_t)rank * sizeof *dim))
		return number(g, 1);                       /* the table is full */
	return add_node(g, n);
}

static bool can_read(const struct gen *g, int t)
{
	const struct fz_tensor *x = &g->m->tensor[t];
	if (x->ids || x->role == ROLE_PARAM)
		return false;
	return x->defined || (g->layer && x->layer == g->layer && is_bound(g, AXIS(DIM_T, 0)));
}

/* A read of any tensor; of a new param where none will do. */
static int read_any(struct gen *g, int must)
{
	struct fz_model *m = g->m;
	for (int tries = 0; tries < 10 && !rng_chance(g->r, 15); tries++) {
		int t = rng_below(g->r, m->tensors);
		if (rng_chance(g->r, 50))                  /* what was made last is read most */
			t = m->tensors - 1 - rng_below(g->r, m->tensors < 6 ? m->tensors : 6);
		bool param = m->tensor[t].role == ROLE_PARAM && rng_chance(g->r, 40);
		int e = param || can_read(g, t) ? read_of(g, t, must) : -1;
		if (e >= 0)
			return e;
	}
	return fresh_param(g, must, 3);
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
		if (is_fixed(m, AXIS_DIM(g->bound[i])))
			fixed = g->bound[i];
	if (ids < 0 || fixed < 0)
		return -1;
	int id = read_of(g, ids, -1), rows = DIM_FIXED + rng_below(g->r, m->dims - DIM_FIXED);
	if (id < 0)
		return -1;
	int dim[2] = { is_fixed(m, rows) ? rows : AXIS_DIM(fixed), AXIS_DIM(fixed) };
	int table = add_tensor(g, "E", ROLE_PARAM, "", 2, dim);
	struct fz_node n = { .kind = E_READ, .tensor = table };
	n.idx[0] = (struct fz_index){ .kind = IX_GATHER, .node = id };
	n.idx[1] = (struct fz_index){ .kind = IX_AXIS, .axis = fixed };
	return m->tensor[table].dim[0] == dim[0] && m->tensor[table].dim[1] == dim[1] ? add_node(g, n) : -1;
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

static double cost(const struct gen *g)
{
	double n = 1;
	for (int i = 0; i < g->nbound; i++)
		n *= cost_extent(g->m, AXIS_DIM(g->bound[i]));
	return n;
}

static int leaf(struct gen *g)
{
	struct fz_model *m = g->m;
	if (rng_chance(g->r, 8))
		return number(g, m->exact ? rng_from(g->r, -3, 3) : rng_from(g->r, -16, 16) / 8.0);
	if (rng_chance(g->r, 4) && g->nbound) {
		struct fz_node n = { .kind = E_INT, .axis = { g->bound[rng_below(g->r, g->nbound)], 0 } };
		if (rng_chance(g->r, 30)) {
			n.axis[1] = AXIS_DIM(n.axis[0]);
			n.axis[0] = -1;
		}
		int e = add_node(g, n);
		return op2(g, "*", e, number(g, m->exact ? 1 : 0.125));
	}
	if (rng_chance(g->r, 8)) {
		int e = gather(g);
		if (e >= 0)
			return e;
	}
	return read_any(g, -1);
}

static int elementwise(struct gen *g, int depth);

static int condition(struct gen *g)
{
	static const char *const compare[] = { "lt", "le", "gt", "ge", "eq", "ne" };
	const char *op = compare[rng_below(g->r, 6)];
	if (g->m->smooth && g->nbound) {
		int axis = g->bound[rng_below(g->r, g->nbound)];
		int a = add_node(g, (struct fz_node){ .kind = E_INT, .axis = { axis, 0 } });
		return op2(g, op, a, number(g, rng_below(g->r, 6)));
	}
	int a = leaf(g), b = leaf(g);
	a = op2(g, "*", a, number(g, 1));              /* never two plain numbers */
	int c = op2(g, op, a, b);
	if (rng_chance(g->r, 10))
		return op1(g, "lnot", c);
	if (rng_chance(g->r, 15)) {
		const char *both = rng_chance(g->r, 50) ? "land" : "lor";
		op = compare[rng_below(g->r, 6)];
		a = leaf(g);
		b = op2(g, "-", a, number(g, 1));
		return op2(g, both, c, op2(g, op, b, number(g, 0)));
	}
	return c;
}

static int function(struct gen *g, int a)
{
	if (g->m->exact) {
		static const char *const exact[] = { "-", "abs", "relu", "floor" };
		return op1(g, exact[rng_below(g->r, 4)], a);
	}
	switch (rng_below(g->r, g->m->smooth ? 8 : 9)) {
	case 0: case 1: return op1(g, "tanh", a);
	case 2: case 3: return op1(g, "sigmoid", a);
	case 4: return op1(g, "-", a);
	case 5: return op1(g, "exp", op1(g, "tanh", a));
	case 6: return op1(g, "sqrt", op2(g, "+", op1(g, "abs", a), number(g, 0.25)));
	case 7: return op1(g, "log", op2(g, "+", op1(g, "abs", a), number(g, 1)));
	default: return op1(g, "floor", op2(g, "*", a, number(g, 4)));
	}
}

static int reduction(struct gen *g);

static int elementwise(struct gen *g, int depth)
{
	if (depth <= 0 || rng_chance(g->r, 15))
		return leaf(g);
	if (!g->inside && g->reductions < 2 && rng_chance(g->r, 15)) {
		int e = reduction(g);
		if (e >= 0)
			return e;
	}
	int kind = rng_below(g->r, 10), a = elementwise(g, depth - 1), b;
	if (kind < 3)
		return function(g, a);
	if (kind == 3 && (!g->m->smooth || g->nbound)) {
		int c = condition(g);
		b = elementwise(g, depth - 1);
		return op3(g, "where", c, a, op2(g, "*", b, number(g, 1)));
	}
	b = elementwise(g, depth - 1);
	if (kind == 4)
		return op2(g, rng_chance(g->r, 50) ? "max" : "min", a, op2(g, "*", b, number(g, 1)));
	if (kind == 5 && !g->m->exact)
		return op2(g, "/", a, op2(g, "+", op1(g, "abs", b), number(g, 1)));
	return op2(g, kind < 7 ? "*" : kind < 9 ? "+" : "-", a, b);
}

/* An axis that a reduction may run over: its dim is one of the tensors' at hand, the axis in no other use here. */
static int free_axis(struct gen *g, int dim)
{
	for (int letter = dim == DIM_T; letter < 4; letter++)
		if (!is_bound(g, AXIS(dim, letter)))
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
		body = source >= 0 ? read_of(g, source, axis[0]) : read_any(g, axis[0]);
		if (body >= 0 && (source >= 0 || rng_chance(g->r, 70))) {
			int w = fresh_param(g, axis[n - 1], 3);
			body = rng_chance(g->r, 85) ? op2(g, "*", w, body) : op2(g, "*", body, w);
		}
		for (int i = 0; body >= 0 && i < n; i++)   /* each axis stands alone in some index, which gives its extent */
			if (i)
				body = op2(g, "+", body, fresh_param(g, axis[i], 2));
		if (body >= 0 && rng_chance(g->r, 15))
			body = function(g, body);
		else if (body >= 0 && rng_chance(g->r, 10)) {
			int more = elementwise(g, 1);
			body = op2(g, rng_chance(g->r, 50) ? "*" : "-", body, more);
		}
		if (body >= 0 && !strcmp(op, "prod") && !g->m->exact)
			body = op2(g, "+", number(g, 1), op2(g, "*", body, number(g, 0.125)));
	}
	g->inside = false;
	g->nbound = outside;
	if (body < 0)
		return -1;
	x.arg[0] = body;
	g->reductions++;
	return add_node(g, x);
}

/* -1: none fits. */
static int reduction(struct gen *g)
{
	struct fz_model *m = g->m;
	static const char *const ops[] = { "sum", "sum", "sum", "sum", "amax", "amin", "prod" };
	const char *op = ops[rng_below(g->r, 7)];
	int axis[2], n = 1;
	axis[0] = free_axis(g, DIM_FIXED + rng_below(g->r, m->dims - DIM_FIXED));
	bool some = axis[0] < 0 || !is_fixed(m, AXIS_DIM(axis[0])) || rng_chance(g->r, 6);
	if (some) {                                    /* over all steps or sequences; the largest of none were infinite */
		if (axis[0] < 0 || is_fixed(m, AXIS_DIM(axis[0])))
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
		axis[1] = is_fixed(m, dim) ? free_axis(g, dim) : -1;
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

static int some_source(struct gen *g)
{
	for (int tries = 0; tries < 12; tries++) {
		int t = rng_below(g->r, g->m->tensors);
		if (can_read(g, t))
			return t;
	}
	return -1;
}

/* bias + sum - sum: one left fold. */
static int fold(struct gen *g, int first, int second)
{
	int e = -1, source[2] = { first, second };
	if (rng_chance(g->r, 70))
		e = rng_chance(g->r, 70) ? fresh_param(g, -1, 2) : leaf(g);
	for (int i = 0; i < 2; i++) {
		int s = source[i] >= 0 ? product(g, source[i]) : i && rng_chance(g->r, 40) ? -1 : reduction(g);
		if (s < 0)
			continue;
		bool minus = rng_chance(g->r, 12);
		if (e >= 0)
			e = rng_chance(g->r, 85) ? op2(g, minus ? "-" : "+", e, s) : op2(g, minus ? "-" : "+", s, e);
		else
			e = minus ? op1(g, "-", s) : s;
	}
	if (e < 0)
		return elementwise(g, 2);
	if (rng_chance(g->r, 15))
		e = op2(g, "+", e, leaf(g));
	return e;
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
		while (is_bound(g, axis))
			axis++;
		d->left[i] = (struct fz_index){ .kind = IX_AXIS, .axis = axis };
		g->bound[g->nbound++] = axis;
	}
}

static int clamp(struct gen *g, int e)
{
	e = op2(g, "min", e, number(g, CLAMP));
	return op2(g, "max", e, number(g, -CLAMP));
}

/* Records the definition, bounded where that is needed. */
static void finish(struct gen *g, struct fz_def *d, int e, bool last)
{
	struct fz_model *m = g->m;
	struct fz_tensor *t = &m->tensor[d->tensor];
	if (m->exact && !(bound_of(m, e) <= EXACT))
		e = clamp(g, read_any(g, -1));
	if (m->node[e].kind == E_NUM)
		e = op2(g, "+", fresh_param(g, -1, 1), e);
	bool wrap = t->ahead || t->history || rng_chance(g->r, 25);
	if (m->exact && (t->ahead || t->history || bound_of(m, e) > 64)) {
		e = clamp(g, e);
		t->bound = CLAMP;
	} else if (m->exact) {
		double b = bound_of(m, e);
		t->bound = last && t->bound > b && t->bound != CLAMP ? t->bound : b;
	} else if (wrap && rng_chance(g->r, 90)) {
		e = op1(g, rng_chance(g->r, 70) ? "tanh" : "sigmoid", e);
	} else if (wrap) {
		e = op2(g, "max", op2(g, "min", e, number(g, 1)), number(g, -1));
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
		if (is_fixed(g->m, t->dim[i]) && g->m->dim[t->dim[i]].value <= 4 && rng_chance(g->r, 8))
			at = i;
	if (at >= 0)
		many = g->m->dim[t->dim[at]].value;
	for (int k = 0; k < many; k++) {
		begin(g, &d, tensor, at, k);
		int kind = rng_below(g->r, 10), e;
		if (first >= 0 || second >= 0 || kind < 5)
			e = fold(g, first, second);
		else if (kind < 8)
			e = elementwise(g, rng_from(g->r, 1, 3));
		else
			e = reduction(g);
		finish(g, &d, e >= 0 ? e : elementwise(g, 2), k + 1 == many);
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
	int keep = add_node(g, self), f = g->m->exact ? number(g, rng_from(g->r, -1, 1)) : op1(g, "sigmoid", elementwise(g, 1));
	keep = op2(g, "*", f, keep);
	int e = elementwise(g, 2);
	e = op2(g, "+", keep, g->m->exact ? e : op1(g, "tanh", e));
	if (g->m->exact || rng_chance(g->r, 40) || g->m->defs == FZ_DEFS) {
		finish(g, &d, e, true);
		return;
	}
	d.rhs = e;                                     /* affine in the state, which grows by less than 1 a step */
	g->m->def[g->m->defs++] = d;
	t->defined = true;
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
			if (is_fixed(m, other[rank - 1]) && m->dim[other[rank - 1]].value <= 5)
				r = rank + 1;
		}
		member[i] = add_tensor(g, state ? "h" : "a", state ? ROLE_STATE : ROLE_FUNC, scope, r, other);
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
			int a = read_of(g, member[0], -1), e = elementwise(g, 2);
			finish(g, &d, a >= 0 ? op2(g, rng_chance(g->r, 60) ? "+" : "*", a, e) : e, true);
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
			int e = number(g, m->exact ? rng_from(g->r, -2, 2) : rng_from(g->r, -8, 8) / 8.0);
			if (rng_chance(g->r, 60)) {
				int p = fresh_param(g, -1, 2);
				e = rng_chance(g->r, 40) && m->node[p].kind == E_READ ? op2(g, "+", op2(g, "*", p, number(g, 2)), e) : p;
			}
			if (rng_chance(g->r, 25) && m->tensor[t].rank > 1) {
				int x = add_tensor(g, "s", ROLE_INPUT, "", m->tensor[t].rank - 1, m->tensor[t].dim + 1);
				int r = read_of(g, x, -1);
				e = r >= 0 ? (rng_chance(g->r, 30) ? op2(g, "-", r, e) : r) : e;
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
		snprintf(m->dim[d].name, sizeof m->dim[d].name, "D%u", (unsigned)(d - DIM_FIXED) % 100);
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
		add_tensor(g, "x", ROLE_INPUT, "", rank, dim);
	}
	if (rng_chance(g->r, 25)) {
		int rank = shape(g, dim, -1), t = add_tensor(g, "tok", ROLE_INPUT, "", rank, dim);
		g->m->tensor[t].ids = true;
	}
	if (rng_chance(g->r, 20)) {
		dim[0] = g->m->dim[DIM_N].value ? DIM_N : some_dim(g);
		dim[1] = some_dim(g);
		add_tensor(g, "z", ROLE_INPUT, "", 2, dim);
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
	int t = add_tensor(g, after ? "y" : "f", ROLE_FUNC, "", rank, dim);
	define(g, t, rng_chance(g->r, 40) ? some_source(g) : -1, -1);
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
