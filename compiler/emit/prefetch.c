/* prefetch.c · lines of memory that a loop asks for some iterations early
 *
 *   for (int64_t j = 0; j < 512; j++) {
 *           const float *const U_j = U + io * 32768 + j * 64;
 *           __builtin_prefetch(U_j + 512);          what iteration j + 8 loads of U: lines of 16 floats
 *           __builtin_prefetch(U_j + 528);
 *
 * Past the end of the loop other parts of the tensor are asked for, or nothing: a prefetch is no access. */
#include "emit/emit.h"

#include "safetensors.h"

enum { LINE = 64 };                 /* bytes */

struct line_of { const char *base; poly_id rest; int64_t number; };
struct asking { struct emit *e; const struct stmt *loop; VEC(struct line_of) seen; };

/* Does the buffer hold the tensor, alone or packed with others? */
static bool holds(struct ctx *c, const struct buf *b, tensor_id t)
{
	if (!b->pack || b->tensor == t)
		return b->tensor == t;
	const struct pack *p = &c->sched->packs.at[b->pack - 1];
	return idvec_has(&p->tensors, t);
}

static void ask(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct asking *a = arg;
	struct emit *e = a->e;
	const struct buf *x = &c->buf.at[b];
	if (write || x->kind >= BUF_LOCAL || !holds(c, x, a->loop->prefetch))
		return;
	int64_t size = (int64_t)rnn_st_type_size(x->type), k = 0;
	struct place_c p = locate(e, b, idx, false);
	poly_id at = poly_int(c, 0);
	for (uint32_t i = 0; i < x->rank; i++) {
		const struct expr *q = &c->expr.at[c->list.at[idx + i]];
		if (q->kind != X_POLY)
			return;
		at = poly_add(c, at, poly_mul(c, q->poly, e->stride[b][i]));
	}
	poly_id later = poly_add(c, poly_var(c, a->loop->var), poly_int(c, a->loop->ahead));
	poly_id offset = poly_add(c, p.offset, poly_sub(c, poly_subst(c, at, a->loop->var, later), at));
	uint32_t n;
	const struct term *t = poly_terms(c, offset, &n);
	for (uint32_t i = 0; i < n; i++)
		k = t[i].n ? k : t[i].factor;
	struct line_of l = { p.base, poly_sub(c, offset, poly_int(c, k)), k * size / LINE };
	for (uint32_t i = 0; i < a->seen.n; i++)
		if (a->seen.at[i].base == l.base && a->seen.at[i].rest == l.rest && a->seen.at[i].number == l.number)
			return;
	VEC_PUSH(c, a->seen, l);
	line(e, "__builtin_prefetch(%s + %s);", p.base, poly_c(e, offset));
}

/* What the statements of the body of `loop` load of its tensor, some iterations early. */
void print_prefetch(struct emit *e, const struct stmt *loop, const idvec *body)
{
	struct ctx *c = e->c;
	struct asking a = { .e = e, .loop = loop };
	for (uint32_t i = 0; i < body->n; i++) {
		const struct stmt x = c->stmt.at[body->at[i]];
		bool vector = x.kind == S_FOR && x.flavor == LOOP_VECTOR;
		if (x.kind != S_STORE && !vector)
			continue;
		e->lane = vector ? x.var : 0;
		for (stmt_id s = vector ? x.body : body->at[i]; s; s = vector ? c->stmt.at[s].next : 0) {
			stmt_id next = c->stmt.at[s].next;
			c->stmt.at[s].next = 0;
			stmt_accesses(c, s, ask, &a);
			c->stmt.at[s].next = next;
		}
		e->lane = 0;
	}
}
