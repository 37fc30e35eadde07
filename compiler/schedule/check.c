/* check.c · the whole schedule once more, when all directives have been given
 *
 * A directive is checked when it is called; a later one can break it (a reorder moves a loop outside a parallel one, a
 * compute_at takes the host of another away). Nothing here depends on the order of calls. */
#include "schedule/stages.h"

int sched_position(const struct stage *s, const char *loop)
{
	for (uint32_t i = 0; i < s->order.n; i++)
		if (!strcmp(s->loop.at[s->order.at[i]].name, loop))
			return (int)i;
	return -1;
}

/* The stage that lies directly in `host` and holds s, s itself included; 0 where s is not inside host. */
static stage_id child_of(struct ctx *c, stage_id s, stage_id host)
{
	for (int depth = 0; s && depth < 64; depth++) {
		const struct stage *x = &c->stage.at[s];
		if (x->with)
			s = x->with;
		else if (x->at == host)
			return s;
		else
			s = x->at;
	}
	return 0;
}

static void check_place(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s], *h = &c->stage.at[x->at];
	int level = sched_position(h, x->at_loop);
	if (level < 0) {
		diag(c, ERR_compute_at_place, x->at_loc, "%s has no loop '%s' any more; its loops are %s", h->name, x->at_loop,
		     order_text(c, x->at));
		return;
	}
	if (x->rec && level < h->time_at) {
		diag(c, ERR_compute_at_place, x->at_loc, "%s runs in each step, but loop '%s' of %s lies outside '%s'", x->name, x->at_loop,
		     h->name, c->var.at[x->time].name);
		diag_note(c, 0, "loops: %s", order_text(c, x->at));
		diag_fix(c, "name a loop inside '%s'", c->var.at[x->time].name);
		return;
	}
	for (int p = 0; p <= level; p++) {
		if (h->loop.at[h->order.at[p]].acc >= 0) {
			diag(c, ERR_compute_at_place, x->at_loc, "loop '%s' of %s is a reduction or lies inside one", x->at_loop,
			     h->name);
			return;
		}
		uint8_t flavor = h->loop.at[h->order.at[p]].flavor;
		if (flavor == LOOP_UNROLL || flavor == LOOP_VECTOR) {
			diag(c, ERR_compute_at_place, x->at_loc, "loop '%s' of %s is marked %s", h->loop.at[h->order.at[p]].name,
			     h->name, flavor_name[flavor]);
			return;
		}
	}
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		bool ours = d->writer == s || c->stage.at[d->writer].with == s;  /* what is computed with s has its place */
		if (!ours || d->reader == x->at)
			continue;
		if (x->rec && ((d->lag != 0 && d->lag != INT64_MIN) || c->stage.at[d->reader].rec != x->rec))
			continue;  /* reads an earlier step, or runs after the recurrence: the tensor is kept */
		stage_id r = child_of(c, d->reader, x->at);
		int p = r ? sched_position(h, c->stage.at[r].at_loop) : -1;
		if (r && p >= level)
			continue;
		diag(c, ERR_compute_at_use, x->at_loc, "%s reads %s outside loop '%s' of %s", c->stage.at[d->reader].name,
		     c->stage.at[d->writer].name, x->at_loop, h->name);
		diag_note(c, d->loc, "the read");
		diag_fix(c, "compute %s at the same loop too, or %s further out", c->stage.at[d->reader].name, x->name);
		return;
	}
	bool used = false;
	for (uint32_t i = 0; i < c->dep.n; i++)
		used |= (c->dep.at[i].writer == s || c->stage.at[c->dep.at[i].writer].with == s) && c->dep.at[i].lag == 0 && child_of(c, c->dep.at[i].reader, x->at) != 0;
	for (uint32_t i = 0; i < c->dep.n; i++)
		used |= (c->dep.at[i].writer == s || c->stage.at[c->dep.at[i].writer].with == s) && c->dep.at[i].lag == 0 && c->dep.at[i].reader == x->at;
	if (!used) {
		diag(c, ERR_compute_at_place, x->at_loc, "%s is not read inside loop '%s' of %s", x->name, x->at_loop, h->name);
		diag_fix(c, "compute it at a stage that reads it");
	}
}

/* Has a directive changed the loops of the stage, or where it is computed? */
static bool touched(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	bool any = x->at || x->with || x->loop.n + (x->time != 0) != x->axes.n;
	for (uint32_t l = 0; l < x->loop.n; l++)
		any |= x->loop.at[l].flavor != LOOP_SERIAL || x->loop.at[l].alternate || x->loop.at[l].ahead;
	return any;
}

/* Gives s the loops of lead, over its own axes. */
static void follow(struct ctx *c, stage_id s, stage_id lead)
{
	struct stage *x = &c->stage.at[s];
	const struct stage *y = &c->stage.at[lead];
	x->loop.n = x->order.n = 0;
	for (uint32_t i = 0; i < y->loop.n; i++) {
		struct loop l = y->loop.at[i];
		for (uint32_t a = 0; a < y->axes.n; a++)
			if (y->loop.at[i].axis == y->axes.at[a])
				l.axis = x->axes.at[a];
		VEC_PUSH(c, x->loop, l);
	}
	for (uint32_t i = 0; i < y->order.n; i++)
		VEC_PUSH(c, x->order, y->order.at[i]);
	x->time_at = y->time_at;
	x->with = lead;
	x->with_loop = y->order.n ? y->loop.at[y->order.at[y->order.n - 1]].name : "";
}

/* The member whose loops all members share where time lies inside; 0: time is outermost. */
static stage_id lead_of(struct ctx *c, rec_id r)
{
	const struct recurrence *x = &c->rec.at[r];
	stage_id lead = sched_inside(c, r);
	for (uint32_t m = 0; x->scan && !lead && m < x->members.n; m++)
		lead = touched(c, x->members.at[m]) && !c->stage.at[x->members.at[m]].with ? x->members.at[m] : 0;
	for (uint32_t m = 0; x->scan && !lead && m < x->members.n; m++)
		lead = !strcmp(c->stage.at[x->members.at[m]].name, x->name) ? x->members.at[m] : 0;
	return x->scan && !lead ? x->members.at[0] : lead;
}

/* Is lead the only stage ordered so, its loops inside time marked, and stand elements alone? Then states lie in registers; else
 * outside.c has a look. */
static bool stands_alone(struct ctx *c, rec_id r, stage_id lead)
{
	const struct stage *x = &c->stage.at[lead];
	const idvec *members = &c->rec.at[r].members;
	bool alone = !sched_slots(c, r, &(struct slots){ 0 });
	for (uint32_t m = 0; m < members->n; m++)
		alone &= members->at[m] == lead || c->stage.at[members->at[m]].time_at < 0;
	for (int p = x->time_at; alone && p < (int)x->order.n; p++)
		alone = x->loop.at[x->order.at[p]].flavor == LOOP_UNROLL || x->loop.at[x->order.at[p]].flavor == LOOP_VECTOR;
	return alone;
}

/* Time inside loops: the state lies in registers, so what is inside time has a fixed shape; all stages share the loops of one. */
static void check_time_inside(struct ctx *c, rec_id id)
{
	const struct recurrence *r = &c->rec.at[id];
	stage_id lead = lead_of(c, id);
	struct stage *x = &c->stage.at[lead];
	const char *t = c->var.at[r->time].name, *why;
	if (!lead || !(c->rec.at[id].carried = r->scan || stands_alone(c, id, lead)))
		return;
	if ((why = sched_slots(c, id, &(struct slots){ 0 })) != NULL) {
		diag(c, ERR_order_dependence, x->loc, "'%s' cannot lie inside the loops of %s: %s", t, x->name, why);
		return;
	}
	for (int at = (int)x->order.n; r->scan && x->time_at < 0; at--) {
		const struct loop *l = at ? &x->loop.at[x->order.at[at - 1]] : NULL;
		if (!l || (l->flavor != LOOP_UNROLL && l->flavor != LOOP_VECTOR))
			x->time_at = at;
	}
	for (uint32_t p = 0; p < x->order.n; p++) {
		const struct loop *l = &x->loop.at[x->order.at[p]];
		if ((int)p >= x->time_at && l->flavor != LOOP_UNROLL && l->flavor != LOOP_VECTOR) {
			diag(c, ERR_order_loops, l->loc, "loop '%s' of %s lies inside '%s' and is neither unrolled nor vectorized", l->name, x->name, t);
			diag_note(c, 0, "loops: %s", order_text(c, lead));
			diag_fix(c, "mark it, or order it outside '%s'", t);
			return;
		}
		if ((int)p < x->time_at && l->alternate)
			diag(c, ERR_alternate, l->loc, "loop '%s' of %s lies outside '%s': it has no order in time", l->name, x->name, t);
		if (LAW(parallel_scan, r->scan > SCAN_SEQUENTIAL && l->flavor == LOOP_PARALLEL)) {
			diag(c, ERR_parallel_nested, l->loc, "'%s' of %s is parallel, and so are the chunks of its scan", l->name, x->name);
			diag_fix(c, "drop one of the two");
		}
	}
	if (r->scan > SCAN_SEQUENTIAL && r->chunk) {
		diag(c, ERR_scan, r->scan_loc, "the time of %s is in chunks of %lld steps already", r->name, (long long)r->chunk);
		diag_fix(c, "scan it, or compute it in chunks that follow each other");
	}
	for (uint32_t m = 0; m < r->members.n; m++) {
		stage_id s = r->members.at[m];
		const struct stage *y = &c->stage.at[s];
		if (s == lead || y->with == lead)
			continue;
		if (touched(c, s)) {
			loc_t at = y->at_loc ? y->at_loc : y->with_loc ? y->with_loc : y->loc;
			for (uint32_t l = 0; l < y->loop.n && !y->at && !y->with; l++)
				at = y->loop.at[l].loc ? y->loop.at[l].loc : at;
			diag(c, ERR_order_loops, at, "'%s' lies inside the loops of %s, in which %s is computed, too", t, x->name, y->name);
			diag_fix(c, "leave the loops of %s as they are", y->name);
		} else {
			follow(c, s, lead);
		}
	}
}

/* A tail that computes elements again, or whose vectors have fewer lanes. */
static void check_tails(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++) {
		const struct loop *l = &x->loop.at[i];
		if (l->outer < 0 || l->tail == TAIL_PEEL)
			continue;
		const struct loop *in = &x->loop.at[l->inner];
		if (l->tail == TAIL_MASK && in->flavor != LOOP_VECTOR) {
			diag(c, ERR_tail, in->loc, "'%s' of %s is no vector, so it has no lanes to mask", in->name, x->name);
			diag_fix(c, "vectorize it, or use \"guard\"");
		}
		if (l->tail != TAIL_SHIFT)
			continue;
		if (x->time_at >= 0)
			diag(c, ERR_tail, in->loc, "time lies inside loops of %s: a tile that is shifted back would run some elements through time twice",
			     x->name);
		bool inside = false;                    /* the loop that the tiles are counted by */
		for (uint32_t p = 0; p < x->order.n; p++) {
			const struct loop *q = &x->loop.at[x->order.at[p]];
			const bool part = loop_is_part(x, x->order.at[p], (int)i);
			inside |= part;
			if (LAW(shift_parallel, q->flavor == LOOP_PARALLEL && part)) {
				diag(c, ERR_tail, q->loc, "'%s' of %s is parallel, and its last two tiles compute the same elements", q->name, x->name);
				diag_fix(c, "use \"guard\", or make another loop parallel");
			} else if (LAW(shift_sharing, q->flavor == LOOP_PARALLEL && inside && q->sharing != SHARE_EVEN)) {
				diag(c, ERR_tail, q->loc, "'%s' of %s is handed out in parts, and two tiles outside it compute the same elements", q->name, x->name);
				diag_fix(c, "use \"guard\", or share '%s' out evenly: each tile's elements are the same thread's then", q->name);
			}
		}
	}
}

static void check_flavors(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	int parallel = -1;
	for (uint32_t p = 0; p < x->order.n; p++) {
		const struct loop *l = &x->loop.at[x->order.at[p]];
		if (l->ahead && (l->flavor == LOOP_VECTOR || l->flavor == LOOP_UNROLL))
			diag(c, ERR_prefetch, l->loc, "loop '%s' of %s is marked %s: it has no iterations to be ahead of", l->name, x->name,
			     flavor_name[l->flavor]);
		if (l->alternate && (l->flavor == LOOP_VECTOR || l->flavor == LOOP_UNROLL))
			diag(c, ERR_alternate, l->loc, "loop '%s' of %s is marked %s: it has no order in time", l->name, x->name,
			     flavor_name[l->flavor]);
		if (l->alternate && l->sharing != SHARE_EVEN) {
			diag(c, ERR_alternate, l->loc, "'%s' of %s is handed out in parts: a thread has no slice of its own to walk backwards",
			     l->name, x->name);
			diag_fix(c, "drop one of the two");
		}
		if (l->flavor == LOOP_VECTOR && p + 1 != x->order.n) {
			const struct loop *in = &x->loop.at[x->order.at[p + 1]];
			diag(c, ERR_vectorize_shape, l->loc, "loop '%s' of %s is vectorized, but loop '%s' runs inside it", l->name,
			     x->name, in->name);
			diag_note(c, 0, "loops: %s", order_text(c, s));
			diag_fix(c, "order '%s' innermost", l->name);
		}
		if (l->flavor != LOOP_PARALLEL)
			continue;
		if (LAW(parallel_twice, parallel >= 0)) {
			diag(c, ERR_parallel_nested, l->loc, "'%s' and '%s' of %s are both parallel", x->loop.at[parallel].name,
			     l->name, x->name);
		}
		parallel = x->order.at[p];
		for (uint32_t q = 0; q < p; q++) {
			if (x->loop.at[x->order.at[q]].acc >= 0) {
				diag(c, ERR_parallel_nested, l->loc, "'%s' of %s is parallel inside the reduction '%s'", l->name, x->name,
				     x->loop.at[x->order.at[q]].name);
				diag_fix(c, "order '%s' outside '%s'", l->name, x->loop.at[x->order.at[q]].name);
				break;
			}
		}
	}
	if (parallel < 0 || !x->at)
		return;
	for (stage_id h = x->at, in = s; h; in = h, h = c->stage.at[h].at) {
		const struct stage *y = &c->stage.at[h];
		int level = sched_position(y, c->stage.at[in].at_loop);
		for (int p = 0; p <= level; p++) {
			if (LAW(parallel_inside, y->loop.at[y->order.at[p]].flavor == LOOP_PARALLEL)) {
				diag(c, ERR_parallel_nested, x->loop.at[parallel].loc, "'%s' of %s is parallel inside the parallel loop '%s' of %s",
				     x->loop.at[parallel].name, x->name, y->loop.at[y->order.at[p]].name, y->name);
				return;
			}
		}
	}
}

/* The chain of splits above a leaf, as numbers: equal chains make equal loops. */
bool same_loop(struct ctx *c, const struct stage *x, int a, const struct stage *y, int b)
{
	for (;;) {
		const struct loop *p = &x->loop.at[a], *q = &y->loop.at[b];
		if ((p->fused[0] < 0) != (q->fused[0] < 0))
			return false;
		if ((p->parent < 0) != (q->parent < 0) || p->flavor != q->flavor || p->sharing != q->sharing ||
		    p->part != q->part || p->acc != q->acc || p->update != q->update)
			return false;
		if (p->fused[0] >= 0)
			return same_loop(c, x, p->fused[0], y, q->fused[0]) && same_loop(c, x, p->fused[1], y, q->fused[1]);
		if (p->parent < 0)
			return c->var.at[p->axis].extent == c->var.at[q->axis].extent;
		const struct loop *pp = &x->loop.at[p->parent], *qq = &y->loop.at[q->parent];
		if (pp->factor != qq->factor || pp->tail != qq->tail || (pp->outer == a) != (qq->outer == b))
			return false;
		a = p->parent;
		b = q->parent;
	}
}

static void check_with(struct ctx *c, stage_id s)
{
	struct stage *x = &c->stage.at[s];
	const struct stage *y = &c->stage.at[x->with];
	int level = sched_position(y, x->with_loop);
	bool same = level >= 0 && x->order.n == y->order.n && x->acc.n == y->acc.n && !y->with && x->time_at == y->time_at;
	for (uint32_t i = 0; same && i < x->order.n; i++) {
		same = !LAW(with_loops, !same_loop(c, x, x->order.at[i], y, y->order.at[i]));
		if (!same)
			diag(c, ERR_compute_with, x->with_loc, "loop '%s' of %s differs from loop '%s' of %s",
			     x->loop.at[x->order.at[i]].name, x->name, y->loop.at[y->order.at[i]].name, y->name);
	}
	if (!same && !(level >= 0 && x->order.n == y->order.n && x->acc.n == y->acc.n && x->time_at == y->time_at))
		diag(c, ERR_compute_with, x->with_loc, "%s and %s have different loops", x->name, y->name);
	if (!same) {
		diag_note(c, 0, "%s: %s", x->name, order_text(c, s));
		diag_note(c, 0, "%s: %s", y->name, order_text(c, x->with));
		return;
	}
	for (uint32_t i = (uint32_t)level + 1; i < y->order.n; i++) {
		const struct loop *l = &y->loop.at[y->order.at[i]];
		bool whole = l->flavor == LOOP_UNROLL || l->flavor == LOOP_VECTOR;
		if (l->acc >= 0 || (!whole && y->loop.at[y->order.at[level]].acc >= 0)) {
			diag(c, ERR_compute_with, x->with_loc, "loop '%s' of %s lies inside the shared loop '%s'", l->name, y->name,
			     x->with_loop);
			diag_fix(c, "share the innermost loop that is not unrolled or vectorized");
			return;
		}
	}
	if (x->at && x->at != y->at) {
		diag(c, ERR_compute_with, x->with_loc, "%s is computed at %s, %s elsewhere", x->name, c->stage.at[x->at].name,
		     y->name);
		return;
	}
	x->at = 0;  /* the leader's place is the place of all */
}

static bool needs(struct ctx *c, stage_id s, rec_id r, stage_id only, bool *seen)
{
	if (seen[s])
		return false;
	seen[s] = true;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->reader == s && d->writer != s &&
		    ((stage_unit(c, d->writer) == r && (!only || stage_root(c, d->writer) == only)) || needs(c, d->writer, r, only, seen)))
			return true;
	}
	rec_id unit = stage_unit(c, s);
	for (stage_id m = 1; unit && m < c->stage.n; m++)
		if (stage_unit(c, m) == unit && needs(c, m, r, only, seen))
			return true;
	return false;
}

bool sched_needs(struct ctx *c, stage_id s, rec_id r, stage_id only)
{
	return needs(c, s, r, only, base_alloc(c, c->stage.n));
}

/* A stage in chunks of time: all that it shares with them lies in the same chunk or in one before. */
static void check_in_time(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	const struct recurrence *r = &c->rec.at[x->in_time];
	if (!r->chunk) {
		diag(c, ERR_compute_at_place, x->at_loc, "the time of %s is not in chunks", r->name);
		diag_fix(c, "add %s:chunk(96)", rec_lua(c, x->in_time));
		return;
	}
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		bool reads = stage_root(c, d->reader) == s, writes = stage_root(c, d->writer) == s;
		if (stage_unit(c, d->reader) != x->in_time || d->reader == d->writer)
			continue;
		const struct stage *w = &c->stage.at[d->writer], *q = &c->stage.at[d->reader];
		if (LAW(chunk_later, (reads || writes) && stage_unit(c, d->writer) == x->in_time && d->lag < 0)) {
			diag(c, ERR_compute_at_use, x->at_loc, "%s reads %s of other steps than its own or earlier ones, so not chunk by chunk",
			     q->name, w->name);
			diag_note(c, d->loc, "here   %s", dep_text(c, d));
			return;
		}
		if (stage_unit(c, d->writer) != x->in_time &&
		    sched_needs(c, d->writer, x->in_time, reads ? 0 : s)) {
			diag(c, ERR_compute_at_place, x->at_loc, "%s needs %s, which needs all steps of %s", q->name, w->name,
			     reads ? r->name : x->name);
			diag_note(c, d->loc, "here");
			diag_fix(c, "compute %s chunk by chunk, too, or leave %s at the root", w->name, x->name);
			return;
		}
	}
	if (x->with && c->stage.at[x->with].in_time != x->in_time)
		diag(c, ERR_compute_with, x->with_loc, "%s is computed at %s, %s elsewhere", x->name, rec_lua(c, x->in_time),
		     c->stage.at[x->with].name);
}

/* Where in the list x stands; n: nowhere. */
static uint32_t place_in(const idvec *v, uint32_t x)
{
	uint32_t i = 0;
	while (i < v->n && v->at[i] != x)
		i++;
	return i;
}

int64_t sched_wave_distance(struct ctx *c, rec_id from, rec_id to)
{
	const idvec *wave = &c->sched->wave;
	uint32_t w = place_in(wave, from), q = place_in(wave, to);
	return w < wave->n && q < wave->n ? ((int64_t)q - (int64_t)w) * c->sched->wave_skew : 0;
}

/* How many chunks behind the reader's own one it reads to; INT64_MAX: any number. */
static int64_t chunks_ahead(struct ctx *c, const struct dep *d)
{
	int64_t chunk = c->rec.at[c->sched->wave.at[0]].chunk;
	return d->last <= 0 ? 0 : d->last == INT64_MAX ? INT64_MAX : (d->last - 1) / chunk + 1;
}

/* The least skew with which each layer finds what it reads of those before; 1 where none would do. */
static int64_t least_skew(struct ctx *c)
{
	int64_t least = 1;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		uint32_t w = place_in(&c->sched->wave, stage_unit(c, d->writer)), q = place_in(&c->sched->wave, stage_unit(c, d->reader));
		if (w >= q || q == c->sched->wave.n || chunks_ahead(c, d) == INT64_MAX)
			continue;
		int64_t need = chunks_ahead(c, d) / (int64_t)(q - w) + 1;
		least = need > least ? need : least;
	}
	return least;
}

/* Layer g computes chunk d - skew * g at diagonal d: what it needs of layers before was computed on a diagonal before, and nobody
 * else needs to wait in between. */
void sched_check_wave(struct ctx *c)
{
	const idvec *wave = &c->sched->wave;
	loc_t at = c->sched->wave_loc;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		rec_id from = stage_unit(c, d->writer), to = stage_unit(c, d->reader);
		uint32_t w = place_in(wave, from), q = place_in(wave, to);
		const char *reader = c->stage.at[d->reader].name, *writer = c->stage.at[d->writer].name;
		if (q == wave->n || w == q)
			continue;
		int64_t ahead = w < wave->n ? chunks_ahead(c, d) : 0;
		if (LAW(wave_order, w < wave->n && (q < w || ahead == INT64_MAX))) {
			diag(c, ERR_wavefront, at, q < w ? "%s reads %s, which belongs to a later layer of the wave" :
			     "%s reads %s at other steps than its own or earlier ones, any number of steps later", reader, writer);
			diag_note(c, d->loc, "here   %s", dep_text(c, d));
			return;
		}
		if (LAW(wave_skew, w < q && ahead < INT64_MAX && ahead >= c->sched->wave_skew * (int64_t)(q - w))) {
			diag(c, ERR_wavefront, at, "%s reads %s up to %lld steps later: of a chunk that skew = %lld has not computed a diagonal before",
			     reader, writer, (long long)d->last, (long long)c->sched->wave_skew);
			diag_note(c, d->loc, "here");
			diag_fix(c, "use skew = %lld, or leave it out", (long long)least_skew(c));
			return;
		}
		for (uint32_t k = 0; k < wave->n && w == wave->n; k++) {  /* the writer is no layer itself */
			if (!sched_needs(c, d->writer, wave->at[k], 0))
				continue;
			diag(c, ERR_wavefront, at, "%s needs %s, which needs all steps of %s", reader, writer, c->rec.at[wave->at[k]].name);
			diag_note(c, d->loc, "here");
			if (c->stage.at[d->writer].time)
				diag_fix(c, "compute %s in chunks of time, too: compute_at(%s)", writer, rec_lua(c, to));
			else
				diag_fix(c, "leave the recurrence of %s out: %s is not known before the last step", reader, writer);
			return;
		}
	}
	for (uint32_t i = 0; i < wave->n; i++) {
		const struct recurrence *r = &c->rec.at[wave->at[i]], *first = &c->rec.at[wave->at[0]];
		if (LAW(wave_time, c->var.at[r->time].extent != c->var.at[first->time].extent || r->chunk != first->chunk ||
		                   r->scan > SCAN_SEQUENTIAL))
			diag(c, ERR_wavefront, at, "%s and %s do not run over the same time in the same chunks", first->name, r->name);
	}
	uint8_t barrier = BARRIER_NONE;
	for (rec_id r = 1; r < c->rec.n; r++)
		barrier = c->rec.at[r].persistent > barrier ? c->rec.at[r].persistent : barrier;
	if (sched_wave_in_groups(c) && barrier <= BARRIER_OMP) {
		diag(c, ERR_wavefront, at, barrier ? "groups of threads share a layer's loops, but OpenMP's barrier is for all threads" :
		     "groups of threads share a layer's loops, but no team of threads lasts from one step to the next");
		diag_fix(c, "add %s:persistent { barrier = \"flag\" }", rec_lua(c, wave->at[0]));
	}
}

bool sched_check(struct ctx *c)
{
	uint32_t before = c->errors;
	for (stage_id s = 1; s < c->stage.n; s++) {
		struct stage *x = &c->stage.at[s];
		if (x->with)
			check_with(c, s);
	}
	if (c->errors != before)
		return false;
	for (rec_id r = 1; r < c->rec.n; r++) {
		check_time_inside(c, r);
		sched_check_outside(c, r);
	}
	if (c->sched->wave.n && !c->sched->wave_skew_given)
		c->sched->wave_skew = least_skew(c);
	for (stage_id s = 1; s < c->stage.n; s++) {
		struct stage *x = &c->stage.at[s];
		if (x->at)
			check_place(c, s);
		if (x->in_time)
			check_in_time(c, s);
		check_tails(c, s);
		check_flavors(c, s);
		if (x->fold && c->errors == before)
			sched_check_fold(c, s);
		if (x->store_host && c->errors == before)
			sched_check_store_at(c, s);
		if (x->store && c->errors == before)
			sched_check_store(c, s);
		pad_check(c, s);
	}
	if (c->sched->wave.n && c->errors == before)
		sched_check_wave(c);
	return c->errors == before;
}
