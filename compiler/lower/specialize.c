/* specialize.c · sizes that are known: dims that m:bound fixes become numbers, and loops of one iteration vanish
 *
 *   for no in 0..ceil(N / 6):                        (m:bound("N", 1, 1))
 *     unroll for ni in 0..min(6, N - 6 * no):   =>   y[0] = ...
 *       y[6 * no + ni] = ...
 *
 * Loops over time stay, of one step too: rows are found through them. */
#include "lower/lower.h"

/* What is left of a list when loops of one iteration are gone. */
static stmt_id without_single(struct ctx *c, stmt_id s)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		stmt_id body = without_single(c, c->stmt.at[s].body);
		stmt_set_body(c, s, body);
		stmt_id other = without_single(c, c->stmt.at[s].other);
		stmt_set_other(c, s, other);
		const struct stmt x = c->stmt.at[s];
		bool once = x.kind == S_FOR && poly_is(c, x.extent, 1) && x.flavor != LOOP_TIME && x.flavor != LOOP_GROUPS;
		out = stmt_join(c, out, once ? stmt_clone(c, body, x.var, poly_int(c, 0)) : s);
	}
	return out;
}

static stmt_id fixed(struct ctx *c, stmt_id s)
{
	for (uint32_t d = 1; d < c->dim.n; d++) {
		const struct bound *b = sched_bound_of(c, d);
		if (b && b->min == b->max)
			s = stmt_clone(c, s, c->dim.at[d].var, poly_int(c, b->min));
	}
	return without_single(c, s);
}

bool loops_specialize(struct ctx *c)
{
	if (!c->fixed)
		return true;
	for (buf_id b = 1; b < c->buf.n; b++)
		for (uint32_t i = 0; i < c->buf.at[b].rank; i++)
			c->buf.at[b].extent[i] = poly_fixed(c, c->buf.at[b].extent[i]);
	for (uint32_t i = 0; i < c->program->starts.n; i++) {
		stmt_id body = fixed(c, c->program->starts.at[i].body);
		c->program->starts.at[i].body = body;
	}
	for (uint32_t i = 0; i < c->program->checks.n; i++)
		c->program->checks.at[i].limit = poly_fixed(c, c->program->checks.at[i].limit);
	c->body = fixed(c, c->body);
	return true;
}
