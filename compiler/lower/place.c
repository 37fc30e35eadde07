/* place.c · how much of a stage is computed inside a loop of another (compute_at)
 *
 * The region of a producer p at loop `level` of its host is what everything inside that loop reads of p:
 *   host         its own elements: loops up to `level` are fixed, loops inside run over their whole extent
 *   others       computed inside too: their region follows from their own readers, host last
 * A region is a base (affine in the fixed loops) and an extent for each axis.
 *
 * Guarantees: no element is computed twice, and of tensors that are kept (outputs, states) every element is computed.
 * Both hold where, along each dim, base + 0..extent-1 is a mixed-radix number whose digits are fixed loops, and each
 * fixed loop is a digit of some dim; otherwise the directive is refused. */
#include "lower/lower.h"

int axis_index(const struct stage *s, var_id axis)
{
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (s->axes.at[i] == axis)
			return (int)i;
	return -1;
}

static bool runs_inside(const struct stage *s, int loop, int level)
{
	for (int p = 0; p <= level; p++)
		if (s->order.at[p] == loop)
			return false;
	return true;
}

/* Are all leaves of a loop outside that level? */
static bool fixed_at(const struct stage *s, int loop, int level)
{
	const struct loop *l = &s->loop.at[loop];
	if (l->into >= 0)
		return fixed_at(s, l->into, level);
	return l->outer >= 0 ? fixed_at(s, l->outer, level) && fixed_at(s, l->inner, level) : !runs_inside(s, loop, level);
}

/* Region of a loop of the host that runs `most` times at most: base from the leaves fixed at level, extent from those
 * inside. Only fixed counters occur; where a split does not divide, the extent may reach over the end. */
static void loop_region(struct ctx *c, const struct stage *s, const struct inst *i, int loop, int level, poly_id most,
                        poly_id *base, poly_id *extent, bool *whole)
{
	const struct loop *l = &s->loop.at[loop];
	if (l->into >= 0) {  /* follows from the fused loop: fixed where that is, else taken for whole */
		*whole = !fixed_at(s, l->into, level);
		*base = *whole ? poly_int(c, 0) : i->val[loop];
		*extent = *whole ? most : poly_int(c, 1);
		return;
	}
	if (l->outer < 0) {
		*whole = runs_inside(s, loop, level);
		*base = *whole ? poly_int(c, 0) : i->val[loop];
		*extent = *whole ? most : poly_int(c, 1);
		return;
	}
	poly_id bo, eo, bi, ei;
	bool wo, wi;
	int64_t n;
	poly_id part = poly_int(c, poly_const(c, most, &n) && n < l->factor ? n : l->factor);
	loop_region(c, s, i, l->outer, level, poly_ceildiv(c, most, l->factor), &bo, &eo, &wo);
	loop_region(c, s, i, l->inner, level, part, &bi, &ei, &wi);
	*whole = wo && wi;
	if (l->tail == TAIL_SHIFT && !*whole) {  /* computed again at the end, and so refused by digits() */
		*base = fixed_at(s, l->outer, level) ? poly_min(c, poly_scale(c, bo, l->factor), poly_sub(c, i->ext[loop], part)) : poly_int(c, 0);
		*base = fixed_at(s, loop, level) ? i->val[loop] : *base;
		*extent = fixed_at(s, loop, level) ? poly_int(c, 1) : fixed_at(s, l->outer, level) ? part : most;
		return;
	}
	*base = poly_add(c, poly_scale(c, bo, l->factor), bi);
	*extent = *whole ? most : poly_add(c, poly_scale(c, poly_sub(c, eo, poly_int(c, 1)), l->factor), ei);
}

static struct place host_region(struct ctx *c, const struct inst *host, int level)
{
	const struct stage *s = &c->stage.at[host->s];
	struct place p = host->place;
	for (uint32_t l = 0; l < s->loop.n; l++) {
		bool whole;
		poly_id base, extent;
		int a = loop_is_axis(&s->loop.at[l]) && s->loop.at[l].acc < 0 ? axis_index(s, s->loop.at[l].axis) : -1;
		if (a < 0)
			continue;
		loop_region(c, s, host, (int)l, level, host->ext[l], &base, &extent, &whole);
		p.base[a] = poly_add(c, p.base[a], base);
		int64_t k;
		bool tiles = poly_const(c, extent, &k) && k > 0 && poly_multiple(c, base) % k == 0 && poly_tiled(c, host->ext[l], k);
		if (!whole && !tiles)
			extent = poly_min(c, extent, poly_sub(c, host->ext[l], base));
		p.extent[a] = extent;
	}
	return p;
}

struct region_search {
	struct nest *n;
	stage_id producer;
	const struct stage *reader;
	const struct place *at;
	struct place *out;
	bool any;
	uint32_t unknown;          /* axes whose region cannot be told: all of them is computed */
};

/* Union with [base, base + extent) along axis a. */
static void widen(struct region_search *r, int a, poly_id base, poly_id extent)
{
	struct ctx *c = r->n->c;
	int64_t d, e1, e2;
	poly_id *b = &r->out->base[a], *e = &r->out->extent[a];
	if (!*b) {
		*b = base;
		*e = extent;
	} else if (*b == base) {
		*e = poly_max(c, *e, extent);
	} else if (poly_const(c, poly_sub(c, base, *b), &d) && poly_const(c, *e, &e1) && poly_const(c, extent, &e2)) {
		int64_t hi = e1 > d + e2 ? e1 : d + e2;
		if (d < 0) {
			*b = base;
			hi -= d;
		}
		*e = poly_int(c, hi);
	} else {
		r->unknown |= 1u << a;
	}
}

/* What an index reaches when each axis of the reader runs over its region. */
static void reach(struct region_search *r, poly_id p, int axis, poly_id *base, poly_id *extent)
{
	struct ctx *c = r->n->c;
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	*base = poly_int(c, 0);
	*extent = poly_int(c, 1);
	for (uint32_t i = 0; i < n; i++) {
		int a = t[i].n == 1 ? axis_index(r->reader, t[i].var[0]) : -1;
		const struct var *v = t[i].n ? &c->var.at[t[i].var[0]] : NULL;
		if (!t[i].n || (t[i].n == 1 && v->kind == VAR_DIM)) {
			poly_id one = t[i].n ? poly_var(c, t[i].var[0]) : poly_int(c, 1);
			*base = poly_add(c, *base, poly_scale(c, one, t[i].factor));
		} else if (t[i].n == 1 && v->kind == VAR_AXIS && t[i].factor > 0) {
			poly_id e = a >= 0 ? r->at->extent[a] : v->extent;
			if (a >= 0)
				*base = poly_add(c, *base, poly_scale(c, r->at->base[a], t[i].factor));
			*extent = poly_add(c, *extent, poly_scale(c, poly_sub(c, e, poly_int(c, 1)), t[i].factor));
		} else {
			r->unknown |= 1u << axis;
		}
	}
}

static bool add_read(struct ctx *c, expr_id e, void *arg)
{
	struct region_search *r = arg;
	const struct expr x = c->expr.at[e];
	const struct stage *p = &c->stage.at[r->producer];
	if (x.kind != X_READ || x.of != p->tensor)
		return false;
	for (uint32_t d = 0; d < x.nidx; d++) {
		uint32_t n;
		poly_id base, extent;
		const struct term *t = poly_terms(c, p->idx[d], &n);
		int a = n == 1 && t->n == 1 ? axis_index(p, t->var[0]) : -1;
		const struct expr *i = &c->expr.at[c->list.at[x.idx + d]];
		if (a < 0)
			continue;
		if (p->rec && p->axes.at[a] == p->time) {
			int64_t lag;  /* another step: not what is computed here */
			if (i->kind != X_POLY || (poly_const(c, poly_sub(c, i->poly, poly_var(c, p->time)), &lag) && lag != 0))
				return false;
			continue;
		}
		if (i->kind == X_POLY) {
			reach(r, i->poly, a, &base, &extent);
		} else {
			base = poly_int(c, 0);
			extent = c->tensor.at[p->tensor].extent[d];
		}
		widen(r, a, base, extent);
	}
	r->any = true;
	return false;
}

static stage_id leader_of(struct ctx *c, stage_id s) { return c->stage.at[s].with ? c->stage.at[s].with : s; }

static bool inside_of(struct ctx *c, stage_id s, stage_id host)
{
	for (int depth = 0; s && depth < 64; depth++) {
		s = leader_of(c, s);
		if (s == host)
			return true;
		s = c->stage.at[s].at;
	}
	return false;
}

static bool region_of(struct nest *n, stage_id p, struct inst *host, int level, int depth, struct place *out);

/* Adds what `reader` needs of p. */
static bool add_reader(struct region_search *r, stage_id reader, struct inst *host, int level, int depth)
{
	struct ctx *c = r->n->c;
	struct place at;
	if (leader_of(c, reader) == host->s)
		at = host_region(c, host, level);
	else if (!region_of(r->n, leader_of(c, reader), host, level, depth + 1, &at))
		return false;
	r->reader = &c->stage.at[reader];
	r->at = &at;
	for (uint32_t a = 0; a < r->reader->acc.n; a++) {
		expr_any(c, r->reader->acc.at[a].init, add_read, r);
		for (uint32_t u = 0; u < r->reader->acc.at[a].update.n; u++)
			expr_any(c, r->reader->acc.at[a].update.at[u].body, add_read, r);
	}
	expr_any(c, r->reader->epilogue, add_read, r);
	return true;
}

static bool region_of(struct nest *n, stage_id p, struct inst *host, int level, int depth, struct place *out)
{
	struct ctx *c = n->c;
	*out = (struct place){ { 0 }, { 0 } };
	struct region_search r = { .n = n, .out = out };
	for (stage_id m = 1; m < c->stage.n && depth < 64; m++) {  /* p and what is computed with it: one region for all */
		if (leader_of(c, m) != p)
			continue;
		r.producer = m;
		for (stage_id reader = 1; reader < c->stage.n; reader++) {
			bool reads = false;
			for (uint32_t i = 0; i < c->dep.n; i++)
				reads |= c->dep.at[i].writer == m && c->dep.at[i].reader == reader && c->dep.at[i].lag == 0;
			if (reads && leader_of(c, reader) != p && inside_of(c, reader, host->s) &&
			    !add_reader(&r, reader, host, level, depth))
				return false;
		}
	}
	const struct stage *s = &c->stage.at[p];
	for (uint32_t a = 0; a < s->axes.n; a++) {
		if (s->rec && s->axes.at[a] == s->time) {
			out->base[a] = host->place.base[axis_index(&c->stage.at[host->s], s->time)];
			out->extent[a] = poly_int(c, 1);
		} else if (!out->base[a] || (r.unknown >> a & 1)) {
			out->base[a] = poly_int(c, 0);
			out->extent[a] = c->var.at[s->axes.at[a]].extent;
		}
		out->extent[a] = pad_extent(c, s, s->axes.at[a], out->extent[a]);
	}
	return r.any;
}

/* The loop's counter that p is, alone; 0: it is something else. */
static var_id fused_counter(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	return n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_LOOP ? t->var[0] : 0;
}

/* A digit is a loop's counter, or counter / k or counter % k of a fused one; it runs over 0..*most-1. */
static bool is_digit(struct ctx *c, var_id v, int64_t *most)
{
	const struct var *x = &c->var.at[v];
	int64_t hi;
	if (x->kind == VAR_LOOP) {
		*most = poly_upper_exact(c, x->extent, &hi) ? hi : INT64_MAX;
		return true;
	}
	bool part = (x->kind == VAR_DIV || x->kind == VAR_MOD) && fused_counter(c, x->a);
	*most = !part ? 0 : x->kind == VAR_MOD ? x->k : poly_upper_exact(c, x->a, &hi) ? hi / x->k + 1 : INT64_MAX;
	return part;
}

/* Is the counter v of a loop among the digits, as itself or as v / k and v % k? */
static bool is_used(struct ctx *c, var_id v, const idvec *used)
{
	if (idvec_has(used, v))
		return true;
	for (uint32_t a = 0; a < used->n; a++) {
		const struct var *d = &c->var.at[used->at[a]];
		for (uint32_t b = 0; b < used->n && d->kind == VAR_DIV; b++) {
			const struct var *m = &c->var.at[used->at[b]];
			if (m->kind == VAR_MOD && m->a == d->a && m->k == d->k && fused_counter(c, d->a) == v)
				return true;
		}
	}
	return false;
}

/* Which digit is smaller? Of equal ones a loop of one iteration, such as that over the steps of a chunk of one. */
static bool digit_before(struct ctx *c, const struct term *a, const struct term *b)
{
	int64_t most;
	if (!a->n || !b->n || a->factor != b->factor)
		return !a->n || (b->n && a->factor < b->factor);
	return a->n == 1 && is_digit(c, a->var[0], &most) && most == 1;
}

/* Is base + 0..extent-1 a mixed-radix number over fixed loops? Marks the loops it uses. */
static bool digits(struct ctx *c, poly_id base, poly_id extent, idvec *used, poly_id full, bool must_cover)
{
	uint32_t n;
	int64_t step;
	const struct term *t = poly_terms(c, base, &n);
	if (!n) {
		int64_t a, b;
		return !must_cover || extent == full || (poly_const(c, extent, &a) && poly_const(c, full, &b) && a >= b);
	}
	poly_upper_exact(c, extent, &step);  /* a clipped extent counts as its largest */
	bool *done = base_alloc(c, n);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t next = n;
		for (uint32_t i = 0; i < n; i++)
			if (!done[i] && (next == n || digit_before(c, &t[i], &t[next])))
				next = i;
		if (!t[next].n && !must_cover) {  /* starts at a constant: as good as any other start */
			done[next] = true;
			continue;
		}
		int64_t most;
		if (t[next].n != 1 || t[next].factor != step || !is_digit(c, t[next].var[0], &most))
			return false;
		done[next] = true;
		VEC_PUSH(c, *used, t[next].var[0]);
		if (most != INT64_MAX)  /* clipped at the end: counts as full */
			step *= most;
		else if (k + 1 != n)
			return false;
	}
	return true;
}

/* Does the stage at the root run chunk by chunk of its time, and is a chunk no digit of what is computed inside? */
static bool again_in_chunks(struct ctx *c, const struct inst *root, const idvec *used)
{
	const struct stage *s = &c->stage.at[root->s];
	int time = s->rec || !s->in_time ? -1 : axis_index(s, s->time);
	uint32_t terms = 0;
	const struct term *t = time < 0 ? NULL : poly_terms(c, root->place.base[time], &terms);
	for (uint32_t i = 0; i < terms; i++)
		if (t[i].n == 1 && !is_used(c, t[i].var[0], used))
			return true;
	return false;
}

void place_region(struct nest *n, stage_id s, struct inst *host, int level, struct place *out)
{
	region_of(n, leader_of(n->c, s), host, level, 0, out);
}

/* Of p and what is computed with it a stage all of whose elements are kept; 0: there is none. */
static stage_id kept_of(struct ctx *c, stage_id p)
{
	for (stage_id m = 1; m < c->stage.n; m++)
		if (leader_of(c, m) == p && !sched_is_local(c, m))
			return m;
	return 0;
}

bool place_inside(struct nest *n, stage_id p, struct inst *host, int level, struct place *out)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[p], *h = &c->stage.at[host->s];
	const stage_id kept = LAW(region_with, true) ? kept_of(c, p) : sched_is_local(c, p) ? 0 : p;
	const bool local = !kept;
	idvec used = { 0 };
	if (!region_of(n, p, host, level, 0, out)) {
		diag(c, ERR_compute_at_place, s->at_loc, "%s is not read inside loop '%s' of %s", s->name, s->at_loop, h->name);
		return false;
	}
	for (uint32_t a = 0; a < s->axes.n; a++) {
		var_id axis = s->axes.at[a];
		poly_id full = pad_extent(c, s, axis, c->var.at[axis].extent);
		int64_t pad = pad_along(c, s, axis);
		if (s->rec && axis == s->time)
			continue;
		if (LAW(pad_region, pad && !poly_is(c, poly_mod(c, out->base[a], pad), 0))) {
			diag(c, ERR_tail, s->at_loc, "'%s' of %s is padded to a multiple of %lld, but inside loop '%s' of %s its tiles begin at %s",
			     c->var.at[axis].name, s->name, (long long)pad, s->at_loop, h->name, poly_text(c, out->base[a]));
			return false;
		}
		bool good = digits(c, out->base[a], out->extent[a], &used, full, !local);
		if (local ? good : !LAW(region_all, !good))
			continue;
		diag(c, local ? ERR_compute_at_again : ERR_compute_at_use, s->at_loc,
		     "inside loop '%s' of %s, elements of %s along '%s' %s", s->at_loop, h->name, c->stage.at[local ? p : kept].name,
		     c->var.at[axis].name, local ? "would be computed more than once" :
		     "are not all computed, but they are kept as output or state");
		diag_note(c, 0, "each iteration needs %s, %s of them", poly_text(c, out->base[a]), poly_text(c, out->extent[a]));
		return false;
	}
	for (uint32_t a = 0; a < used.n && !local; a++) {
		for (uint32_t b = 0; b < a; b++) {
			if (!LAW(region_diagonal, used.at[a] == used.at[b]))
				continue;
			diag(c, ERR_compute_at_use, s->at_loc, "inside loop '%s' of %s only a diagonal of %s is computed, but it is kept as output "
			     "or state", s->at_loop, h->name, c->stage.at[kept].name);
			return false;
		}
	}
	for (uint32_t k = 0; k < n->inside.n; k++) {
		const struct inst *o = n->inside.at[k];
		const struct stage *os = &c->stage.at[o->s];
		bool fixed = true;  /* loops up to the place of the next stage in */
		for (uint32_t q = 0; q < os->order.n && fixed; q++) {
			int l = os->order.at[q];
			bool counts = o->var[l] != 0;
			if (o == host)
				fixed = (int)q < level;
			else
				fixed = strcmp(os->loop.at[l].name, c->stage.at[n->inside.at[k + 1]->s].at_loop) != 0;
			if (!counts || !LAW(region_again, !is_used(c, o->var[l], &used)))
				continue;
			diag(c, ERR_compute_at_again, s->at_loc, "%s would be computed again in each iteration of loop '%s' of %s",
			     s->name, os->loop.at[l].name, os->name);
			diag_fix(c, "compute it outside loop '%s', or order that loop further in", os->loop.at[l].name);
			return false;
		}
	}
	if (again_in_chunks(c, n->inside.at[0], &used)) {
		const struct stage *root = &c->stage.at[n->inside.at[0]->s];
		diag(c, ERR_compute_at_again, s->at_loc, "%s would be computed again in each chunk of time in which %s is", s->name, root->name);
		diag_fix(c, "compute it at the root");
		return false;
	}
	return true;
}
