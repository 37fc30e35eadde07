/* equations.c · the reference: a model's equations evaluated in float64, ignoring every schedule (see ir.h)
 *
 * Needs:      equations_infer() has succeeded; dims have values; inputs and params are filled, row major.
 * Guarantees: every defined tensor has its values in r->value; where the caller passed a state for a tensor that is
 *             carried, it holds the last steps afterwards, the oldest in row 0, the last step in row history-1.
 *
 * Groups of definitions run in the order of equations_graph(): a single definition over all of its axes, a recurrence
 * step by step. Right sides are compiled once into nodes whose indices are sums of axis * stride. A sum of terms is one
 * left fold: acc = b, then acc += W * x for each k, then acc += U * h for each j; see DESIGN.md, section 2. */
#include "ir/equations.h"

#include <math.h>

enum node_kind { N_NUM, N_INT, N_POLY, N_READ, N_OP, N_CAST, N_FOLD, N_REDUCE };

struct step { var_id var; int64_t k; };                         /* one summand k * value[var] of an index */
struct linear { int64_t k; uint32_t first, n; };                /* k + steps first .. first+n-1 */
struct gather { uint32_t node; int64_t extent, stride, row_stride; expr_id read; };
struct over { var_id axis[8]; int64_t extent[8]; uint32_t n; };
struct term_of_fold { uint32_t node; bool minus; struct over over; };       /* over.n 0: no reduction */

struct node {
	uint8_t kind, op, type;
	bool timed;                  /* READ: the step may lie before the first, or is counted from the end */
	uint32_t arg[3];             /* OP CAST REDUCE */
	uint32_t first, n;           /* READ: gathers; FOLD: terms, those of the init first */
	uint32_t init;               /* FOLD: how many terms make the init */
	uint32_t late;               /* FOLD: terms from this one on are added after the reductions */
	tensor_id tensor;
	poly_id poly;                /* POLY: min and max among its variables */
	struct linear at;            /* INT: the value; READ: the offset, timed: without the step */
	struct linear row_at, time;  /* READ, timed: the offset inside a row of the start; the step */
	struct over over;            /* REDUCE */
	double num;
	loc_t loc;
};

struct interp {
	struct ctx *c;
	struct equations_run *r;
	int64_t *value;              /* of each var: dims, axes */
	int64_t (*stride)[8], (*row_stride)[8];      /* of each tensor; of a row of its start */
	double **start;              /* [tensor]: [history][row]; NULL: nothing carried */
	int64_t *row;                /* elements of a row */
	VEC(struct node) node;
	VEC(struct step) step;
	VEC(struct gather) gather;
	VEC(struct term_of_fold) term;
	uint32_t *root;              /* [def_id] */
	bool failed;
};

static void fail(struct interp *in, loc_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void fail(struct interp *in, loc_t at, const char *fmt, ...)
{
	char text[192];
	va_list ap;
	if (in->failed)
		return;
	in->failed = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(in->r->error, sizeof in->r->error, "%s: %s", loc_text(in->c, at), text);
}

/* ---- compiling --------------------------------------------------------------------------------------------------- */

/* A sum of single axes with factors that are numbers once dims are. */
static bool is_linear(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		int axes = 0;
		for (int k = 0; k < t[i].n; k++) {
			axes += c->var.at[t[i].var[k]].kind == VAR_AXIS;
			if (c->var.at[t[i].var[k]].kind > VAR_AXIS)
				return false;
		}
		if (axes > 1)
			return false;
	}
	return true;
}

/* p * stride, added to the index that is being made. Dims are numbers by now; axes stay. */
static void linear_add(struct interp *in, struct linear *l, poly_id p, int64_t stride)
{
	struct ctx *c = in->c;
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		int64_t k = t[i].factor * stride;
		var_id axis = 0;
		for (int j = 0; j < t[i].n; j++) {
			var_id v = t[i].var[j];
			if (c->var.at[v].kind == VAR_AXIS)
				axis = v;
			else
				k *= in->value[v];
		}
		if (!axis) {
			l->k += k;
			continue;
		}
		VEC_PUSH(c, in->step, (struct step){ axis, k });
		l->n++;
	}
}

static struct linear linear_new(struct interp *in) { return (struct linear){ .first = in->step.n }; }

static struct over over_axes(struct interp *in, const struct expr *x)
{
	struct over o = { .n = x->nidx };
	for (uint32_t i = 0; i < x->nidx; i++) {
		o.axis[i] = in->c->list.at[x->idx + i];
		o.extent[i] = poly_eval(in->c, in->c->var.at[o.axis[i]].extent, in->value);
	}
	return o;
}

static uint32_t compile(struct interp *in, expr_id e);

static uint32_t put(struct interp *in, struct node n)
{
	VEC_PUSH(in->c, in->node, n);
	return in->node.n - 1;
}

static uint32_t compile_read(struct interp *in, const struct expr *x)
{
	struct ctx *c = in->c;
	const struct tensor *t = &c->tensor.at[x->of];
	struct node n = { .kind = N_READ, .tensor = x->of, .loc = x->loc };
	VEC(struct gather) gathers = { 0 };
	poly_id step = 0;
	for (uint32_t i = 0; i < x->nidx; i++) {
		expr_id e = c->list.at[x->idx + i];
		const struct expr *p = &c->expr.at[e];
		if (p->kind == X_POLY && (int)i == t->time && !equations_axis(c, p->poly) && is_linear(c, p->poly))
			step = p->poly;
		else if (p->kind != X_POLY || !is_linear(c, p->poly))
			VEC_PUSH(c, gathers, (struct gather){ compile(in, e), poly_eval(c, t->extent[i], in->value),
			                                      in->stride[x->of][i], in->row_stride[x->of][i], e });
	}
	n.first = in->gather.n;
	n.n = gathers.n;
	for (uint32_t i = 0; i < gathers.n; i++)
		VEC_PUSH(c, in->gather, gathers.at[i]);
	for (int rows = 0; rows < 2; rows++) {
		struct linear *l = rows ? &n.row_at : &n.at;
		*l = linear_new(in);
		for (uint32_t i = 0; i < x->nidx; i++) {
			const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
			if (p->kind == X_POLY && is_linear(c, p->poly) && !(step && (int)i == t->time))
				linear_add(in, l, p->poly, rows ? in->row_stride[x->of][i] : in->stride[x->of][i]);
		}
	}
	n.timed = step != 0;
	n.time = linear_new(in);
	if (step)
		linear_add(in, &n.time, step, 1);
	return put(in, n);
}

static bool is_reduce(struct ctx *c, expr_id e, void *arg) { (void)arg; return c->expr.at[e].kind == X_REDUCE; }
static bool has_reduce(struct ctx *c, expr_id e) { return expr_any(c, e, is_reduce, NULL); }

struct signed_term { expr_id e; bool minus; };
typedef VEC(struct signed_term) signed_terms;

static void flatten(struct ctx *c, expr_id e, bool minus, signed_terms *out)
{
	struct expr x = c->expr.at[e];
	if (x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB)) {
		flatten(c, x.arg[0], minus, out);
		flatten(c, x.arg[1], minus != (x.op == OP_SUB), out);
	} else {
		VEC_PUSH(c, *out, (struct signed_term){ e, minus });
	}
}

/* A chain of + and - that holds reductions: the init, each sum, then terms with a reduction inside something else. */
static uint32_t compile_fold(struct interp *in, expr_id e)
{
	struct ctx *c = in->c;
	signed_terms all = { 0 };
	VEC(struct term_of_fold) terms = { 0 };
	struct node n = { .kind = N_FOLD, .loc = c->expr.at[e].loc };
	flatten(c, e, false, &all);
	for (int phase = 0; phase < 3; phase++) {
		for (uint32_t i = 0; i < all.n; i++) {
			const struct expr x = c->expr.at[all.at[i].e];
			bool sum = x.kind == X_REDUCE && x.of == RED_SUM;
			if (phase != (!has_reduce(c, all.at[i].e) ? 0 : sum ? 1 : 2))
				continue;
			struct term_of_fold t = { .minus = all.at[i].minus };
			if (sum)
				t.over = over_axes(in, &x);
			t.node = compile(in, sum ? x.arg[0] : all.at[i].e);
			VEC_PUSH(c, terms, t);
		}
		if (phase == 0)
			n.init = terms.n;
		if (phase == 1)
			n.late = terms.n;
	}
	n.first = in->term.n;
	n.n = terms.n;
	for (uint32_t i = 0; i < terms.n; i++)
		VEC_PUSH(c, in->term, terms.at[i]);
	return put(in, n);
}

static uint32_t compile(struct interp *in, expr_id e)
{
	struct ctx *c = in->c;
	const struct expr x = c->expr.at[e];
	struct node n = { .op = x.op, .type = x.type, .num = x.num, .loc = x.loc };
	bool chain = x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB);
	if ((chain && has_reduce(c, e)) || (x.kind == X_REDUCE && x.of == RED_SUM))
		return compile_fold(in, e);
	switch (x.kind) {
	case X_NUM:
		n.kind = N_NUM;
		break;
	case X_READ:
		return compile_read(in, &x);
	case X_POLY: {
		n.kind = is_linear(c, x.poly) ? N_INT : N_POLY;
		n.poly = x.poly;
		n.at = linear_new(in);
		if (n.kind == N_INT)
			linear_add(in, &n.at, x.poly, 1);
		break;
	}
	case X_REDUCE:
		n.kind = N_REDUCE;
		n.op = (uint8_t)x.of;
		n.over = over_axes(in, &x);
		n.arg[0] = compile(in, x.arg[0]);
		break;
	default:
		n.kind = x.kind == X_CAST ? N_CAST : N_OP;
		for (int i = 0; i < (x.kind == X_CAST ? 1 : op_info[x.op].arity); i++)
			n.arg[i] = compile(in, x.arg[i]);
	}
	return put(in, n);
}

/* ---- evaluating -------------------------------------------------------------------------------------------------- */

static int64_t linear_eval(const struct interp *in, const struct linear *l)
{
	int64_t sum = l->k;
	for (uint32_t i = l->first; i < l->first + l->n; i++)
		sum += in->step.at[i].k * in->value[in->step.at[i].var];
	return sum;
}

static int64_t linear_factor(const struct interp *in, const struct linear *l, var_id v)
{
	int64_t k = 0;
	for (uint32_t i = l->first; i < l->first + l->n; i++)
		k += in->step.at[i].var == v ? in->step.at[i].k : 0;
	return k;
}

static double eval(struct interp *in, uint32_t node);

/* Where the read n finds its element; *rows: in the start. NULL: failed. */
static const double *locate(struct interp *in, const struct node *n, bool *rows)
{
	static const double nothing;
	int64_t step = n->timed ? linear_eval(in, &n->time) : 0;
	const struct tensor *t = &in->c->tensor.at[n->tensor];
	*rows = step < 0;
	if (*rows && step < -(int64_t)t->history) {
		fail(in, n->loc, "step %lld of '%s' is read, which does not exist", (long long)step, t->name);
		return &nothing;
	}
	int64_t at = linear_eval(in, *rows ? &n->row_at : &n->at);
	for (uint32_t i = n->first; i < n->first + n->n; i++) {
		const struct gather *g = &in->gather.at[i];
		int64_t id = (int64_t)eval(in, g->node);
		if (in->failed || id < 0 || id >= g->extent) {
			fail(in, n->loc, "the id %lld from %s is outside '%s', which has %lld rows", (long long)id,
			     expr_text(in->c, g->read), t->name, (long long)g->extent);
			return &nothing;
		}
		at += id * (*rows ? g->row_stride : g->stride);
	}
	if (*rows)
		return in->start[n->tensor] + ((int64_t)t->history + step) * in->row[n->tensor] + at;
	return in->r->value[n->tensor].f + (n->timed ? step * in->stride[n->tensor][t->time] : 0) + at;
}

static bool over_begin(struct interp *in, const struct over *o)
{
	for (uint32_t i = 0; i < o->n; i++) {
		in->value[o->axis[i]] = 0;
		if (!o->extent[i])
			return false;
	}
	return true;
}

static bool over_next(struct interp *in, const struct over *o)
{
	for (uint32_t i = o->n; i--;) {
		if (++in->value[o->axis[i]] < o->extent[i])
			return !in->failed;
		in->value[o->axis[i]] = 0;
	}
	return false;
}

/* acc plus (minus) the products of two reads along one axis: pointers that step. False: the term is another kind. */
static bool fold_products(struct interp *in, const struct term_of_fold *t, double *acc)
{
	const struct node *mul = &in->node.at[t->node];
	if (mul->kind != N_OP || mul->op != OP_MUL || t->over.n != 1)
		return false;
	const struct node *a = &in->node.at[mul->arg[0]], *b = &in->node.at[mul->arg[1]];
	var_id k = t->over.axis[0];
	if (a->kind != N_READ || b->kind != N_READ || a->n || b->n || linear_factor(in, &a->time, k) ||
	    linear_factor(in, &b->time, k))
		return false;
	bool a_rows, b_rows;
	if (!over_begin(in, &t->over))
		return true;
	const double *pa = locate(in, a, &a_rows), *pb = locate(in, b, &b_rows);
	int64_t sa = linear_factor(in, a_rows ? &a->row_at : &a->at, k);
	int64_t sb = linear_factor(in, b_rows ? &b->row_at : &b->at, k);
	double sum = *acc;
	for (int64_t i = 0; !in->failed && i < t->over.extent[0]; i++) {
		double product = pa[i * sa] * pb[i * sb];
		sum = t->minus ? sum - product : sum + product;
	}
	*acc = sum;
	return true;
}

static double eval_fold(struct interp *in, const struct node *n)
{
	double acc = 0;
	bool empty = n->late == 0;
	for (uint32_t i = 0; i < n->n; i++) {
		const struct term_of_fold *t = &in->term.at[n->first + i];
		if (i >= n->init && i < n->late) {
			if (fold_products(in, t, &acc) || !over_begin(in, &t->over))
				continue;
			do {
				double x = eval(in, t->node);
				acc = t->minus ? acc - x : acc + x;
			} while (over_next(in, &t->over));
			continue;
		}
		double x = eval(in, t->node);
		if (i == 0 && (n->init || empty))
			acc = t->minus ? -x : x;
		else
			acc = t->minus ? acc - x : acc + x;
	}
	return acc;
}

static double eval_reduce(struct interp *in, const struct node *n)
{
	double acc = reduce_identity(n->op, n->type);
	if (!over_begin(in, &n->over))
		return acc;
	do {
		double x = eval(in, n->arg[0]);
		acc = n->op == RED_PROD ? acc * x : op_eval(n->op == RED_AMAX ? OP_MAX : OP_MIN, acc, x, 0);
	} while (over_next(in, &n->over));
	return acc;
}

static double eval(struct interp *in, uint32_t node)
{
	const struct node *n = &in->node.at[node];
	bool rows;
	switch (n->kind) {
	case N_NUM:  return n->num;
	case N_INT:  return (double)linear_eval(in, &n->at);
	case N_POLY: return (double)poly_eval(in->c, n->poly, in->value);
	case N_READ: return *locate(in, n, &rows);
	case N_FOLD: return eval_fold(in, n);
	case N_REDUCE: return eval_reduce(in, n);
	case N_CAST: {
		double x = eval(in, n->arg[0]);
		return n->type == RNN_I32 || n->type == RNN_I64 ? trunc(x) : x;
	}
	default: {
		int arity = op_info[n->op].arity;
		double a = eval(in, n->arg[0]), b = arity > 1 ? eval(in, n->arg[1]) : 0;
		return op_eval(n->op, a, b, arity > 2 ? eval(in, n->arg[2]) : 0);
	}
	}
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

/* The definition d over all axes of its left side but `time`. */
static void run_def(struct interp *in, def_id id, var_id time)
{
	struct ctx *c = in->c;
	const struct def *d = &c->def.at[id];
	const struct tensor *t = &c->tensor.at[d->tensor];
	double *to = in->r->value[d->tensor].f;
	const int64_t *stride = in->stride[d->tensor];
	struct over o = { 0 };
	int64_t step[8], base = 0, k;
	for (uint32_t i = 0; i < d->nidx; i++) {
		var_id axis = equations_axis(c, d->idx[i]);
		if (!axis && poly_const(c, d->idx[i], &k) && k < 0) {
			to = in->start[d->tensor] + ((int64_t)t->history + k) * in->row[d->tensor];
			stride = in->row_stride[d->tensor];
		}
	}
	for (uint32_t i = 0; i < d->nidx; i++) {
		var_id axis = equations_axis(c, d->idx[i]);
		if (axis && axis != time) {
			o.axis[o.n] = axis;
			o.extent[o.n] = poly_eval(c, t->extent[i], in->value);
			step[o.n++] = stride[i];
		} else if (axis) {
			base += in->value[time] * stride[i];
		} else if (poly_const(c, d->idx[i], &k) && k >= 0) {
			base += k * stride[i];
		}
	}
	if (!over_begin(in, &o))
		return;
	do {
		int64_t at = base;
		for (uint32_t i = 0; i < o.n; i++)
			at += in->value[o.axis[i]] * step[i];
		to[at] = eval(in, in->root[id]);
	} while (over_next(in, &o));
}

static void run_group(struct interp *in, const struct eq_group *g)
{
	struct ctx *c = in->c;
	if (!g->recurrent) {
		const struct def *d = &c->def.at[g->def.at[0]];
		const struct tensor *t = &c->tensor.at[d->tensor];
		int64_t k;
		bool start = t->time >= 0 && poly_const(c, d->idx[t->time], &k) && k < 0;
		if (!start || !in->r->state[d->tensor].f || in->r->fresh)       /* the caller's state comes before the model's start */
			run_def(in, g->def.at[0], 0);
		return;
	}
	int64_t steps = poly_eval(c, c->var.at[g->time].extent, in->value);
	for (int64_t t = 0; t < steps && !in->failed; t++) {
		for (uint32_t i = 0; i < g->def.n && !in->failed; i++) {
			in->value[g->time] = t;
			run_def(in, g->def.at[i], g->time);
		}
	}
}

static void make_tensor(struct interp *in, tensor_id id)
{
	struct ctx *c = in->c;
	const struct tensor *t = &c->tensor.at[id];
	struct array *a = &in->r->value[id];
	int64_t n = 1, row = 1;
	for (uint32_t i = t->rank; i--;) {
		a->shape[i] = poly_eval(c, t->extent[i], in->value);
		in->stride[id][i] = n;
		in->row_stride[id][i] = (int)i == t->time ? 0 : row;
		n *= a->shape[i];
		row *= (int)i == t->time ? 1 : a->shape[i];
	}
	a->type = t->type;
	a->rank = t->rank;
	in->row[id] = row;
	if (t->role != ROLE_INPUT && t->role != ROLE_PARAM)
		a->f = base_alloc(c, ((size_t)n + 1) * sizeof *a->f);
	else if (!a->f && n)
		fail(in, t->loc, "no values are given for '%s'", t->name);
	if (!t->history)
		return;
	in->start[id] = base_alloc(c, ((size_t)t->history * (size_t)row + 1) * sizeof *in->start[id]);
	if (in->r->state[id].f && !in->r->fresh)
		memcpy(in->start[id], in->r->state[id].f, (size_t)t->history * (size_t)row * sizeof *in->start[id]);
}

/* Step `step` of tensor id, which may lie before the first, as one row. */
static void copy_step(struct interp *in, tensor_id id, int64_t step, double *to)
{
	const struct tensor *t = &in->c->tensor.at[id];
	const struct array *a = &in->r->value[id];
	int64_t row = in->row[id], inner = in->stride[id][t->time];
	if (step < 0) {
		memcpy(to, in->start[id] + ((int64_t)t->history + step) * row, (size_t)row * sizeof *to);
		return;
	}
	for (int64_t i = 0; i < row; i++)
		to[i] = a->f[(i / inner * a->shape[t->time] + step) * inner + i % inner];
}

static void save_states(struct interp *in)
{
	for (tensor_id id = 1; id < in->c->tensor.n; id++) {
		const struct tensor *t = &in->c->tensor.at[id];
		for (uint32_t k = 0; t->history && in->r->state[id].f && k < t->history; k++)
			copy_step(in, id, in->r->value[id].shape[t->time] - (int64_t)t->history + k,
			          in->r->state[id].f + (int64_t)k * in->row[id]);
	}
}

/* Rows of a backward recurrence were made last step first; callers want them in the order of time. */
static void turn_rows(struct interp *in, tensor_id id)
{
	const struct tensor *t = &in->c->tensor.at[id];
	const struct array *a = &in->r->value[id];
	int64_t n = 1, steps = a->shape[t->time], inner = in->stride[id][t->time];
	for (uint32_t i = 0; i < t->rank; i++)
		n *= a->shape[i];
	for (int64_t i = 0; i < n; i++) {
		int64_t step = i / inner % steps, other = i + (steps - 1 - 2 * step) * inner;
		if (other <= i)
			continue;
		double keep = a->f[i];
		a->f[i] = a->f[other];
		a->f[other] = keep;
	}
}

bool equations_run(struct ctx *c, struct equations_run *r)
{
	struct interp in = { .c = c, .r = r };
	size_t tensors = c->tensor.n;
	r->error[0] = 0;
	if (!r->state)
		r->state = base_alloc(c, tensors * sizeof *r->state);
	in.value = base_alloc(c, c->var.n * sizeof *in.value);
	in.stride = base_alloc(c, tensors * sizeof *in.stride);
	in.row_stride = base_alloc(c, tensors * sizeof *in.row_stride);
	in.start = base_alloc(c, tensors * sizeof *in.start);
	in.row = base_alloc(c, tensors * sizeof *in.row);
	in.root = base_alloc(c, c->def.n * sizeof *in.root);
	for (uint32_t i = 1; i < c->dim.n; i++)
		if (c->dim.at[i].var)
			in.value[c->dim.at[i].var] = r->dim[i];
	for (tensor_id id = 1; id < tensors; id++)
		make_tensor(&in, id);
	for (def_id d = 1; d < c->def.n && !in.failed; d++)
		in.root[d] = compile(&in, c->def.at[d].rhs);
	struct eq_graph *g = equations_graph(c);
	for (uint32_t i = 0; i < g->group.n && !in.failed; i++)
		run_group(&in, &g->group.at[i]);
	if (!in.failed)
		save_states(&in);
	for (tensor_id id = 1; id < tensors; id++)
		if (c->tensor.at[id].backward)
			turn_rows(&in, id);
	return !in.failed;
}
