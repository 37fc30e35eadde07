/* pack.c · storage order of weights and intermediates
 *
 *   a:pack("U", "i/16", "j", "g", "i%16")    U[g][i][j] is stored as [i / 16][j][g][i % 16], padded with zeros
 *   a:pack({"U_i", "U_f"}, "i/16", "j", "tensor", "i%16")    two tensors interleaved in one buffer
 *   a:pack("U", "2", "i/16", "j", "i%16")    only U[2][i][j], which is all that the stage reads of U
 *   a:pack("W", "i/16", "k", "*", "i%16")    W[0][i][k] and W[1][i][k] are read: * is the dim of the constants
 *
 * The names are the axes with which the stage reads the tensor (its own loops' axes), or, for the stage's own tensor,
 * the axes with which it writes. Each dim of the tensor must appear once whole, as i/B with i%B, or as the constant with
 * which it is read. Where an index is a sum, as in U[g][i][p*16+ji] after rfactor, any of its axes names it. */
#include "schedule/stages.h"

#include <stdlib.h>

struct reading { tensor_id tensor; expr_id at; bool differ; int several; };  /* several: the dim of different constants, or -1 */

/* Reads differ in constants of one dim only. */
static bool differs_in_one(struct ctx *c, const struct expr *x, const struct expr *y, int *dim)
{
	for (uint32_t d = 0; d < x->nidx; d++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + d]], *q = &c->expr.at[c->list.at[y->idx + d]];
		int64_t a, b;
		if (expr_equal(c, c->list.at[x->idx + d], c->list.at[y->idx + d]))
			continue;
		if ((*dim >= 0 && *dim != (int)d) || p->kind != X_POLY || q->kind != X_POLY || !poly_const(c, p->poly, &a) ||
		    !poly_const(c, q->poly, &b))
			return false;
		*dim = (int)d;
	}
	return true;
}

static void find_read(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct reading *r = arg;
	const struct expr *x = &c->expr.at[e];
	(void)s;
	if (x->of != r->tensor)
		return;
	if (!r->at)
		r->at = e;
	else if (!expr_equal(c, r->at, e))
		r->differ |= !differs_in_one(c, &c->expr.at[r->at], x, &r->several);
}

/* Is the index a sum, one of whose terms is of this name? */
static bool sum_with(struct ctx *c, poly_id p, const char *name)
{
	uint32_t n;
	const struct term *q = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		if (q[i].n == 1 && !strcmp(c->var.at[q[i].var[0]].name, name))
			return true;
	return false;
}

/* Which dim of the tensor is indexed by the axis of this name, or by this number: -1 where none. Any axis of a sum stands for all of it,
 * but one that indexes another dim alone is the name of that. `several` has no name but *. */
static int dim_of_index(struct ctx *c, stage_id s, tensor_id t, const struct reading *r, const char *name)
{
	expr_id read = r ? r->at : 0;
	int within = -1;
	if (r && !strcmp(name, "*"))
		return r->several;
	for (uint32_t i = 0; i < c->tensor.at[t].rank; i++) {
		if (r && (int)i == r->several)
			continue;
		poly_id p;
		uint32_t n;
		int64_t k;
		if (read) {
			const struct expr *x = &c->expr.at[c->list.at[c->expr.at[read].idx + i]];
			if (x->kind != X_POLY)
				continue;
			p = x->poly;
		} else {
			p = c->stage.at[s].idx[i];
		}
		const struct term *q = poly_terms(c, p, &n);
		if (within < 0 && sum_with(c, p, name))
			within = (int)i;
		if (n == 1 && q->n == 1 && q->factor == 1 && !strcmp(c->var.at[q->var[0]].name, name))
			return (int)i;
		if (read && *name >= '0' && *name <= '9' && poly_const(c, p, &k) && !strcmp(base_internf(c, "%lld", (long long)k), name))
			return (int)i;
	}
	return within;
}

static bool parse_part(struct ctx *c, stage_id s, tensor_id t, const struct reading *read, const char *text,
                       struct pack_part *out, loc_t l)
{
	char name[64];
	size_t n = strcspn(text, "/%");
	if (!strcmp(text, "tensor")) {
		*out = (struct pack_part){ .kind = PACK_TENSOR };
		return true;
	}
	if (n == 0 || n >= sizeof name) {
		diag(c, ERR_pack, l, "'%s' names no index", text);
		return false;
	}
	memcpy(name, text, n);
	name[n] = 0;
	int d = dim_of_index(c, s, t, read, name);
	if (d < 0) {
		diag(c, ERR_pack, l, "%s is not indexed by '%s' in %s", c->tensor.at[t].name, name, c->stage.at[s].name);
		return false;
	}
	bool number = *name >= '0' && *name <= '9';
	*out = (struct pack_part){ .kind = number ? PACK_AT : text[n] == '/' ? PACK_DIV : text[n] == '%' ? PACK_MOD : PACK_WHOLE,
	                           .dim = (uint32_t)d, .k = number ? strtoll(name, NULL, 10) : 1 };
	if (number && text[n]) {
		diag(c, ERR_pack, l, "'%s' divides a constant", text);
		return false;
	}
	if (text[n]) {
		char *end;
		out->k = strtoll(text + n + 1, &end, 10);
		if (*end || out->k < 1 || out->k > 1 << 20) {
			diag(c, ERR_pack, l, "'%s' does not divide by a whole number", text);
			return false;
		}
	}
	return true;
}

/* Each dim once whole, or as i/B and i%B with the same B. */
static bool complete(struct ctx *c, const struct pack *p, tensor_id t, stage_id s, expr_id read, loc_t l)
{
	for (uint32_t d = 0; d < c->tensor.at[t].rank; d++) {
		int whole = 0, div = 0, mod = 0;
		int64_t kd = 0, km = 0;
		for (uint32_t i = 0; i < p->part.n; i++) {
			const struct pack_part *q = &p->part.at[i];
			if (q->kind == PACK_TENSOR || q->dim != d)
				continue;
			whole += q->kind == PACK_WHOLE || q->kind == PACK_AT;
			div += q->kind == PACK_DIV;
			mod += q->kind == PACK_MOD;
			kd = q->kind == PACK_DIV ? q->k : kd;
			km = q->kind == PACK_MOD ? q->k : km;
		}
		bool once = whole ? whole == 1 && !div && !mod : div == 1 && mod == 1 && kd == km;
		if (LAW(pack_dims, !once)) {
			const char *i = read ? expr_text(c, c->list.at[c->expr.at[read].idx + d]) : poly_text(c, c->stage.at[s].idx[d]);
			if (!whole && !div && !mod)
				diag(c, ERR_pack, l, "the index '%s' of %s is not listed", i, c->tensor.at[t].name);
			else if (!whole && div == 1 && mod == 1)
				diag(c, ERR_pack, l, "the index '%s' of %s is divided by %lld, its remainder is by %lld", i, c->tensor.at[t].name,
				     (long long)kd, (long long)km);
			else if (!whole && div + mod == 1)
				diag(c, ERR_pack, l, "the index '%s' of %s is listed as '%s%s%lld' alone; '%s%s%lld' is missing", i,
				     c->tensor.at[t].name, i, div ? "/" : "%", (long long)(div ? kd : km), i, div ? "%" : "/",
				     (long long)(div ? kd : km));
			else
				diag(c, ERR_pack, l, "the index '%s' of %s is listed more than once", i, c->tensor.at[t].name);
			return false;
		}
	}
	return true;
}

bool sched_pack(struct ctx *c, stage_id s, const char *const *tensors, uint32_t nt,
                const char *const *parts, uint32_t np, loc_t l)
{
	struct pack p = { .loc = l };
	uint32_t many = 0;
	if (!nt || !np || np > 9) {
		diag(c, ERR_pack, l, "a storage order lists 1 to 9 indices");
		return false;
	}
	for (uint32_t i = 0; i < nt; i++) {
		struct reading r = { .tensor = tensor_near(c, s, tensors[i]), .several = -1 };
		const struct tensor *t = &c->tensor.at[r.tensor];
		if (!r.tensor) {
			diag(c, ERR_no_tensor, l, "the model has no tensor '%s'", tensors[i]);
			return false;
		}
		bool own = r.tensor == c->stage.at[s].tensor;
		if (t->role == ROLE_INPUT || LAW(pack_callers, own && (t->is_output || t->history))) {
			diag(c, ERR_pack, l, "%s is the caller's memory%s", t->name, t->history ? " or carried between calls" : "");
			diag_fix(c, "pack params, and intermediates that are no outputs");
			return false;
		}
		if (t->role != ROLE_PARAM && !own) {
			diag(c, ERR_pack, l, "%s is made by another stage", t->name);
			diag_fix(c, "call pack on the stage that makes it: its order holds for all uses");
			return false;
		}
		/* a member of a group may be read by a sibling computed with this stage */
		if (!own) {
			stage_reads(c, s, find_read, &r);
			for (stage_id o = 1; o < c->stage.n && !r.at && nt > 1; o++)
				stage_reads(c, o, find_read, &r);
			if (!r.at) {
				diag(c, ERR_pack, l, "%s does not read %s", c->stage.at[s].name, t->name);
				return false;
			}
			if (LAW(pack_reads, r.differ)) {
				diag(c, ERR_pack, l, "%s reads %s with different indices", c->stage.at[s].name, t->name);
				return false;
			}
		}
		struct pack q = { .loc = l };
		many = 0;
		for (uint32_t k = 0; k < np; k++) {
			struct pack_part part;
			if (!parse_part(c, s, r.tensor, own ? NULL : &r, parts[k], &part, l))
				return false;
			many += part.kind == PACK_TENSOR;
			VEC_PUSH(c, q.part, part);
		}
		if (many != (nt > 1)) {
			diag(c, ERR_pack, l, nt > 1 ? "several tensors share one buffer: list \"tensor\" once" :
			     "\"tensor\" is for several tensors in one buffer");
			return false;
		}
		if (!complete(c, &q, r.tensor, s, own ? 0 : r.at, l))
			return false;
		if (i == 0) {
			p.part.at = q.part.at;
			p.part.n = q.part.n;
			p.part.cap = q.part.cap;
		}
		const struct tensor *first = &c->tensor.at[i ? p.tensors.at[0] : r.tensor];
		bool same = first->rank == t->rank && first->type == t->type && (!i || !own);
		for (uint32_t d = 0; d < t->rank && same; d++)
			same = first->extent[d] == t->extent[d];
		for (uint32_t k = 0; k < np && same; k++)
			same = q.part.at[k].dim == p.part.at[k].dim && q.part.at[k].k == p.part.at[k].k;
		if (LAW(pack_shapes, !same)) {
			diag(c, ERR_pack, l, "%s and %s have different shapes", first->name, t->name);
			return false;
		}
		VEC_PUSH(c, p.tensors, r.tensor);
	}
	struct text order = { .c = c };
	for (uint32_t k = 0; k < np; k++)
		text_printf(&order, "[%s]", parts[k]);
	p.order = order.s;
	VEC_PUSH(c, c->sched->packs, p);
	VEC_PUSH(c, c->stage.at[s].packs, c->sched->packs.n);
	for (stage_id o = 1; o < c->stage.n && nt > 1; o++) {  /* siblings read the same buffer */
		bool reads = false;
		for (uint32_t i = 0; i < nt; i++) {
			struct reading r = { .tensor = p.tensors.at[i], .several = -1 };
			stage_reads(c, o, find_read, &r);
			reads |= r.at != 0;
		}
		if (reads && o != s)
			VEC_PUSH(c, c->stage.at[o].packs, c->sched->packs.n);
	}
	return true;
}
