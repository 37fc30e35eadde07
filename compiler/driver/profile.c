/* profile.c · rnngen profile: where the time goes, stage by stage
 *
 * The model is built twice, once with laps (lower/laps.c) and once without; the builds take turns, as in bench, so the cost of the
 * laps is measured, too. Laps of steps are taken in so few steps that they cost less than a hundredth of the time, and always in
 * an odd number apart, since steps may alternate. Only the fastest quarter of the turns counts: something
 * else on the machine made the others slower. */
#include "driver/bench.h"

#include <stdlib.h>

/* The numbers of emit/text/lap.txt. */
struct lap_counts { int64_t ticks, calls, looks; };
struct lap_table { int64_t every, left, looking, last, mark; struct lap_counts of[]; };

#define LAP_TICKS 60       /* at most, of one lap and what it disturbs */
#define NAMES 5            /* of stages that a row shows */
#define COST 0.005         /* of a step's time, for its laps */

struct turn { double us, each; size_t calls; struct lap_counts *of; };

struct row {
	uint32_t lap;
	const char *what, *line;
	double calls, us;          /* of a call of the model */
	double operations, bytes, limit_us;
};

struct profile {
	struct ctx *c;             /* of the build with laps */
	struct bench *b;
	struct lap_table *table;
	uint32_t n;
	VEC(struct turn) turns;
	struct lap_counts *sum;    /* over the turns that count */
	double runs, us_a_tick, us;
	bool looks;                /* at steps: a time loop has more than one lap */
	VEC(struct row) rows;
};

/* ---- taking laps ------------------------------------------------------------------------------------------------- */

static void clear(struct profile *p) { memset(p->table->of, 0, p->n * sizeof *p->table->of); }

static void after_turn(struct bench *b, int which, size_t from)
{
	struct profile *p = b->arg;
	const struct contestant *x = &b->of[1];
	struct turn t = { .calls = x->calls - from };
	if (which < 0)
		clear(p);
	if (which != 1)
		return;
	for (size_t i = from; i < x->calls; i++)
		t.us += x->us[i];
	t.each = t.calls ? t.us / (double)t.calls : 0;
	if (t.calls) {
		t.of = base_alloc(p->c, p->n * sizeof *t.of);
		memcpy(t.of, p->table->of, p->n * sizeof *t.of);
		VEC_PUSH(p->c, p->turns, t);
	}
	clear(p);
}

/* Of the last run, in which every step was looked at: how many steps with laps, in which time, with how many laps. */
struct steps { double n, ticks, laps; };

static struct steps steps_of_run(const struct profile *p)
{
	struct steps s = { 0, 0, 0 };
	for (uint32_t i = 1; i < p->n; i++) {
		const struct lap *lap = &p->c->program->laps.at[i];
		const struct lap_counts *of = &p->table->of[i];
		s.n += (double)of->looks;
		s.ticks += of->looks ? (double)of->ticks : 0;
		s.laps += (double)of->looks + (lap->in ? (double)of->calls : 0);
	}
	return s;
}

/* Looks at so few steps that it costs little. */
static int choose_every(struct profile *p)
{
	struct contestant *x = &p->b->of[1];
	struct steps best = { 0, 0, 0 };
	for (int k = 0; k < 7; k++) {
		clear(p);
		if (host_run(&x->h, &x->call, false) != RNN_OK)
			return EXIT_FAULT;
		struct steps s = steps_of_run(p);
		best = k && best.ticks < s.ticks ? best : s;
	}
	double every = best.ticks > 0 ? LAP_TICKS * best.laps / (COST * best.ticks) : 1;
	double most = best.n > 9 ? best.n / 4 : 1;   /* a few looks a call all the same */
	p->table->every = p->table->left = (int64_t)(every < most ? every : most) | 1;
	p->looks = best.n > 0;
	clear(p);
	return EXIT_DONE;
}

static int by_each(const void *a, const void *b)
{
	double x = ((const struct turn *)a)->each, y = ((const struct turn *)b)->each;
	return x < y ? -1 : x > y;
}

static void sum_turns(struct profile *p)
{
	double us = 0, ticks = 0;
	p->sum = base_alloc(p->c, p->n * sizeof *p->sum);
	qsort(p->turns.at, p->turns.n, sizeof *p->turns.at, by_each);
	for (uint32_t k = 0; k < (p->turns.n + 3) / 4; k++) {
		const struct turn *t = &p->turns.at[k];
		us += t->us;
		p->runs += (double)t->calls;
		for (uint32_t i = 0; i < p->n; i++) {
			p->sum[i].ticks += t->of[i].ticks;
			p->sum[i].calls += t->of[i].calls;
			p->sum[i].looks += t->of[i].looks;
			ticks += p->c->program->laps.at[i].in ? 0 : (double)t->of[i].ticks;
		}
	}
	p->us = p->runs > 0 ? us / p->runs : 0;
	p->us_a_tick = ticks > 0 ? us / ticks : 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static const char *names(struct ctx *c, const struct lap *lap)
{
	struct text t = { .c = c };
	uint32_t most = lap->stages.n > NAMES ? NAMES - 1 : lap->stages.n;
	for (uint32_t i = 0; i < most; i++)
		text_printf(&t, "%s%s", i ? ", " : "", c->stage.at[lap->stages.at[i]].name);
	if (most < lap->stages.n)
		text_printf(&t, " and %u more", lap->stages.n - most);
	return t.s ? t.s : "";
}

static bool has_steps(const struct profile *p, uint32_t lap) { return p->c->program->laps.at[lap].steps && p->sum[lap].looks > 0; }

static void add_row(struct profile *p, uint32_t i)
{
	struct ctx *c = p->c;
	const struct lap *lap = &c->program->laps.at[i];
	const struct lap_counts *of = &p->sum[i], *loop = &p->sum[lap->in];
	double scale = 1 / p->runs;
	struct row r = { .lap = i, .what = names(c, lap), .line = "" };
	if (lap->in && !loop->looks)
		return;
	if (lap->in)                               /* what was seen of some steps stands for all */
		scale *= (double)loop->calls / (double)loop->looks;
	r.calls = scale * (double)of->calls;
	r.us = scale * (double)of->ticks * p->us_a_tick;
	if (!i)
		r.what = "start and end";
	else if (lap->barrier)
		r.what = "barrier";
	else if (has_steps(p, i))
		r.what = base_internf(c, "steps of %s", lap->rec ? c->rec.at[lap->rec].name : r.what);
	else
		r.line = loc_text(c, c->stage.at[lap->stages.at[0]].loc);
	for (uint32_t k = 0; k < p->b->work.n; k++) {
		const struct work_part *w = &p->b->work.part[k];
		if (!idvec_has(&lap->stages, w->stage))
			continue;
		r.operations += 2 * w->multiply_adds + w->others;
		r.bytes += w->weights + w->state + w->io;
		r.limit_us += work_part_limit(w) * 1e6;
	}
	VEC_PUSH(c, p->rows, r);
}

/* In the order of the program, steps below their loop, what is no loop last. */
static void find_rows(struct profile *p)
{
	const struct lap *lap = p->c->program->laps.at;
	for (uint32_t i = 1; i < p->n; i++) {
		if (lap[i].in)
			continue;
		add_row(p, i);
		for (uint32_t k = 1; k < p->n; k++)
			if (lap[k].in == i)
				add_row(p, k);
	}
	add_row(p, 0);
}

/* ---- printing ------------------------------------------------------------------------------------------------------ */

static bool in_steps(const struct profile *p, const struct row *r) { return p->c->program->laps.at[r->lap].in != 0; }
static double share(const struct profile *p, double us) { return p->us > 0 ? 100 * us / p->us : 0; }
static double overhead(const struct profile *p) { return 100 * (bench_ratio(p->b) - 1); }

static void print_text(const struct profile *p)
{
	int wide = 16;
	for (uint32_t i = 0; i < p->rows.n; i++) {
		int n = (int)strlen(p->rows.at[i].what) + 2 * in_steps(p, &p->rows.at[i]);
		wide = n > wide ? n : wide;
	}
	bench_print_head(p->b);
	printf("  %-*s %-28s %8s %10s %6s %8s %8s %10s\n", wide, "stage", "line", "calls", "ms", "%", "GFLOP/s", "GB/s", "% of limit");
	for (uint32_t i = 0; i < p->rows.n; i++) {
		const struct row *r = &p->rows.at[i];
		const char *at = in_steps(p, r) ? "  " : "";
		printf("  %s%-*s %-28s %8.0f %10.4f %6.1f", at, wide - (int)strlen(at), r->what, r->line, r->calls, r->us * 1e-3, share(p, r->us));
		if (r->operations > 0)
			printf(" %8.2f %8.2f", bench_per_us(r->operations, r->us), bench_per_us(r->bytes, r->us));
		if (r->operations > 0 && p->b->limited && r->us > 0)
			printf(" %10.1f", 100 * r->limit_us / r->us);
		printf("\n");
	}
	printf("  %-*s %-28s %8d %10.4f %6.1f %8.2f %8.2f", wide, "a call", "", 1, p->us * 1e-3, 100.0,
	       bench_per_us(p->b->work.operations, p->us), bench_per_us(p->b->work.bytes, p->us));
	if (p->b->limited && p->us > 0)
		printf(" %10.1f", 1e8 * p->b->work.limit / p->us);
	printf("\n  ");
	if (p->looks)
		printf("one step in %lld looked at; ", (long long)p->table->every);
	printf("%.0f of %zu calls, those of the fastest turns; with laps a call takes %.1f %% longer\n", p->runs, p->b->of[1].calls, overhead(p));
}

static void print_json(const struct profile *p)
{
	json_t *all = bench_json_head(p->b), *rows = json_array();
	for (uint32_t i = 0; i < p->rows.n; i++) {
		const struct row *r = &p->rows.at[i];
		json_t *row = json_pack("{s:s, s:s, s:b, s:f, s:f, s:f}", "what", r->what, "line", r->line, "in_steps", in_steps(p, r), "calls",
		                        r->calls, "us", r->us, "percent", share(p, r->us));
		if (r->operations > 0)
			json_object_update_new(row, json_pack("{s:f, s:f, s:f, s:f}", "operations", r->operations, "bytes", r->bytes, "gflops",
				bench_per_us(r->operations, r->us), "gbs", bench_per_us(r->bytes, r->us)));
		if (r->operations > 0 && p->b->limited && r->us > 0)
			json_object_update_new(row, json_pack("{s:f, s:f}", "limit_us", r->limit_us, "percent_of_limit", 100 * r->limit_us / r->us));
		json_array_append_new(rows, row);
	}
	json_object_update_new(all, json_pack("{s:f, s:f, s:f, s:I, s:f}", "us", p->us, "calls", p->runs, "overhead_percent", overhead(p),
		"every", (json_int_t)p->table->every, "operations", p->b->work.operations));
	json_object_set_new(all, "rows", rows);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	printf("\n");
	json_decref(all);
}

int driver_profile(struct ctx *c, const struct bench_options *o)
{
	struct bench *b = base_alloc(c, sizeof *b);
	struct profile p = { .c = o->vs, .b = b, .n = o->vs->program->laps.n };
	int code = bench_open(b, c, o);
	if (!code && !host_symbol(b->of[1].h.so, "rnn_laps", &p.table))
		code = EXIT_FAULT;
	code = code ? code : choose_every(&p);
	if (!code) {
		b->after_turn = after_turn;
		b->arg = &p;
		b->work = work_count(o->vs, b->of[1].dim);  /* its stages are those of the laps */
		b->limited = work_limit(o->vs, &b->work, &b->machine, b->threads);
		code = bench_measure(b);
	}
	if (!code) {
		sum_turns(&p);
		find_rows(&p);
		(o->json ? print_json : print_text)(&p);
	}
	bench_close(b);
	return code;
}
