/* rows.c · how many steps of a tensor are kept
 *
 *   h[t] = f(h[t-1], h[t-2])        rows 0 1 2, step t in row t mod 3: t, t-1 and t-2 lie side by side
 *
 * Inside a time loop only those steps are kept that are still read: one, where nothing reads an earlier step; k in place, where
 * only the stage itself reads its own element of step t-k; k + 1 otherwise; a chunk and what is looked back to, where time is in
 * chunks; all, where something else reads them. A ring of m rows adds a dependence: every read of h[t-d] comes before the write of
 * h[t-d+m]. So each read asks for a number of rows, and the largest counts. */
#include "schedule/stages.h"

bool sched_is_local(struct ctx *c, stage_id s)
{
	stage_id leader = c->stage.at[s].with ? c->stage.at[s].with : s;
	return !c->stage.at[s].store_root && (c->stage.at[leader].at || c->rec.at[c->stage.at[s].rec].carried) && !stage_is_kept(c, s);
}

/* Only the stage itself reads step t-1, element by element: the new value may overwrite the old. */
static bool in_place(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->tensor == x->tensor && d->lag > 0 &&
		    (LAW(in_place_reader, d->reader != s) || LAW(in_place_spread, d->spread)))
			return false;
	}
	return c->tensor.at[x->tensor].history == 1 && c->tensor.at[x->tensor].defs.n == 1 &&
	       !LAW(in_place_sum, x->acc.n);
}

/* How many of a tensor's last steps a stage reads: h[T-1] and h[T-2] are two. 0: it reads others, too. */
struct last { tensor_id of; int64_t steps; bool other; };

static void last_read(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct last *l = arg;
	const struct expr *x = &c->expr.at[e];
	const struct tensor *t = &c->tensor.at[x->of];
	int64_t k;
	(void)s;
	if (x->of != l->of)
		return;
	const struct expr *i = &c->expr.at[c->list.at[x->idx + (uint32_t)t->time]];
	if (i->kind == X_POLY && poly_const(c, poly_sub(c, t->extent[t->time], i->poly), &k) && k >= 1)
		l->steps = k > l->steps ? k : l->steps;
	else
		l->other = true;
}

/* All steps are kept; why not fewer. */
static struct kept all(const char *why, uint32_t by) { return (struct kept){ .why = why, .by = by }; }

struct kept sched_kept(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	const struct tensor *t = &c->tensor.at[x->tensor];
	int64_t back = t->history, last = 0, wave = 0, chunk = x->rec ? 0 : c->rec.at[stage_unit(c, s)].chunk;
	uint32_t by_back = 0, by_last = 0, by_wave = 0;
	if (t->is_output || t->time < 0)
		return all(t->time < 0 ? "it has no time" : "it is an output, and the caller's memory holds them all", 0);
	if (!stage_unit(c, s))
		return all("they are computed before the first is read", 0);
	if (t->history && !x->rec)
		return all("it has steps before the first, but belongs to no recurrence", 0);
	if (x->rec && c->rec.at[x->rec].scan > SCAN_SEQUENTIAL)
		return all("threads write chunks of its scan side by side", 0);
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		const struct stage *r = &c->stage.at[d->reader];
		struct last l = { .of = x->tensor };
		if (d->tensor != x->tensor)
			continue;
		if (stage_unit(c, d->reader) == stage_unit(c, s)) {
			if (d->lag == INT64_MIN)
				return all("any of them is read", i + 1);
			by_back = d->lag > 0 && (!by_back || d->lag > back) ? i + 1 : by_back;
			back = d->lag > back ? d->lag : back;
			chunk = r->rec && x->rec ? chunk : c->rec.at[stage_unit(c, s)].chunk;
			continue;
		}
		int64_t behind = sched_wave_distance(c, stage_unit(c, s), stage_unit(c, d->reader));
		if (behind > 0) {  /* from the first step that the later layer's chunk reads to the end of the chunk that is written meanwhile */
			if (d->first == INT64_MIN)
				return all("any of them is read", i + 1);
			int64_t rows = (behind + 1) * c->rec.at[stage_unit(c, s)].chunk - d->first;
			by_wave = rows > wave ? i + 1 : by_wave;
			wave = rows > wave ? rows : wave;
			continue;
		}
		stage_reads(c, d->reader, last_read, &l);
		if (LAW(ring_others, l.other))
			return all("others than the last are read when all are done", i + 1);
		by_last = l.steps > last ? i + 1 : by_last;
		last = LAW(ring_last, l.steps > last) ? l.steps : last;
	}
	bool late = last > back;
	struct kept k = { .rows = LAW(ring_chunk, chunk) ? chunk + (late ? last : back) : 0, .by = late ? by_last : by_back, .chunk = chunk };
	if (LAW(ring_wave, wave > k.rows)) {  /* its own steps read as far back as ever */
		k = (struct kept){ .rows = wave > last ? wave : last, .by = wave > last ? by_wave : by_last, .chunk = wave > last ? chunk : 0 };
		k.rows = back + 1 > k.rows ? back + 1 : k.rows;
	}
	if (k.rows)
		return k;
	if (t->history && last <= (int64_t)t->history && in_place(c, s))
		return (struct kept){ .rows = t->history, .by = by_back };
	back += LAW(ring_now, true);  /* the row that is written now */
	return (struct kept){ .rows = back > last ? back : last, .by = back > last ? by_back : by_last };
}
