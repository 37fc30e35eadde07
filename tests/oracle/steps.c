/* steps.c · every statement instance of a loop program, with its thread, its phase and the cells that it touches (see oracle.h)
 *
 * Statements run in order. A phase ends at each barrier and where a team begins or ends; who writes a cell in a phase must be the
 * only one to touch it there. Iterations that are handed out evenly or in turn belong to the thread that OpenMP says; of others, and
 * of loops that are a team of their own, each part is a thread that nobody else is. Vectors load all lanes before they store any.
 *
 * Where groups of threads share the layers of a wave, a barrier ends the phase of its group only. Two groups meet in a cell wherever no
 * barrier of all lies between them.
 *
 * Cells of inputs, params and steps before 0 hold what the equations say of them; all others hold nothing at first. */
#include "oracle.h"

enum { ALONE, TEAM, PART };                        /* one thread; all threads of a region; a part of a parallel loop */
enum { LANES = 64, ANYBODY = 1 << 16, GROUPS = 64, EVERYBODY = GROUPS };

struct cell {
	struct sym v;
	bool full, several;                            /* several threads read it in this phase */
	bool groups;                                   /* several groups read it since the last barrier of all */
	uint64_t written, read;                        /* phases */
	uint32_t writer, reader, stage, wgroup, rgroup;
};

/* Rows of a timed buffer are found by time: row t + history, or t mod fold. */
struct room {
	int64_t extent[9], history, fold;
	size_t cells;                                  /* of one copy */
	uint32_t copies;
	bool live, shared;
	struct cell *cell;
};

struct walk {
	struct oracle *o;
	struct room *room;                             /* [buf] */
	int place;
	uint32_t thread, copy, parts;                  /* who runs; which copy is its own; parts of no known thread so far */
	uint64_t phase, phases, since;                 /* the running group's, how many there were, the first one after a barrier of all */
	uint32_t group, first, count;                  /* who shares loops now: a group, or EVERYBODY; its threads */
	stage_id stage;
	idvec around;
	int64_t *begun;                                /* [tensor]: elements whose computing has begun, of sums with their first term */
};

NORETURN static void illegal(struct walk *w, const char *what, buf_id b)
{
	struct ctx *c = w->o->c;
	struct text t = { .c = c };
	for (uint32_t i = 0; i < w->around.n; i++)
		text_printf(&t, " %s=%lld", c->var.at[w->around.at[i]].name, (long long)w->o->value[w->around.at[i]]);
	oracle_end(w->o, ORACLE_ILLEGAL, "%s of buffer %s, stage %s at%s", what, b ? c->buf.at[b].name : "-",
	           w->stage && w->stage < c->stage.n ? c->stage.at[w->stage].name : "-", t.n ? t.s : " the top");
}

static int64_t poly(struct walk *w, poly_id p) { return poly_eval(w->o->c, p, w->o->value); }

/* ---- buffers ------------------------------------------------------------------------------------------------------- */

static size_t shape(struct walk *w, buf_id id)
{
	const struct buf *b = &w->o->c->buf.at[id];
	struct room *r = &w->room[id];
	r->cells = 1;
	r->history = b->timed ? b->history : 0;
	r->fold = b->timed ? b->fold : 0;
	for (uint32_t d = 0; d < b->rank; d++) {
		int64_t rows = r->extent[d] = poly(w, b->extent[d]);
		if (d == 0 && b->timed)
			rows = r->fold ? r->fold : rows + r->history;
		r->cells *= (size_t)(rows > 0 ? rows : 0);
	}
	return r->cells;
}

static void make(struct walk *w, buf_id id)
{
	struct room *r = &w->room[id];
	const struct buf *b = &w->o->c->buf.at[id];
	bool own = b->kind >= BUF_LOCAL || b->per_thread;
	r->copies = own ? (uint32_t)w->o->r->threads + 1 : 1;  /* the last for a thread that nobody else is */
	r->cell = base_alloc(w->o->c, (shape(w, id) * r->copies + 1) * sizeof *r->cell);
}

/* Where an access of these indices goes, in one copy. */
static size_t find(struct walk *w, buf_id id, const int64_t *idx, uint32_t n)
{
	const struct buf *b = &w->o->c->buf.at[id];
	const struct room *r = &w->room[id];
	size_t at = 0;
	if (!r->live || n != b->rank)
		illegal(w, "use outside its declaration", id);
	for (uint32_t d = 0; d < n; d++) {
		bool row = d == 0 && b->timed;
		if (idx[d] < (row ? -r->history : 0) || idx[d] >= r->extent[d])
			illegal(w, "an index outside", id);
		if (row && r->fold)
			at = (size_t)(((idx[d] % r->fold) + r->fold) % r->fold);
		else
			at = at * (size_t)(r->extent[d] + (row ? r->history : 0)) + (size_t)(idx[d] + (row ? r->history : 0));
	}
	return at;
}

static struct sym place_in_pack(struct walk *w, const struct pack *k, const int64_t *place)
{
	struct oracle *o = w->o;
	int64_t idx[8] = { 0 };
	tensor_id t = k->tensors.at[0];
	for (uint32_t i = 0; i < k->part.n; i++) {
		const struct pack_part *p = &k->part.at[i];
		if (p->kind == PACK_TENSOR)
			t = k->tensors.at[place[i]];
		else
			idx[p->dim] += p->kind == PACK_AT ? p->k : p->kind == PACK_DIV ? place[i] * p->k : place[i];
	}
	for (uint32_t d = 0; d < o->c->tensor.at[t].rank; d++)
		if (idx[d] >= poly(w, o->c->tensor.at[t].extent[d]))
			return sym_number(0);                  /* padding */
	return meaning_of(o, t, idx);
}

static void fill(struct walk *w, buf_id id, int64_t from, int64_t to)
{
	struct oracle *o = w->o;
	const struct buf *b = &o->c->buf.at[id];
	const struct room *r = &w->room[id];
	int64_t idx[9] = { from };
	if (!r->cells || from >= to)
		return;
	for (uint32_t d = b->rank;;) {
		struct cell *x = &r->cell[find(w, id, idx, b->rank)];
		bool packed = b->kind == BUF_PARAM && b->pack;
		x->v = packed ? place_in_pack(w, &o->c->sched->packs.at[b->pack - 1], idx) : meaning_of(o, b->tensor, idx);
		x->full = true;
		for (d = b->rank; d-- > 0 && ++idx[d] == (d ? r->extent[d] : to);)
			idx[d] = d ? 0 : from;
		if (d == UINT32_MAX)
			return;
	}
}

static void make_all(struct walk *w)
{
	struct ctx *c = w->o->c;
	for (buf_id b = 1; b < c->buf.n; b++) {
		const struct buf x = c->buf.at[b];
		if (x.kind >= BUF_LOCAL)
			continue;
		make(w, b);
		w->room[b].live = true;
		w->room[b].shared = !x.per_thread;
		if (x.kind == BUF_INPUT || x.kind == BUF_PARAM)
			fill(w, b, -w->room[b].history, x.rank ? w->room[b].extent[0] : 1);
		else if (x.tensor)
			fill(w, b, -w->room[b].history, 0);
	}
}

static void forget(struct room *r, uint32_t copy)
{
	for (size_t i = 0; i < r->cells; i++)
		r->cell[copy * r->cells + i].full = false;
}

/* A new life: nothing in it is written. */
static void declare(struct walk *w, buf_id b)
{
	struct room *r = &w->room[b];
	size_t before = r->cells;
	if (r->live)
		illegal(w, "a declaration inside its own", b);
	if (!r->cell || shape(w, b) != before)
		make(w, b);
	r->live = true;
	r->shared = w->place == ALONE;
	for (uint32_t k = 0; k < r->copies; k++)
		if (w->place != PART || k == w->copy)
			forget(r, k);
}

/* ---- accesses ------------------------------------------------------------------------------------------------------ */

static struct cell *reach(struct walk *w, buf_id b, const int64_t *idx, uint32_t n, bool write)
{
	struct room *r = &w->room[b];
	size_t at = find(w, b, idx, n);
	struct cell *x = &r->cell[at + (r->shared ? 0 : r->cells * w->copy)];
	if (!r->shared)
		return x;
	if (x->written >= w->since && x->writer != w->thread && (x->written == w->phase || x->wgroup != w->group))
		illegal(w, base_internf(w->o->c, "another thread's stage %s has written, with no barrier since, a cell",
		                        w->o->c->stage.at[x->stage].name), b);
	if (write) {
		bool here = x->read == w->phase && (x->several || x->reader != w->thread);
		if (here || (x->read >= w->since && (x->groups || x->rgroup != w->group)))
			illegal(w, "another thread has read, with no barrier since, a cell", b);
		x->written = w->phase;
		x->writer = w->thread;
		x->wgroup = w->group;
		x->stage = w->stage;
		return x;
	}
	x->several = x->read == w->phase && (x->several || x->reader != w->thread);
	x->groups = x->read >= w->since && (x->groups || x->rgroup != w->group);
	x->read = w->phase;
	x->reader = w->thread;
	x->rgroup = w->group;
	return x;
}

/* A barrier of all threads that run, or where a team begins or ends. */
static void all_meet(struct walk *w) { w->phase = w->since = ++w->phases; }

/* Does the buffer hold the tensor of the stage that runs? */
static bool is_own(struct walk *w, buf_id b)
{
	tensor_id t = w->o->c->buf.at[b].tensor;
	return t && w->stage && w->o->c->stage.at[w->stage].tensor == t && w->o->c->buf.at[b].kind != BUF_REG;
}

/* Of 64: two cells can share one, which only hides that an element is computed again. */
static uint64_t bit_of(const struct cell *k) { return UINT64_C(1) << (uintptr_t)k / sizeof *k % 61; }

static struct sym eval(struct walk *w, expr_id e);

static void indices(struct walk *w, buf_id b, uint32_t idx, uint32_t n, int64_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = oracle_index(w->o, eval(w, w->o->c->list.at[idx + i]), w->o->c->buf.at[b].name);
}

static struct sym eval(struct walk *w, expr_id e)
{
	const struct expr x = w->o->c->expr.at[e];
	struct sym a[3] = { 0 };
	switch (x.kind) {
	case X_NUM:
		return sym_number(x.num);
	case X_POLY:
		return sym_number((double)poly(w, x.poly));
	case X_CAST:
		return sym_cast(x.type, eval(w, x.arg[0]));
	case X_LOAD: {
		int64_t idx[9];
		indices(w, x.of, x.idx, x.nidx, idx);
		const struct cell *k = reach(w, x.of, idx, x.nidx, false);
		if (!k->full)
			illegal(w, "a cell is read that holds nothing", x.of);
		struct sym v = k->v;
		if (w->o->c->buf.at[x.of].kind != BUF_REG)
			v.from = is_own(w, x.of) ? bit_of(k) : 0;
		return v;
	}
	default:
		for (int i = 0; i < op_info[x.op].arity; i++)
			a[i] = eval(w, x.arg[i]);
		return sym_op(w->o->r->reassoc, x.op, a[0], a[1], a[2]);
	}
}

static void put(struct walk *w, const struct stmt *x, struct sym v)
{
	const struct buf *b = &w->o->c->buf.at[x->of];
	int64_t idx[9];
	indices(w, x->of, x->idx, x->nidx, idx);
	if (b->kind == BUF_INPUT || b->kind == BUF_PARAM)
		illegal(w, "a write", x->of);
	struct cell *k = reach(w, x->of, idx, x->nidx, true);
	if (is_own(w, x->of) && !(v.from & bit_of(k))) /* else more of a sum, in its place */
		w->begun[b->tensor]++;
	k->v = v;
	k->full = true;
}

/* ---- statements ---------------------------------------------------------------------------------------------------- */

static void run(struct walk *w, stmt_id s);

/* Who runs iteration i of n. */
static void become(struct walk *w, const struct stmt *x, int64_t i, int64_t n, bool alone)
{
	int64_t threads = w->count, t = 0;
	if (alone || x->sharing > SHARE_CYCLIC) {
		if (alone || i % x->part == 0) {
			w->thread = ANYBODY + w->parts++;
			w->copy = (uint32_t)w->o->r->threads;
			for (buf_id b = 1; b < w->o->c->buf.n; b++)
				if (w->room[b].cell && !w->room[b].shared)
					forget(&w->room[b], w->copy);
		}
		return;
	}
	if (x->sharing == SHARE_CYCLIC)
		t = i / x->part % threads;
	else
		while (i >= n * (t + 1) / threads)
			t++;
	w->thread = w->copy = w->first + (uint32_t)t;
}

/* Layers of a wave, each by the group whose turn it is. */
static void run_groups(struct walk *w, const struct stmt *x, int64_t n)
{
	int64_t threads = w->o->r->threads, groups = x->part < threads ? x->part : threads;
	uint64_t phase[GROUPS];
	if (w->place != TEAM || w->group != EVERYBODY || groups > GROUPS)
		illegal(w, "groups of threads where not all are", 0);
	for (int64_t g = 0; g < groups; g++)
		phase[g] = ++w->phases;
	for (int64_t i = 0; i < n; i++) {
		w->o->value[x->var] = i;
		w->group = (uint32_t)(i % groups);
		w->first = w->thread = w->copy = (uint32_t)(threads * w->group / groups);
		w->count = (uint32_t)(threads * (w->group + 1) / groups) - w->first;
		w->phase = phase[w->group];
		run(w, x->body);
		phase[w->group] = w->phase;
	}
	w->group = EVERYBODY;
	w->first = w->thread = w->copy = 0;
	w->count = (uint32_t)threads;
	w->phase = w->since;
}

static void run_parallel(struct walk *w, const struct stmt *x, int64_t n)
{
	int before = w->place;
	if (before == PART)
		illegal(w, "a parallel loop inside another", 0);
	w->place = PART;
	if (before == ALONE)
		all_meet(w);
	for (int64_t i = 0; i < n; i++) {
		w->o->value[x->var] = i;
		become(w, x, i, n, before == ALONE);
		run(w, x->body);
	}
	if (before == ALONE)
		all_meet(w);
	w->place = before;
	w->thread = w->copy = w->first;
}

/* Each statement of the body for all lanes: they load before they store. */
static void run_vector(struct walk *w, const struct stmt *x, int64_t n)
{
	struct sym v[LANES];
	for (stmt_id b = x->body; b; b = w->o->c->stmt.at[b].next) {
		const struct stmt y = w->o->c->stmt.at[b];
		w->stage = y.stage;
		for (int64_t i = 0; i < n; i++) {
			w->o->value[x->var] = i;
			v[i] = eval(w, y.value);
		}
		for (int64_t i = 0; i < n; i++) {
			w->o->value[x->var] = i;
			put(w, &y, v[i]);
		}
	}
}

static bool only_stores(struct ctx *c, stmt_id s)
{
	for (; s; s = c->stmt.at[s].next)
		if (c->stmt.at[s].kind != S_STORE)
			return false;
	return true;
}

static void run_for(struct walk *w, const struct stmt *x)
{
	int64_t n = poly(w, x->extent), from = x->from ? poly(w, x->from) : 0;
	w->o->value[x->var] = from;
	VEC_PUSH(w->o->c, w->around, x->var);
	if (x->flavor == LOOP_PARALLEL) {
		run_parallel(w, x, n);
	} else if (x->flavor == LOOP_GROUPS && w->place != ALONE) {
		run_groups(w, x, n);
	} else if (x->lanes && n <= LANES && only_stores(w->o->c, x->body)) {
		run_vector(w, x, n);
	} else {
		for (int64_t i = 0; i < n; i++) {
			w->o->value[x->var] = from + (x->alternate && w->o->value[x->alternate] % 2 ? n - 1 - i : i);
			run(w, x->body);
		}
	}
	w->around.n--;
}

static void run(struct walk *w, stmt_id s)
{
	for (; s; s = w->o->c->stmt.at[s].next) {
		const struct stmt x = w->o->c->stmt.at[s];
		w->stage = x.stage;
		switch (x.kind) {
		case S_FOR:
			run_for(w, &x);
			break;
		case S_STORE:
			put(w, &x, eval(w, x.value));
			break;
		case S_DECLARE:
			declare(w, x.of);
			run(w, x.body);
			w->room[x.of].live = false;
			break;
		case S_IF:
			run(w, poly(w, x.extent) > 0 ? x.body : x.other);
			break;
		case S_REGION:
			w->place = TEAM;
			all_meet(w);
			run(w, x.body);
			all_meet(w);
			w->place = ALONE;
			break;
		case S_BARRIER:
			if (w->place != TEAM)
				illegal(w, "a barrier where not all threads are", 0);
			if (w->group == EVERYBODY)
				all_meet(w);
			else
				w->phase = ++w->phases;
			break;
		default:
			break;
		}
	}
}

/* ---- the end ------------------------------------------------------------------------------------------------------- */

static void compare(struct oracle *o, tensor_id t, const int64_t *idx, void *arg)
{
	struct walk *w = arg;
	struct text at = { .c = o->c };
	for (buf_id b = 1; b < o->c->buf.n; b++) {
		const struct buf *x = &o->c->buf.at[b];
		if (x->tensor != t || (x->kind != BUF_OUTPUT && x->kind != BUF_WORK))
			continue;
		const struct cell *k = &w->room[b].cell[find(w, b, idx, x->rank)];
		if (k->full && k->v.h == meaning_of(o, t, idx).h)
			return;
		for (uint32_t d = 0; d < x->rank; d++)
			text_printf(&at, "[%lld]", (long long)idx[d]);
		oracle_end(o, ORACLE_ILLEGAL, "at the end, %s%s %s", o->c->tensor.at[t].name, at.s ? at.s : "", k->full ? "is another value" :
		           "is not computed");
	}
}

static void more(struct oracle *o, tensor_id t, const int64_t *idx, void *arg)
{
	(void)o, (void)t, (void)idx;
	++*(int64_t *)arg;
}

/* Has the schedule asked for last tiles that begin earlier, and so for some elements to be computed again? */
static bool asked_again(struct ctx *c, tensor_id t)
{
	for (stage_id s = 1; s < c->stage.n; s++)
		for (uint32_t i = 0; i < c->stage.at[s].loop.n && c->stage.at[s].tensor == t; i++)
			if (c->stage.at[s].loop.at[i].outer >= 0 && c->stage.at[s].loop.at[i].tail == TAIL_SHIFT)
				return true;
	return false;
}

/* Elements that the schedule computes beyond the tensor's own are no fault: how many there are then along dim d, of `own`. */
static int64_t padded(struct walk *w, tensor_id t, uint32_t d, int64_t own)
{
	int64_t most = own;
	for (stage_id s = 1; s < w->o->c->stage.n; s++) {
		const struct stage *x = &w->o->c->stage.at[s];
		for (uint32_t i = 0; i < x->loop.n && x->tensor == t; i++) {
			const struct loop *l = &x->loop.at[i];
			int64_t tiles = l->outer >= 0 ? (own + l->factor - 1) / l->factor * l->factor : 0;
			if (l->tail == TAIL_PAD && x->idx[d] == poly_var(w->o->c, l->axis) && tiles > most)
				most = tiles;
		}
	}
	return most;
}

/* Is there nothing of a tensor but padding? Where a bound leaves one padded tile, it is one tile for no elements, too. */
static bool only_padding(struct walk *w, tensor_id t)
{
	for (uint32_t d = 0; d < w->o->c->tensor.at[t].rank; d++)
		if (!poly(w, w->o->c->tensor.at[t].extent[d]) && padded(w, t, d, 1) > 1)
			return true;
	return false;
}

/* No tensor is computed more often than it has elements. */
static void once(struct walk *w)
{
	for (tensor_id t = 1; t < w->o->c->tensor.n; t++) {
		int64_t elements = 0;
		if (!w->begun[t] || asked_again(w->o->c, t) || only_padding(w, t))
			continue;
		meaning_each(w->o, t, 0, more, &elements);
		for (uint32_t d = 0; d < w->o->c->tensor.at[t].rank && elements; d++) {
			int64_t own = poly(w, w->o->c->tensor.at[t].extent[d]);
			elements = elements / own * padded(w, t, d, own);
		}
		if (w->begun[t] > elements)
			oracle_end(w->o, ORACLE_ILLEGAL, "the %lld elements of %s are computed %lld times", (long long)elements,
			           w->o->c->tensor.at[t].name, (long long)w->begun[t]);
	}
}

void steps_run(struct oracle *o)
{
	struct ctx *c = o->c;
	struct walk w = { .o = o, .phase = 1, .phases = 1, .since = 1, .group = EVERYBODY, .count = (uint32_t)o->r->threads };
	w.room = base_alloc(c, c->buf.n * sizeof *w.room);
	w.begun = base_alloc(c, c->tensor.n * sizeof *w.begun);
	make_all(&w);
	run(&w, c->body);
	w.stage = 0;
	for (uint32_t i = 0; i < c->outputs.n; i++)
		meaning_each(o, c->outputs.at[i], 0, compare, &w);
	for (uint32_t i = 0; o->r->state && i < c->program->carried.n; i++) {
		tensor_id t = c->program->carried.at[i].tensor;
		const struct tensor *x = &c->tensor.at[t];
		if (o->r->state[t].f)
			meaning_each(o, t, poly_eval(c, x->extent[x->time], o->value) - x->history, compare, &w);
	}
	once(&w);
}

/* ---- the verdict --------------------------------------------------------------------------------------------------- */

NORETURN void oracle_end(struct oracle *o, enum oracle_verdict v, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(o->why, o->size, fmt, ap);
	va_end(ap);
	o->verdict = v;
	longjmp(o->out, 1);
}

enum oracle_verdict oracle_judge(struct ctx *c, const struct oracle_run *r, char *why, size_t size)
{
	struct oracle *o = base_alloc(c, sizeof *o);
	*o = (struct oracle){ .c = c, .r = r, .why = why, .size = size, .verdict = ORACLE_LEGAL };
	o->value = base_alloc(c, c->var.n * sizeof *o->value);
	o->element = base_alloc(c, c->tensor.n * sizeof *o->element);
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var)
			o->value[c->dim.at[d].var] = r->dim[d];
	if (!setjmp(o->out))
		steps_run(o);
	return o->verdict;
}
