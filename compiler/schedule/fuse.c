/* fuse.c · two neighbouring loops of a stage become one
 *
 *   for n in 0..N:                              for f in 0..N*16:
 *     for io in 0..16: h[n][io]        =>         h[f / 16][f % 16]
 *
 * Needs:      the inner loop directly inside the outer one, its extent the same number in every iteration.
 * Guarantees: the same iterations in the same order. The new loop can be split, marked and ordered like any other; what it is
 *             most used for is parallel: as many iterations as both loops have together. */
#include "schedule/stages.h"

/* The number of iterations of a loop, where it is one number however often it runs. */
static bool fixed_extent(struct ctx *c, const struct stage *x, int l, int64_t *n)
{
	const struct loop *q = &x->loop.at[l];
	int64_t a, b;
	if (q->fused[0] >= 0) {
		bool known = fixed_extent(c, x, q->fused[0], &a) && fixed_extent(c, x, q->fused[1], &b);
		*n = known ? a * b : 0;
		return known;
	}
	if (q->parent < 0)
		return poly_const(c, c->var.at[q->axis].extent, n);
	const struct loop *p = &x->loop.at[q->parent];
	if (!fixed_extent(c, x, q->parent, &a))
		return false;
	*n = p->outer == l ? (a + p->factor - 1) / p->factor : p->factor;
	return p->outer == l || (a > 0 && a % p->factor == 0);
}

bool sched_fuse(struct ctx *c, stage_id s, const char *outer, const char *inner, const char *fused, loc_t l)
{
	int a = stage_leaf(c, s, outer, l), b = stage_leaf(c, s, inner, l);
	struct stage *x = &c->stage.at[s];
	int64_t n;
	uint32_t at = 0;
	if (a < 0 || b < 0 || !stage_name_free(c, s, fused, l))
		return false;
	const struct loop *p = &x->loop.at[a], *q = &x->loop.at[b];
	while (x->order.at[at] != a)
		at++;
	if (at + 1 == x->order.n || x->order.at[at + 1] != b || x->time_at == (int)at + 1) {
		diag(c, ERR_fuse, l, "'%s' of %s is not directly inside '%s'", inner, x->name, outer);
		diag_note(c, 0, "loops: %s", order_text(c, s));
		diag_fix(c, "order them one after the other, the outer one first");
		return false;
	}
	if (p->acc != q->acc || p->update != q->update) {
		diag(c, ERR_fuse, l, "'%s' and '%s' of %s do not belong to the same %s", outer, inner, x->name,
		     p->acc >= 0 && q->acc >= 0 ? "sum" : "part of it: one is a reduction");
		return false;
	}
	for (int k = 0; k < 2; k++) {
		const struct loop *m = k ? q : p;
		if (m->flavor == LOOP_SERIAL && !m->alternate && !m->ahead)
			continue;
		diag(c, ERR_fuse, l, "loop '%s' of %s is already marked %s", m->name, x->name, m->flavor != LOOP_SERIAL ? flavor_name[m->flavor] :
		     m->alternate ? "alternate" : "prefetch");
		diag_fix(c, "fuse first, then mark '%s'", fused);
		return false;
	}
	if (!fixed_extent(c, x, b, &n)) {
		diag(c, ERR_fuse, l, "the extent of '%s' of %s is not one constant, so nothing tells '%s' and '%s' from '%s'", inner, x->name,
		     outer, inner, fused);
		diag_fix(c, "order a loop of constant extent inside: split by a factor that divides, or give the dim a value");
		return false;
	}
	struct loop f = { .name = base_intern(c, fused), .axis = p->axis, .acc = p->acc, .update = p->update, .outer = -1, .inner = -1,
	                  .parent = -1, .fused = { a, b }, .into = -1, .loc = l };
	VEC_PUSH(c, x->loop, f);
	x->loop.at[a].into = x->loop.at[b].into = (int)x->loop.n - 1;
	x->order.at[at] = (int)x->loop.n - 1;
	for (uint32_t k = at + 1; k + 1 < x->order.n; k++)
		x->order.at[k] = x->order.at[k + 1];
	x->order.n--;
	x->time_at -= x->time_at > (int)at;
	return true;
}
