/* loops.c · the loop IR executed in double, after whichever pass
 *
 * Needs:      ctx->body and the buffers it names; values of the run-time dims; inputs and params.
 * Guarantees: outputs and end states as the loops compute them, or an error that names what the loops do wrong:
 *             an index outside its extent, a read of what was never written, an output left unwritten, a row of a
 *             ring that has been overwritten, two threads that meet in one cell without a barrier between them.
 *
 * Before the run every expression becomes postfix code and every polynomial a linear form over loop counters
 * (the dims have values here); nothing is allocated while statements run, but for the order of parallel loops. Where
 * loops hold nothing but loops and stores, their accesses go on by steps (walk.c).
 *
 * Threads are pretended. The statements run one after the other, in an order that some team of threads could have
 * taken, and each cell remembers who wrote and who read it since the last barrier (the epoch). */
#include "interp/memory.h"

#include <math.h>
#include <stdlib.h>

/* ---- memory and failure ---------------------------------------------------------------------------------------- */

struct block { struct block *next; max_align_t at[]; };

void *run_take(struct run *m, size_t n, size_t size)
{
	if (size && n > (SIZE_MAX - sizeof(struct block)) / size)
		base_oom(SIZE_MAX);
	struct block *p = calloc(1, sizeof *p + n * size);
	if (!p)
		base_oom(n * size);
	p->next = m->blocks;
	m->blocks = p;
	return p->at;
}

static void *grow(struct run *m, void *at, uint32_t *cap, size_t size)
{
	uint32_t n = *cap ? *cap * 2 : 64;
	void *p = run_take(m, n, size);
	if (*cap)
		memcpy(p, at, *cap * size);
	*cap = n;
	return p;
}

#define PUT(m, v, ...) ((v).n == (v).cap ? (v).at = grow((m), (v).at, &(v).cap, sizeof *(v).at) : (v).at, \
                        (v).at[(v).n++] = (__VA_ARGS__))

void run_push(struct run *m, idvec *v, uint32_t id) { PUT(m, *v, id); }

static const char *stage_name(struct run *m, uint32_t s)
{
	return s && s < m->c->stage.n ? m->c->stage.at[s].name : "-";
}

void run_fail(struct run *m, const char *fmt, ...)
{
	struct text t = { .c = m->c };
	va_list ap;
	va_start(ap, fmt);
	text_vprintf(&t, fmt, ap);
	va_end(ap);
	text_printf(&t, ", stage %s", stage_name(m, m->stage));
	for (uint32_t i = 0; i < m->around.n; i++) {
		const char *name = m->c->var.at[m->around.at[i]].name;
		text_printf(&t, "%s%s=%lld", i ? " " : " at ", name ? name : "?", (long long)m->value[m->around.at[i]]);
	}
	snprintf(m->r->error, sizeof m->r->error, "%s", t.s);
	longjmp(m->out, 1);
}

/* ---- polynomials ----------------------------------------------------------------------------------------------- */

/* Dims are constants of the run, so most products are linear in one counter. */
static void form_make(struct run *m, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(m->c, p, &n);
	struct form f = { .first = m->factor.n, .kind = FORM_SHORT };
	for (uint32_t i = 0; i < n && f.kind != FORM_OTHER; i++) {
		struct factor x = { 0, t[i].factor };
		for (int j = 0; j < t[i].n; j++) {
			const struct var *v = &m->c->var.at[t[i].var[j]];
			if (v->kind == VAR_DIM)
				x.k *= m->value[t[i].var[j]];
			else if (x.v || v->kind >= VAR_DIV)
				f.kind = FORM_OTHER;
			else
				x.v = t[i].var[j];
		}
		if (!x.v) {
			f.base += x.k;
		} else if (!f.one.v) {
			f.one = x;
		} else {
			PUT(m, m->factor, x);
			f.n++;
		}
	}
	f.kind = f.kind == FORM_SHORT && f.n ? FORM_LONG : f.kind;
	m->form[p] = f;
}

const struct form *run_form(struct run *m, poly_id p)
{
	if (m->form[p].kind == FORM_NEW)
		form_make(m, p);
	return &m->form[p];
}

static int64_t long_value(struct run *m, poly_id p)
{
	const struct form *f = run_form(m, p);
	if (f->kind == FORM_OTHER)
		return poly_eval(m->c, p, m->value);
	int64_t v = f->base + f->one.k * m->value[f->one.v];
	for (uint32_t i = f->first; i < f->first + f->n; i++)
		v += m->factor.at[i].k * m->value[m->factor.at[i].v];
	return v;
}

static inline int64_t quick_value(struct run *m, poly_id p)
{
	const struct form *f = &m->form[p];
	return f->kind == FORM_SHORT ? f->base + f->one.k * m->value[f->one.v] : long_value(m, p);
}

int64_t run_value(struct run *m, poly_id p) { return quick_value(m, p); }

/* ---- expressions become postfix code --------------------------------------------------------------------------- */

static void compile(struct run *m, expr_id e);

/* A load or store; indices that are no polynomials are computed onto the stack first. */
static uint32_t compile_access(struct run *m, buf_id of, uint32_t idx, uint32_t n)
{
	struct access a = { .in = &m->mem[of], .n = n };
	poly_id p[16];
	for (uint32_t i = 0; i < n && i < 16; i++) {
		const struct expr *x = &m->c->expr.at[m->c->list.at[idx + i]];
		p[i] = x->kind == X_POLY ? x->poly : 0;
		if (!p[i])
			compile(m, m->c->list.at[idx + i]);
		a.given += !p[i];
	}
	a.idx = m->index.n;
	for (uint32_t i = 0; i < n && i < 16; i++)
		PUT(m, m->index, p[i]);
	PUT(m, m->access, a);
	return m->access.n - 1;
}

static void compile(struct run *m, expr_id e)
{
	const struct expr *x = &m->c->expr.at[e];
	struct ins in = { .num = x->num };
	switch (x->kind) {
	case X_NUM:
		in.kind = I_NUM;
		break;
	case X_POLY:
		in.kind = I_POLY;
		in.of = x->poly;
		break;
	case X_LOAD:
		in.kind = I_LOAD;
		in.of = compile_access(m, x->of, x->idx, x->nidx);
		break;
	case X_OP:
		in.kind = I_OP;
		in.op = x->op;
		in.n = (uint8_t)op_info[x->op].arity;
		for (int i = 0; i < in.n; i++)
			compile(m, x->arg[i]);
		break;
	case X_CAST:
		compile(m, x->arg[0]);
		in.kind = I_CAST;
		in.op = x->type;
		break;
	default:
		run_fail(m, "expression %s is of the equations, not of the loops", expr_text(m->c, e));
	}
	PUT(m, m->code, in);
}

static void compile_list(struct run *m, stmt_id s)
{
	for (; s; s = m->c->stmt.at[s].next) {
		const struct stmt *x = &m->c->stmt.at[s];
		uint32_t first = m->access.n;
		m->stage = x->stage;
		if (x->kind == S_STORE) {
			m->code_of[s] = m->code.n;
			m->access_of[s] = compile_access(m, x->of, x->idx, x->nidx);
			compile(m, x->value);
			PUT(m, m->code, (struct ins){ .kind = I_END });
		}
		compile_list(m, x->body);
		compile_list(m, x->other);
		m->span[s] = (struct span){ first, m->access.n - first };
	}
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

/* The cell of an access, each index checked; *sp are the indices that lie on the stack. a->time: what the stamp of a ring's row must
 * say. */
static size_t cell_of(struct run *m, struct access *a, const double *sp)
{
	const struct mem *b = a->in;
	const poly_id *p = m->index.at + a->idx;
	size_t at = 0;
	a->time = 0;
	if (!b->live)
		run_fail(m, "buffer %s is used outside its declaration", b->is->name);
	if (a->n != b->is->rank)
		run_fail(m, "buffer %s: %u indices for %u dims", b->is->name, a->n, b->is->rank);
	for (uint32_t d = 0; d < a->n; d++) {
		double given = p[d] ? 0 : *sp++;
		bool whole = p[d] || (given >= -0x1p62 && given <= 0x1p62 && given == floor(given));
		int64_t i = p[d] ? quick_value(m, p[d]) : whole ? (int64_t)given : INT64_MIN;
		int64_t low = mem_least(b, d);
		if (!whole)
			run_fail(m, "buffer %s: index %u is %g, not a whole number", b->is->name, d, given);
		if (i < low || i >= b->extent[d])
			run_fail(m, "buffer %s: index %u is %lld, outside %lld..%lld", b->is->name, d, (long long)i,
			     (long long)low, (long long)b->extent[d] - 1);
		if (d == 0 && b->is->timed)
			a->time = mem_time(b, i);
		at = mem_cell(b, d, at, i);
	}
	return at;
}

/* Two threads in one cell, one of them writing, and no barrier between. */
NORETURN static void race(struct run *m, const struct mem *b, const char *before, uint32_t stage, const char *now)
{
	run_fail(m, "race in buffer %s: stage %s %s, another thread's stage %s %s with no barrier between", b->is->name,
	     stage_name(m, stage), before, stage_name(m, m->stage), now);
}

static int64_t share(int64_t n, int64_t i, int64_t of) { return n * i / of; }

static uint32_t group_of(const struct run *m, uint32_t thread)
{
	uint32_t g = 0;
	while (g + 1 < m->groups && thread >= share(m->threads, g + 1, m->groups))
		g++;
	return g;
}

/* Has the running thread passed no barrier together with the thread that touched a cell when it had passed `then`? */
static bool beside(const struct run *m, uint64_t then, uint32_t thread)
{
	return thread != m->thread && then >= m->since && (then >= m->epoch || group_of(m, thread) != group_of(m, m->thread));
}

static void touch(struct run *m, const struct mem *b, size_t cell, bool write)
{
	struct touch *x = &b->touch[cell];
	if (beside(m, x->written, x->writer))
		race(m, b, "writes", x->wstage, write ? "writes" : "reads");
	if (write) {
		if (beside(m, x->read, x->reader))
			race(m, b, "reads", x->rstage, "writes");
		if (beside(m, x->read, x->reader2))
			race(m, b, "reads", x->rstage2, "writes");
		x->written = m->epoch;
		x->writer = m->thread;
		x->wstage = m->stage;
		return;
	}
	bool first = x->read < m->since, apart = !first && group_of(m, x->reader) != group_of(m, x->reader2);
	bool ours = !first && group_of(m, x->reader) == group_of(m, m->thread);
	if (first || (ours && !apart && x->read < m->epoch)) {
		x->read = m->epoch;
		x->reader = x->reader2 = m->thread;
		x->rstage = x->rstage2 = m->stage;
	} else if (x->reader != m->thread && !apart) {
		x->reader2 = m->thread;
		x->rstage2 = m->stage;
	}
}

/* The cell in the copy that the running thread sees, and the races of a shared one. */
static inline size_t reach(struct run *m, struct access *a, const double *sp, bool write)
{
	struct mem *b = a->in;
	size_t cell = a->walks ? a->cell : cell_of(m, a, sp);
	if (b->shared) {
		if (b->touch && m->place != ALONE)
			touch(m, b, cell, write);
		return cell;
	}
	return cell + b->cells * m->copy;
}

NORETURN static void stale(struct run *m, const struct mem *b, size_t cell, uint64_t time)
{
	uint64_t holds = b->stamp[cell] & UINT32_MAX;
	if (time && holds && b->stamp[cell] >> 32 == b->life)
		run_fail(m, "buffer %s: the row of time %lld is read, but its place holds time %lld", b->is->name,
		     (long long)time - 1 - b->history, (long long)holds - 1 - b->history);
	run_fail(m, "buffer %s: a cell is read that was never written", b->is->name);
}

static inline double load(struct run *m, struct access *a, const double *sp)
{
	const struct mem *b = a->in;
	size_t cell = reach(m, a, sp, false);
	if (b->stamp && b->stamp[cell] != (b->life << 32 | a->time))
		stale(m, b, cell, a->time);
	return b->value[cell];
}

/* ---- running --------------------------------------------------------------------------------------------------- */

/* As C converts: integers drop the fraction. Narrower floats stay as they are: only emitted code rounds. */
double run_cast(uint8_t type, double v) { return type == RNN_I32 || type == RNN_I64 ? trunc(v) : v; }

static double *evaluate(struct run *m, uint32_t at)
{
	double *sp = m->stack;
	for (const struct ins *in = m->code.at + at;; in++) {
		switch (in->kind) {
		case I_NUM:
			*sp++ = in->num;
			break;
		case I_POLY:
			*sp++ = (double)run_value(m, in->of);
			break;
		case I_LOAD:
			sp -= m->access.at[in->of].given;
			*sp = load(m, &m->access.at[in->of], sp);
			sp++;
			break;
		case I_OP:
			sp -= in->n;
			*sp = op_eval((enum op)in->op, sp[0], in->n > 1 ? sp[1] : 0, in->n > 2 ? sp[2] : 0);
			sp++;
			break;
		case I_CAST:
			sp[-1] = run_cast(in->op, sp[-1]);
			break;
		default:
			return sp - 1;
		}
	}
}

static void store(struct run *m, stmt_id s)
{
	struct access *a = &m->access.at[m->access_of[s]];
	const struct mem *b = a->in;
	const double *value = evaluate(m, m->code_of[s]);
	if (b->live && !b->stamp)                               /* the caller's, or weights */
		run_fail(m, "buffer %s is written, but is read only", b->is->name);
	size_t cell = reach(m, a, m->stack, true);
	b->value[cell] = *value;
	b->stamp[cell] = b->life << 32 | a->time;
}

static void run_list(struct run *m, stmt_id s);

static uint64_t draw(struct run *m)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* The iterations of a parallel loop in the order asked for; NULL: in sequence. Parallel loops do not nest, so one
 * array serves all. */
static const int64_t *shuffle(struct run *m, int64_t n)
{
	if (!m->r->order || n < 2)
		return NULL;
	if (m->order_cap < (uint64_t)n) {
		m->order_cap = (uint64_t)n;
		m->order = run_take(m, (size_t)n, sizeof *m->order);
	}
	for (int64_t i = 0; i < n; i++) {
		int64_t j = (int64_t)(draw(m) % (uint64_t)(i + 1));
		m->order[i] = m->order[j];
		m->order[j] = i;
	}
	return m->order;
}

static void team_barrier(struct run *m)
{
	m->epoch = m->since = ++m->barriers;
	m->groups = 1;
}

/* In a region, iteration i belongs to the thread with n*id/threads <= i < n*(id+1)/threads; or parts go to threads in turn, or to
 * any. A loop outside regions is a team in which each iteration may be another thread's; what a thread owns is worth nothing at its
 * start. */
static void become(struct run *m, const struct stmt *x, int64_t i, int64_t n)
{
	if (m->place == TEAM) {
		m->thread = (uint32_t)i;
		for (uint32_t b = 0; b < m->own.n; b++)
			m->mem[m->own.at[b]].life++;
	} else if (x->sharing != SHARE_EVEN) {
		uint64_t turn = (uint64_t)(i / x->part);
		if (x->sharing != SHARE_CYCLIC && m->r->order)
			turn = draw(m);
		m->thread = m->copy = m->first + (uint32_t)(turn % m->count);
	} else {
		uint32_t id = 0;
		while (i >= share(n, id + 1, m->count))
			id++;
		m->thread = m->copy = m->first + id;
	}
}

static void run_parallel(struct run *m, const struct stmt *x, int64_t n)
{
	enum place before = m->place;
	if (before == SHARED || before == TEAM)
		run_fail(m, "a parallel loop inside a parallel loop");
	m->place = before == REGION ? SHARED : TEAM;
	if (m->place == TEAM)
		team_barrier(m);
	const int64_t *order = shuffle(m, n);
	for (int64_t i = 0; i < n; i++) {
		m->value[x->var] = order ? order[i] : i;
		become(m, x, m->value[x->var], n);
		run_list(m, x->body);
	}
	m->place = before;
	m->thread = m->copy = m->first;
}

/* Layers in turn to groups of the region's threads; those of a diagonal need nothing of each other, so any order will do. */
static void run_groups(struct run *m, const struct stmt *x, int64_t n)
{
	if (m->place != REGION || m->count != m->threads)
		run_fail(m, "groups of threads inside a loop that threads share");
	int64_t groups = x->part < m->threads ? x->part : m->threads;
	if (m->groups == 1)
		for (int64_t g = 0; g < groups; g++)
			m->passed[g] = m->since;
	m->groups = (uint32_t)groups;
	bool back = m->r->order && draw(m) % 2;
	for (int64_t i = 0; i < n; i++) {
		int64_t layer = back ? n - 1 - i : i, g = layer % groups;
		m->value[x->var] = layer;
		m->first = m->thread = m->copy = (uint32_t)share(m->threads, g, groups);
		m->count = (uint32_t)(share(m->threads, g + 1, groups)) - m->first;
		m->epoch = m->passed[g];
		run_list(m, x->body);
		m->passed[g] = m->epoch;
	}
	m->first = m->thread = m->copy = 0;
	m->count = m->threads;
	m->epoch = m->since;
}

/* The nest s, from its loop number l inwards. Of `around` only messages know. */
static void run_nest(struct run *m, stmt_id s, uint32_t l)
{
	const struct stmt *x = &m->c->stmt.at[s];
	struct access *a = m->access.at + m->span[s].first, *end = a + m->span[s].n;
	int64_t n = m->trips[s];
	PUT(m, m->around, x->var);
	for (int64_t i = 0; i < n; i++, m->value[x->var]++) {
		for (stmt_id b = x->body; b; b = m->c->stmt.at[b].next) {
			const struct stmt *y = &m->c->stmt.at[b];
			m->stage = y->stage;
			if (y->kind == S_STORE)
				store(m, b);
			else if (y->kind == S_FOR)
				run_nest(m, b, l + 1);
		}
		for (struct access *p = a; p < end; p++)
			p->cell += (size_t)p->step[l];
	}
	for (struct access *p = a; p < end; p++)
		p->cell -= (size_t)(p->step[l] * n);
	m->value[x->var] -= n;
	m->around.n--;
}

static void run_for(struct run *m, const struct stmt *x)
{
	int64_t n = run_value(m, x->extent), from = x->from ? run_value(m, x->from) : 0;
	m->value[x->var] = from;
	PUT(m, m->around, x->var);
	if (x->flavor == LOOP_PARALLEL) {
		run_parallel(m, x, n);
	} else if (x->flavor == LOOP_GROUPS && m->place != ALONE) {  /* before regions_build there is no team */
		run_groups(m, x, n);
	} else {
		for (int64_t i = 0; i < n; i++) {
			m->value[x->var] = from + (x->alternate && m->value[x->alternate] % 2 ? n - 1 - i : i);
			run_list(m, x->body);
		}
	}
	m->around.n--;
}

static void run_declare(struct run *m, const struct stmt *x)
{
	memory_declare(m, &m->mem[x->of]);
	run_list(m, x->body);
	m->mem[x->of].live = false;
}

static void run_region(struct run *m, const struct stmt *x)
{
	if (m->place != ALONE)
		run_fail(m, "a region inside a region or a parallel loop");
	m->place = REGION;
	team_barrier(m);
	run_list(m, x->body);
	m->place = ALONE;
}

static void run_list(struct run *m, stmt_id s)
{
	for (; s; s = m->c->stmt.at[s].next) {
		const struct stmt *x = &m->c->stmt.at[s];
		m->stage = x->stage;
		switch (x->kind) {
		case S_FOR:
			if (m->nest[s] && walk_begin(m, s))
				run_nest(m, s, 0);
			else
				run_for(m, x);
			break;
		case S_STORE:
			store(m, s);
			break;
		case S_DECLARE:
			run_declare(m, x);
			break;
		case S_IF:
			run_list(m, run_value(m, x->extent) > 0 ? x->body : x->other);
			break;
		case S_REGION:
			run_region(m, x);
			break;
		case S_BARRIER:
			if (m->place != REGION)
				run_fail(m, "a barrier outside a region, or in a loop that threads share");
			if (m->count == m->threads)
				team_barrier(m);
			else
				m->epoch = ++m->barriers;
			break;
		default:
			break;
		}
	}
}

static void run_all(struct run *m)
{
	struct ctx *c = m->c;
	m->value = run_take(m, c->var.n, sizeof *m->value);
	m->form = run_take(m, c->poly.n, sizeof *m->form);
	m->code_of = run_take(m, c->stmt.n, sizeof *m->code_of);
	m->access_of = run_take(m, c->stmt.n, sizeof *m->access_of);
	m->span = run_take(m, c->stmt.n, sizeof *m->span);
	m->nest = run_take(m, c->stmt.n, sizeof *m->nest);
	m->trips = run_take(m, c->stmt.n, sizeof *m->trips);
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var)
			m->value[c->dim.at[d].var] = m->r->dim[d];
	const char *broken = sched_bound_broken(c, m->r->dim);
	if (broken)
		run_fail(m, "%s", broken);
	m->passed = run_take(m, m->threads, sizeof *m->passed);
	memory_make(m);
	compile_list(m, c->body);
	walk_find(m, c->body);
	m->stack = run_take(m, m->code.n + 16, sizeof *m->stack);
	run_list(m, c->body);
	memory_end(m);
}

bool loops_run(struct ctx *c, struct loops_run *r)
{
	struct run *m = calloc(1, sizeof *m);
	if (!m)
		base_oom(sizeof *m);
	m->c = c;
	m->r = r;
	m->threads = m->count = r->threads > 1 ? (uint32_t)r->threads : 1;
	m->groups = 1;
	m->random = r->order;
	r->error[0] = 0;
	bool bad = setjmp(m->out) != 0;
	if (!bad)
		run_all(m);
	for (struct block *b = m->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(m);
	return !bad;
}
