/* unused.c · registers that nothing loads are not stored to
 *
 * Where a condition is decided (partition.c), or elements of a state differ in how far back they are read, some of a tile's
 * variables are left without a reader. C compilers drop them too, but warn. */
#include "lower/lower.h"

struct loads { bool **of; };                /* [buf][component]; NULL: no registers */

static int64_t components(struct ctx *c, const struct buf *b)
{
	int64_t n = 1, e;
	for (uint32_t i = 0; i < b->rank; i++)
		n *= poly_const(c, b->extent[i], &e) ? e : 1;
	return n;
}

/* Which component, counted in elements: of a vector its first. -1: it is not told by constants. */
static int64_t component(struct ctx *c, const struct buf *b, uint32_t idx)
{
	int64_t at = 0, e;
	for (uint32_t i = 0; i < b->rank; i++) {
		const struct expr *x = &c->expr.at[c->list.at[idx + i]];
		uint32_t n;
		int64_t own = 0;
		if (x->kind != X_POLY || !poly_const(c, b->extent[i], &e))
			return -1;
		const struct term *t = poly_terms(c, x->poly, &n);
		for (uint32_t k = 0; k < n; k++)
			own += t[k].n ? 0 : t[k].factor;             /* the counter of its lanes begins at 0 */
		at = at * e + own;
	}
	return b->lanes ? at / b->lanes * b->lanes : at;
}

static void see(struct ctx *c, buf_id id, uint32_t idx, bool write, void *arg)
{
	struct loads *l = arg;
	const struct buf b = c->buf.at[id];
	if (write || b.kind != BUF_REG)
		return;
	if (!l->of[id])
		l->of[id] = base_alloc(c, (size_t)components(c, &b) * sizeof **l->of);
	int64_t at = component(c, &b, idx), n = components(c, &b);
	for (int64_t i = at < 0 ? 0 : at; i < (at < 0 ? n : at + 1); i++)
		l->of[id][i] = true;
}

static bool is_loaded(struct ctx *c, const struct stmt *x, const struct loads *l)
{
	const struct buf *b = &c->buf.at[x->of];
	int64_t at = b->kind == BUF_REG ? component(c, b, x->idx) : -1;
	return at < 0 || (l->of[x->of] && l->of[x->of][at]);
}

/* The list without stores that nothing loads, and without what is left empty. */
static stmt_id needed(struct ctx *c, stmt_id s, const struct loads *l, bool *dropped)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		const struct stmt x = c->stmt.at[s];
		if (x.kind == S_STORE && !is_loaded(c, &x, l)) {
			*dropped = true;
			continue;
		}
		stmt_id body = needed(c, x.body, l, dropped), other = needed(c, x.other, l, dropped);
		stmt_set_body(c, s, body);
		stmt_set_other(c, s, other);
		bool emptied = (x.body && !body && !other) || (!x.body && x.other && !other);
		out = emptied ? out : stmt_join(c, out, s);
	}
	return out;
}

void registers_drop_unused(struct ctx *c)
{
	for (bool again = true; again;) {                /* what only fed a dropped one is next */
		struct loads l = { .of = base_alloc(c, c->buf.n * sizeof *l.of) };
		again = false;
		stmt_accesses(c, c->body, see, &l);
		stmt_id body = needed(c, c->body, &l, &again);
		c->body = body;
	}
}
