/* directives.c · split, order, reorder, unroll, vectorize, parallel, compute_at, compute_with, persistent
 *
 * Each directive checks itself when called and changes nothing where it is refused; sched_check (check.c) looks at the
 * whole schedule once more, since a later directive can break an earlier one. extract.c and pack.c hold the two that
 * change what is computed where and stored how. */
#include "schedule/stages.h"

#include <stdlib.h>

/* ---- names ------------------------------------------------------------------------------------------------------- */

int stage_loop(struct ctx *c, stage_id s, const char *name)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++)
		if (!strcmp(x->loop.at[i].name, name))
			return (int)i;
	return -1;
}

stage_id stage_find(struct ctx *c, const char *name, const char *scope)
{
	const char *full = tensor_scoped(c, scope, name);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (!strcmp(c->stage.at[s].name, full))
			return s;
	return scope && *scope ? stage_find(c, name, NULL) : 0;
}

const char *order_text(struct ctx *c, stage_id s)
{
	struct text t = { .c = c };
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i <= x->order.n; i++) {
		if (x->rec && (x->time_at < 0 ? i == 0 : i == (uint32_t)x->time_at))
			text_printf(&t, "%s%s", t.n ? " > " : "", c->var.at[x->time].name);
		if (i < x->order.n)
			text_printf(&t, "%s%s", t.n ? " > " : "", x->loop.at[x->order.at[i]].name);
	}
	return t.s ? t.s : "";
}

int stage_leaf(struct ctx *c, stage_id s, const char *name, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	int i = stage_loop(c, s, name);
	if (i >= 0 && loop_is_leaf(&x->loop.at[i]))
		return i;
	const char *words[64] = { 0 };
	size_t n = 0;
	for (uint32_t k = 0; k < x->order.n && n < 64; k++)
		words[n++] = x->loop.at[x->order.at[k]].name;
	const char *near = base_nearest(c, name, words, n);
	if (i >= 0 && x->loop.at[i].into >= 0) {
		diag(c, ERR_no_loop, l, "loop '%s' of %s was fused into '%s'", name, x->name, x->loop.at[x->loop.at[i].into].name);
		diag_fix(c, "use '%s'", x->loop.at[x->loop.at[i].into].name);
	} else if (i >= 0) {
		diag(c, ERR_no_loop, l, "loop '%s' of %s was split into '%s' and '%s'", name, x->name,
		     x->loop.at[x->loop.at[i].outer].name, x->loop.at[x->loop.at[i].inner].name);
	} else if (x->rec && !strcmp(name, c->var.at[x->time].name)) {
		diag(c, ERR_no_loop, l, "'%s' is the time loop of the recurrence that %s belongs to, not a loop of its own",
		     name, x->name);
		diag_fix(c, "leave the time loop out; its directives are called on m.time");
	} else {
		diag(c, ERR_no_loop, l, "%s has no loop '%s'; its loops are %s", x->name, name, order_text(c, s));
		if (near)
			diag_fix(c, "did you mean '%s'?", near);
	}
	return -1;
}

bool stage_name_free(struct ctx *c, stage_id s, const char *name, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	bool word = *name && (*name == '_' || (*name | 32) >= 'a');
	for (const char *p = name; *p; p++)
		word &= *p == '_' || (*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'z');
	if (!word) {
		diag(c, ERR_loop_name, l, "'%s' is no name for a loop", name);
		return false;
	}
	if (stage_loop(c, s, name) >= 0 || (x->rec && !strcmp(name, c->var.at[x->time].name))) {
		diag(c, ERR_loop_name, l, "%s already has a loop '%s'", x->name, name);
		return false;
	}
	return true;
}

bool loop_is_part(const struct stage *s, int l, int of)
{
	const struct loop *p = &s->loop.at[l];
	if (l == of || (p->parent >= 0 && loop_is_part(s, p->parent, of)))
		return true;
	return p->fused[0] >= 0 && (loop_is_part(s, p->fused[0], of) || loop_is_part(s, p->fused[1], of));
}

/* ---- the nest ---------------------------------------------------------------------------------------------------- */

const char *const tail_name[] = { "peel", "guard", "mask", "shift", "pad" };

bool sched_split(struct ctx *c, stage_id s, const char *loop, const char *outer, const char *inner, int64_t k, loc_t l)
{
	return sched_split_tail(c, s, loop, outer, inner, k, NULL, l);
}

bool sched_split_tail(struct ctx *c, stage_id s, const char *loop, const char *outer, const char *inner, int64_t k, const char *tail,
                      loc_t l)
{
	uint8_t how = TAIL_PEEL;
	int i = stage_leaf(c, s, loop, l);
	if (i < 0 || !stage_name_free(c, s, outer, l) || !stage_name_free(c, s, inner, l))
		return false;
	if (!strcmp(outer, inner)) {
		diag(c, ERR_loop_name, l, "both parts are called '%s'", outer);
		return false;
	}
	if (k < 1 || k > (1 << 20)) {
		diag(c, ERR_factor, l, "cannot split '%s' by %lld", loop, (long long)k);
		return false;
	}
	while (tail && how < TAILS && strcmp(tail, tail_name[how]))
		how++;
	if (how == TAILS) {
		diag(c, ERR_argument, l, "no tail strategy is called \"%s\"", tail);
		diag_fix(c, "use \"guard\", \"mask\", \"shift\" or \"pad\", or leave it out: full tiles, then what is left");
		return false;
	}
	struct stage *x = &c->stage.at[s];
	if (LAW(shift_sum, how == TAIL_SHIFT && x->loop.at[i].acc >= 0)) {
		diag(c, ERR_tail, l, "'%s' is a reduction of %s: a tile that is shifted back adds some terms twice", loop, x->name);
		return false;
	}
	if (LAW(pad_sum, how == TAIL_PAD && x->loop.at[i].acc >= 0)) {
		diag(c, ERR_tail, l, "'%s' is a reduction of %s: a tile that reaches beyond its end adds terms that there are not", loop, x->name);
		return false;
	}
	if (how == TAIL_PAD && (!loop_is_axis(&x->loop.at[i]) || LAW(pad_time, c->var.at[x->loop.at[i].axis].is_time))) {
		bool time = loop_is_axis(&x->loop.at[i]);
		diag(c, ERR_tail, l, time ? "'%s' of %s runs over steps, and behind the last step there is none" :
		     "'%s' of %s is not a whole axis: it is made of others", loop, x->name);
		return false;
	}
	struct loop part = x->loop.at[i];
	part.parent = i;
	part.fused[0] = part.fused[1] = -1;
	part.loc = l;
	part.flavor = LOOP_SERIAL;
	part.sharing = SHARE_EVEN;
	part.part = 0;
	part.tail = TAIL_PEEL;
	part.name = base_intern(c, outer);
	VEC_PUSH(c, x->loop, part);
	part.name = base_intern(c, inner);
	VEC_PUSH(c, x->loop, part);
	x->loop.at[i].outer = (int)x->loop.n - 2;
	x->loop.at[i].inner = (int)x->loop.n - 1;
	x->loop.at[i].factor = k;
	x->loop.at[i].tail = how;
	VEC_PUSH(c, x->order, 0);
	for (uint32_t p = x->order.n - 1;; p--) {
		if (x->order.at[p - 1] == i) {
			x->time_at += x->time_at >= (int)p;
			x->order.at[p - 1] = x->loop.at[i].outer;
			x->order.at[p] = x->loop.at[i].inner;
			break;
		}
		x->order.at[p] = x->order.at[p - 1];
	}
	return true;
}

static int top_of(const struct stage *x, int l)
{
	while (x->loop.at[l].parent >= 0)
		l = x->loop.at[l].parent;
	return l;
}

/* Loops of one reduction, a outside b: would that add in another order than the model writes? */
static bool against_fold(const struct stage *x, int a, int b)
{
	const struct loop *p = &x->loop.at[a], *q = &x->loop.at[b];
	int top = top_of(x, a), other = top_of(x, b);
	if (top == other) {  /* parts of one loop: the outer part first */
		for (int w = a; w >= 0; w = x->loop.at[w].parent)
			for (int v = b; v >= 0; v = x->loop.at[v].parent)
				if (x->loop.at[w].parent >= 0 && x->loop.at[w].parent == x->loop.at[v].parent &&
				    LAW(sum_parts, x->loop.at[x->loop.at[w].parent].inner == w && x->loop.at[x->loop.at[w].parent].outer == v))
					return true;
		return false;
	}
	if (x->loop.at[top].fused[0] >= 0)
		return against_fold(x, x->loop.at[top].fused[0], b) || against_fold(x, x->loop.at[top].fused[1], b);
	if (x->loop.at[other].fused[0] >= 0)
		return against_fold(x, a, x->loop.at[other].fused[0]) || against_fold(x, a, x->loop.at[other].fused[1]);
	const idvec *axes = &x->acc.at[p->acc].update.at[p->update].axes;
	for (uint32_t k = 0; k < axes->n && axes->at[k] != p->axis; k++)
		if (LAW(sum_axes, axes->at[k] == q->axis))
			return true;
	return false;
}

bool sched_order(struct ctx *c, stage_id s, const char *const *names, uint32_t n, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	const char *t = x->rec ? c->var.at[x->time].name : NULL;
	VEC(int) order = { 0 };
	int time_at = -1;
	for (uint32_t i = 0; i < n; i++) {
		if (t && !strcmp(names[i], t)) {
			for (uint32_t p = 0; p < order.n; p++)
				if (!sched_may_be_outside(c, s, order.at[p], names, n, l))
					return false;
			time_at = i ? (int)order.n : -1;
			continue;
		}
		int k = stage_leaf(c, s, names[i], l);
		if (k < 0)
			return false;
		for (uint32_t p = 0; p < order.n; p++) {
			if (order.at[p] == k) {
				diag(c, ERR_order_loops, l, "'%s' stands twice in the order of %s", names[i], x->name);
				return false;
			}
		}
		VEC_PUSH(c, order, k);
	}
	if (order.n != x->order.n) {
		diag(c, ERR_order_loops, l, "the order of %s lists %u of its %u loops (%s)", x->name, order.n, x->order.n,
		     order_text(c, s));
		return false;
	}
	/* reductions of one accumulator are one left fold: their order is part of the result */
	for (uint32_t a = 0; a + 1 < order.n; a++) {
		for (uint32_t b = a + 1; b < order.n; b++) {
			const struct loop *p = &x->loop.at[order.at[a]], *q = &x->loop.at[order.at[b]];
			if (p->acc < 0 || p->acc != q->acc || p->update != q->update || c->sched->reassoc)
				continue;
			bool swapped = against_fold(x, order.at[a], order.at[b]);
			if (swapped) {
				diag(c, ERR_order_dependence, l, "%s:order puts '%s' outside '%s', which changes the order of a sum",
				     x->name, p->name, q->name);
				diag_fix(c, "keep '%s' outside '%s', or allow it: m:math { reassoc = true }", q->name, p->name);
				return false;
			}
		}
	}
	for (uint32_t i = 0; i < order.n; i++)
		x->order.at[i] = order.at[i];
	x->time_at = time_at;
	x->time_loc = l;
	return true;
}

bool sched_reorder(struct ctx *c, stage_id s, const char *const *names, uint32_t n, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	const char **full = base_alloc(c, (x->order.n + 1) * sizeof *full);
	uint32_t next = n, count = 0;
	for (uint32_t i = 0; i < n; i++)
		if (stage_leaf(c, s, names[i], l) < 0)
			return false;
	for (uint32_t p = 0; p <= x->order.n; p++) {
		bool named = false;
		if ((int)p == x->time_at)                      /* time stays where it is */
			full[count++] = c->var.at[x->time].name;
		if (p == x->order.n)
			break;
		const char *name = x->loop.at[x->order.at[p]].name;
		for (uint32_t i = 0; i < n; i++)
			named |= !strcmp(names[i], name);
		full[count++] = named && next ? names[--next] : name;
	}
	return sched_order(c, s, full, count, l);
}

bool sched_flavor(struct ctx *c, stage_id s, const char *loop, enum flavor f, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	if (f == LOOP_PARALLEL && x->rec && !strcmp(loop, c->var.at[x->time].name)) {
		diag(c, ERR_parallel_carried, l, "the steps of '%s' run one after another", loop);
		for (uint32_t i = 0; i < c->dep.n; i++) {
			const struct dep *d = &c->dep.at[i];
			if (c->stage.at[d->writer].rec == x->rec && c->stage.at[d->reader].rec == x->rec && d->lag > 0) {
				diag_note(c, d->loc, "%s reads %s of an earlier step   %s", c->stage.at[d->reader].name,
				          c->tensor.at[d->tensor].name, dep_text(c, d));
				break;
			}
		}
		return false;
	}
	int i = stage_leaf(c, s, loop, l);
	if (i < 0)
		return false;
	struct loop *p = &x->loop.at[i];
	if (LAW(sum_parallel, p->acc >= 0 && f == LOOP_PARALLEL)) {
		diag(c, ERR_parallel_reduction, l, "'%s' is a reduction of %s: its iterations add to the same sum", loop,
		     x->name);
		return false;
	}
	if (p->acc >= 0 && f == LOOP_VECTOR) {
		diag(c, ERR_vectorize_reduction, l, "'%s' is a reduction of %s: its iterations add to the same sum", loop,
		     x->name);
		diag_fix(c, "vectorize a loop over the result's own axes, or partial sums: local p = %s:split(\"%s\", \"%so\", \"%si\", "
		         "m.target.lanes):rfactor(\"%si\", \"v\"), and then loop 'v' of p", stage_lua(c, s), loop, loop, loop, loop);
		return false;
	}
	if (p->flavor != LOOP_SERIAL && p->flavor != f) {
		diag(c, ERR_schedule, l, "loop '%s' of %s is already marked %s", loop, x->name, flavor_name[p->flavor]);
		diag_fix(c, "split the loop and mark its parts, or drop one of the two");
		return false;
	}
	p->flavor = (uint8_t)f;
	p->loc = l;
	return true;
}

bool sched_share(struct ctx *c, stage_id s, const char *loop, const char *clause, int64_t part, loc_t l)
{
	static const char *const names[] = { "static", "static", "dynamic", "guided" };
	int i = stage_leaf(c, s, loop, l), k = part ? SHARE_CYCLIC : SHARE_EVEN;
	if (i < 0)
		return false;
	if (part < 0 || part > 1 << 20) {
		diag(c, ERR_factor, l, "cannot hand out '%s' in parts of less than one iteration, or more than a million", loop);
		return false;
	}
	while (k <= SHARE_GUIDED && strcmp(clause, names[k]))
		k++;
	if (k > SHARE_GUIDED) {
		diag(c, ERR_argument, l, "no way of sharing a loop is called \"%s\"", clause);
		diag_fix(c, "use \"static\", \"dynamic\" or \"guided\"");
		return false;
	}
	if (!sched_flavor(c, s, loop, LOOP_PARALLEL, l))
		return false;
	c->stage.at[s].loop.at[i].sharing = (uint8_t)k;
	c->stage.at[s].loop.at[i].part = k == SHARE_EVEN ? 0 : part ? part : 1;
	return true;
}

bool sched_alternate(struct ctx *c, stage_id s, const char *loop, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	int i = stage_leaf(c, s, loop, l);
	if (i < 0)
		return false;
	if (!x->rec) {
		diag(c, ERR_alternate, l, "%s runs once, not step by step: there is no other step to alternate with", x->name);
		diag_fix(c, "alternate loops of a recurrence's stages");
		return false;
	}
	if (LAW(sum_backwards, x->loop.at[i].acc >= 0)) {
		diag(c, ERR_alternate, l, "'%s' is a reduction of %s: running it backwards changes the order of a sum", loop, x->name);
		return false;
	}
	x->loop.at[i].alternate = true;
	return true;
}

static void find_tensor(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	tensor_id *t = arg;
	(void)s;
	if (c->expr.at[e].of == t[0])
		t[1] = t[0];
}

bool sched_prefetch(struct ctx *c, stage_id s, const char *tensor, const char *loop, int64_t ahead, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	int i = stage_leaf(c, s, loop, l);
	tensor_id t[2] = { tensor_near(c, s, tensor), 0 };
	if (i < 0)
		return false;
	if (t[0])
		stage_reads(c, s, find_tensor, t);
	if (!t[1]) {
		diag(c, ERR_no_tensor, l, "%s reads no '%s'", x->name, tensor);
		return false;
	}
	if (ahead < 1 || ahead > 4096) {
		diag(c, ERR_prefetch, l, "%lld iterations ahead", (long long)ahead);
		return false;
	}
	if (x->loop.at[i].ahead) {
		diag(c, ERR_prefetch, l, "loop '%s' of %s prefetches '%s' already", loop, x->name, c->tensor.at[x->loop.at[i].prefetch].name);
		return false;
	}
	x->loop.at[i].prefetch = t[0];
	x->loop.at[i].ahead = ahead;
	return true;
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

static bool computed_inside(struct ctx *c, stage_id s, stage_id host)
{
	for (int depth = 0; s && depth < 64; depth++, s = c->stage.at[s].at)
		if (s == host)
			return true;
	return false;
}

static bool one_definition(struct ctx *c, stage_id s, loc_t l)
{
	const struct tensor *t = &c->tensor.at[c->stage.at[s].tensor];
	if (t->defs.n <= 1)
		return true;
	diag(c, ERR_compute_at_place, l, "%s has %u definitions, which are computed together", t->name, t->defs.n);
	diag_fix(c, "leave it at the root");
	return false;
}

bool sched_compute_at(struct ctx *c, stage_id s, stage_id host, const char *loop, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	const struct stage *h = &c->stage.at[host];
	if (s == host || computed_inside(c, host, s)) {
		diag(c, ERR_compute_at_place, l, "%s cannot be computed inside itself", x->name);
		return false;
	}
	int k = stage_leaf(c, host, loop, l);
	if (k < 0)
		return false;
	if (!one_definition(c, s, l))
		return false;
	if (x->rec != h->rec) {
		diag(c, ERR_compute_at_place, l, "%s and %s do not run in the same %s", x->name, h->name,
		     x->rec && h->rec ? "recurrence" : "time loop");
		diag_fix(c, "compute a stage at a loop of its own recurrence; extracted stages stay at the root");
		return false;
	}
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->writer == host && d->reader == s && d->lag == 0) {
			diag(c, ERR_compute_at_place, l, "%s reads %s of the same step, so it cannot run inside it", x->name,
			     h->name);
			return false;
		}
	}
	for (uint32_t p = 0; p < h->order.n; p++) {
		if (h->loop.at[h->order.at[p]].acc >= 0) {
			diag(c, ERR_compute_at_place, l, "loop '%s' of %s is a reduction or lies inside one", loop, h->name);
			return false;
		}
		if (h->order.at[p] == k)
			break;
	}
	x->at = host;
	x->in_time = 0;
	x->at_loop = h->loop.at[k].name;
	x->at_loc = l;
	return true;
}

/* Chunks of so many steps, or of all that there are: a ring has no more rows. */
static void set_chunk(struct ctx *c, rec_id r, int64_t steps)
{
	int64_t all;
	bool few = poly_const(c, c->var.at[c->rec.at[r].time].extent, &all) && all > 0 && all < steps;
	c->rec.at[r].chunk = few ? all : steps;
}

bool sched_chunk(struct ctx *c, rec_id r, int64_t steps, loc_t l)
{
	if (steps < 1 || steps > 1 << 20) {
		diag(c, ERR_factor, l, "cannot split '%s' into chunks of %lld steps", c->var.at[c->rec.at[r].time].name, (long long)steps);
		return false;
	}
	set_chunk(c, r, steps);
	return true;
}

bool sched_wavefront(struct ctx *c, const char *const *names, uint32_t n, int64_t chunk, int64_t groups, int64_t skew, loc_t l)
{
	idvec wave = { 0 };
	if (chunk < 1 || chunk > 1 << 20) {
		diag(c, ERR_factor, l, "cannot run chunks of %lld steps", (long long)chunk);
		return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		stage_id s = stage_find(c, names[i], NULL);
		if (!s || !c->stage.at[s].rec || idvec_has(&wave, c->stage.at[s].rec)) {
			diag(c, ERR_wavefront, l, s && c->stage.at[s].rec ? "the recurrence of %s is listed twice" : "'%s' belongs to no recurrence",
			     names[i]);
			return false;
		}
		VEC_PUSH(c, wave, c->stage.at[s].rec);
	}
	bool *done = base_alloc(c, c->rec.n);
	for (bool more = !n; more;) {  /* the first of those left that needs none of the others left */
		more = false;
		for (rec_id r = 1; r < c->rec.n && !more; r++) {
			bool ready = !done[r];
			for (rec_id o = 1; o < c->rec.n && ready; o++)
				ready = o == r || done[o] || !sched_needs(c, c->rec.at[r].members.at[0], o, 0);
			if (ready) {
				done[r] = more = true;
				VEC_PUSH(c, wave, r);
			}
		}
	}
	if (wave.n < 2) {
		diag(c, ERR_wavefront, l, "%s", n ? "one recurrence has no other to run beside" : "the model has fewer than two recurrences");
		return false;
	}
	if (groups < 0 || groups > wave.n) {
		diag(c, ERR_factor, l, "%lld groups of threads for %u layers", (long long)groups, wave.n);
		diag_fix(c, "give at most %u groups, or leave it open", wave.n);
		return false;
	}
	if (skew < 0 || skew > 1 << 10) {
		diag(c, ERR_factor, l, "layers cannot follow each other %lld diagonals apart", (long long)skew);
		return false;
	}
	for (uint32_t i = 0; i < wave.n; i++)
		set_chunk(c, wave.at[i], chunk);
	c->sched->wave = wave;
	c->sched->wave_skew = skew ? skew : 1;
	c->sched->wave_skew_given = skew != 0;
	c->sched->wave_groups = groups;
	c->sched->wave_loc = l;
	return true;
}

bool sched_wave_in_groups(struct ctx *c)
{
	bool shared = c->sched->wave_groups > 0;
	for (stage_id s = 1; s < c->stage.n; s++)
		for (uint32_t p = 0; p < c->stage.at[s].order.n && idvec_has(&c->sched->wave, stage_unit(c, s)); p++)
			shared |= c->stage.at[s].loop.at[c->stage.at[s].order.at[p]].flavor == LOOP_PARALLEL;
	return shared;
}

bool sched_compute_in_time(struct ctx *c, stage_id s, rec_id r, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	const struct recurrence *y = &c->rec.at[r];
	if (x->rec) {
		diag(c, ERR_compute_at_place, l, "%s belongs to the recurrence of %s", x->name, c->rec.at[x->rec].name);
		diag_fix(c, "compute stages outside recurrences in chunks of time, such as extracted ones");
		return false;
	}
	if (!x->time || c->var.at[x->time].extent != c->var.at[y->time].extent) {
		diag(c, ERR_compute_at_place, l, "%s does not run over the same time as %s", x->name, y->name);
		diag_fix(c, "compute stages with a time axis of %s steps there", poly_text(c, c->var.at[y->time].extent));
		return false;
	}
	if (!one_definition(c, s, l))
		return false;
	x->at = 0;
	x->in_time = r;
	x->at_loc = l;
	return true;
}

bool sched_compute_root(struct ctx *c, stage_id s, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	x->at = x->in_time = 0;
	x->at_loop = NULL;
	x->at_loc = l;
	return true;
}

/* By which dependence a stage needs another, in the same step where it has one: its own, or the first of several; NULL: it does not. */
static const struct dep *way_to(struct ctx *c, stage_id reader, stage_id writer, bool *seen)
{
	const struct dep *found = NULL;
	for (uint32_t i = 0; i < c->dep.n && !(found && found->writer == writer); i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->reader != reader || (d->lag != 0 && c->stage.at[reader].rec))
			continue;
		bool first = !seen[d->writer];
		seen[d->writer] = true;
		if (d->writer == writer || (!found && first && way_to(c, d->writer, writer, seen)))
			found = d;
	}
	return found;
}

bool sched_compute_with(struct ctx *c, stage_id s, stage_id leader, const char *loop, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	const struct stage *y = &c->stage.at[leader];
	if (s == leader || y->with || x->rec != y->rec) {
		diag(c, ERR_compute_with, l, "%s cannot be computed with %s%s", x->name, y->name,
		     y->with ? base_internf(c, ", which is itself computed with %s", c->stage.at[y->with].name) :
		     s == leader ? ", itself" : ": they do not run in the same time loop");
		return false;
	}
	for (int turn = 0; turn < 2; turn++) {
		stage_id writer = turn ? s : leader;
		const struct dep *d = way_to(c, turn ? leader : s, writer, base_alloc(c, c->stage.n));
		if (!d)
			continue;
		const char *needs = d->writer != writer ? base_internf(c, ", which needs %s", c->stage.at[writer].name) : x->rec ? " of the same step" : "";
		diag(c, ERR_compute_with, l, "%s reads %s%s", c->stage.at[d->reader].name, c->stage.at[d->writer].name, needs);
		diag_note(c, d->loc, "here");
		return false;
	}
	if (stage_leaf(c, leader, loop, l) < 0)
		return false;
	x->with = leader;
	x->with_loop = base_intern(c, loop);
	x->with_loc = l;
	return true;
}

bool sched_persistent(struct ctx *c, rec_id r, const char *barrier, bool pin, loc_t l)
{
	static const char *const names[] = { "none", "omp", "spin", "flag" };
	for (int i = BARRIER_OMP; i <= BARRIER_FLAG; i++) {
		if (!strcmp(barrier, names[i])) {
			c->rec.at[r].persistent = (uint8_t)i;
			c->rec.at[r].pinned = pin;
			return true;
		}
	}
	diag(c, ERR_persistent, l, "no barrier is called \"%s\"", barrier);
	return false;
}
