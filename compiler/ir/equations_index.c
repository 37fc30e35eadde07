/* equations_index.c · axes and indices of a model: extents, binding, ranges (see equations.h)
 *
 * An axis that stands alone as an index has the extent of the dim that it indexes. All such places must agree. */
#include "ir/equations.h"

/* ---- extents of axes --------------------------------------------------------------------------------------------- */

struct seen { tensor_id tensor; uint32_t dim; def_id def; loc_t loc; };     /* where an axis got its extent */
struct extents {
	struct ctx *c;
	struct seen *seen;
	def_id def;
	bool *padded;              /* [expr_id]: a read of x:pad(), which gives an axis its extent only where nothing else does */
};

static void unify(struct extents *x, var_id axis, tensor_id tensor, uint32_t dim, loc_t loc)
{
	struct ctx *c = x->c;
	struct var *v = &c->var.at[axis];
	struct seen *s = &x->seen[axis];
	const struct tensor *t = &c->tensor.at[tensor];
	if (!v->extent || v->extent == t->extent[dim]) {
		v->extent = t->extent[dim];
		if (!s->tensor)
			*s = (struct seen){ tensor, dim, x->def, loc };
		return;
	}
	enum diag_id id = s->def == x->def ? ERR_shape_clash : ERR_axis_two_extents;
	diag(c, id, loc, "axis '%s' runs over %s in dim %u of '%s' but over %s %s", v->name, poly_text(c, t->extent[dim]),
	     dim, t->name, poly_text(c, v->extent),
	     s->tensor ? base_internf(c, "in dim %u of '%s'", s->dim, c->tensor.at[s->tensor].name) :
	     "where it is declared");
	if (s->tensor)
		diag_note(c, s->loc, "'%s' indexes '%s' here", v->name, c->tensor.at[s->tensor].name);
	else
		diag_note(c, v->loc, "'%s' is declared here", v->name);
}

static bool read_extents(struct ctx *c, expr_id e, void *arg)
{
	const struct expr x = c->expr.at[e];
	struct extents *of = arg;
	if (x.kind == X_OP && x.op == OP_PAD)
		of->padded[x.arg[0]] = true;
	for (uint32_t i = 0; x.kind == X_READ && !of->padded[e] && i < x.nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x.idx + i]];
		var_id axis = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
		if (axis)
			unify(arg, axis, x.of, i, x.loc);
	}
	return false;
}

static bool padded_extents(struct ctx *c, expr_id e, void *arg)
{
	const struct expr x = c->expr.at[e];
	struct extents *of = arg;
	for (uint32_t i = 0; x.kind == X_READ && of->padded[e] && i < x.nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x.idx + i]];
		var_id axis = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
		if (axis && !c->var.at[axis].extent)
			unify(of, axis, x.of, i, x.loc);
	}
	return false;
}

void equations_extents(struct ctx *c)
{
	struct extents x = { c, base_alloc(c, c->var.n * sizeof *x.seen), 0, base_alloc(c, c->expr.n) };
	for (x.def = 1; x.def < c->def.n; x.def++) {
		const struct def *d = &c->def.at[x.def];
		for (uint32_t i = 0; i < d->nidx; i++) {
			var_id axis = equations_axis(c, d->idx[i]);
			if (axis)
				unify(&x, axis, d->tensor, i, d->loc);
		}
		expr_any(c, d->rhs, read_extents, &x);
	}
	for (x.def = 1; x.def < c->def.n; x.def++)
		expr_any(c, c->def.at[x.def].rhs, padded_extents, &x);
}

/* ---- where axes are bound ---------------------------------------------------------------------------------------- */

struct binding { struct ctx *c; const struct def *d; idvec bound, reduced, told; uint32_t depth; };

/* Once an axis and definition is enough. */
static bool tell(struct binding *b, var_id v)
{
	if (idvec_has(&b->told, v))
		return false;
	VEC_PUSH(b->c, b->told, v);
	return true;
}

static void bind_poly(struct binding *b, poly_id p, loc_t loc)
{
	struct ctx *c = b->c;
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		for (int k = 0; k < t[i].n; k++) {
			var_id v = t[i].var[k];
			if (c->var.at[v].kind != VAR_AXIS || idvec_has(&b->bound, v) || !tell(b, v))
				continue;
			if (idvec_has(&b->reduced, v))
				diag(c, ERR_axis_escapes, loc, "axis '%s' is used outside its reduction", c->var.at[v].name);
			else
				diag(c, ERR_axis_unbound, loc, "axis '%s' is neither on the left of '%s' nor reduced over",
				     c->var.at[v].name, c->tensor.at[b->d->tensor].name);
		}
	}
}

static void bind_expr(struct binding *b, expr_id e);

static void bind_reduce(struct binding *b, const struct expr *x)
{
	struct ctx *c = b->c;
	uint32_t outside = b->bound.n;
	if (b->depth)
		diag(c, ERR_nested_reduction, x->loc, "a reduction inside another one");
	for (uint32_t i = 0; i < x->nidx; i++) {
		var_id v = c->list.at[x->idx + i];
		if (idvec_has(&b->bound, v) && !b->depth && tell(b, v)) {
			diag(c, ERR_axis_escapes, x->loc, "the reduction runs over axis '%s', which also indexes the left side",
			     c->var.at[v].name);
			diag_fix(c, "reduce over an axis of its own");
		}
		if (!c->var.at[v].extent && tell(b, v)) {
			diag(c, ERR_axis_unbound, x->loc, "axis '%s' has no extent: it stands alone in no index",
			     c->var.at[v].name);
			diag_fix(c, "give it one: axis(\"%s\", EXTENT)", c->var.at[v].name);
		}
	}
	for (uint32_t i = 0; i < x->nidx; i++) {
		VEC_PUSH(c, b->bound, c->list.at[x->idx + i]);
		VEC_PUSH(c, b->reduced, c->list.at[x->idx + i]);
	}
	b->depth++;
	bind_expr(b, x->arg[0]);
	b->depth--;
	b->bound.n = outside;
}

static void bind_expr(struct binding *b, expr_id e)
{
	struct expr x = b->c->expr.at[e];
	switch (x.kind) {
	case X_POLY:
		bind_poly(b, x.poly, x.loc);
		break;
	case X_READ:
		for (uint32_t i = 0; i < x.nidx; i++)
			bind_expr(b, b->c->list.at[x.idx + i]);
		break;
	case X_REDUCE:
		bind_reduce(b, &x);
		break;
	case X_OP: case X_CAST:
		for (int i = 0; i < (x.kind == X_OP ? op_info[x.op].arity : 1); i++)
			bind_expr(b, x.arg[i]);
		break;
	}
}

static bool reduced_axes(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	idvec *reduced = arg;
	for (uint32_t i = 0; x->kind == X_REDUCE && i < x->nidx; i++)
		VEC_PUSH(c, *reduced, c->list.at[x->idx + i]);
	return false;
}

/* Two axes of one name in one definition could not be told apart by a schedule. */
static void same_names(struct binding *b)
{
	struct ctx *c = b->c;
	idvec all = { 0 };
	for (uint32_t i = 0; i < b->bound.n + b->reduced.n; i++) {
		var_id v = i < b->bound.n ? b->bound.at[i] : b->reduced.at[i - b->bound.n];
		for (uint32_t k = 0; k < all.n; k++) {
			if (all.at[k] == v || strcmp(c->var.at[all.at[k]].name, c->var.at[v].name))
				continue;
			diag(c, ERR_redefinition, b->d->loc, "two axes of this definition are called '%s'", c->var.at[v].name);
			diag_fix(c, "give one of them another name");
			return;
		}
		VEC_PUSH(c, all, v);
	}
}

void equations_binding(struct ctx *c)
{
	for (def_id d = 1; d < c->def.n; d++) {
		struct binding b = { .c = c, .d = &c->def.at[d] };
		for (uint32_t i = 0; i < b.d->nidx; i++) {
			var_id axis = equations_axis(c, b.d->idx[i]);
			if (axis)
				VEC_PUSH(c, b.bound, axis);
		}
		expr_any(c, b.d->rhs, reduced_axes, &b.reduced);
		same_names(&b);
		bind_expr(&b, b.d->rhs);
	}
}

/* ---- reads inside their extents ---------------------------------------------------------------------------------- */

/* Is p >= 0 for all values of dims? Lower bounds come with poly_range even where the upper side is open. */
static bool never_negative(struct ctx *c, poly_id p)
{
	int64_t lo = -1, hi = 0;
	poly_range(c, p, &lo, &hi);
	return lo >= 0;
}

/* p with every axis at the end of its range that makes p smallest (or largest). */
static poly_id extreme(struct ctx *c, poly_id p, bool largest)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		if (t[i].n != 1 || c->var.at[t[i].var[0]].kind != VAR_AXIS)
			continue;
		var_id v = t[i].var[0];
		poly_id last = poly_sub(c, c->var.at[v].extent, poly_int(c, 1));
		p = poly_subst(c, p, v, (t[i].factor > 0) == largest ? last : poly_int(c, 0));
	}
	return p;
}

/* The index p in dim `dim` of the tensor that x reads. So many steps before the first and after the last exist. */
static void check_range(struct ctx *c, const struct expr *x, uint32_t dim, poly_id p, uint32_t before, uint32_t after)
{
	const struct tensor *t = &c->tensor.at[x->of];
	poly_id lo = extreme(c, p, false), hi = extreme(c, p, true);
	poly_id room = poly_sub(c, poly_sub(c, t->extent[dim], poly_int(c, 1)), hi);
	int64_t k;
	if (never_negative(c, poly_add(c, lo, poly_int(c, before))) && never_negative(c, poly_add(c, room, poly_int(c, after))))
		return;
	bool surely = (poly_const(c, lo, &k) && k < 0) || (poly_const(c, room, &k) && k < 0);
	diag(c, ERR_out_of_range, x->loc, "index '%s' %s dim %u of '%s', which has %s elements", poly_text(c, p),
	     surely ? "leaves" : "is not known to stay inside", dim, t->name, poly_text(c, t->extent[dim]));
}

/* The axis t of t, t-k and t+k; 0: p is no distance in time, as in 2*t+p or T-1-t, but an index like any other. */
static var_id time_axis(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *term = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		if (term[i].n == 1 && term[i].factor == 1 && c->var.at[term[i].var[0]].is_time)
			return term[i].var[0];
	return 0;
}

/* The index p of the time dim, which holds the axis `time`: it must be t or t-k. */
static void check_steps_back(struct ctx *c, const struct expr *x, uint32_t dim, poly_id p, var_id time)
{
	struct tensor *t = &c->tensor.at[x->of];
	const char *name = c->var.at[time].name;
	int64_t k;
	if (!poly_const(c, poly_sub(c, poly_var(c, time), p), &k)) {
		diag(c, ERR_index, x->loc, "time is read at '%s'", poly_text(c, p));
		diag_fix(c, "read steps at %s or %s-k", name, name);
	} else if (k > 1024 || k < -1024) {
		diag(c, ERR_index, x->loc, "'%s' reads more than 1024 steps away", poly_text(c, p));
	} else if (c->var.at[time].extent != t->extent[dim]) {
		diag(c, ERR_shape_clash, x->loc, "axis '%s' runs over %s but '%s' has %s steps", name,
		     poly_text(c, c->var.at[time].extent), t->name, poly_text(c, t->extent[dim]));
	} else if (k > (int64_t)t->history) {
		t->history = (uint32_t)k;
	} else if (-k > (int64_t)t->ahead) {
		t->ahead = (uint32_t)-k;
	}
}

/* x:pad() has limited the index. */
static bool is_padded(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *term = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		if (term[i].n && c->var.at[term[i].var[0]].kind >= VAR_MIN)
			return true;
	return false;
}

/* Time first: it finds how many steps before the first each tensor has. A run may have no step at all; h[T-1] is then
 * the last of those, b[0] of a backward recurrence the first of those after the end. */
static bool read_ranges(struct ctx *c, expr_id e, void *arg)
{
	const bool *time_pass = arg;
	const struct expr x = c->expr.at[e];
	for (uint32_t i = 0; x.kind == X_READ && i < x.nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x.idx + i]];
		if (p->kind != X_POLY || equations_axis(c, p->poly) || is_padded(c, p->poly))
			continue;
		const struct tensor *t = &c->tensor.at[x.of];
		var_id time = t->time == (int)i ? time_axis(c, p->poly) : 0;
		int64_t k;
		bool from_end = t->time == (int)i && poly_const(c, poly_sub(c, t->extent[i], p->poly), &k) && k > 0;
		bool from_start = t->time == (int)i && poly_const(c, p->poly, &k) && k >= 0;
		if (time && *time_pass)
			check_steps_back(c, &x, i, p->poly, time);
		else if (!time && !*time_pass)
			check_range(c, &x, i, p->poly, from_end ? t->history : 0, from_start ? t->ahead : 0);
	}
	return false;
}

void equations_ranges(struct ctx *c)
{
	for (int pass = 0; pass < 2; pass++) {
		bool time_pass = pass == 0;
		for (def_id d = 1; d < c->def.n; d++)
			expr_any(c, c->def.at[d].rhs, read_ranges, &time_pass);
	}
}
