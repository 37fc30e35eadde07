/* pad.c · split(i, io, ii, 8, "pad"): full tiles only, the last of which reaches beyond the axis into storage that is there for it
 *
 *   H = 20                 a[t][n][4][24], and b as [g][i/8][i%8], the last four of each gate 0
 *   for io in 0..3:
 *     vector ii in 0..8:   a[t][n][g][io * 8 + ii] = ...     i = 20..23: of what lies there; nobody asks for them
 *
 * Room there is in what the compiler stores: funcs that are no outputs and not carried between calls, whose own loops compute all
 * of it, and params, whose packed copy gets zeros. The caller's memory ends with its last element.
 *
 * Guarantees: each element beyond the end that is read has been written, by a stage that is padded as far itself; sums and other
 * stages that are not padded run over the model's extents and meet none of them. */
#include "schedule/stages.h"

int64_t pad_of(struct ctx *c, const struct stage *s, int loop)
{
	const struct loop *l = &s->loop.at[loop];
	if (l->outer < 0 || l->tail != TAIL_PAD || poly_is(c, poly_mod(c, c->var.at[l->axis].extent, l->factor), 0))
		return 0;
	return l->factor;
}

int64_t pad_along(struct ctx *c, const struct stage *s, var_id axis)
{
	for (uint32_t l = 0; l < s->loop.n; l++)
		if (s->loop.at[l].axis == axis && loop_is_axis(&s->loop.at[l]) && pad_of(c, s, (int)l))
			return s->loop.at[l].factor;
	return 0;
}

poly_id pad_extent(struct ctx *c, const struct stage *s, var_id axis, poly_id extent)
{
	int64_t k = pad_along(c, s, axis), most;
	if (!k)
		return extent;
	if (poly_upper(c, extent, &most) && most <= k)
		return poly_int(c, k);
	return poly_scale(c, poly_ceildiv(c, extent, k), k);
}

/* How far stage w computes its tensor along dim d. */
static poly_id computed(struct ctx *c, const struct stage *w, uint32_t d)
{
	uint32_t n;
	const struct term *q = poly_terms(c, w->idx[d], &n);
	poly_id extent = c->tensor.at[w->tensor].extent[d];
	return n == 1 && q->n == 1 ? pad_extent(c, w, q->var[0], extent) : extent;
}

/* Is a known to be b or more? */
static bool reaches(struct ctx *c, poly_id a, poly_id b)
{
	int64_t lo, hi;
	poly_range(c, poly_sub(c, a, b), &lo, &hi);
	return lo >= 0;
}

poly_id pad_storage(struct ctx *c, tensor_id t, uint32_t d)
{
	poly_id own = c->tensor.at[t].extent[d], most = own;
	for (stage_id s = 1; s < c->stage.n; s++) {  /* one for each definition; all compute the tensor's own extent at least */
		poly_id e = c->stage.at[s].tensor == t ? computed(c, &c->stage.at[s], d) : own;
		if (e != own)
			most = most == own || reaches(c, e, most) ? e : reaches(c, most, e) ? most : poly_max(c, most, e);
	}
	return most;
}

/* ---- params -------------------------------------------------------------------------------------------------------- */

static void spell(struct ctx *c, struct pack *p, expr_id read)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; i < p->part.n; i++) {
		const struct pack_part *q = &p->part.at[i];
		const char *of = expr_text(c, c->list.at[c->expr.at[read].idx + q->dim]);
		if (q->kind == PACK_DIV || q->kind == PACK_MOD)
			text_printf(&t, "[%s%c%lld]", of, q->kind == PACK_DIV ? '/' : '%', (long long)q->k);
		else
			text_printf(&t, "[%s]", q->kind == PACK_TENSOR ? "tensor" : of);
	}
	p->order = t.s;
}

/* Has the storage order room for `need` elements along dim d? A dim that is whole becomes d/k with d%k: the same places, and room
 * behind them. */
static bool make_room(struct ctx *c, struct pack *p, expr_id read, uint32_t d, int64_t k, int64_t need)
{
	const struct tensor *t = &c->tensor.at[c->expr.at[read].of];
	for (uint32_t i = 0; i < p->part.n; i++) {
		const struct pack_part q = p->part.at[i];
		int64_t n;
		if (q.kind == PACK_TENSOR || q.dim != d)
			continue;
		if (q.kind != PACK_WHOLE)
			return q.kind != PACK_AT && poly_const(c, t->extent[d], &n) && (n + q.k - 1) / q.k * q.k >= need;
		if (p->part.n == 9)
			return false;
		VEC_PUSH(c, p->part, q);
		for (uint32_t m = p->part.n - 1; m > i; m--)
			p->part.at[m] = p->part.at[m - 1];
		p->part.at[i] = (struct pack_part){ PACK_DIV, d, k };
		p->part.at[i + 1] = (struct pack_part){ PACK_MOD, d, k };
		spell(c, p, read);
		return true;
	}
	return false;
}

static bool same_order(const struct pack *a, const struct pack *b)
{
	bool same = a->part.n == b->part.n && a->tensors.n == 1 && b->tensors.n == 1 && a->tensors.at[0] == b->tensors.at[0];
	for (uint32_t i = 0; same && i < a->part.n; i++)
		same = a->part.at[i].kind == b->part.at[i].kind && a->part.at[i].dim == b->part.at[i].dim && a->part.at[i].k == b->part.at[i].k;
	return same;
}

/* Packs the param of the read with room for `need` elements along dim d; false: its order as given has none. */
static bool pack_with_room(struct ctx *c, stage_id s, expr_id read, uint32_t d, int64_t k, int64_t need, loc_t at)
{
	tensor_id t = c->expr.at[read].of;
	for (uint32_t i = c->stage.at[s].packs.n; i-- > 0;) {  /* the last one counts (storage.c) */
		struct pack *p = &c->sched->packs.at[c->stage.at[s].packs.at[i] - 1];
		if (idvec_has(&p->tensors, t))
			return make_room(c, p, read, d, k, need);
	}
	struct pack p = { .loc = at };
	VEC_PUSH(c, p.tensors, t);
	for (uint32_t i = 0; i < c->tensor.at[t].rank; i++)
		VEC_PUSH(c, p.part, (struct pack_part){ PACK_WHOLE, i, 1 });
	if (!make_room(c, &p, read, d, k, need))
		return false;
	uint32_t same = 0;
	while (same < c->sched->packs.n && !same_order(&p, &c->sched->packs.at[same]))
		same++;
	if (same == c->sched->packs.n)
		VEC_PUSH(c, c->sched->packs, p);
	VEC_PUSH(c, c->stage.at[s].packs, same + 1);
	return true;
}

/* ---- what the padded elements are computed from --------------------------------------------------------------------- */

struct padding { int loop; poly_id need; bool bad; };

static void refuse(struct ctx *c, stage_id s, struct padding *p, expr_id read, const char *why, const char *fix)
{
	const struct loop *l = &c->stage.at[s].loop.at[p->loop];
	p->bad = true;
	diag(c, ERR_tail, c->stage.at[s].loop.at[l->inner].loc, "'%s' of %s is padded to a multiple of %lld, but %s", l->name,
	     c->stage.at[s].name, (long long)l->factor, why);
	if (read)
		diag_note(c, c->expr.at[read].loc, "read here");
	diag_fix(c, "%s", fix);
}

static const char *const other_tail = "use \"mask\" or \"guard\"";

/* Is all of the func there that the read takes along dim d? */
static bool is_computed(struct ctx *c, stage_id s, expr_id read, uint32_t d, poly_id need)
{
	bool all = true;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *q = &c->dep.at[i];
		all &= q->reader != s || q->read != read || reaches(c, computed(c, &c->stage.at[q->writer], d), need);
	}
	return all;
}

static void check_read(struct ctx *c, stage_id s, expr_id read, void *arg)
{
	struct padding *p = arg;
	const struct loop l = c->stage.at[s].loop.at[p->loop];
	const struct expr x = c->expr.at[read];
	const struct tensor *t = &c->tensor.at[x.of];
	for (uint32_t d = 0; d < x.nidx && !p->bad; d++) {
		expr_id e = c->list.at[x.idx + d];
		int64_t need;
		if (!expr_uses_var(c, e, l.axis))
			continue;
		bool plain = c->expr.at[e].kind == X_POLY && c->expr.at[e].poly == poly_var(c, l.axis);
		if (LAW(pad_index, !plain))
			refuse(c, s, p, read, base_internf(c, "%s is read at '%s' there", t->name, expr_text(c, e)), other_tail);
		else if (!plain || reaches(c, t->extent[d], p->need))
			continue;
		else if (LAW(pad_input, t->role == ROLE_INPUT))
			refuse(c, s, p, read, base_internf(c, "%s is the caller's memory, which ends before", t->name), other_tail);
		else if (t->role == ROLE_PARAM && poly_const(c, p->need, &need) &&
		         !LAW(pad_param, !pack_with_room(c, s, read, d, l.factor, need, l.loc)))
			continue;
		else if (t->role == ROLE_PARAM)
			refuse(c, s, p, read, base_internf(c, "the storage order of %s has no room for that", t->name),
			       base_internf(c, "divide its index by %lld there, too", (long long)l.factor));
		else if (LAW(pad_func, !is_computed(c, s, read, d, p->need)))
			refuse(c, s, p, read, base_internf(c, "%s is not computed so far", t->name),
			       base_internf(c, "split %s by %lld with \"pad\", too; outputs and states cannot be: \"mask\"", t->name,
			                    (long long)l.factor));
	}
}

void pad_check(struct ctx *c, stage_id s)
{
	for (int l = 0; l < (int)c->stage.at[s].loop.n; l++) {
		struct padding p = { .loop = l };
		const struct tensor *t = &c->tensor.at[c->stage.at[s].tensor];
		if (!pad_of(c, &c->stage.at[s], l))
			continue;
		var_id axis = c->stage.at[s].loop.at[l].axis;
		p.need = pad_extent(c, &c->stage.at[s], axis, c->var.at[axis].extent);
		if (LAW(pad_callers, t->is_output || t->history))
			refuse(c, s, &p, 0, base_internf(c, "%s is %s", t->name, t->is_output ? "the caller's memory, which ends before" :
			       "carried between calls: its last steps go to the caller"), other_tail);
		else
			stage_reads(c, s, check_read, &p);
	}
}
