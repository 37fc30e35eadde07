/* carry.c · time inside the loops over elements: the state stays in registers
 *
 *   order("n", "io", "t", "ii"):
 *     for n: for io:
 *       h_last[ii] = h[-1]
 *       for t:
 *         h_last[ii] = A h_last[ii] + B          A, B of step t; any other function of h_last as well
 *         h[t] = h_last[ii]
 *
 * With several stages, or values of several steps before, each step computes all new values first (h_now) and then moves them on:
 * h_last2 = h_last, h_last = h_now. Stages that nothing outside reads are not stored at all.
 *
 * Needs:      a recurrence whose elements stand alone (sched_slots). Loops inside time are unrolled or vectorized.
 * Guarantees: the same operations on the same values as with time outermost. */
#include "lower/lower.h"

void carry_init(struct carry *k, struct nest *n, const struct gang *g, var_id t)
{
	struct ctx *c = n->c;
	const struct stage *lead = &c->stage.at[g->m[0]->s];
	const idvec *members = &c->rec.at[lead->rec].members;
	*k = (struct carry){ .n = n, .rec = lead->rec, .t = t, .at = (uint32_t)lead->time_at };
	sched_slots(c, lead->rec, &k->slots);
	for (uint32_t m = 0; m < members->n; m++) {
		for (uint32_t i = 0; i < g->n; i++)
			if (g->m[i]->s == members->at[m])
				k->inst[m] = g->m[i];
		k->lead = k->inst[m] == g->m[0] ? m : k->lead;
		for (uint32_t j = 0; j < k->slots.n; j++)
			if (k->slots.at[j].s == members->at[m])
				k->member[j] = m;
	}
}

/* ---- registers ----------------------------------------------------------------------------------------------------- */

struct regs carry_regs(struct carry *k, uint32_t member, const char *name, var_id side)
{
	struct ctx *c = k->n->c;
	const struct stage *s = &c->stage.at[k->inst[member]->s];
	struct buf b = { .kind = BUF_REG, .type = c->tensor.at[s->tensor].type };
	struct regs r = { .n = 0 };
	b.name = base_internf(c, "%s_%s", c->tensor.at[s->tensor].local, name);
	if (side && !k->lanes) {
		r.idx[0] = expr_poly(c, poly_var(c, side), s->loc);
		b.extent[b.rank++] = c->var.at[side].extent;
	}
	k->n->failed |= !tile_shape(k->n, k->inst[member], k->at, &b, r.idx);
	if (side && k->lanes) {
		r.idx[b.rank] = expr_poly(c, poly_var(c, side), s->loc);
		b.extent[b.rank++] = c->var.at[side].extent;
	}
	r.n = b.rank;
	r.buf = buf_new(c, b);
	return r;
}

stmt_id carry_declare(struct carry *k, const struct regs *r, uint32_t count, stmt_id body)
{
	for (uint32_t i = count; i-- > 0;)
		body = stmt_new(k->n->c, (struct stmt){ .kind = S_DECLARE, .of = r[i].buf, .body = body, .stage = k->inst[k->lead]->s });
	return body;
}

expr_id carry_get(struct carry *k, const struct regs *r)
{
	return expr_load(k->n->c, r->buf, r->idx, r->n, k->n->c->stage.at[k->inst[k->lead]->s].loc);
}

/* The chunks of a group side by side, where `side`; else one statement as it is. Where they are lanes, the tile's own vectors are not. */
stmt_id carry_beside(struct carry *k, var_id side, stmt_id body)
{
	struct ctx *c = k->n->c;
	if (!side)
		return body;
	for (stmt_id s = body; s && k->lanes; s = c->stmt.at[s].body)
		if (c->stmt.at[s].kind == S_FOR)
			c->stmt.at[s].flavor = LOOP_UNROLL;
	stmt_id out = stmt_for(c, side, c->var.at[side].extent, k->lanes ? LOOP_VECTOR : LOOP_UNROLL, body, k->inst[k->lead]->s, 0);
	c->stmt.at[out].apart = k->lanes;
	return out;
}

stmt_id carry_set(struct carry *k, const struct regs *r, expr_id value, var_id side)
{
	const struct inst *i = k->inst[k->lead];
	stmt_id st = stmt_store(k->n->c, r->buf, r->idx, r->n, value, i->s, k->n->c->stage.at[i->s].loc);
	return carry_beside(k, side, pure_loops(k->n, i, k->at, st));
}

/* ---- steps --------------------------------------------------------------------------------------------------------- */

expr_id carry_start(struct carry *k, uint32_t slot, poly_id step)
{
	struct ctx *c = k->n->c;
	const struct stage s = c->stage.at[k->slots.at[slot].s];
	expr_id idx[8];
	for (uint32_t d = 0; d < s.nidx; d++) {
		bool time = s.axes.at[d] == s.time;
		idx[d] = expr_poly(c, time ? poly_sub(c, s.idx[d], poly_int(c, k->slots.at[slot].lag)) : s.idx[d], s.loc);
	}
	expr_id e = convert(k->n, k->inst[k->member[slot]], expr_read(c, s.tensor, idx, s.nidx, s.loc));
	return expr_subst(c, e, k->t, step);
}

/* member[step] = value, over the tile */
static stmt_id put(struct carry *k, uint32_t member, poly_id step, expr_id value)
{
	struct ctx *c = k->n->c;
	stmt_id st = store_result(k->n, k->inst[member], value);
	const struct stmt x = c->stmt.at[st];
	expr_id idx[9];
	for (uint32_t d = 0; d < x.nidx; d++)
		idx[d] = expr_subst(c, c->list.at[x.idx + d], k->t, step);
	return pure_loops(k->n, k->inst[k->lead], k->at, stmt_store(c, x.of, idx, x.nidx, value, x.stage, x.loc));
}

struct values { struct carry *k; const struct regs *last, *now; };

/* Reads of the state, and of what this step has computed, become registers. */
static expr_id from_registers(struct ctx *c, expr_id e, void *arg)
{
	const struct values *v = arg;
	const struct expr x = c->expr.at[e];
	const idvec *members = &c->rec.at[v->k->rec].members;
	int slot = sched_slot(c, &v->k->slots, e);
	if (slot >= 0)
		return carry_get(v->k, &v->last[slot]);
	for (uint32_t m = 0; x.kind == X_READ && m < members->n; m++)
		if (x.of == c->stage.at[members->at[m]].tensor && dep_lag(c, &x) == 0)
			return carry_get(v->k, &v->now[m]);
	return e;
}

/* One step: new values of all members, then the slots move on. last: registers of the slots. */
stmt_id carry_step(struct carry *k, poly_id step, const struct regs *last, var_id side)
{
	struct ctx *c = k->n->c;
	const idvec members = c->rec.at[k->rec].members;
	bool alone = members.n == 1 && k->slots.n == 1;
	struct regs now[64];
	struct values v = { k, last, now };
	stmt_id out = 0;
	for (uint32_t m = 0; m < members.n; m++) {
		expr_id e = expr_map(c, stage_value(c, members.at[m]), from_registers, &v);
		e = expr_subst(c, convert(k->n, k->inst[m], e), k->t, step);
		now[m] = alone ? last[0] : carry_regs(k, m, "now", side);
		out = stmt_join(c, out, carry_set(k, &now[m], e, side));
		if (stage_is_kept(c, members.at[m]))
			out = stmt_join(c, out, carry_beside(k, side, put(k, m, step, carry_get(k, &now[m]))));
	}
	for (uint32_t j = k->slots.n; j-- > 0 && !alone;) {
		const struct regs *from = k->slots.at[j].lag > 1 ? &last[j - 1] : &now[k->member[j]];
		out = stmt_join(c, out, carry_set(k, &last[j], carry_get(k, from), side));
	}
	return alone ? out : carry_declare(k, now, members.n, out);
}

/* Time inside the loops of order before time_at: the part from there on. */
stmt_id carry_steps(struct nest *n, const struct gang *g)
{
	struct ctx *c = n->c;
	struct carry k;
	struct regs last[SLOTS];
	stmt_id out = 0;
	carry_init(&k, n, g, n->time);
	const struct stage s = c->stage.at[g->m[0]->s];
	poly_id from = n->from ? n->from : poly_int(c, 0);
	for (uint32_t j = 0; j < k.slots.n; j++) {
		last[j] = carry_regs(&k, k.member[j], k.slots.at[j].lag > 1 ? base_internf(c, "last%u", (unsigned)k.slots.at[j].lag) : "last", 0);
		if (n->failed)
			return 0;
		out = stmt_join(c, out, carry_set(&k, &last[j], carry_start(&k, j, from), 0));
	}
	stmt_id body = carry_step(&k, poly_var(c, n->time), last, 0);
	stmt_id loop = stmt_for(c, n->time, n->from ? n->steps : c->var.at[s.time].extent, LOOP_TIME, body, g->m[0]->s, s.loc);
	c->stmt.at[loop].rec = s.rec;
	c->stmt.at[loop].from = n->from;
	return carry_declare(&k, last, k.slots.n, stmt_join(c, out, loop));
}
