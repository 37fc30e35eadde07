/* nest.c · stages become loop nests
 *
 *   order("n", "io", {"k", "j"}, "g", "ii"), g unrolled, ii vectorized:
 *
 *     for n:
 *       for io:
 *         [stages computed at io]
 *         registers r[g][ii]
 *         for g, ii: r = init
 *         for k: for g, ii: r = fma(...)        each reduction in turn, into the same tile
 *         for j: for g, ii: r = fma(...)
 *         for g, ii: a[...] = epilogue(r)
 *
 * Loops outside the first reduction are shared; the unrolled and vectorized loops inside the last one are the register
 * tile. Where another loop over the result lies inside a reduction (blocking for cache), partial sums stay in the
 * stage's own storage: init and epilogue are nests of their own, and the tile is loaded and stored around the inner
 * reductions.
 *
 * Needs:      a checked schedule.
 * Guarantees: the loops compute every element of every kept tensor once; extents that a split does not divide are
 *             min(factor, rest) until tails.c; sums keep the order of the equations. */
#include "lower/lower.h"

#include "safetensors.h"

#include <stdlib.h>

/* ---- stages inside stages ------------------------------------------------------------------------------------------ */

static stmt_id build(struct nest *n, stage_id leader, const struct place *p);

/* An accumulator as the sum that it is, for comments. */
static expr_id unfold(struct ctx *c, expr_id e, void *arg)
{
	const struct stage *s = arg;
	if (c->expr.at[e].kind != X_ACC)
		return e;
	const struct acc *a = &s->acc.at[c->expr.at[e].of];
	expr_id sum = c->expr.at[a->init].kind == X_NUM ? 0 : a->init;
	for (uint32_t u = 0; u < a->update.n; u++) {
		const struct update *p = &a->update.at[u];
		expr_id r = expr_reduce(c, a->red, p->axes.at, p->axes.n, p->body, s->loc);
		if (sum)
			sum = expr_op(c, p->negate ? OP_SUB : OP_ADD, sum, r, 0, s->loc);
		else
			sum = p->negate ? expr_op(c, OP_NEG, r, 0, 0, s->loc) : r;
	}
	return sum ? sum : a->init;
}

static const char *notes(struct ctx *c, const struct gang *g)
{
	struct text t = { .c = c };
	for (uint32_t m = 0; m < g->n; m++) {
		struct stage *s = &c->stage.at[g->m[m]->s];
		text_printf(&t, "%s%s", m ? "\n" : "", s->name);
		for (uint32_t i = 0; i < s->nidx; i++)
			text_printf(&t, "[%s]", poly_text(c, s->idx[i]));
		text_printf(&t, " = %s    %s", expr_text(c, expr_map(c, s->epilogue, unfold, s)), loc_text(c, s->loc));
		loc_t last = 0;
		for (uint32_t i = 0; i < s->lines.n; i++) {
			if (!last)
				text_printf(&t, "; %s", loc_text(c, s->lines.at[i]));
			else if (s->lines.at[i] != last)
				text_printf(&t, ", %d", loc_line(s->lines.at[i]));
			last = s->lines.at[i];
		}
	}
	return t.s;
}

/* In a team, what is outside parallel loops is computed by one thread: is it read by the others? */
static bool seen_by_team(struct nest *n)
{
	struct ctx *c = n->c;
	bool team = false;
	for (rec_id r = 1; r < c->rec.n; r++)
		team |= c->rec.at[r].persistent != BARRIER_NONE;
	for (stage_id s = 1; team && s < c->stage.n; s++)
		for (uint32_t l = 0; l < c->stage.at[s].loop.n; l++)
			if (c->stage.at[s].loop.at[l].flavor == LOOP_PARALLEL && stage_root(c, s) == n->inside.at[0]->s)
				return true;
	return false;
}

/* The schedule wants what is computed inside on the stack or in registers: has it a size, and who reads it? */
static bool fits(struct nest *n, const struct stage *s, const struct buf *b, bool threads)
{
	struct ctx *c = n->c;
	poly_id size = poly_int(c, (int64_t)rnn_st_type_size(b->type));
	int64_t bytes;
	for (uint32_t i = 0; i < b->rank; i++)
		size = poly_mul(c, size, b->extent[i]);
	if (!poly_const(c, size, &bytes) || bytes > STACK_BYTES) {
		diag(c, ERR_store_in, s->store_loc, "%s does not fit: it needs %s bytes inside loop '%s'", s->name, poly_text(c, size),
		     c->stage.at[s->with].at_loop ? c->stage.at[s->with].at_loop : s->at_loop);
		if (poly_const(c, size, &bytes))
			diag_note(c, 0, "an array on the stack has %d bytes at most", STACK_BYTES);
		diag_fix(c, "compute it further in, where less of it is needed, or store it in the workspace");
		return false;
	}
	if (LAW(stack_team, !threads && seen_by_team(n))) {
		diag(c, ERR_store_in, s->store_loc, "%s is computed by one thread and read by the others of its team: no stack is theirs", s->name);
		diag_fix(c, "compute it inside the parallel loop, or store it in the workspace");
		return false;
	}
	return true;
}

/* Makes the local buffer of a stage computed inside. false: it lies in the workspace. */
static bool bind_local(struct nest *n, stage_id id, const struct place *p, bool threads)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[id];
	const struct tensor *t = &c->tensor.at[s->tensor];
	struct binding b = { .tensor = s->tensor };
	struct buf d = { .kind = BUF_LOCAL, .type = t->type, .rank = t->rank, .tensor = s->tensor, .name = t->local };
	int64_t size = 1;
	for (uint32_t i = 0; i < s->nidx; i++) {
		uint32_t k;
		int64_t hi;
		const struct term *q = poly_terms(c, s->idx[i], &k);
		int a = k == 1 && q->n == 1 ? axis_index(s, q->var[0]) : -1;
		b.origin[i] = a >= 0 ? p->base[a] : poly_int(c, 0);
		d.extent[i] = a >= 0 ? p->extent[a] : t->extent[i];
		if (poly_upper(c, d.extent[i], &hi) && hi < 1 << 20) {  /* a promise of more is no size to keep room for */
			d.extent[i] = poly_int(c, hi);
			size *= hi;
		} else {
			size = INT64_MAX / 4096;
		}
		if (size > 1 << 14)
			size = 1 << 20;
	}
	d.store = s->store;
	bool hand = s->store == STORE_REGISTERS || s->store == STORE_STACK;
	if (hand && !fits(n, s, &d, threads))
		return n->failed = true, false;
	bool far = !hand && (size > 1 << 14 || LAW(team_local, !threads && seen_by_team(n)));  /* beyond 64 KiB of floats: not for a stack */
	if (s->store == STORE_WORKSPACE || far) {
		d.kind = BUF_WORK;
		d.per_thread = LAW(local_thread, threads);
		for (uint32_t i = 0; i < d.rank; i++)
			for (uint32_t v = 1; v < c->var.n; v++)
				if (c->var.at[v].kind == VAR_LOOP && poly_uses(c, d.extent[i], v))
					d.extent[i] = pad_storage(c, s->tensor, i);
		d.name = base_internf(c, "%s_part", t->local);
	}
	b.buf = buf_new(c, d);
	if (d.kind == BUF_WORK)
		VEC_PUSH(c, c->program->works, b.buf);
	VEC_PUSH(c, n->local, b);
	return d.kind == BUF_LOCAL;
}

/* Is the place at `level` of the innermost open stage inside a parallel loop? */
static bool in_parallel(struct nest *n, uint32_t level)
{
	for (uint32_t k = 0; k < n->inside.n; k++) {
		const struct stage *s = &n->c->stage.at[n->inside.at[k]->s];
		const char *to = k + 1 < n->inside.n ? n->c->stage.at[n->inside.at[k + 1]->s].at_loop : NULL;
		for (uint32_t p = 0; p < s->order.n && (to || p <= level); p++) {
			const struct loop *l = &s->loop.at[s->order.at[p]];
			if (l->flavor == LOOP_PARALLEL && n->inside.at[k]->var[s->order.at[p]])
				return true;
			if (to && !strcmp(l->name, to))
				break;
		}
	}
	return false;
}

static stmt_id gang_loops(struct nest *n, struct gang *g, uint32_t level);

/* Inside loop `level` of the leader: first what is computed there, then the rest of the leader's own loops. */
static stmt_id with_producers(struct nest *n, struct gang *g, uint32_t level)
{
	struct ctx *c = n->c;
	const struct stage *s = &c->stage.at[g->m[0]->s];
	const char *loop = s->loop.at[s->order.at[level]].name;
	uint32_t locals = n->local.n;
	idvec declared = { 0 };
	struct place stored;
	stmt_id out = 0;
	for (stage_id m = 1; m < c->stage.n && !n->failed; m++) {  /* stored here, computed further in */
		if (c->stage.at[m].store_host != g->m[0]->s || strcmp(c->stage.at[m].store_loop, loop) || !sched_is_local(c, m))
			continue;
		place_region(n, m, g->m[0], (int)level, &stored);
		if (bind_local(n, m, &stored, in_parallel(n, level)))
			VEC_PUSH(c, declared, n->local.at[n->local.n - 1].buf);
	}
	const idvec *members = s->rec ? &c->rec.at[s->rec].members : NULL;
	uint32_t count = members ? members->n : c->stage.n - 1;
	for (uint32_t k = 0; k < count; k++) {
		stage_id p = members ? members->at[k] : k + 1;
		const struct stage *x = &c->stage.at[p];
		struct place place;
		if (x->at != g->m[0]->s || strcmp(x->at_loop, loop) || x->with)
			continue;
		if (!place_inside(n, p, g->m[0], (int)level, &place))
			return n->failed = true, 0;
		for (stage_id m = 1; m < c->stage.n; m++)
			if ((m == p || c->stage.at[m].with == p) && !c->stage.at[m].store_host && sched_is_local(c, m) &&
			    bind_local(n, m, &place, in_parallel(n, level)))
				VEC_PUSH(c, declared, n->local.at[n->local.n - 1].buf);
		out = stmt_join(c, out, build(n, p, &place));
		if (n->failed)
			return 0;
	}
	out = stmt_join(c, out, gang_loops(n, g, level + 1));
	for (uint32_t i = declared.n; i-- > 0;)
		out = stmt_new(c, (struct stmt){ .kind = S_DECLARE, .of = declared.at[i], .body = out });
	n->local.n = locals;
	return out;
}

static stmt_id gang_loops(struct nest *n, struct gang *g, uint32_t level)
{
	const struct stage *s = &n->c->stage.at[g->m[0]->s];
	if (n->time && (int)level == s->time_at)
		return carry_steps(n, g);
	if (level == s->order.n || s->loop.at[s->order.at[level]].acc >= 0)
		return core(n, g, level);
	stmt_id body = with_producers(n, g, level);
	return n->failed ? 0 : wrap(n, g->m[0], s->order.at[level], body);
}

static stmt_id build(struct nest *n, stage_id leader, const struct place *p)
{
	struct ctx *c = n->c;
	struct gang g = { .n = 1 };
	g.m[0] = inst_new(n, leader, p, NULL);
	if (!in_order(n, g.m[0]))
		return n->failed = true, 0;
	for (stage_id m = 1; m < c->stage.n; m++) {
		if (c->stage.at[m].with != leader)
			continue;
		if (g.n == 64) {
			diag(c, ERR_compute_with, c->stage.at[m].with_loc, "more than 64 stages are computed together");
			return n->failed = true, 0;
		}
		g.m[g.n++] = inst_new(n, m, p, g.m[0]);
	}
	VEC_PUSH(c, n->inside, g.m[0]);
	int outside = c->stage.at[leader].time_at;     /* these loops are open already */
	bool scan = n->time && c->rec.at[c->stage.at[leader].rec].scan > SCAN_SEQUENTIAL;
	stmt_id out = scan ? scan_build(n, &g) : gang_loops(n, &g, n->outside && outside > 0 ? (uint32_t)outside : 0);
	n->inside.n--;
	for (uint32_t m = 0; m < g.n; m++) {
		for (uint32_t i = 0; i < c->dep.n; i++) {
			const struct dep *d = &c->dep.at[i];
			bool now = d->lag == 0 || !c->stage.at[d->reader].rec || c->stage.at[d->reader].rec != c->stage.at[d->writer].rec;
			bool here = n->time && c->stage.at[d->writer].rec == c->stage.at[leader].rec;  /* carry.c puts members in order */
			bool missing = d->reader == g.m[m]->s && now && !here && !n->emitted[d->writer] && d->writer != d->reader;
			if (LAW(with_later, missing) && !n->failed) {
				loc_t at = c->stage.at[d->reader].with_loc ? c->stage.at[d->reader].with_loc : c->stage.at[d->writer].with_loc;
				diag(c, ERR_compute_with, at ? at : c->stage.at[d->reader].loc, "%s needs %s, which is computed later",
				     c->stage.at[d->reader].name, c->stage.at[d->writer].name);
				return n->failed = true, 0;
			}
		}
	}
	for (uint32_t m = 0; m < g.n; m++)
		n->emitted[g.m[m]->s] = true;
	stmt_id note = stmt_new(c, (struct stmt){ .kind = S_NOTE, .note = notes(c, &g), .stage = leader });
	return n->failed ? 0 : stmt_join(c, note, out);
}

/* ---- the program --------------------------------------------------------------------------------------------------- */

static bool at_root(struct ctx *c, stage_id s) { return !c->stage.at[s].at && !c->stage.at[s].with; }

/* All of the stage, of its time only `steps` from `now` on; now 0: all. */
static struct place root_place(struct ctx *c, const struct stage *s, poly_id now, poly_id steps)
{
	struct place p = { { 0 }, { 0 } };
	for (uint32_t a = 0; a < s->axes.n; a++) {
		bool time = now && s->axes.at[a] == s->time;
		p.base[a] = time ? now : poly_int(c, 0);
		p.extent[a] = time ? steps : pad_extent(c, s, s->axes.at[a], c->var.at[s->axes.at[a]].extent);
	}
	return p;
}

/* A gang runs where its last member stands; its leader's place is asked for there. */
static bool last_of_gang(struct ctx *c, const idvec *order, uint32_t k, stage_id *leader)
{
	stage_id s = order->at[k];
	*leader = c->stage.at[s].with ? c->stage.at[s].with : s;
	for (uint32_t i = k + 1; i < order->n; i++)
		if (order->at[i] == *leader || c->stage.at[order->at[i]].with == *leader)
			return false;
	return at_root(c, *leader);
}

/* The steps of a recurrence; from 0: all of them, else `steps` from there on. */
static stmt_id build_steps(struct nest *n, rec_id r, poly_id from, poly_id steps)
{
	struct ctx *c = n->c;
	const struct recurrence *x = &c->rec.at[r];
	poly_id extent = c->var.at[x->time].extent;
	var_id t = var_new(c, VAR_LOOP, c->var.at[x->time].name, extent, x->loc);
	stmt_id body = 0;
	stage_id lead = sched_inside(c, r);
	if (lead && x->carried) {
		struct place p = root_place(c, &c->stage.at[lead], poly_var(c, t), poly_int(c, 1));
		n->time = t;
		n->from = from;
		n->steps = steps;
		body = build(n, lead, &p);
		n->time = 0;
		return body;
	}
	if (lead) {
		struct place p = root_place(c, &c->stage.at[lead], poly_var(c, t), poly_int(c, 1));
		n->outside = inst_new(n, lead, &p, NULL);
	}
	n->now = t;
	for (uint32_t k = 0; k < x->members.n && !n->failed; k++) {
		stage_id leader;
		if (!last_of_gang(c, &x->members, k, &leader))
			continue;
		struct place p = root_place(c, &c->stage.at[leader], poly_var(c, t), poly_int(c, 1));
		body = stmt_join(c, body, build(n, leader, &p));
	}
	n->now = 0;
	stmt_id loop = stmt_for(c, t, from ? steps : extent, LOOP_TIME, body, 0, x->loc);
	c->stmt.at[loop].rec = r;
	c->stmt.at[loop].from = from;
	for (int p = lead ? c->stage.at[lead].time_at : 0; p-- > 0;)
		loop = wrap(n, n->outside, c->stage.at[lead].order.at[p], loop);
	n->outside = NULL;
	return loop;
}

/* What is ordered as one: a recurrence with what is computed in chunks of its time (unit), or inside those a recurrence alone. */
static rec_id together(struct ctx *c, stage_id s, rec_id unit)
{
	rec_id r = unit ? c->stage.at[s].rec : stage_unit(c, s);
	return !unit && idvec_has(&c->sched->wave, r) ? c->sched->wave.at[0] : r;
}

/* Stages and recurrences in an order that respects who reads whom; as defined where nothing decides. unit: only what runs in
 * chunks of its time. */
static void program_order(struct ctx *c, rec_id unit, idvec *out)
{
	bool *done = base_alloc(c, c->stage.n);
	for (stage_id s = 1; s < c->stage.n; s++)
		done[s] = unit && stage_unit(c, s) != unit;
	for (bool more = true; more;) {
		more = false;
		for (stage_id s = 1; s < c->stage.n && !more; s++) {
			if (done[s])
				continue;
			rec_id r = together(c, s, unit);
			bool ready = true;
			for (uint32_t i = 0; i < c->dep.n; i++) {
				const struct dep *d = &c->dep.at[i];
				bool same = r ? together(c, d->reader, unit) == r : d->reader == s;
				bool own = r ? together(c, d->writer, unit) == r : d->writer == s;
				ready &= !same || own || done[d->writer];
			}
			if (!ready)
				continue;
			more = true;
			for (stage_id m = 1; m < c->stage.n; m++) {
				if (m == s || (r && together(c, m, unit) == r)) {
					done[m] = true;
					VEC_PUSH(c, *out, m);
				}
			}
		}
	}
	for (stage_id s = 1; s < c->stage.n; s++) {
		if (!done[s]) {
			fprintf(stderr, "rnngen: internal error: stage %s has no place in the program\n", c->stage.at[s].name);
			exit(3);
		}
	}
}

static stmt_id build_chunks(struct nest *n, rec_id r);
static stmt_id build_wave(struct nest *n);

/* Stages and recurrences of `order`, one after another. unit: within chunks of its time, `steps` from `from` on. */
static stmt_id build_all(struct nest *n, const idvec *order, rec_id unit, poly_id from, poly_id steps)
{
	struct ctx *c = n->c;
	stmt_id out = 0;
	for (uint32_t k = 0; k < order->n && !n->failed; k++) {
		stage_id s = order->at[k], leader;
		rec_id r = together(c, s, unit);
		if (r) {
			if (k == 0 || together(c, order->at[k - 1], unit) != r)
				out = stmt_join(c, out, unit || !c->rec.at[r].chunk ? build_steps(n, r, from, steps) :
				                        idvec_has(&c->sched->wave, r) ? build_wave(n) : build_chunks(n, r));
		} else if (last_of_gang(c, order, k, &leader)) {
			struct place p = root_place(c, &c->stage.at[leader], from, steps);
			out = stmt_join(c, out, build(n, leader, &p));
		}
	}
	return out;
}

/* Chunk number `chunk` of the time of r. */
static stmt_id build_chunk(struct nest *n, rec_id r, poly_id chunk)
{
	struct ctx *c = n->c;
	const struct recurrence x = c->rec.at[r];
	poly_id from = poly_scale(c, chunk, x.chunk);
	poly_id rest = poly_sub(c, c->var.at[x.time].extent, from);
	poly_id steps = poly_min(c, poly_int(c, x.chunk), rest);
	idvec order = { 0 };
	program_order(c, r, &order);
	return build_all(n, &order, r, from, steps);
}

static stmt_id if_positive(struct ctx *c, poly_id p, stmt_id body, stmt_id other)
{
	return stmt_new(c, (struct stmt){ .kind = S_IF, .extent = p, .body = body, .other = other });
}

/* for diagonal: parallel for layer: chunk diagonal - skew * layer of that layer
 *
 * Layers go to threads in turn, so that few threads are as busy on short diagonals as they can be, and a layer always meets the same
 * core's cache. Where parallel loops lie inside layers they go to groups of threads instead. */
static stmt_id build_wave(struct nest *n)
{
	struct ctx *c = n->c;
	const idvec wave = c->sched->wave;
	const struct recurrence x = c->rec.at[wave.at[0]];
	const int64_t skew = c->sched->wave_skew;
	poly_id one = poly_int(c, 1), chunks = poly_ceildiv(c, c->var.at[x.time].extent, x.chunk);
	poly_id diagonals = poly_add(c, chunks, poly_int(c, skew * ((int64_t)wave.n - 1)));
	var_id d = var_new(c, VAR_LOOP, "diagonal", diagonals, c->sched->wave_loc);
	var_id layer = var_new(c, VAR_LOOP, "layer", poly_int(c, wave.n), c->sched->wave_loc);
	stmt_id *body = base_alloc(c, wave.n * sizeof *body), pick = 0;
	for (uint32_t g = 0; g < wave.n && !n->failed; g++)
		body[g] = build_chunk(n, wave.at[g], poly_sub(c, poly_var(c, d), poly_int(c, skew * g)));
	for (uint32_t g = wave.n; g-- > 0 && !n->failed;) {
		poly_id chunk = poly_sub(c, poly_var(c, d), poly_int(c, skew * g));
		stmt_id there = if_positive(c, poly_sub(c, chunks, chunk), body[g], 0);
		there = g ? if_positive(c, poly_add(c, chunk, one), there, 0) : there;
		pick = pick ? if_positive(c, poly_sub(c, poly_int(c, g + 1), poly_var(c, layer)), there, pick) : there;
	}
	bool groups = sched_wave_in_groups(c);
	stmt_id side = stmt_for(c, layer, poly_int(c, wave.n), groups ? LOOP_GROUPS : LOOP_PARALLEL, pick, 0, c->sched->wave_loc);
	c->stmt.at[side].sharing = groups ? SHARE_EVEN : SHARE_CYCLIC;
	c->stmt.at[side].part = !groups ? 1 : c->sched->wave_groups ? c->sched->wave_groups : wave.n;
	c->program->groups = groups ? c->stmt.at[side].part : 0;
	stmt_id loop = stmt_for(c, d, diagonals, LOOP_SERIAL, side, 0, c->sched->wave_loc);
	c->stmt.at[loop].rec = wave.at[0];
	return loop;
}

/* for t_chunk: what is computed before the steps of the chunk, the steps, what comes after */
static stmt_id build_chunks(struct nest *n, rec_id r)
{
	struct ctx *c = n->c;
	const struct recurrence x = c->rec.at[r];
	poly_id extent = c->var.at[x.time].extent, chunks = poly_ceildiv(c, extent, x.chunk);
	var_id v = var_new(c, VAR_LOOP, base_internf(c, "%s_chunk", c->var.at[x.time].name), chunks, x.loc);
	stmt_id body = build_chunk(n, r, poly_var(c, v));
	stmt_id loop = stmt_for(c, v, chunks, LOOP_SERIAL, body, 0, x.loc);
	c->stmt.at[loop].rec = r;
	return loop;
}

bool nest_build(struct ctx *c)
{
	struct nest n = { .c = c };
	idvec order = { 0 };
	n.emitted = base_alloc(c, c->stage.n);
	storage_buffers(&n);
	if (n.failed)
		return false;
	program_order(c, 0, &order);
	c->body = build_all(&n, &order, 0, 0, 0);
	for (tensor_id t = 1; t < c->tensor.n && !n.failed; t++) {
		for (uint32_t i = 0; i < c->tensor.at[t].starts.n && c->tensor.at[t].history; i++) {
			stage_id s = stage_of_start(c, c->tensor.at[t].starts.at[i]);
			if (!s)
				return false;
			n.emitted = base_alloc(c, c->stage.n);
			struct place p = root_place(c, &c->stage.at[s], 0, 0);
			stmt_id body = build(&n, s, &p);
			VEC_PUSH(c, c->program->starts, (struct start){ t, body });
		}
	}
	return !n.failed;
}
