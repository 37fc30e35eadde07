/* storage.c · where each tensor lives, and how an element of it is addressed
 *
 *   inputs, outputs      the caller's memory, in the model's own order
 *   params               parts of the packed weights: one for each pack, one for each param read as it is
 *   funcs and states     the workspace; inside a time loop only as many steps as are still read (schedule/rows.c), or as the
 *                        schedule says
 *   compute_at           an array of the loop that it is computed in, of the size that is needed there */
#include "lower/lower.h"

static void apply_pack(struct ctx *c, struct buf *b, const struct pack *p)
{
	b->rank = p->part.n;
	for (uint32_t i = 0; i < p->part.n; i++) {
		const struct pack_part *q = &p->part.at[i];
		poly_id all = q->kind == PACK_TENSOR ? 0 : pad_storage(c, b->tensor, q->dim);
		b->extent[i] = q->kind == PACK_WHOLE ? all : q->kind == PACK_MOD ? poly_int(c, q->k) :
		               q->kind == PACK_AT ? poly_int(c, 1) :
		               q->kind == PACK_DIV ? poly_ceildiv(c, all, q->k) : poly_int(c, p->tensors.n);
	}
}

static void carry(struct ctx *c, tensor_id t, buf_id b)
{
	struct program *p = c->program;
	VEC_PUSH(c, p->carried, (struct carried){ t, b, c->tensor.at[t].history, p->carried.n });
}

void storage_buffers(struct nest *n)
{
	struct ctx *c = n->c;
	c->program = base_alloc(c, sizeof *c->program);
	n->tensor_buf = base_alloc(c, c->tensor.n * sizeof *n->tensor_buf);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		const struct tensor *x = &c->tensor.at[t];
		struct buf b = { .name = base_ident(c, x->name), .type = x->type, .rank = x->rank, .tensor = t,
		                 .history = x->history };
		stage_id maker = 0;
		for (uint32_t d = 0; d < x->rank; d++)
			b.extent[d] = pad_storage(c, t, d);
		for (stage_id s = 1; s < c->stage.n && !maker; s++)
			if (c->stage.at[s].tensor == t)
				maker = s;
		if (x->role == ROLE_PARAM || (x->role != ROLE_INPUT && (!maker || sched_is_local(c, maker))))
			continue;
		b.kind = x->role == ROLE_INPUT ? BUF_INPUT : x->is_output ? BUF_OUTPUT : BUF_WORK;
		if ((x->history || x->backward) && x->time != 0) {
			diag(c, ERR_index, x->loc, "%s is read at earlier steps, but time is not its first dim", x->name);
			diag_fix(c, "give %s the shape {T, ...}", x->name);
			n->failed = true;
			continue;
		}
		if (x->history || x->backward || (b.kind == BUF_WORK && maker && stage_unit(c, maker) && x->time == 0)) {
			b.timed = true;
			b.fold = b.kind != BUF_WORK ? 0 : c->stage.at[maker].fold ? c->stage.at[maker].fold : sched_kept(c, maker).rows;
			b.backward = x->backward && !b.fold;
		}
		for (uint32_t i = 0; maker && i < c->stage.at[maker].packs.n; i++) {
			uint32_t k = c->stage.at[maker].packs.at[i];
			const struct pack *p = &c->sched->packs.at[k - 1];
			if (p->tensors.at[0] != t)
				continue;
			b.pack = k;
			apply_pack(c, &b, p);
			b.timed &= p->part.at[0].kind == PACK_WHOLE && (int)p->part.at[0].dim == x->time;
			if (!b.timed)
				b.fold = 0;
		}
		n->tensor_buf[t] = buf_new(c, b);
		if (b.kind == BUF_WORK)
			VEC_PUSH(c, c->program->works, n->tensor_buf[t]);
	}
	/* states in the order of model { states = }, then what else is carried */
	for (uint32_t i = 0; i < c->states.n; i++)
		if (c->tensor.at[c->states.at[i]].history)
			carry(c, c->states.at[i], n->tensor_buf[c->states.at[i]]);
	for (tensor_id t = 1; t < c->tensor.n; t++) {
		bool listed = false;
		for (uint32_t i = 0; i < c->program->carried.n; i++)
			listed |= c->program->carried.at[i].tensor == t;
		if (c->tensor.at[t].history && !listed)
			carry(c, t, n->tensor_buf[t]);
	}
}

/* The part of the packed weights in which stage s reads t. */
buf_id storage_param(struct ctx *c, stage_id s, tensor_id t)
{
	const struct tensor *x = &c->tensor.at[t];
	struct buf b = { .kind = BUF_PARAM, .type = x->type, .rank = x->rank, .tensor = t };
	memcpy(b.extent, x->extent, sizeof x->extent);
	for (uint32_t i = 0; i < c->stage.at[s].packs.n; i++) {
		uint32_t k = c->stage.at[s].packs.at[i];
		const struct pack *p = &c->sched->packs.at[k - 1];
		for (uint32_t m = 0; m < p->tensors.n; m++)
			if (p->tensors.at[m] == t)
				b.pack = k;
	}
	for (uint32_t i = 0; i < c->program->params.n; i++) {
		const struct buf *o = &c->buf.at[c->program->params.at[i]];
		if (o->pack ? o->pack == b.pack : !b.pack && o->tensor == t)
			return c->program->params.at[i];
	}
	uint32_t twice = 0;
	for (uint32_t i = 0; i < c->program->params.n; i++)
		twice += c->buf.at[c->program->params.at[i]].tensor == t;
	struct text name = { .c = c };
	if (b.pack) {
		const struct pack *p = &c->sched->packs.at[b.pack - 1];
		apply_pack(c, &b, p);
		for (uint32_t m = 0; m < p->tensors.n; m++)
			text_printf(&name, "%s%s", m ? "_" : "", base_ident(c, m ? c->tensor.at[p->tensors.at[m]].local :
			                                                      c->tensor.at[p->tensors.at[m]].name));
	} else {
		text_puts(&name, base_ident(c, x->name));
	}
	b.name = twice ? base_internf(c, "%s_%u", name.s, twice + 1) : base_intern(c, name.s);
	buf_id id = buf_new(c, b);
	VEC_PUSH(c, c->program->params, id);
	return id;
}

/* A read of a tensor becomes a load: the indices of read are already those of loops. */
expr_id access_read(struct nest *n, struct inst *i, expr_id read)
{
	struct ctx *c = n->c;
	const struct expr x = c->expr.at[read];
	const struct tensor *t = &c->tensor.at[x.of];
	const struct binding *local = NULL;
	expr_id idx[9], out[9];
	for (uint32_t k = n->local.n; k-- > 0 && !local;)
		if (n->local.at[k].tensor == x.of)
			local = &n->local.at[k];
	for (uint32_t d = 0; d < x.nidx; d++) {
		idx[d] = c->list.at[x.idx + d];
		const struct expr *e = &c->expr.at[idx[d]];
		if (e->kind != X_POLY) {  /* a gather: ids are checked before anything runs */
			const struct expr *g = e;
			while (g->kind == X_CAST)
				g = &c->expr.at[g->arg[0]];
			bool limited = g->kind == X_OP && g->op == OP_MAX;  /* computed: equations_sugar has limited it */
			if (limited) {
				continue;
			} else if (g->kind == X_LOAD && c->buf.at[g->of].kind == BUF_INPUT) {
				bool known = false;
				for (uint32_t k = 0; k < c->program->checks.n; k++)
					known |= c->program->checks.at[k].buf == g->of && c->program->checks.at[k].limit == t->extent[d];
				if (!known)
					VEC_PUSH(c, c->program->checks, (struct check){ g->of, t->extent[d], x.loc });
			} else {
				diag(c, ERR_index, x.loc, "%s is indexed by values that the model computes", t->name);
				diag_fix(c, "index by an integer input");
				n->failed = true;
			}
		} else if (local) {
			idx[d] = expr_poly(c, poly_sub(c, e->poly, local->origin[d]), x.loc);
		}
	}
	buf_id b = local ? local->buf : t->role == ROLE_PARAM ? storage_param(c, i->s, x.of) : n->tensor_buf[x.of];
	if (!c->buf.at[b].pack || local)
		return expr_load(c, b, idx, x.nidx, x.loc);
	const struct pack *p = &c->sched->packs.at[c->buf.at[b].pack - 1];
	for (uint32_t k = 0; k < p->part.n; k++) {
		const struct pack_part *q = &p->part.at[k];
		uint32_t m = 0;
		while (q->kind == PACK_TENSOR && p->tensors.at[m] != x.of)
			m++;
		const struct expr *e = &c->expr.at[idx[q->dim]];
		if (q->kind == PACK_WHOLE) {
			out[k] = idx[q->dim];
		} else if (q->kind == PACK_TENSOR || q->kind == PACK_AT) {
			out[k] = expr_poly(c, poly_int(c, q->kind == PACK_AT ? 0 : m), x.loc);
		} else if (e->kind == X_POLY) {
			out[k] = expr_poly(c, q->kind == PACK_DIV ? poly_div(c, e->poly, q->k) : poly_mod(c, e->poly, q->k), x.loc);
		} else {
			diag(c, ERR_pack, p->loc, "%s is indexed by another tensor along the dim that is divided", t->name);
			n->failed = true;
			out[k] = idx[q->dim];
		}
	}
	return expr_load(c, b, out, p->part.n, x.loc);
}
