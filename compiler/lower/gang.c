/* gang.c · the loops of one stage, or of several that share theirs: register tiles, reductions, sums in storage (see nest.c) */
#include "lower/lower.h"

/* ---- expressions --------------------------------------------------------------------------------------------------- */

struct conversion { struct nest *n; struct inst *i; };

/* a*b + c becomes fma(a, b, c), everywhere and for every schedule, so that all of them round alike. */
static expr_id contract(struct ctx *c, expr_id e)
{
	const struct expr x = c->expr.at[e];
	if (x.kind != X_OP || (x.op != OP_ADD && x.op != OP_SUB) || x.type != RNN_F32)
		return e;
	const struct expr a = c->expr.at[x.arg[0]], b = c->expr.at[x.arg[1]];
	bool sub = x.op == OP_SUB;
	if (b.kind == X_OP && b.op == OP_MUL) {
		expr_id f = sub ? expr_op(c, OP_NEG, b.arg[0], 0, 0, x.loc) : b.arg[0];
		return expr_op(c, OP_FMA, f, b.arg[1], x.arg[0], x.loc);
	}
	if (a.kind == X_OP && a.op == OP_MUL) {
		expr_id d = sub ? expr_op(c, OP_NEG, x.arg[1], 0, 0, x.loc) : x.arg[1];
		return expr_op(c, OP_FMA, a.arg[0], a.arg[1], d, x.loc);
	}
	return e;
}

static expr_id convert_node(struct ctx *c, expr_id e, void *arg)
{
	const struct conversion *v = arg;
	struct inst *i = v->i;
	const struct stage *s = &c->stage.at[i->s];
	const struct expr x = c->expr.at[e];
	if (x.kind == X_POLY) {
		poly_id p = x.poly;
		for (uint32_t l = 0; l < s->loop.n; l++) {
			const struct loop *q = &s->loop.at[l];
			if (loop_is_axis(q) && q->acc >= 0 && q->acc == i->acc_now && q->update == i->update_now)
				p = poly_subst(c, p, q->axis, i->val[l]);
		}
		for (uint32_t a = 0; a < s->axes.n; a++) {
			poly_id value = i->place.base[a];
			for (uint32_t l = 0; l < s->loop.n; l++)
				if (loop_is_axis(&s->loop.at[l]) && s->loop.at[l].acc < 0 && s->loop.at[l].axis == s->axes.at[a])
					value = poly_add(c, value, i->val[l]);
			p = poly_subst(c, p, s->axes.at[a], value);
		}
		return p == x.poly ? e : expr_poly(c, p, x.loc);
	}
	if (x.kind == X_READ)
		return access_read(v->n, i, e);
	if (x.kind == X_ACC)
		return expr_load(c, i->acc[x.of], i->acc_idx, i->acc_n, x.loc);
	return contract(c, e);
}

expr_id convert(struct nest *n, struct inst *i, expr_id e)
{
	return expr_map(n->c, e, convert_node, &(struct conversion){ n, i });
}

/* Is the loop an unrolled one over all partial sums that rfactor has made? Their order is free. */
static bool is_tree(struct ctx *c, const struct stage *s, const struct loop *q)
{
	if (q->acc < 0 || q->flavor != LOOP_UNROLL || !loop_is_axis(q))
		return false;
	const struct update *u = &s->acc.at[q->acc].update.at[q->update];
	const struct expr *e = &c->expr.at[u->body];
	bool partial = false;
	for (stage_id p = 1; p < c->stage.n && e->kind == X_READ; p++)
		partial |= c->stage.at[p].partial && c->stage.at[p].tensor == e->of;
	int64_t n;
	return partial && u->axes.n == 1 && poly_const(c, c->var.at[q->axis].extent, &n) && n >= 2 && n <= 64;
}

/* The values of body for all iterations of v, halves added to halves: ((b0 + b4) + (b2 + b6)) + ((b1 + b5) + (b3 + b7)). Each
 * target, and the interpreter, has this order. */
static expr_id tree(struct ctx *c, enum op op, expr_id body, var_id v)
{
	expr_id part[64];
	int64_t n = 0;
	poly_const(c, c->var.at[v].extent, &n);
	for (int64_t k = 0; k < n; k++)
		part[k] = expr_subst(c, body, v, poly_int(c, k));
	for (; n > 1; n = (n + 1) / 2)
		for (int64_t k = 0; k < n / 2; k++)
			part[k] = expr_op(c, op, part[k], part[k + (n + 1) / 2], 0, c->expr.at[body].loc);
	return part[0];
}

/* acc (+) body */
static expr_id step(struct nest *n, struct inst *i, uint32_t a, uint32_t u, expr_id sofar)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	const struct update up = s->acc.at[a].update.at[u];
	enum reduce red = s->acc.at[a].red;
	static const enum op op[] = { OP_ADD, OP_MUL, OP_MAX, OP_MIN };
	i->acc_now = (int)a;
	i->update_now = (int)u;
	expr_id body = convert(n, i, up.body);
	i->acc_now = i->update_now = -1;
	loc_t loc = c->expr.at[up.body].loc;
	for (uint32_t l = 0; l < s->loop.n; l++)
		if (i->tree[l] && s->loop.at[l].acc == (int)a && s->loop.at[l].update == (int)u)
			body = tree(c, op[red], body, i->tree[l]);
	return contract(c, expr_op(c, up.negate ? OP_SUB : op[red], sofar, body, 0, loc));
}

/* ---- loops --------------------------------------------------------------------------------------------------------- */

/* Extents and values of loops follow from each other: the inner part of a split runs to what its outer part leaves, a fused loop
 * over the product of its two, which follow from its counter. Each is found when it is asked for first; 0: a fused loop's inner
 * extent is no constant here. */
static poly_id value_of(struct ctx *c, struct inst *i, int l);

/* The counter of leaf l if that lies outside time and is made already. */
static var_id counter_outside(struct ctx *c, const struct inst *i, int l)
{
	const struct stage *s = &c->stage.at[i->s];
	for (int p = 0; i->outside && p < s->time_at; p++)
		if (s->order.at[p] == l)
			return i->outside->var[c->stage.at[i->outside->s].order.at[p]];
	return 0;
}

/* Does a split by k leave nothing over? */
static bool divides(struct ctx *c, poly_id extent, int64_t k) { return k == 1 || poly_tiled(c, extent, k); }

static poly_id extent_of(struct ctx *c, struct inst *i, int l)
{
	const struct stage *s = &c->stage.at[i->s];
	const struct loop *q = &s->loop.at[l];
	int64_t most;
	if (i->ext[l])
		return i->ext[l];
	if (q->fused[0] >= 0) {
		poly_id a = extent_of(c, i, q->fused[0]), b = extent_of(c, i, q->fused[1]);
		return i->ext[l] = a && b && poly_const(c, b, &most) ? poly_mul(c, a, b) : 0;
	}
	const struct loop *p = &s->loop.at[q->parent];  /* whole axes have theirs */
	poly_id extent = extent_of(c, i, q->parent);
	if (!extent)
		return 0;
	if (p->outer == l) {
		poly_id times = poly_ceildiv(c, extent, p->factor);
		bool once = poly_upper(c, times, &most) && most <= 1;  /* the inner part is all of it, or nothing */
		return i->ext[l] = once ? poly_int(c, 1) : times;
	}
	if (!LAW(split_left, !divides(c, extent, p->factor)))
		return i->ext[l] = poly_int(c, p->factor);
	if (pad_of(c, s, q->parent))
		return i->ext[l] = poly_int(c, p->factor);
	bool guarded = p->tail == TAIL_GUARD && q->flavor != LOOP_VECTOR;
	/* one tile, as large as it can get; of one element or none there would be no loop to guard */
	if (guarded && poly_upper(c, extent, &most) && most <= p->factor)
		return i->ext[l] = most > 1 ? poly_int(c, most) : extent;
	if (guarded || p->tail == TAIL_SHIFT)
		return i->ext[l] = poly_int(c, p->factor);
	if (i->asked[l])  /* both parts of a split that does not divide, fused again */
		return 0;
	i->asked[l] = true;
	poly_id done = value_of(c, i, p->outer);
	poly_id rest = done ? poly_sub(c, extent, poly_scale(c, done, p->factor)) : 0;  /* first: polynomials print in the order they are made */
	return i->ext[l] = rest ? poly_min(c, poly_int(c, p->factor), rest) : 0;
}

static poly_id value_of(struct ctx *c, struct inst *i, int l)
{
	const struct stage *s = &c->stage.at[i->s];
	const struct loop *q = &s->loop.at[l];
	int64_t n = 0;
	if (i->val[l])
		return i->val[l];
	if (q->into >= 0) {
		const struct loop *f = &s->loop.at[q->into];
		poly_id b = extent_of(c, i, f->fused[1]), v = b ? value_of(c, i, q->into) : 0;
		if (!v || !poly_const(c, b, &n))
			return 0;
		return i->val[l] = f->fused[0] == l ? poly_div(c, v, n) : poly_mod(c, v, n);
	}
	if (q->outer >= 0) {
		poly_id o = value_of(c, i, q->outer), in = o ? value_of(c, i, q->inner) : 0;
		if (!in)
			return 0;
		poly_id first = poly_scale(c, o, q->factor);
		if (q->tail == TAIL_SHIFT && !divides(c, extent_of(c, i, l), q->factor))
			first = poly_min(c, first, poly_sub(c, extent_of(c, i, l), poly_int(c, q->factor)));
		return i->val[l] = poly_add(c, first, in);
	}
	poly_id extent = extent_of(c, i, l);
	if (!extent)
		return 0;
	if (poly_is(c, extent, 1))
		return i->val[l] = poly_int(c, 0);
	i->var[l] = counter_outside(c, i, l);
	if (!i->var[l])
		i->var[l] = var_new(c, VAR_LOOP, q->name, extent, q->loc);
	return i->val[l] = poly_var(c, i->var[l]);
}

/* Tiles that are shifted back compute some elements again: they need a whole tile, and nothing may be lost by it. */
static bool may_shift(struct nest *n, const struct inst *i)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	const struct tensor *t = &c->tensor.at[s->tensor];
	const struct buf *b = &c->buf.at[n->tensor_buf[s->tensor]];
	for (uint32_t l = 0; l < s->loop.n; l++) {
		const struct loop *q = &s->loop.at[l];
		int64_t lo, hi;
		if (q->outer < 0 || q->tail != TAIL_SHIFT || divides(c, i->ext[l], q->factor))
			continue;
		poly_range(c, i->ext[l], &lo, &hi);
		if (LAW(shift_short, lo < q->factor)) {
			diag(c, ERR_tail, s->loop.at[q->inner].loc, "'%s' of %s runs %s times, and nothing says that this is at least %lld: there may be no "
			     "tile to shift back", q->name, s->name, poly_text(c, i->ext[l]), (long long)q->factor);
			return false;
		}
		if (LAW(shift_in_place, b->fold && b->fold <= t->history)) {
			diag(c, ERR_tail, s->loop.at[q->inner].loc, "%s overwrites its values of the step before: a tile that is shifted back would read "
			     "new ones", s->name);
			return false;
		}
	}
	return true;
}

struct inst *inst_new(struct nest *n, stage_id id, const struct place *p, const struct inst *leader)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[id];
	struct inst *i = base_alloc(c, sizeof *i);
	i->s = id;
	i->place = *p;
	i->outside = n->outside;
	i->acc_now = i->update_now = -1;
	i->acc = base_alloc(c, s->acc.n * sizeof *i->acc);
	if (leader) {  /* computed with it: the same loops */
		i->var = leader->var;
		i->val = leader->val;
		i->ext = leader->ext;
		i->tree = leader->tree;
		return i;
	}
	i->var = base_alloc(c, s->loop.n * sizeof *i->var);
	i->val = base_alloc(c, s->loop.n * sizeof *i->val);
	i->ext = base_alloc(c, s->loop.n * sizeof *i->ext);
	i->tree = base_alloc(c, s->loop.n * sizeof *i->tree);
	i->asked = base_alloc(c, s->loop.n);
	for (uint32_t l = 0; l < s->loop.n; l++) {
		const struct loop *q = &s->loop.at[l];
		int a = q->acc < 0 ? axis_index(s, q->axis) : -1;
		if (loop_is_axis(q))
			i->ext[l] = a >= 0 ? p->extent[a] : c->var.at[q->axis].extent;
	}
	for (uint32_t l = 0; l < s->loop.n; l++) {
		if (value_of(c, i, (int)l) && extent_of(c, i, (int)l))
			continue;
		const struct loop *q = &s->loop.at[l], *f = q->into >= 0 ? &s->loop.at[q->into] : q;
		diag(c, ERR_fuse, f->loc, "the extent of '%s' of %s is not one constant where %s is computed", s->loop.at[f->fused[1] >= 0 ? f->fused[1] : (int)l].name,
		     s->name, s->name);
		diag_fix(c, "fuse loops of constant extent, or compute %s elsewhere", s->name);
		n->failed = true;
		return i;
	}
	n->failed |= !may_shift(n, i);
	for (uint32_t l = 0; l < s->loop.n; l++) {
		if (!is_tree(c, s, &s->loop.at[l]))
			continue;
		i->tree[l] = i->var[l];
		i->var[l] = 0;
	}
	return i;
}

/* Is each loop inside those whose counters its extent needs? A split that does not divide makes such a need. */
bool in_order(struct nest *n, const struct inst *i)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	for (uint32_t p = 0; p < s->order.n && !n->failed; p++) {
		for (uint32_t q = p + 1; q < s->order.n; q++) {
			const struct loop *in = &s->loop.at[s->order.at[q]], *out = &s->loop.at[s->order.at[p]];
			if (!i->var[s->order.at[q]] || !i->var[s->order.at[p]] ||
			    !poly_uses(c, i->ext[s->order.at[p]], i->var[s->order.at[q]]))
				continue;
			diag(c, ERR_order_loops, out->loc, "loop '%s' of %s runs %s times, so '%s' must be outside it", out->name, s->name,
			     poly_text(c, i->ext[s->order.at[p]]), in->name);
			diag_note(c, 0, "loops: %s", order_text(c, i->s));
			diag_fix(c, "order '%s' outside '%s', or split by a factor that divides", in->name, out->name);
			return false;
		}
	}
	return !n->failed;
}

/* Is the split of loop l a guarded one that does not divide? */
static bool guards(struct ctx *c, const struct stage *s, const struct inst *i, int l)
{
	const struct loop *q = &s->loop.at[l];
	int64_t lo, hi;
	if (q->outer < 0 || q->tail != TAIL_GUARD || s->loop.at[q->inner].flavor == LOOP_VECTOR)
		return false;
	poly_range(c, poly_sub(c, i->ext[l], i->val[l]), &lo, &hi);
	return lo <= 0 && !divides(c, i->ext[l], q->factor);
}

/* Full tiles only: around what the loop l computes, for each split that it is the last to take part in, be it in the element or in
 * where its tile ends, a condition that the element exists. */
static stmt_id guard(struct nest *n, const struct inst *i, int l, stmt_id body)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	for (uint32_t g = 0; g < s->loop.n; g++) {
		int last = -1;
		for (uint32_t p = 0; p < s->order.n && guards(c, s, i, (int)g); p++) {
			int q = s->order.at[p];
			if (i->var[q] && (loop_is_part(s, q, (int)g) || poly_uses(c, i->ext[g], i->var[q])))
				last = q;
		}
		if (last == l)
			body = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_sub(c, i->ext[g], i->val[g]), .body = body, .stage = i->s,
			                                  .loc = s->loop.at[g].loc });
	}
	return body;
}

stmt_id wrap(struct nest *n, const struct inst *i, int l, stmt_id body)
{
	const struct stage *x = &n->c->stage.at[i->s];
	const struct loop *q = &x->loop.at[l];
	if (!i->var[l])
		return body;
	body = guard(n, i, l, body);
	stmt_id s = stmt_for(n->c, i->var[l], i->ext[l], q->flavor, body, i->s, q->loc);
	n->c->stmt.at[s].alternate = q->alternate ? n->now : 0;
	n->c->stmt.at[s].prefetch = q->prefetch;
	n->c->stmt.at[s].ahead = q->ahead;
	n->c->stmt.at[s].sharing = q->sharing;
	n->c->stmt.at[s].part = q->part;
	n->c->stmt.at[s].masked = q->parent >= 0 && x->loop.at[q->parent].tail != TAIL_PEEL;
	return s;
}

stmt_id pure_loops(struct nest *n, const struct inst *i, uint32_t from, stmt_id body)
{
	const struct stage *s = &n->c->stage.at[i->s];
	for (uint32_t p = s->order.n; p-- > from;)
		if (s->loop.at[s->order.at[p]].acc < 0)
			body = wrap(n, i, s->order.at[p], body);
	return body;
}

stmt_id store_result(struct nest *n, struct inst *i, expr_id value)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	expr_id idx[8];
	for (uint32_t d = 0; d < s->nidx; d++)
		idx[d] = expr_poly(c, s->idx[d], s->loc);
	/* a store addresses an element as a load does */
	expr_id load = convert(n, i, expr_read(c, s->tensor, idx, s->nidx, s->loc));
	const struct expr x = c->expr.at[load];
	expr_id out[9];
	for (uint32_t d = 0; d < x.nidx; d++)
		out[d] = c->list.at[x.idx + d];
	return stmt_store(c, x.of, out, x.nidx, value, i->s, s->loc);
}

static expr_id load_result(struct nest *n, struct inst *i)
{
	struct ctx *c = n->c;
	stmt_id st = store_result(n, i, 0);  /* first: tables move when they grow */
	const struct stmt x = c->stmt.at[st];
	expr_id idx[9];
	for (uint32_t d = 0; d < x.nidx; d++)
		idx[d] = c->list.at[x.idx + d];
	return expr_load(c, x.of, idx, x.nidx, x.loc);
}

bool tile_shape(struct nest *n, const struct inst *i, uint32_t tile, struct buf *b, expr_id *idx)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	int64_t size = 1;
	for (uint32_t l = 0; l < s->loop.n; l++)
		b->guarded |= guards(c, s, i, (int)l);
	for (uint32_t p = tile; p < s->order.n; p++) {
		int l = s->order.at[p];
		int64_t hi;
		if (!i->var[l])
			continue;
		if (!poly_upper(c, i->ext[l], &hi) || b->rank == 8) {
			const struct loop *q = &s->loop.at[l];
			diag(c, q->flavor == LOOP_VECTOR ? ERR_vectorize_shape : ERR_unroll_extent, q->loc,
			     "loop '%s' of %s has no constant extent (%s)", q->name, s->name, poly_text(c, i->ext[l]));
			diag_fix(c, "split it by a constant and mark the inner part");
			return false;
		}
		size *= hi;
		idx[b->rank] = expr_poly(c, i->val[l], s->loc);
		b->extent[b->rank++] = poly_int(c, hi);
	}
	if (size > 4096) {
		diag(c, ERR_unroll_size, s->loop.at[s->order.at[tile]].loc, "the register tile of %s would hold %lld sums", s->name,
		     (long long)size);
		return false;
	}
	return true;
}

/* The register tile over the loops of order from `tile` on. */
static bool make_tile(struct nest *n, struct inst *i, uint32_t tile)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	struct buf b = { .kind = BUF_REG };
	expr_id idx[9];
	if (!tile_shape(n, i, tile, &b, idx))
		return false;
	i->acc_n = b.rank;
	i->acc_idx = base_alloc(c, 8 * sizeof *i->acc_idx);
	memcpy(i->acc_idx, idx, b.rank * sizeof *idx);
	for (uint32_t a = 0; a < s->acc.n; a++) {
		const char *name = c->tensor.at[s->tensor].local;
		b.name = s->acc.n > 1 ? base_internf(c, "%s_sum%u", name, a + 1) : base_internf(c, "%s_sum", name);
		b.type = s->acc.at[a].type;
		i->acc[a] = buf_new(c, b);
	}
	return true;
}

/* Do two tiles of a split that shifts the last one back lie in one register tile? Some elements have two sums there. */
static bool overlaps(const struct stage *s, const struct inst *i, uint32_t tile)
{
	for (uint32_t l = 0; l < s->loop.n; l++) {
		if (s->loop.at[l].outer < 0 || s->loop.at[l].tail != TAIL_SHIFT)
			continue;
		for (uint32_t q = tile; q < s->order.n; q++)
			if (i->var[s->order.at[q]] && loop_is_part(s, s->order.at[q], s->loop.at[l].outer))
				return true;
	}
	return false;
}

/* Will all that reads s where it is computed name its elements along dim d by constants? Else an array stays an array. */
static bool read_at_constants(struct ctx *c, stage_id id, uint32_t d)
{
	const struct stage *s = &c->stage.at[id];
	if (s->with)                                           /* it runs where that does */
		s = &c->stage.at[s->with];
	for (uint32_t i = 0; i < c->dep.n; i++) {
		if (c->dep.at[i].writer != id)
			continue;
		const struct expr *e = &c->expr.at[c->list.at[c->expr.at[c->dep.at[i].read].idx + d]];
		const struct stage *r = &c->stage.at[c->dep.at[i].reader];
		bool inside = c->dep.at[i].reader != s->at;
		if (e->kind != X_POLY)
			return false;
		for (uint32_t p = 0; p < r->order.n; p++) {
			const struct loop *leaf = &r->loop.at[r->order.at[p]], *l = leaf;
			while (l->parent >= 0)
				l = &r->loop.at[l->parent];
			if (inside && leaf->flavor != LOOP_UNROLL && leaf->flavor != LOOP_VECTOR && (l->fused[0] >= 0 || poly_uses(c, e->poly, l->axis)))
				return false;
			inside |= s->at_loop && !strcmp(leaf->name, s->at_loop);
		}
	}
	return true;
}

/* Where the result is the sum itself, kept in registers of the loop around, the sum is built in place. */
static bool tile_is_result(struct nest *n, struct inst *i, uint32_t tile)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	if (c->expr.at[s->epilogue].kind != X_ACC || s->acc.n != 1 || s->partial)  /* partial: read one by one, so an array stays one */
		return false;
	if (LAW(shift_tile, overlaps(s, i, tile)))
		return false;
	stmt_id st = store_result(n, i, 0);  /* first: tables move when they grow */
	const struct stmt x = c->stmt.at[st];
	if (c->buf.at[x.of].kind != BUF_LOCAL)
		return false;
	expr_id *idx = base_alloc(c, 9 * sizeof *idx);
	for (uint32_t d = 0; d < x.nidx; d++) {
		idx[d] = c->list.at[x.idx + d];
		poly_id p = c->expr.at[idx[d]].poly;
		int64_t v;
		for (uint32_t q = tile; q < s->order.n; q++)
			if (i->var[s->order.at[q]])
				p = poly_without(c, p, i->var[s->order.at[q]]);
		if (!poly_const(c, p, &v) || (!(poly_const(c, c->buf.at[x.of].extent[d], &v) && v == 1) && !read_at_constants(c, i->s, d)))
			return false;
	}
	i->acc[0] = x.of;
	i->acc_idx = idx;
	i->acc_n = x.nidx;
	return true;
}

static stmt_id store_acc(struct nest *n, struct inst *i, uint32_t a, expr_id value)
{
	return stmt_store(n->c, i->acc[a], i->acc_idx, i->acc_n, value, i->s, n->c->stage.at[i->s].loc);
}

static expr_id load_acc(struct nest *n, struct inst *i, uint32_t a)
{
	return expr_load(n->c, i->acc[a], i->acc_idx, i->acc_n, n->c->stage.at[i->s].loc);
}

static stmt_id declare(struct nest *n, struct inst *i, stmt_id body)
{
	for (uint32_t a = n->c->stage.at[i->s].acc.n; a-- > 0;)
		body = stmt_new(n->c, (struct stmt){ .kind = S_DECLARE, .of = i->acc[a], .body = body, .stage = i->s });
	return body;
}

/* All reductions inside, the tile in registers. */
static stmt_id in_registers(struct nest *n, struct gang *g, uint32_t first, uint32_t tile)
{
	struct ctx *c = n->c;
	struct inst *lead = g->m[0];
	const struct stage *s = &c->stage.at[lead->s];
	stmt_id out = 0;
	bool *in_result = base_alloc(c, g->n);
	for (uint32_t m = 0; m < g->n; m++) {
		if (!make_tile(n, g->m[m], tile))
			return n->failed = true, 0;
		in_result[m] = tile_is_result(n, g->m[m], tile);
	}
	for (uint32_t m = 0; m < g->n; m++)
		for (uint32_t a = 0; a < c->stage.at[g->m[m]->s].acc.n; a++) {
			expr_id init = convert(n, g->m[m], c->stage.at[g->m[m]->s].acc.at[a].init);
			out = stmt_join(c, out, pure_loops(n, lead, tile, store_acc(n, g->m[m], a, init)));
		}
	for (uint32_t a = 0; a < s->acc.n; a++) {
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++) {
			stmt_id body = 0;
			for (uint32_t m = 0; m < g->n; m++) {
				expr_id value = step(n, g->m[m], a, u, load_acc(n, g->m[m], a));
				body = stmt_join(c, body, pure_loops(n, lead, tile, store_acc(n, g->m[m], a, value)));
			}
			for (uint32_t p = s->order.n; p-- > first;) {
				const struct loop *q = &s->loop.at[s->order.at[p]];
				if (q->acc == (int)a && q->update == (int)u)
					body = wrap(n, lead, s->order.at[p], body);
			}
			out = stmt_join(c, out, body);
		}
	}
	for (uint32_t m = 0; m < g->n; m++) {
		if (in_result[m])
			continue;
		stmt_id st = store_result(n, g->m[m], convert(n, g->m[m], c->stage.at[g->m[m]->s].epilogue));
		out = stmt_join(c, out, pure_loops(n, lead, tile, st));
	}
	for (uint32_t m = g->n; m-- > 0;)
		if (!in_result[m])
			out = declare(n, g->m[m], out);
	return out;
}

/* Loops over the result between reductions: partial sums in the stage's storage. */
static stmt_id in_storage(struct nest *n, struct inst *i, uint32_t first, uint32_t tile)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[i->s];
	const struct tensor *t = &c->tensor.at[s->tensor];
	if (s->acc.n != 1 || s->acc.at[0].type != t->type) {
		diag(c, ERR_unroll_extent, s->loop.at[s->order.at[tile ? tile - 1 : 0]].loc,
		     "a loop over the result of %s lies inside a reduction, but its partial sums cannot be kept in %s", s->name,
		     s->name);
		diag_fix(c, "unroll or vectorize the loops inside the reduction, or order them outside");
		return n->failed = true, 0;
	}
	for (uint32_t l = 0; l < s->loop.n; l++) {
		if (!LAW(shift_storage, s->loop.at[l].outer >= 0 && s->loop.at[l].tail == TAIL_SHIFT))
			continue;
		diag(c, ERR_tail, s->loop.at[s->loop.at[l].inner].loc, "sums of %s are kept in its storage: a tile that is shifted back adds to some of "
		     "them twice", s->name);
		return n->failed = true, 0;
	}
	stmt_id out = pure_loops(n, i, first, store_result(n, i, convert(n, i, s->acc.at[0].init)));
	for (uint32_t u = 0; u < s->acc.at[0].update.n; u++) {
		uint32_t mid = first, inner = 0;  /* the last loop over the result outside the tile; reductions inside it */
		for (uint32_t p = first; p < tile; p++)
			if (s->loop.at[s->order.at[p]].acc < 0)
				mid = p;
		for (uint32_t p = mid + 1; p < tile; p++)
			inner += s->loop.at[s->order.at[p]].update == (int)u;
		stmt_id body;
		if (inner && tile < s->order.n) {
			if (!make_tile(n, i, tile))
				return n->failed = true, 0;
			body = pure_loops(n, i, tile, store_acc(n, i, 0, step(n, i, 0, u, load_acc(n, i, 0))));
			for (uint32_t p = tile; p-- > mid + 1;)
				if (s->loop.at[s->order.at[p]].update == (int)u)
					body = wrap(n, i, s->order.at[p], body);
			body = stmt_join(c, pure_loops(n, i, tile, store_acc(n, i, 0, load_result(n, i))), body);
			body = stmt_join(c, body, pure_loops(n, i, tile, store_result(n, i, load_acc(n, i, 0))));
			body = declare(n, i, body);
		} else {
			body = pure_loops(n, i, tile, store_result(n, i, step(n, i, 0, u, load_result(n, i))));
			for (uint32_t p = tile; p-- > mid + 1;)
				if (s->loop.at[s->order.at[p]].update == (int)u)
					body = wrap(n, i, s->order.at[p], body);
		}
		for (uint32_t p = mid + 1; p-- > first;) {
			const struct loop *q = &s->loop.at[s->order.at[p]];
			if (q->acc < 0 || q->update == (int)u)
				body = wrap(n, i, s->order.at[p], body);
		}
		out = stmt_join(c, out, body);
	}
	const struct expr *e = &c->expr.at[s->epilogue];
	if (e->kind == X_ACC)
		return out;
	/* the epilogue reads the finished sum where it was kept */
	expr_id sum = load_result(n, i);
	const struct expr x = c->expr.at[sum];
	i->acc[0] = x.of;
	i->acc_n = x.nidx;
	i->acc_idx = base_alloc(c, 9 * sizeof *i->acc_idx);
	for (uint32_t d = 0; d < x.nidx; d++)
		i->acc_idx[d] = c->list.at[x.idx + d];
	return stmt_join(c, out, pure_loops(n, i, first, store_result(n, i, convert(n, i, s->epilogue))));
}

stmt_id core(struct nest *n, struct gang *g, uint32_t first)
{
	struct ctx *c = n->c;
	struct inst *lead = g->m[0];
	const struct stage *s = &c->stage.at[lead->s];
	uint32_t tile = s->order.n;
	if (first == s->order.n) {
		stmt_id out = 0;
		bool sums = false;
		for (uint32_t m = 0; m < g->n; m++)
			sums |= stage_sums(&c->stage.at[g->m[m]->s]) != 0;
		if (sums)
			return in_registers(n, g, first, tile);
		for (uint32_t m = 0; m < g->n; m++) {
			expr_id value = stage_value(c, g->m[m]->s);
			out = stmt_join(c, out, store_result(n, g->m[m], convert(n, g->m[m], value)));
		}
		return out;
	}
	while (tile > first) {
		const struct loop *q = &s->loop.at[s->order.at[tile - 1]];
		if (q->acc >= 0 || (lead->var[s->order.at[tile - 1]] && q->flavor != LOOP_UNROLL && q->flavor != LOOP_VECTOR))
			break;
		tile--;
	}
	for (uint32_t p = first; p < tile; p++) {
		if (s->loop.at[s->order.at[p]].acc >= 0 || !lead->var[s->order.at[p]])
			continue;
		if (g->n == 1)
			return in_storage(n, lead, first, tile);
		diag(c, ERR_compute_with, c->stage.at[g->m[1]->s].with_loc, "loop '%s' of %s lies inside a reduction",
		     s->loop.at[s->order.at[p]].name, s->name);
		diag_fix(c, "unroll or vectorize it, or order it outside");
		return n->failed = true, 0;
	}
	return in_registers(n, g, first, tile);
}
