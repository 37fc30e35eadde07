/* memory.c · the buffers of a run of the loop IR: made, filled before it, read out after it (see memory.h)
 *
 *   timed, history 2, T = 3          timed, history 2, fold 3 (a ring)
 *   row   0   1   2   3   4          row   0   1   2
 *   time -2  -1   0   1   2          time  0   1  -1      then -2 gives way to 1, -1 to 2, ...
 *                                          3  -2  ...
 *
 * Rows before time 0 are the start: the caller's state, else the model's definition, else 0. */
#include "interp/memory.h"

#include <stdlib.h>

/* The row of time t, in cells. */
static size_t row_at(const struct mem *b, int64_t t)
{
	return (size_t)mem_row(b, t) * b->row;
}

static uint64_t stamp_at(const struct mem *b, int64_t t)
{
	return b->life << 32 | mem_time(b, t);
}

static size_t times(struct run *m, const struct mem *b, size_t n, int64_t k)
{
	if (k < 0)
		run_fail(m, "buffer %s has the extent %lld", b->is->name, (long long)k);
	if (k && n > SIZE_MAX / 64 / (size_t)k)
		run_fail(m, "buffer %s is larger than memory", b->is->name);
	return n * (size_t)k;
}

static const struct array *given(struct run *m, const struct mem *b, tensor_id t)
{
	const struct array *a = &m->r->value[t];
	const struct tensor *x = &m->c->tensor.at[t];
	if (!t || !a->f)
		run_fail(m, "buffer %s: no values are given for %s", b->is->name, x->name ? x->name : "-");
	if (a->rank != x->rank)
		run_fail(m, "%s is given with rank %u, not %u", x->name, a->rank, x->rank);
	for (uint32_t d = 0; d < x->rank; d++)
		if (a->shape[d] != run_value(m, x->extent[d]))
			run_fail(m, "%s is given with extent %lld in dim %u, not %lld", x->name, (long long)a->shape[d], d,
			         (long long)run_value(m, x->extent[d]));
	return a;
}

/* ---- packed weights -------------------------------------------------------------------------------------------- */

/* What storage dim p of a packed buffer must extend over. */
static int64_t part_extent(struct run *m, const struct pack *k, const struct pack_part *p)
{
	int64_t n = p->kind == PACK_TENSOR ? k->tensors.n : run_value(m, m->c->tensor.at[k->tensors.at[0]].extent[p->dim]);
	return p->kind == PACK_AT ? 1 : p->kind == PACK_DIV ? (n + p->k - 1) / p->k : p->kind == PACK_MOD ? p->k : n;
}

/* The value at a place of the storage: that of the tensor's element which the parts spell, 0 in the padding. */
static double packed(struct run *m, const struct mem *b, const struct pack *k, const int64_t *place)
{
	int64_t idx[8] = { 0 };
	tensor_id t = k->tensors.at[0];
	for (uint32_t i = 0; i < k->part.n; i++) {
		const struct pack_part *p = &k->part.at[i];
		if (p->kind == PACK_TENSOR)
			t = k->tensors.at[place[i]];
		else
			idx[p->dim] += p->kind == PACK_AT ? p->k : p->kind == PACK_DIV ? place[i] * p->k : place[i];
	}
	const struct array *a = given(m, b, t);
	size_t at = 0;
	for (uint32_t d = 0; d < a->rank; d++) {
		if (idx[d] >= a->shape[d])
			return 0;
		at = at * (size_t)a->shape[d] + (size_t)idx[d];
	}
	return a->f[at];
}

static void fill_param(struct run *m, struct mem *b)
{
	if (!b->is->pack) {
		b->value = given(m, b, b->is->tensor)->f;
		return;
	}
	const struct pack *k = &m->c->sched->packs.at[b->is->pack - 1];
	int64_t place[9] = { 0 };
	if (k->part.n != b->is->rank)
		run_fail(m, "buffer %s: rank %u, but its order has %u parts", b->is->name, b->is->rank, k->part.n);
	for (uint32_t i = 0; i < k->part.n; i++)
		if (b->extent[i] != part_extent(m, k, &k->part.at[i]))
			run_fail(m, "buffer %s: dim %u has the extent %lld, its order needs %lld", b->is->name, i,
			         (long long)b->extent[i], (long long)part_extent(m, k, &k->part.at[i]));
	b->value = run_take(m, b->cells, sizeof *b->value);
	for (size_t cell = 0; cell < b->cells; cell++) {
		b->value[cell] = packed(m, b, k, place);
		for (uint32_t d = b->is->rank; d-- && ++place[d] == b->extent[d];)
			place[d] = 0;
	}
}

/* ---- rows before time 0 ---------------------------------------------------------------------------------------- */

static struct array *state_of(struct run *m, const struct mem *b)
{
	struct array *s = m->r->state && b->is->tensor ? &m->r->state[b->is->tensor] : NULL;
	if (!s || !s->f)
		return NULL;
	if (s->shape[0] != b->history)
		run_fail(m, "buffer %s keeps %lld steps, the state given has %lld", b->is->name, (long long)b->history,
		         (long long)s->shape[0]);
	return s;
}

static void fill_start(struct run *m, struct mem *b)
{
	if (!b->history)
		return;
	const struct array *s = state_of(m, b);
	double *rows = s ? s->f : run_take(m, times(m, b, b->row, b->history), sizeof *rows);
	if (!s && b->is->tensor)
		starts_fill(m, b->is->tensor, rows);
	for (int64_t t = -b->history; t < 0; t++) {
		for (size_t i = 0; i < b->row; i++) {
			b->value[row_at(b, t) + i] = rows[(size_t)(t + b->history) * b->row + i];
			if (b->stamp)
				b->stamp[row_at(b, t) + i] = stamp_at(b, t);
		}
	}
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

static void shape(struct run *m, struct mem *b)
{
	b->cells = 1;
	for (uint32_t d = 0; d < b->is->rank; d++)
		b->extent[d] = run_value(m, b->is->extent[d]);
	for (uint32_t d = b->is->timed; d < b->is->rank; d++)
		b->cells = times(m, b, b->cells, b->extent[d]);
	b->row = b->cells;
	if (!b->is->timed)
		return;
	b->history = b->is->history;
	b->fold = b->is->fold;
	if (b->fold && (b->fold < b->history || b->is->kind != BUF_WORK))
		run_fail(m, "buffer %s: a ring of %lld rows for %lld steps", b->is->name, (long long)b->fold,
		         (long long)b->history);
	b->cells = times(m, b, b->cells, b->fold ? b->fold : b->extent[0] + b->history);
}

static void fill_input(struct run *m, struct mem *b)
{
	const struct array *a = given(m, b, b->is->tensor);
	size_t n = 1;
	for (uint32_t d = 0; d < a->rank; d++)
		n *= (size_t)a->shape[d];
	if (n != b->cells - (size_t)b->history * b->row)
		run_fail(m, "buffer %s has another size than the input", b->is->name);
	if (!b->history) {
		b->value = a->f;
		return;
	}
	b->value = run_take(m, b->cells, sizeof *b->value);
	memcpy(b->value + (size_t)b->history * b->row, a->f, n * sizeof *a->f);
	fill_start(m, b);
}

static bool is_local(const struct mem *b) { return b->is->kind == BUF_LOCAL || b->is->kind == BUF_REG; }

static void make(struct run *m, struct mem *b)
{
	uint8_t kind = b->is->kind;
	shape(m, b);
	b->life = 1;
	b->live = !is_local(b);
	b->shared = b->live && !b->is->per_thread;
	b->copies = b->shared ? 1 : m->threads;
	if (kind == BUF_PARAM) {
		fill_param(m, b);
	} else if (kind == BUF_INPUT) {
		fill_input(m, b);
	} else {
		size_t n = times(m, b, b->cells, b->copies);
		b->value = run_take(m, n, sizeof *b->value);
		b->stamp = run_take(m, n, sizeof *b->stamp);
		b->touch = m->threads > 1 && !b->is->per_thread ? run_take(m, b->cells, sizeof *b->touch) : NULL;
		fill_start(m, b);
	}
}

/* Ids that gather are looked at before anything runs, as in emitted code. */
static void check_ids(struct run *m)
{
	for (uint32_t i = 0; m->c->program && i < m->c->program->checks.n; i++) {
		const struct check *k = &m->c->program->checks.at[i];
		const struct mem *b = &m->mem[k->buf];
		int64_t limit = run_value(m, k->limit);
		for (size_t cell = 0; cell < b->cells; cell++)
			if (!(b->value[cell] >= 0 && b->value[cell] < (double)limit))
				run_fail(m, "%s holds the id %g, outside 0..%lld", b->is->name, b->value[cell], (long long)limit - 1);
	}
}

void memory_make(struct run *m)
{
	m->mem = run_take(m, m->c->buf.n, sizeof *m->mem);
	for (buf_id b = 1; b < m->c->buf.n; b++) {
		m->mem[b].is = &m->c->buf.at[b];
		if (!is_local(&m->mem[b]))
			make(m, &m->mem[b]);
		if (m->mem[b].is->kind == BUF_WORK && m->mem[b].is->per_thread)
			run_push(m, &m->own, b);
	}
	check_ids(m);
}

void memory_declare(struct run *m, struct mem *b)
{
	if (!is_local(b))
		run_fail(m, "buffer %s is declared, but is neither local nor a register", b->is->name);
	if (b->live)
		run_fail(m, "buffer %s is declared inside its own declaration", b->is->name);
	if (!b->life)
		make(m, b);
	b->live = true;
	b->shared = m->place == ALONE;
	b->life++;
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

static void read_row(struct run *m, const struct mem *b, int64_t t, double *out)
{
	for (size_t i = 0; i < b->row; i++) {
		size_t cell = row_at(b, t) + i;
		if (b->stamp && b->stamp[cell] != stamp_at(b, t))
			run_fail(m, "buffer %s: at the end, row %lld lacks element %zu of %zu", b->is->name, (long long)t, i,
			         b->row);
		out[i] = b->value[cell];
	}
}

static void end_output(struct run *m, const struct mem *b)
{
	const struct tensor *t = &m->c->tensor.at[b->is->tensor];
	struct array *a = &m->r->value[b->is->tensor];
	size_t n = 1;
	for (uint32_t d = 0; d < t->rank; d++)
		n *= (size_t)run_value(m, t->extent[d]);
	if (!a->f) {
		*a = (struct array){ .type = (enum rnn_type)t->type, .rank = t->rank };
		for (uint32_t d = 0; d < t->rank; d++)
			a->shape[d] = run_value(m, t->extent[d]);
		a->f = base_alloc(m->c, n * sizeof *a->f);
	}
	if (n != b->cells - (size_t)b->history * b->row)
		run_fail(m, "buffer %s has another size than the output", b->is->name);
	for (int64_t i = 0; i < (b->is->timed ? b->extent[0] : 1); i++)
		read_row(m, b, b->is->backward ? b->extent[0] - 1 - i : i, a->f + (size_t)i * b->row);
}

void memory_end(struct run *m)
{
	m->stage = 0;
	for (buf_id i = 1; i < m->c->buf.n; i++) {
		const struct mem *b = &m->mem[i];
		if (b->is->kind == BUF_OUTPUT)
			end_output(m, b);
		struct array *s = b->history ? state_of(m, b) : NULL;
		for (int64_t k = 0; s && k < b->history; k++)
			read_row(m, b, b->extent[0] - b->history + k, s->f + (size_t)k * b->row);
	}
}
