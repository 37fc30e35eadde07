/* laps.c · stamps of time between what runs one after another, for rnngen profile; nothing changes without
 *
 *   parallel for io: a_x                parallel for io: a_x;  lap 1
 *   barrier                             barrier;               lap 2
 *   for t:                       =>     for t:
 *     parallel for io: a, c, h            a step begins
 *     barrier                             parallel for io: a, c, h;  lap 4 of a step
 *                                         barrier;                   lap 5 of a step
 *                                       lap 3, T times
 *
 * A lap adds the time since the lap before it to its number; one of a step does so in some steps only (emit/text/lap.txt). The
 * first thread alone has laps, and waits at barriers like the others. What lies in one loop that threads share is one lap, steps and all.
 * Number 0 is what is not loops: checks, the start, the end. */
#include "lower/lower.h"

static void add_stage(struct ctx *c, idvec *v, stage_id s)
{
	uint32_t i = 0;
	while (i < v->n && v->at[i] < s)
		i++;
	if (!s || (i < v->n && v->at[i] == s))
		return;
	VEC_PUSH(c, *v, s);
	for (uint32_t k = v->n - 1; k > i; k--) {
		v->at[k] = v->at[k - 1];
		v->at[k - 1] = s;
	}
}

static bool find_stage(struct ctx *c, stmt_id s, void *arg)
{
	if (c->stmt.at[s].kind == S_STORE)
		add_stage(c, arg, c->stmt.at[s].stage);
	return false;
}

/* The stages whose elements a statement computes, ascending; none for barriers. */
static idvec stages_of(struct ctx *c, stmt_id s)
{
	idvec v = { 0 };
	stmt_id next = c->stmt.at[s].next;
	c->stmt.at[s].next = 0;
	stmt_any(c, s, find_stage, &v);
	c->stmt.at[s].next = next;
	return v;
}

static bool same(const idvec *a, const idvec *b) { return a->n == b->n && (!a->n || !memcmp(a->at, b->at, a->n * sizeof *a->at)); }

/* The number of a lap: the same for the same stages at the same place. */
static uint32_t number(struct ctx *c, idvec stages, bool barrier, uint32_t in)
{
	for (uint32_t i = 1; i < c->program->laps.n; i++) {
		const struct lap *x = &c->program->laps.at[i];
		if (x->in == in && x->barrier == barrier && !x->steps && same(&x->stages, &stages))
			return i;
	}
	VEC_PUSH(c, c->program->laps, (struct lap){ .stages = stages, .in = in, .barrier = barrier });
	return c->program->laps.n - 1;
}

static bool is_time(struct ctx *c, stmt_id s, void *arg)
{
	(void)arg;
	return c->stmt.at[s].kind == S_FOR && c->stmt.at[s].flavor == LOOP_TIME;
}

/* Does something run one after another in it that is worth a look? Time, but not inside what threads share. */
static bool opens(struct ctx *c, stmt_id s)
{
	const struct stmt x = c->stmt.at[s];
	return x.kind == S_REGION || (!(x.kind == S_FOR && stmt_is_shared(c, s, NULL)) &&
	       (is_time(c, s, NULL) || stmt_any(c, x.body, is_time, NULL) || stmt_any(c, x.other, is_time, NULL)));
}

static stmt_id lap(struct ctx *c, uint32_t n, uint32_t in, stmt_id like, poly_id times)
{
	const struct stmt x = c->stmt.at[like];
	return stmt_new(c, (struct stmt){ .kind = S_LAP, .of = n, .flavor = in != 0, .extent = times, .stage = x.stage, .rec = x.rec });
}

/* How many statements on the level of a step have a lap of their own. */
static uint32_t laps_of(struct ctx *c, stmt_id s)
{
	uint32_t n = 0;
	idvec last = { 0 };
	for (; s; s = c->stmt.at[s].next) {
		idvec stages = stages_of(c, s);
		n += c->stmt.at[s].kind == S_BARRIER || (stages.n && !same(&stages, &last));
		last = stages;
	}
	return n;
}

/* The list with laps. in: the number of the time loop that it is a step of, 0: of none. */
static stmt_id with_laps(struct ctx *c, stmt_id s, uint32_t in)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		const struct stmt x = c->stmt.at[s];
		next = x.next;
		c->stmt.at[s].next = 0;
		idvec stages = stages_of(c, s);
		out = stmt_join(c, out, s);
		if (x.kind == S_NOTE || (x.kind != S_BARRIER && !stages.n))
			continue;
		if (is_time(c, s, NULL)) {
			uint32_t steps = c->program->laps.n;
			VEC_PUSH(c, c->program->laps, (struct lap){ .stages = stages, .rec = x.rec, .steps = true });
			if (laps_of(c, x.body) > 1) {
				stmt_id body = with_laps(c, x.body, steps);
				stmt_id begins = stmt_new(c, (struct stmt){ .kind = S_LAP, .of = steps, .flavor = 2 });
				stmt_set_body(c, s, stmt_join(c, begins, body));
			}
			out = stmt_join(c, out, lap(c, steps, 0, s, x.extent));
		} else if (!in && opens(c, s)) {
			stmt_set_body(c, s, with_laps(c, x.body, 0));
			stmt_set_other(c, s, x.other ? with_laps(c, x.other, 0) : 0);
		} else {
			idvec after = { 0 };               /* tails of the same stages run on */
			if (next && c->stmt.at[next].kind != S_BARRIER)
				after = stages_of(c, next);
			if (x.kind != S_BARRIER && same(&after, &stages) && !opens(c, next))
				continue;
			/* what stands behind a barrier belongs to the function after it */
			out = stmt_join(c, out, lap(c, number(c, stages, x.kind == S_BARRIER, in), in, x.kind == S_BARRIER && next ? next : s,
			                            poly_int(c, 1)));
		}
	}
	return out;
}

bool laps_add(struct ctx *c)
{
	if (!c->profile)
		return true;
	VEC_PUSH(c, c->program->laps, (struct lap){ .in = 0 });
	c->body = with_laps(c, c->body, 0);
	return true;
}
