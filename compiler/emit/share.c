/* share.c · the heads of parallel loops: which iterations a thread runs
 *
 *   even      for (io = share(n, me->thread, me->threads), io_end = share(n, me->thread + 1, me->threads); io < io_end; io++) {
 *             for (io = io_first; io < io_end; io++) {       n is one number for the whole function, which begins with
 *                 const io_first = share(...), io_end = share(...): two divisions are much beside a row of 32 floats
 *   in turn   for (io_from = me->thread * 2; io_from < n; io_from += me->threads * 2)
 *                 for (io = io_from; io < min_i(io_from + 2, n); io++) {
 *             for (layer = me->thread; layer < n; layer += me->threads) {                  one at a time
 *   dynamic   for (io_from = 0, io_end = 0; next_part(&f->ticket[0], &io_done, n, 2, 0, &io_from, &io_end); )
 *                 for (io = io_from; io < io_end; io++) {
 *
 * In a team each thread runs the same loops (in a group of its threads, group.team stands for me); else a team forks for this one
 * (`omp for` allocates in some runtimes, each time). What has been handed out is counted from the beginning of the run, so that nobody has
 * to set the counter back (text/part.txt). */
#include "emit/emit.h"

const char *team_of(struct emit *e) { return e->in_group ? "group.team." : "me->"; }

/* The thread's share of n iterations, n a number for the whole function. NULL: it is not. */
static const struct share *known_share(struct emit *e, poly_id n, const char *v)
{
	const char *team = base_intern(e->c, team_of(e));
	for (uint32_t i = 0; i < e->shares.n; i++)
		if (e->shares.at[i].n == n && e->shares.at[i].team == team)
			return &e->shares.at[i];
	if (!poly_of_dims(e->c, n))
		return NULL;
	const struct share s = { n, team, name_unique(e, base_internf(e->c, "%s_first", v)), name_unique(e, base_internf(e->c, "%s_end", v)) };
	VEC_PUSH(e->c, e->shares, s);
	return &e->shares.at[e->shares.n - 1];
}

static const char *share_text(struct emit *e, const struct share *s)
{
	const char *n = poly_c(e, s->n), *w = s->team;
	return base_internf(e->c, "int64_t %s = share(%s, %sthread, %sthreads), %s = share(%s, %sthread + 1, %sthreads)",
	                    s->first, n, w, w, s->end, n, w, w);
}

void print_shares(struct emit *e)
{
	for (uint32_t i = 0; i < e->shares.n; i++)
		line(e, "const %s;", share_text(e, &e->shares.at[i]));
	e->shares.n = 0;
}

static struct share even(struct emit *e, poly_id extent, const char *v, const char *at)
{
	const struct share *known = known_share(e, extent, v);
	if (known) {
		line(e, "for (int64_t %s = %s; %s < %s; %s++) {", at, known->first, at, known->end, at);
		return *known;
	}
	const struct share s = { extent, team_of(e), name_unique(e, base_internf(e->c, "%s_first", v)),
	                         name_unique(e, base_internf(e->c, "%s_end", v)) };
	line(e, "for (%s, %s = %s;", share_text(e, &s), at, s.first);
	line(e, "     %s < %s; %s++) {", at, s.end, at);
	return s;
}

/* Every other step backwards, through what is still in the core's cache. */
static void even_and_back(struct emit *e, const struct stmt *x, const char *v)
{
	const char *at = name_unique(e, base_internf(e->c, "%s_at", v));
	const struct share s = even(e, x->extent, v, at);
	line(e, "\tconst int64_t %s = %s %% 2 ? %s + %s - 1 - %s : %s;  /* backwards on odd steps */", v,
	     e->c->var.at[x->alternate].name, s.first, s.end, at, at);
}

/* A team of the loop's own. */
static void forked(struct emit *e, const char *n, const char *v, const char *at)
{
	const char *end = name_unique(e, base_internf(e->c, "%s_end", v));
	line(e, "for (int64_t %s = share(%s, thread_number(), thread_count()),", at, n);
	line(e, "     %s = share(%s, thread_number() + 1, thread_count()); %s < %s; %s++) {", end, n, at, end, at);
}

static void in_parts(struct emit *e, const struct stmt *x, const char *v, const char *n, bool team)
{
	struct ctx *c = e->c;
	const char *me = team ? base_internf(c, "%sthread", team_of(e)) : "thread_number()";
	const char *all = team ? base_internf(c, "%sthreads", team_of(e)) : "thread_count()";
	long long part = (long long)x->part;
	if (x->sharing == SHARE_CYCLIC && part == 1) {
		line(e, "for (int64_t %s = %s; %s < %s; %s += %s) {", v, me, v, n, v, all);
		return;
	}
	const char *from = name_unique(e, base_internf(c, "%s_from", v));
	if (x->sharing == SHARE_CYCLIC) {
		e->use_min = true;
		line(e, "for (int64_t %s = %s * %lld; %s < %s; %s += %s * %lld)", from, me, part, from, n, from, all, part);
		line(e, "\tfor (int64_t %s = %s; %s < min_i(%s + %lld, %s); %s++) {", v, from, v, from, part, n, v);
		return;
	}
	const char *end = name_unique(e, base_internf(c, "%s_end", v)), *done = base_internf(c, "%s_done", v), *next;
	if (team) {
		done = base_internf(c, "%s%u", done, e->tickets);  /* of the whole function, so its name is of the whole file */
		next = base_internf(c, "f->ticket[%u]", 8 * e->tickets++);
		VEC_PUSH(c, e->handed, done);
	} else {
		done = name_unique(e, done);
		next = name_unique(e, base_internf(c, "%s_next", v));
		line(e, "int64_t %s = 0;", next);
		line(e, "OMP(omp parallel num_threads((int)f->threads))");
	}
	line(e, "for (int64_t %s = 0, %s = 0%s%s%s;", from, end, team ? "" : ", ", team ? "" : done, team ? "" : " = 0");
	line(e, "     next_part(&%s, &%s, %s, %lld, %s, &%s, &%s);)", next, done, n, part, x->sharing == SHARE_GUIDED ? all : "0", from, end);
	line(e, "\tfor (int64_t %s = %s; %s < %s; %s++) {", v, from, v, end, v);
}

void print_share(struct emit *e, const struct stmt *x, const char *v, bool team)
{
	const char *n = poly_c(e, x->extent), *at = v;
	if (!team && x->sharing <= SHARE_CYCLIC)
		line(e, "OMP(omp parallel num_threads((int)f->threads))");
	if (x->sharing != SHARE_EVEN) {
		in_parts(e, x, v, n, team);
	} else if (team && x->alternate) {
		even_and_back(e, x, v);
	} else if (team) {
		even(e, x->extent, v, v);
	} else {
		if (x->alternate)
			at = name_unique(e, base_internf(e->c, "%s_at", v));
		forked(e, n, v, at);
		if (x->alternate)
			line(e, "\tconst int64_t %s = %s %% 2 ? %s - 1 - %s : %s;  /* backwards on odd steps */", v,
			     e->c->var.at[x->alternate].name, wrap_sum(e, x->extent), at, at);
	}
}
