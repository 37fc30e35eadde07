/* partition.c · loops are cut where a condition on their counter changes
 *
 *   for k in 0..90:                                          for k in 0..24:
 *     y[k] = where(k < 24, a[min(k, 23)], 0)                   y[k] = a[k] + 0
 *            + where(k >= 24, x[max(0, k - 24)], 0)    =>    for k in 0..66:
 *                                                              y[k + 24] = 0 + x[k]
 *
 * Windows that end outside, joined and shifted tensors are written so (ir/equations_sugar.c). In each part the conditions hold or do
 * not, so they go, and with them the limits of indices, which made vectors gather. What a condition reads beside the counter must be
 * constants and counters inside the loop: a tile of two columns is one at the edge of a picture, where lanes differ, or one
 * inside, where all are alike. Halide calls this loop partitioning.
 *
 * Loops over time and those that threads share stay whole; so do loops with more than SEAMS places to cut, or that would make too much code.
 *
 * Needs:      unrolled loops are gone: their counters are constants. */
#include "lower/lower.h"

#include <math.h>

enum { SEAMS = 4, CODE = 512 /* statements, in all parts */ };

/* ---- conditions -------------------------------------------------------------------------------------------------- */

static bool whole(struct ctx *c, expr_id e, poly_id *p)
{
	const struct expr x = c->expr.at[e];
	bool number = x.kind == X_NUM && fabs(x.num) < 1 << 30 && x.num == floor(x.num);
	*p = number ? poly_int(c, (int64_t)x.num) : x.poly;
	return number || x.kind == X_POLY;
}

/* A comparison of indices, and not of numbers that the model gives, as d < 0, or as its negation, or as d = 0. */
static bool difference(struct ctx *c, const struct expr *x, poly_id *d, bool *equal)
{
	poly_id a, b;
	if (x->kind != X_OP || x->op < OP_LT || x->op > OP_NE || !whole(c, x->arg[0], &a) || !whole(c, x->arg[1], &b) ||
	    (c->expr.at[x->arg[0]].kind != X_POLY && c->expr.at[x->arg[1]].kind != X_POLY))
		return false;
	*d = poly_sub(c, a, b);
	*equal = x->op == OP_EQ || x->op == OP_NE;
	if (x->op == OP_LE || x->op == OP_GT)
		*d = poly_sub(c, *d, poly_int(c, 1));
	return true;
}

enum truth { NEVER, SOMETIMES, ALWAYS };

static enum truth opposite(enum truth t) { return (enum truth)(ALWAYS - t); }

static enum truth holds(struct ctx *c, expr_id e)
{
	const struct expr x = c->expr.at[e];
	poly_id d;
	bool equal;
	int64_t lo, hi;
	if (difference(c, &x, &d, &equal)) {
		if (!poly_range(c, d, &lo, &hi))
			return SOMETIMES;
		enum truth t = equal ? (lo > 0 || hi < 0 ? NEVER : lo == 0 && hi == 0 ? ALWAYS : SOMETIMES) :
		               hi < 0 ? ALWAYS : lo >= 0 ? NEVER : SOMETIMES;
		return x.op == OP_GT || x.op == OP_GE || x.op == OP_NE ? opposite(t) : t;
	}
	if (x.kind != X_OP || (x.op != OP_AND && x.op != OP_OR && x.op != OP_NOT))
		return SOMETIMES;
	enum truth a = holds(c, x.arg[0]);
	if (x.op == OP_NOT)
		return opposite(a);
	enum truth b = holds(c, x.arg[1]);
	return x.op == OP_AND ? (a < b ? a : b) : a > b ? a : b;
}

static expr_id without_known(struct ctx *c, expr_id e, void *arg)
{
	const struct expr x = c->expr.at[e];
	(void)arg;
	if (x.kind != X_OP)
		return e;
	if (x.op == OP_WHERE) {
		enum truth t = LAW(partition_fold, true) ? holds(c, x.arg[0]) : ALWAYS;
		return t == ALWAYS ? x.arg[1] : t == NEVER ? x.arg[2] : e;
	}
	if (x.op != OP_AND && x.op != OP_OR)
		return e;
	const enum truth neutral = x.op == OP_AND ? ALWAYS : NEVER;  /* what is left of `a and b` where a always holds is b */
	return holds(c, x.arg[0]) == neutral ? x.arg[1] : holds(c, x.arg[1]) == neutral ? x.arg[0] : e;
}

/* Is e the element that the statement stores to? */
static bool is_own(struct ctx *c, expr_id e, void *store)
{
	const struct stmt *s = store;
	const struct expr *x = &c->expr.at[e];
	bool own = x->kind == X_LOAD && x->of == s->of;
	for (uint32_t d = 0; own && d < x->nidx; d++)
		own = c->expr.at[c->list.at[x->idx + d]].poly == c->expr.at[c->list.at[s->idx + d]].poly;
	return own;
}

/* What completes a sum in its place goes on reading it. */
static void fold(struct ctx *c, stmt_id s)
{
	struct stmt x = c->stmt.at[s];
	expr_id value = expr_map(c, x.value, without_known, NULL);
	if (expr_any(c, value, is_own, &x) || !expr_any(c, x.value, is_own, &x))
		c->stmt.at[s].value = value;
}

/* ---- where to cut ------------------------------------------------------------------------------------------------ */

struct seams { const idvec *open; var_id v; int64_t extent, at[SEAMS + 1]; uint32_t n; };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

static void add_seam(struct seams *s, int64_t at)
{
	bool known = at <= 0 || at >= s->extent || s->n > SEAMS;
	for (uint32_t i = 0; i < s->n; i++)
		known |= s->at[i] == at;
	if (known)
		return;
	uint32_t i = s->n++;
	for (; i > 0 && s->at[i - 1] > at; i--)
		s->at[i] = s->at[i - 1];
	s->at[i] = at;
}

/* Where `f v + rest < 0` begins and ends to depend on the rest. */
static void add_seams(struct seams *s, int64_t f, int64_t lo, int64_t hi)
{
	if (f > 0) {
		add_seam(s, floor_div(-hi - 1, f) + 1);
		add_seam(s, floor_div(-lo - 1, f) + 1);
	} else {
		add_seam(s, floor_div(lo, -f) + 1);
		add_seam(s, floor_div(hi, -f) + 1);
	}
}

static bool find_seam(struct ctx *c, expr_id e, void *arg)
{
	struct seams *s = arg;
	poly_id d;
	bool equal;
	int64_t lo, hi;
	const struct expr x = c->expr.at[e];
	if (!difference(c, &x, &d, &equal) || !poly_uses(c, d, s->v) || !poly_linear_in(c, d, s->v))
		return false;
	poly_id rest = poly_without(c, d, s->v);
	for (uint32_t i = 0; i < s->open->n; i++)
		if (poly_uses(c, rest, s->open->at[i]))
			return false;
	if (!poly_range(c, rest, &lo, &hi))
		return false;
	add_seams(s, poly_coef(c, d, s->v), lo, hi);
	if (equal)                                               /* d < 1 as well */
		add_seams(s, poly_coef(c, d, s->v), lo - 1, hi - 1);
	return false;
}

static bool find_seams(struct ctx *c, stmt_id s, void *arg)
{
	if (c->stmt.at[s].kind == S_STORE)
		expr_any(c, c->stmt.at[s].value, find_seam, arg);
	return false;
}

static bool count(struct ctx *c, stmt_id s, void *n)
{
	(void)c, (void)s;
	++*(uint32_t *)n;
	return false;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

static stmt_id partition(struct ctx *c, stmt_id s, const idvec *open);

static stmt_id cut(struct ctx *c, stmt_id s, const struct seams *k, const idvec *open)
{
	const struct stmt x = c->stmt.at[s];
	stmt_id out = 0;
	for (uint32_t i = 0; i <= k->n; i++) {
		int64_t first = i ? k->at[i - 1] : 0, extent = (i < k->n ? k->at[i] : k->extent) - first;
		if (extent == 1) {
			out = stmt_join(c, out, partition(c, stmt_clone(c, x.body, x.var, poly_int(c, first)), open));
			continue;
		}
		var_id v = var_new(c, VAR_LOOP, c->var.at[x.var].name, poly_int(c, extent), c->var.at[x.var].loc);
		stmt_id body = stmt_clone(c, x.body, x.var, poly_add(c, poly_var(c, v), poly_int(c, LAW(partition_first, true) ? first : 0)));
		stmt_id part = stmt_for(c, v, poly_int(c, extent), x.flavor, body, x.stage, x.loc);
		out = stmt_join(c, out, partition(c, part, open));
	}
	return out;
}

static stmt_id partition(struct ctx *c, stmt_id s, const idvec *open)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		const struct stmt x = c->stmt.at[s];
		struct seams k = { .open = open, .v = x.var };
		bool own = x.kind == S_FOR && x.flavor == LOOP_SERIAL && !x.from && !x.alternate && !x.prefetch && poly_const(c, x.extent, &k.extent);
		if (own)
			stmt_any(c, x.body, find_seams, &k);
		uint32_t size = 0;
		if (k.n)
			stmt_any(c, x.body, count, &size);
		if (k.n && k.n <= SEAMS && size * (k.n + 1) <= CODE) {
			c->program->partitioned++;
			out = stmt_join(c, out, cut(c, s, &k, open));
			continue;
		}
		idvec inner = { open->at, open->n, open->n };  /* what is pushed must not be seen outside */
		if (x.kind == S_FOR)
			VEC_PUSH(c, inner, x.var);
		stmt_id body = partition(c, x.body, &inner), other = partition(c, x.other, open);
		stmt_set_body(c, s, body);
		stmt_set_other(c, s, other);
		if (x.kind == S_STORE)
			fold(c, s);
		out = stmt_join(c, out, s);
	}
	return out;
}

bool loops_partition(struct ctx *c)
{
	idvec open = { 0 };
	stmt_id body = partition(c, c->body, &open);
	c->body = body;
	return true;
}
