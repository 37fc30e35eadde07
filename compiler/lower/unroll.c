/* unroll.c · unrolled loops become their iterations, one after another
 *
 *   unroll for g in 0..2: r[g][ii] = ...    =>    r[0][ii] = ...; r[1][ii] = ...
 *
 * Needs:      constant extents (tails.c). Refuses, with the schedule line, loops that have none. */
#include "lower/lower.h"

static bool counts_with(struct ctx *c, stmt_id s, void *v)
{
	const struct stmt *x = &c->stmt.at[s];
	return x->kind == S_FOR && x->flavor == LOOP_UNROLL && poly_uses(c, x->extent, *(var_id *)v);
}

/* A tile that tails.c has made for one size: of the loop over its tiles one iteration is left, and 2 - 2 * to is 2. */
static void fix_single(struct ctx *c, stmt_id s)
{
	struct stmt x = c->stmt.at[s];
	if (x.kind != S_FOR || x.flavor != LOOP_SERIAL || !poly_is(c, x.extent, 1) || !stmt_any(c, x.body, counts_with, &x.var))
		return;
	stmt_id body = stmt_clone(c, x.body, x.var, poly_int(c, 0));
	c->stmt.at[s].body = body;
}

static stmt_id unroll(struct ctx *c, stmt_id s, bool *ok, uint32_t limit)
{
	stmt_id out = 0;
	for (stmt_id next; s && *ok; s = next) {
		fix_single(c, s);
		struct stmt x = c->stmt.at[s];
		int64_t n;
		next = x.next;
		c->stmt.at[s].next = 0;
		stmt_id body = unroll(c, x.body, ok, limit), other = unroll(c, x.other, ok, limit);
		c->stmt.at[s].body = body;
		c->stmt.at[s].other = other;
		bool known = (x.kind == S_FOR || x.kind == S_IF) && poly_const(c, x.extent, &n);
		if (known && x.kind == S_IF) {  /* unrolling has decided it */
			out = stmt_join(c, out, n > 0 ? body : other);
			continue;
		}
		if (known && n <= 0)
			continue;
		if (x.kind != S_FOR || x.flavor != LOOP_UNROLL) {
			out = stmt_join(c, out, s);
			continue;
		}
		if (!poly_const(c, x.extent, &n)) {
			diag(c, ERR_unroll_extent, x.loc, "loop '%s' of %s is unrolled, but its extent is %s", c->var.at[x.var].name,
			     c->stage.at[x.stage].name, poly_text(c, x.extent));
			*ok = false;
			break;
		}
		for (int64_t i = 0; i < n && *ok; i++) {
			out = stmt_join(c, out, stmt_clone(c, body, x.var, poly_int(c, i)));
			if (c->stmt.n > limit) {
				diag(c, ERR_unroll_size, x.loc, "unrolling '%s' of %s %lld times makes more than a million statements",
				     c->var.at[x.var].name, c->stage.at[x.stage].name, (long long)n);
				*ok = false;
			}
		}
	}
	return out;
}

bool loops_unroll(struct ctx *c)
{
	bool ok = true;
	c->body = unroll(c, c->body, &ok, c->stmt.n + 1000000);
	return ok;
}
