/* rule_root.c · the loops of a schedule by rule outside recurrences: tiles of rows and vectors, panels and blocks (see rule.c) */
#include "ir/equations.h"
#include "schedule/rule.h"
#include "target/target.h"

struct again { var_id v, row; bool found; };

/* Does a tile over the row find vectors along v that serve all of it? */
static void vectors_again(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct again *a = arg;
	(void)s;
	a->found |= expr_uses_var(c, e, a->v) && !expr_uses_var(c, e, a->row);
}

/* Units of a slice, where all of the chunk that the stage is part of is in slices; 0: it is not. */
static int64_t slice_of(struct rule *r, stage_id s, var_id v)
{
	const int64_t slice = r->slice[r->c->stage.at[s].in_time];
	return rule_extent(r->c, v, 0) < 2 * slice ? 0 : slice;
}

/* How many elements of a stage outside recurrences lie along an axis at a time: of time, those of a chunk. */
static int64_t row_usual(struct ctx *c, stage_id s, var_id axis)
{
	const int64_t e = rule_usual(c, axis, RULE_STEPS), chunk = c->rec.at[c->stage.at[s].in_time].chunk;
	return c->var.at[axis].is_time && chunk && chunk < e ? chunk : e;
}

/* The axis that what vectors along v read is used again along: the first one that has enough for a tile, or most. 0: none. */
static var_id row_axis(struct ctx *c, stage_id s, var_id v)
{
	const struct stage *x = &c->stage.at[s];
	struct weights w = { .v = v };
	var_id row = 0;
	int64_t most = 1;
	stage_reads(c, s, rule_find_weights, &w);
	for (uint32_t i = 0; i < x->axes.n && most < RULE_ROWS; i++) {
		const int64_t e = row_usual(c, s, x->axes.at[i]);
		bool used = x->axes.at[i] == v || e <= most;
		struct again a = { v, x->axes.at[i], false };
		for (uint32_t k = 0; k < w.n; k++)
			used |= expr_uses_var(c, w.at[k], x->axes.at[i]);
		stage_reads(c, s, vectors_again, &a);
		if (used || !a.found)
			continue;
		row = x->axes.at[i];
		most = e;
	}
	return row;
}

struct matrix { var_id v, row; double most; tensor_id found; };

/* A matrix that no call has packed before, with vectors along v, which each tile of rows reads anew. */
static void find_matrix(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct matrix *m = arg;
	const struct tensor *t = &c->tensor.at[c->expr.at[e].of];
	(void)s;
	if (t->role == ROLE_PARAM || t->time >= 0 || t->type != RNN_F32 || !expr_uses_var(c, e, m->v) || expr_uses_var(c, e, m->row) ||
	    rule_bytes(c, c->expr.at[e].of) < m->most)
		return;
	m->most = rule_bytes(c, c->expr.at[e].of);
	m->found = c->expr.at[e].of;
}

tensor_id rule_matrix(struct rule *r, stage_id s, var_id v)
{
	struct ctx *c = r->c;
	struct matrix m = { .v = v, .row = row_axis(c, s, v), .most = r->limits->matrix };
	if (c->stage.at[s].time || !stage_sums(&c->stage.at[s]) || !m.row || rule_usual(c, m.row, RULE_STEPS) < RULE_STEPS)
		return 0;
	stage_reads(c, s, find_matrix, &m);
	return m.found;
}

/* The copy of a matrix in panels, which follow each other in memory. */
static void panels(struct rule *r, stage_id s, int64_t by, bool threads)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	const var_id v = equations_axis(c, x->idx[x->nidx - 1]);
	const struct tile none = { 0 };
	const char *vo, *vi;
	if (!rule_split(r, s, rule_loop(c, s, v), &vo, &vi, by))
		return;
	rule_in_slices(r, s, v, vo, vi);
	rule_pack_own(r, s, v, true, &none, by);
	if (threads)
		rule_mark(r, s, vo, LOOP_PARALLEL);
}

/* Elements of a row of what tiles read beside the panels: its sum's. */
static int64_t row_length(struct ctx *c, const struct stage *s)
{
	int64_t n = 1;
	for (uint32_t k = 0; k < s->acc.at[0].update.at[0].axes.n; k++)
		n *= rule_usual(c, s->acc.at[0].update.at[0].axes.at[k], RULE_STEPS);
	return n;
}

/* So many rows that they stay near while all panels pass by; fewer, where threads would get none. 0: too few rows for blocks. */
static int64_t block_of(struct rule *r, stage_id s, var_id row, int64_t rows)
{
	struct ctx *c = r->c;
	int64_t most = (int64_t)(r->limits->near * 3 / 8) / (4 * row_length(c, &c->stage.at[s])), share = rule_usual(c, row, RULE_STEPS) / 8;
	most = (most < share ? most : share) / rows * rows;
	return most >= 4 * rows ? most : 0;
}

/* Partial sums: threads over tiles of rows, or what has enough iterations. */
static void root_parts(struct rule *r, stage_id s, bool threads)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	const struct loop *first = &x->loop.at[x->order.at[0]];
	if (!threads || (first->parent >= 0 && rule_mark(r, s, first->name, LOOP_PARALLEL)))
		return;
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (row_usual(c, s, x->axes.at[i]) >= 8 && rule_mark(r, s, rule_loop(c, s, x->axes.at[i]), LOOP_PARALLEL))
			return;
}

/* Without vectors: sums in turns, threads over what has enough iterations. */
static void root_scalar(struct rule *r, stage_id s, bool threads)
{
	struct ctx *c = r->c;
	const char *rows = rule_scalar_sums(r, s);
	const struct stage *x = &c->stage.at[s];
	if (rows && threads)
		rule_mark(r, s, rows, LOOP_PARALLEL);
	for (uint32_t i = 0; !rows && threads && i < x->axes.n; i++)
		if (rule_extent(c, x->axes.at[i], RULE_STEPS) >= 8 && rule_mark(r, s, rule_loop(c, s, x->axes.at[i]), LOOP_PARALLEL))
			return;
}

static void root_each(struct rule *r, stage_id s, var_id v, bool threads)
{
	struct ctx *c = r->c;
	const int64_t e = rule_extent(c, v, 0), lanes = c->target->lanes, slice = slice_of(r, s, v);
	const char *vo, *vi;
	if (slice && rule_split(r, s, rule_loop(c, s, v), &vo, &vi, slice)) {
		rule_in_slices(r, s, v, vo, vi);
		rule_mark(r, s, vo, LOOP_PARALLEL);
		return;
	}
	if (e <= 4 * lanes)
		rule_mark(r, s, rule_loop(c, s, v), LOOP_VECTOR);
	else if (rule_split(r, s, rule_loop(c, s, v), &vo, &vi, lanes))
		rule_mark(r, s, vi, LOOP_VECTOR);
	var_id first = c->stage.at[s].axes.at[0];
	if (threads && first != v && rule_extent(c, first, RULE_STEPS) >= 8)
		rule_mark(r, s, rule_loop(c, s, first), LOOP_PARALLEL);
}

struct loads { const struct tile *t; int64_t vectors, n; var_id v; idvec seen; };

/* Loads of one iteration of a sum: of each read, as many as it has elements in the tile. */
static void add_loads(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct loads *k = arg;
	const struct stage *x = &c->stage.at[s];
	int64_t n = expr_uses_var(c, e, k->v) ? k->vectors : 1;
	bool again = rule_sum_of(c, x, e) < 0;
	for (uint32_t i = 0; i < k->seen.n; i++)
		again |= expr_equal(c, k->seen.at[i], e);
	if (again)
		return;
	VEC_PUSH(c, k->seen, e);
	n *= expr_uses_var(c, e, k->t->row) ? k->t->rows : 1;
	for (uint32_t i = 0; i < k->t->unrolled.n; i++)
		n *= expr_uses_var(c, e, k->t->unrolled.at[i]) ? rule_extent(c, k->t->unrolled.at[i], 1) : 1;
	k->n += n;
}

static double loads_of(struct ctx *c, stage_id s, var_id v, const struct tile *t, int64_t vectors)
{
	struct loads k = { .t = t, .vectors = vectors, .v = v };
	stage_reads(c, s, add_loads, &k);
	return (double)k.n / (double)(t->sums * t->rows * vectors);
}

struct strides { var_id v; bool apart; };

/* Do lanes of v lie apart in what is read? Each of them is a line then, and those of more than RULE_ROWS push each other out. */
static void find_strides(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct strides *k = arg;
	const struct expr x = c->expr.at[e];
	(void)s;
	k->apart |= c->tensor.at[x.of].role != ROLE_PARAM && expr_uses_var(c, e, k->v) && !expr_uses_var(c, c->list.at[x.idx + x.nidx - 1], k->v);
}

/* The tile outside recurrences: small axes side by side, or fewer loads without; *vectors: in a row of it. */
static struct tile root_tile(struct rule *r, stage_id s, var_id v, var_id row, int64_t *vectors)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes, all = (rule_extent(c, v, 0) + lanes - 1) / lanes, most = c->target->registers * 3 / 4;
	const int64_t slice = slice_of(r, s, v);
	struct strides strides = { .v = v };
	struct tile best = { 0 };
	stage_reads(c, s, find_strides, &strides);
	const int64_t high = strides.apart ? RULE_ROWS : rule_rows(c);
	for (int apart = 0; apart < 2; apart++) {
		struct tile t = rule_tile(r, s, v, row, 1, apart ? 0 : most / 2);
		int64_t n = t.sums > 1 ? 1 : all % 6 == 3 ? 3 : all > 1 ? 2 : 1;    /* an odd number of vectors: none are left over */
		n = slice == lanes ? 1 : slice && n > 2 ? 2 : n;
		t.rows = most / (t.sums * n);
		t.rows = !row || t.rows < 1 ? 1 : t.rows > high ? high : t.rows;
		if (row && row_usual(c, s, row) < t.rows)
			t.rows = row_usual(c, s, row);
		if (apart && loads_of(c, s, v, &t, n) > 0.9 * loads_of(c, s, v, &best, *vectors))
			break;
		best = t;
		*vectors = n;
	}
	return best;
}

/* blocks of rows, where there are panels, or slices that a thread keeps > slices > rows > sums > tile; rows before slices, where these
 * are few. */
static void root_sums(struct rule *r, stage_id s, var_id v, stage_id copy, bool threads)
{
	struct ctx *c = r->c;
	const int64_t e = rule_extent(c, v, 0), lanes = c->target->lanes, slice = slice_of(r, s, v);
	const char *own = NULL, *vo = NULL, *vi = NULL, *bo = NULL, *ro = NULL, *ri = NULL;
	const var_id row = row_axis(c, s, v);
	int64_t vectors;
	const struct tile t = root_tile(r, s, v, row, &vectors);
	const int64_t rows = t.rows;
	const bool by_rows = rows > 1 && !slice && e / (vectors * lanes) < 4;
	const int64_t block = copy && rows > 1 && !by_rows ? block_of(r, s, row, rows) : 0;
	const char *of = row ? rule_loop(c, s, row) : NULL, *part = rule_loop(c, s, v);
	if ((slice && !rule_split(r, s, part, &own, &part, slice)) || !rule_split(r, s, part, &vo, &vi, vectors * lanes) ||
	    (block && !rule_split(r, s, of, &bo, &of, block)) || (rows > 1 && !rule_split(r, s, of, &ro, &ri, rows)))
		return;
	struct names l = { .n = 0 };
	if (own)
		rule_add(&l, own);
	if (block)
		rule_add(&l, bo);
	if (by_rows)
		rule_add(&l, ro);
	rule_add(&l, vo);
	if (rows > 1 && !by_rows)
		rule_add(&l, ro);
	for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++) {
		var_id a = c->stage.at[s].axes.at[i];
		if (a != v && !(rows > 1 && a == row) && !idvec_has(&t.unrolled, a))
			rule_add(&l, rule_loop(c, s, a));
	}
	rule_add_sums(c, s, &l);
	rule_add_tile(c, s, &t, ri, rows >= t.sums * vectors, &l);     /* what is read once stays in fewer registers */
	rule_add(&l, vi);
	rule_order(r, s, &l);
	rule_unroll_tile(r, s, &t, ri);
	rule_mark(r, s, vi, LOOP_VECTOR);
	rule_pack(r, s, v, vectors * lanes);
	if (copy)
		panels(r, copy, vectors * lanes, threads);
	if (threads || own)
		rule_mark(r, s, own ? own : block ? bo : by_rows ? ro : vo, LOOP_PARALLEL);
}

void rule_root(struct rule *r, stage_id s, stage_id copy)
{
	struct ctx *c = r->c;
	double work = rule_work(c, s);
	for (stage_id p = 1; p < c->stage.n; p++)
		work += c->stage.at[p].at == s ? rule_work(c, p) : 0;   /* its partial sums */
	bool threads = work >= r->limits->threads;
	if (rule_in_parts(c, s))
		root_parts(r, s, threads);
	else if (!r->vector[s])
		root_scalar(r, s, threads);
	else if (stage_sums(&c->stage.at[s]))
		root_sums(r, s, r->vector[s], copy, threads);
	else
		root_each(r, s, r->vector[s], threads);
}
