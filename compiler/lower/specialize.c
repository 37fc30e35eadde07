/* specialize.c · sizes that are known: dims become numbers, and loops of one iteration vanish
 *
 *   for no in 0..ceil(N / 6):                        if N == 1:
 *     unroll for ni in 0..min(6, N - 6 * no):          y[0] = ...
 *       y[6 * no + ni] = ...                    =>   else:
 *                                                      for no in 0..ceil(N / 6): ...
 *
 * For dims that m:bound fixes there is no condition. Each m:specialize is a copy of the whole program, in the order of the
 * schedule; all share buffers, weights and workspace, whose shapes are those of any size. The condition is the same for all threads,
 * so that barriers inside it are met by all or none.
 *
 * Loops over time stay, of one step too: rows are found through them. Of two ways to do the same (`choice`) one is left. */
#include "lower/lower.h"

/* Of a size that is now known, a guarded tile: iterations behind the last element go, and where all that is left exist, the condition
 * does, too. It may stand further in, where the tile is split again. */
static void end_at_guard(struct ctx *c, stmt_id s)
{
	const struct stmt x = c->stmt.at[s];
	stmt_id in = x.body;
	while (in && c->stmt.at[in].kind == S_FOR && !c->stmt.at[in].next)
		in = c->stmt.at[in].body;
	const struct stmt guard = c->stmt.at[in];
	int64_t most, lo, hi, step;
	if (x.kind != S_FOR || !in || guard.kind != S_IF || guard.next || guard.other || !poly_const(c, x.extent, &most) ||
	    (step = -poly_coef(c, guard.extent, x.var)) <= 0 || !poly_linear_in(c, guard.extent, x.var) ||
	    !poly_range(c, poly_without(c, guard.extent, x.var), &lo, &hi))
		return;
	int64_t there = (hi + step - 1) / step;                /* hi - step * counter > 0 */
	bool all = in == x.body && step == 1 && lo == hi;
	if (there < 1 || (!all && there >= most))
		return;
	poly_id extent = poly_int(c, there < most ? there : most);
	var_id v = var_new(c, VAR_LOOP, c->var.at[x.var].name, extent, c->var.at[x.var].loc);
	stmt_id body = stmt_clone(c, all ? guard.body : x.body, x.var, poly_var(c, v));
	c->stmt.at[s].extent = extent;
	c->stmt.at[s].var = v;
	stmt_set_body(c, s, body);
	if (all)
		end_at_guard(c, s);
}

/* What is left of a list when loops of one iteration are gone. */
static stmt_id without_single(struct ctx *c, stmt_id s)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		end_at_guard(c, s);
		const struct stmt x = c->stmt.at[s];
		if (x.kind == S_FOR && poly_is(c, x.extent, 1) && x.flavor != LOOP_TIME && x.flavor != LOOP_GROUPS) {
			/* outer ones first: extents inside follow from their counters */
			stmt_id body = without_single(c, stmt_clone(c, x.body, x.var, poly_int(c, 0)));
			out = stmt_join(c, out, body);
			continue;
		}
		stmt_id body = without_single(c, x.body), other = without_single(c, x.other);
		stmt_set_body(c, s, body);
		stmt_set_other(c, s, other);
		out = stmt_join(c, out, s);
	}
	return out;
}

/* > 0 where all sizes are those of the case. */
static poly_id condition(struct ctx *c, const struct special *k)
{
	poly_id all = poly_int(c, 1);
	for (uint32_t i = 0; i < k->sizes.n; i++) {
		poly_id over = poly_sub(c, poly_var(c, c->dim.at[k->sizes.at[i].dim].var), poly_int(c, k->sizes.at[i].value));
		if (LAW(special_sizes, true))
			all = poly_min(c, all, poly_min(c, poly_add(c, poly_int(c, 1), over), poly_sub(c, poly_int(c, 1), over)));
	}
	return all;
}

static stmt_id special(struct ctx *c, const struct special *k, stmt_id s)
{
	for (uint32_t i = 0; i < k->sizes.n; i++)
		s = stmt_clone(c, s, c->dim.at[k->sizes.at[i].dim].var, poly_int(c, k->sizes.at[i].value));
	return without_single(c, s);
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

static void fix_all(struct ctx *c)
{
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
}

/* Of two ways to do the same, the one for these sizes; the other, where they are not known to be such. */
static stmt_id chosen(struct ctx *c, stmt_id s)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		const struct stmt x = c->stmt.at[s];
		int64_t lo, hi;
		next = x.next;
		c->stmt.at[s].next = 0;
		stmt_id body = chosen(c, x.body), other = chosen(c, x.other);
		stmt_set_body(c, s, body);
		stmt_set_other(c, s, other);
		if (x.choice)
			s = poly_range(c, x.extent, &lo, &hi) && lo > 0 ? body : other;
		out = stmt_join(c, out, s);
	}
	return out;
}

bool loops_specialize(struct ctx *c)
{
	if (c->fixed)
		fix_all(c);
	stmt_id general = c->body;
	c->body = chosen(c, c->sched->specials.n ? stmt_clone(c, general, 0, 0) : general);
	for (uint32_t i = c->sched->specials.n; i-- > 0;) {
		const struct special *k = &c->sched->specials.at[i];
		stmt_id body = chosen(c, special(c, k, general));
		c->body = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_fixed(c, condition(c, k)), .body = body, .other = c->body,
		                                     .special = (uint8_t)(i + 1), .loc = k->loc });
	}
	return true;
}
