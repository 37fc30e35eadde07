/* judge.c · one pair of files: refused with a diagnostic, or right
 *
 *   after the pass          the loops must give, on one thread
 *   nests .. regions        the bits of the equations at one size; with reassoc, and numbers that are not exact, their values
 *   regions, more sizes     the same, and on 2 and 3 threads in shuffled order the bits of one thread; in two halves the
 *                           bits of one call
 *   regions, all sizes      what the oracle (tests/oracle) says of them, on a team of 1, 2 or 3
 *
 * The interpreter itself refuses indices outside, reads of what was never written, races. The canonical text of an
 * accepted schedule is loaded again: it must print the same and give the same C. */
#include "fuzz.h"

#include "pipeline.h"
#include "schedule/stages.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

enum { SIZES = 3 };

struct trial {
	const struct job *j;
	struct ctx *c;
	struct sizes_of_run size[SIZES];
	struct outcome given[SIZES], right[SIZES];
	bool reassoc;
};

static void fail(const struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void fail(const struct job *j, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(j->failure, j->failure_size, fmt, ap);
	va_end(ap);
}

static void count(const struct job *j, uint64_t *n, uint64_t by)
{
	if (j->count)
		*n += by;
}

/* What failed, without numbers, quoted names, and words that hold a digit or an underscore: names of the model. */
void judge_signature(const char *failure, char *out, size_t size)
{
	size_t n = 0;
	const char *p = failure;
	/* where the loops stand, and formulas, come last */
	while (*p && n + 2 < size && strncmp(p, ", stage ", 8) && strncmp(p, " extent is ", 11) && strncmp(p, " runs ", 6)) {
		size_t len = 1;
		bool name = false;
		if (isalnum((unsigned char)*p) || *p == '_') {
			for (len = 0; isalnum((unsigned char)p[len]) || p[len] == '_' || (p[len] == '.' && isalnum((unsigned char)p[len + 1])); len++)
				name |= isdigit((unsigned char)p[len]) || p[len] == '.';
			name |= len == 1;
		}
		if (name) {
			if (n && out[n - 1] != '#')
				out[n++] = '#';
		} else if (n + len + 1 < size) {
			memcpy(out + n, p, len);
			n += len;
		}
		p += len;
	}
	out[n] = 0;
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static bool run_loops(struct trial *t, int size, int threads, uint64_t order, struct outcome *out, const char *pass)
{
	*out = data_copy(t->c, &t->given[size]);
	struct loops_run r = { .dim = t->size[size].dim, .value = out->value, .state = out->state, .threads = threads,
	                       .order = order };
	count(t->j, t->j->count ? &t->j->count->runs : NULL, 1);
	if (loops_run(t->c, &r))
		return true;
	fail(t->j, "after %s, %s: %s", pass, threads > 1 ? "several threads" : "one thread", r.error);
	return false;
}

static bool agree(struct trial *t, const struct outcome *a, const struct outcome *b, double allowed, const char *pass,
                  const char *with)
{
	const char *tensor;
	double by = data_compare(t->c, a, b, &tensor);
	if (by <= allowed)
		return true;
	fail(t->j, "after %s: differs from %s: tensor %s by %.3g", pass, with, tensor, by);
	return false;
}

static bool check_pass(struct trial *t, int size, const char *pass)
{
	struct outcome one;
	return run_loops(t, size, 1, 0, &one, pass) &&
	       agree(t, &one, &t->right[size], t->reassoc ? 1e-9 : 0, pass, "the equations");
}

static bool check_last(struct trial *t, int size)
{
	struct outcome one, many, two;
	char error[300];
	if (!run_loops(t, size, 1, 0, &one, "regions") ||
	    !agree(t, &one, &t->right[size], t->reassoc ? 1e-9 : 0, "regions", "the equations"))
		return false;
	for (int threads = 2; threads <= 3; threads++)
		if (!run_loops(t, size, threads, t->j->seed * 4 + (uint64_t)threads, &many, "regions") ||
		    !agree(t, &many, &one, 0, "regions", "one thread"))
			return false;
	if (data_halves(t->c, &t->size[size], &t->given[size], &two, error, sizeof error)) {
		count(t->j, t->j->count ? &t->j->count->halves : NULL, 1);
		return agree(t, &two, &one, sched_scans(t->c) ? 1e-9 : 0, "regions", "two halves");
	}
	if (*error)
		fail(t->j, "after regions, in two halves: %s", error);
	return !*error;
}

/* The finished loops before the oracle, on a team of 1, 2 or 3. */
static bool ask_oracle(struct trial *t, int size)
{
	char why[400];
	struct oracle_run r = { .dim = t->size[size].dim, .value = t->given[size].value, .state = t->given[size].state,
	                        .threads = 1 + (int)(t->j->seed + (uint64_t)size) % 3, .reassoc = t->c->sched->reassoc };
	enum oracle_verdict v = oracle_judge(t->c, &r, why, sizeof why);
	count(t->j, t->j->count ? &t->j->count->judged[v] : NULL, 1);
	if (v == ORACLE_ILLEGAL)
		fail(t->j, "after regions, by the oracle, %d threads: %s", r.threads, why);
	return v != ORACLE_ILLEGAL;
}

static bool reference(struct trial *t)
{
	struct rng r;
	rng_seed(&r, t->j->seed);
	for (int k = 0; k < SIZES; k++) {
		data_sizes(t->c, &r, &t->size[k]);
		for (uint32_t d = 1; k == 0 && d < t->c->dim.n && d < 16; d++)  /* the first one does some work */
			if (t->c->dim.at[d].value < 0 && t->size[k].dim[d] < 2)
				t->size[k].dim[d] = sched_bound_near(t->c, d, t->size[k].dim[d] + 2);
		t->given[k] = data_random(t->c, &t->size[k], t->j->exact, &r);
		t->right[k] = data_copy(t->c, &t->given[k]);
		struct equations_run e = { .dim = t->size[k].dim, .value = t->right[k].value, .state = t->right[k].state };
		if (!equations_run(t->c, &e)) {
			fail(t->j, "equations: %s", e.error);
			return false;
		}
	}
	return true;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

struct same_load { buf_id buf; bool found; };

static bool loads_buf(struct ctx *c, expr_id e, void *arg)
{
	struct same_load *s = arg;
	s->found |= c->expr.at[e].kind == X_LOAD && c->expr.at[e].of == s->buf;
	return false;
}

static bool count_stmt(struct ctx *c, stmt_id id, void *arg)
{
	struct counts *n = arg;
	const struct stmt s = c->stmt.at[id];
	n->tails += s.kind == S_IF && !s.special;
	n->specials += s.special != 0;
	n->barriers[s.barrier] += s.kind == S_BARRIER;
	n->lane_tails += s.kind == S_FOR && s.flavor == LOOP_VECTOR && s.lanes && !poly_is(c, s.extent, s.lanes);
	n->regions += s.kind == S_REGION;
	n->pinned += s.kind == S_REGION && c->program->pinned;
	n->vectors += s.kind == S_FOR && s.flavor == LOOP_VECTOR;
	n->teams += s.kind == S_FOR && s.flavor == LOOP_PARALLEL;
	if (s.kind == S_STORE && c->buf.at[s.of].kind != BUF_REG) {
		struct same_load same = { s.of, false };
		expr_any(c, s.value, loads_buf, &same);
		n->in_storage += same.found && !c->buf.at[s.of].timed && c->stage.at[s.stage].acc.n;
	}
	return false;
}

static void count_program(struct ctx *c, struct counts *n)
{
	stmt_any(c, c->body, count_stmt, n);
	for (buf_id b = 1; b < c->buf.n; b++) {
		const struct buf *x = &c->buf.at[b];
		n->registers += x->kind == BUF_REG && x->tensor;
		n->locals += x->kind == BUF_LOCAL;
		n->rings += x->timed && x->fold > 1;
		n->in_place += x->timed && x->fold == 1 && x->history == 1;
		n->work_locals += x->kind == BUF_WORK && x->per_thread;
	}
	for (uint32_t i = 0; i < c->sched->packs.n; i++) {
		const struct pack *p = &c->sched->packs.at[i];
		n->packs++;
		n->shared_packs += p->tensors.n > 1;
		n->func_packs += c->tensor.at[p->tensors.at[0]].role != ROLE_PARAM;
	}
	n->skewed += c->sched->wave.n && c->sched->wave_skew > 1;
	n->gathers += c->program->checks.n != 0;
	n->partitioned += c->program->partitioned;
	n->fixed += c->fixed;
	for (rec_id r = 1; r < c->rec.n; r++) {
		n->carried += c->rec.at[r].carried;
		n->slices += sched_inside(c, r) && !c->rec.at[r].carried;
	}
	for (stage_id s = 1; s < c->stage.n; s++) {
		const struct stage *x = &c->stage.at[s];
		n->together += x->with != 0;
		n->store[x->store]++;
		n->wide_rings += x->fold > sched_kept(c, s).rows;
		for (uint32_t i = 0; i < x->loop.n; i++)
			n->tail_kind[x->loop.at[i].tail] += x->loop.at[i].outer >= 0, n->padded += pad_of(c, x, (int)i) != 0;
	}
}

/* A tile is two splits and a reorder once it has run, so lines of the file tell. */
static uint64_t tiles_in(const char *path)
{
	char line[400];
	uint64_t n = 0;
	FILE *f = path ? fopen(path, "r") : NULL;
	while (f && fgets(line, sizeof line, f))
		n += strstr(line, ":tile(") != NULL;
	if (f)
		fclose(f);
	return n;
}

static bool packs_own(const struct directive *d)
{
	const char *name = strchr(d->call, '"'), *on = strrchr(d->on, '.');
	return !strncmp(d->call, "pack(\"", 6) && name && on && !strncmp(name + 1, on + 1, strlen(on + 1)) && name[strlen(on)] == '"';
}

static void count_directives(struct ctx *c, struct counts *n, const char *schedule)
{
	bool seen[DO_KINDS] = { false };
	n->directive[DO_TILE] += tiles_in(schedule);
	seen[DO_TILE] = tiles_in(schedule) != 0;
	for (uint32_t i = 0; i < c->sched->log.n; i++) {
		const char *call = c->sched->log.at[i].call;
		for (int k = 0; k < DO_KINDS; k++) {
			size_t len = strlen(directive_kind_name[k]);
			bool is = !strncmp(call, directive_kind_name[k], len) && (call[len] == '(' || call[len] == ' ');
			bool weights = !strcmp(c->sched->log.at[i].on, "m.weights");
			is = k == DO_WEIGHTS || k == DO_STORE ? weights == (k == DO_WEIGHTS) && !strncmp(call, "store_in(", 9) : is;
			is |= k == DO_TAIL && !strncmp(call, "split(", 6) && call[strlen(call) - 2] == '"';
			is |= k == DO_SHARED && !strncmp(call, "parallel(", 9) && strstr(call, "schedule = ");
			is |= k == DO_PACK_MANY && !strncmp(call, "pack({", 6);
			is |= k == DO_PACK_FUNC && packs_own(&c->sched->log.at[i]);
			is |= k == DO_REASSOC && !strncmp(call, "math { reassoc", 14);
			is |= k == DO_ULP && !strncmp(call, "math { ulp", 10);
			is |= k == DO_IN_TIME && !strncmp(call, "compute_at(", 11) && !strchr(call, ',');
			n->directive[k] += is;
			seen[k] |= is;
		}
	}
	for (int k = 0; k < DO_KINDS; k++)
		n->plans_with[k] += seen[k];
}

/* ---- the pair ---------------------------------------------------------------------------------------------------- */

static void reason(struct ctx *c, char *why, size_t size)
{
	if (c->diags.n)
		snprintf(why, size, "%s: %s", diag_name(c->diags.at[0].id), c->diags.at[0].reason);
	else
		snprintf(why, size, "refused without a diagnostic");
}

struct ctx *judge_compile(const char *model, const char *schedule, const char *target, const char *stop,
                          struct emitted *out, char *why, size_t size)
{
	struct ctx *c = ctx_new("fuzz");
	c->target = target_find(target);
	struct pipeline p = { .model = model, .schedule = schedule, .stop_after = stop };
	if (!pipeline_run(c, &p)) {
		reason(c, why, size);
		ctx_free(c);
		return NULL;
	}
	if (out)
		*out = p.out;
	return c;
}

/* The canonical text of the schedule stands for it: loaded again it prints the same, and gives the same C. */
static bool prints_and_loads(const struct job *j, struct ctx *c, const char *c_text)
{
	char path[4200], why[400];
	struct text once = { .c = c }, twice;
	struct emitted out;
	snprintf(path, sizeof path, "%s.printed.lua", j->schedule);
	sched_print(c, &once);
	write_text(path, once.s);
	struct ctx *d = judge_compile(j->model, path, j->target, NULL, &out, why, sizeof why);
	unlink(path);
	if (!d) {
		fail(j, "the printed schedule is refused: %s", why);
		return false;
	}
	twice = (struct text){ .c = d };
	sched_print(d, &twice);
	bool same = !strcmp(once.s, twice.s);
	/* comments name the file and line of each directive, so only the code is compared */
	for (const char *a = c_text, *b = out.c.s; same && (*a || *b);) {
		if (a[0] == '/' && a[1] == '*' && b[0] == '/' && b[1] == '*') {
			a = strstr(a, "*/");
			b = strstr(b, "*/");
		}
		same = *a == *b;
		a += *a != 0;
		b += *b != 0;
	}
	if (!same)
		fail(j, "the printed schedule, loaded again, %s", strcmp(once.s, twice.s) ? "prints otherwise" : "gives other C");
	ctx_free(d);
	return same;
}

static enum verdict judge_loaded(const struct job *j, struct ctx *c, struct pipeline *p)
{
	struct trial t = { .j = j, .c = c };
	size_t n;
	const struct pass *pass = pipeline_passes(&n);
	t.reassoc = c->sched->reassoc && (!j->exact || sched_scans(c));
	if (j->passes && !reference(&t))
		return FAILED;
	size_t first = 0;
	while (strcmp(pass[first].name, "check"))
		first++;
	for (size_t i = first + 1; i < n; i++) {
		bool emit = !strcmp(pass[i].name, "emit");
		if ((pass[i].run && !pass[i].run(c)) || c->errors)
			return REFUSED;
		if (pass[i].verify)
			pass[i].verify(c);
		if (j->passes && !emit && !check_pass(&t, 0, pass[i].name))
			return FAILED;
	}
	if (j->worth && !j->worth())
		return RIGHT;
	if (!j->passes && !reference(&t))
		return FAILED;
	for (int k = 0; k < SIZES; k++)
		if (!check_last(&t, k) || !ask_oracle(&t, k))
			return FAILED;
	if (j->seed % 8 == 0 && j->schedule) {
		count(j, j->count ? &j->count->printed : NULL, 1);
		if (!prints_and_loads(j, c, p->out.c.s))
			return FAILED;
	}
	if (j->count) {
		count_program(c, j->count);
		count_directives(c, j->count, j->schedule);
	}
	return RIGHT;
}

enum verdict judge(const struct job *j)
{
	struct ctx *c = ctx_new("fuzz");
	struct pipeline p = { .model = j->model, .schedule = j->schedule, .stop_after = "check" };
	c->target = target_find(j->target);
	*j->failure = 0;
	count(j, j->count ? &j->count->pairs : NULL, 1);
	enum verdict v = pipeline_run(c, &p) ? judge_loaded(j, c, &p) : REFUSED;
	if (v == REFUSED) {
		enum diag_id id = c->diags.n ? c->diags.at[0].id : ERR_none;
		reason(c, j->failure, j->failure_size);
		if (j->line && c->diags.n && j->schedule && !strcmp(loc_file(c, c->diags.at[0].at), j->schedule))
			*j->line = loc_line(c->diags.at[0].at);
		count(j, j->count ? &j->count->refused : NULL, 1);
		count(j, j->count ? &j->count->refusal[id] : NULL, 1);
		if (!c->diags.n || id == ERR_none)
			v = FAILED;
	} else if (v == RIGHT) {
		count(j, j->count ? &j->count->accepted : NULL, 1);
	}
	ctx_free(c);
	return v;
}
