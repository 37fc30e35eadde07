/* walk.c · accesses in nests of plain loops go from cell to cell by steps, instead of being found anew in each iteration
 *
 *   for k in 0..8:                          sum   1 cell on for each l, none for each k
 *     for l in 0..4:                        w     1 and 4
 *       sum[l] = sum[l] + w[k][l] * x[k]    x     none and 1
 *
 * A nest is of loops that run forward by one thread and hold nothing but such loops and stores; their extents need no counter of
 * the nest, and of indices only what is a sum of its counters, and no row of a ring. So an access is inside its buffer in all
 * iterations where it is at the two corners of the nest that are furthest apart in each dim. What values and cells are is for
 * loops.c; a nest that may not walk runs there, iteration by iteration, for the errors' sake. */
#include "interp/memory.h"

/* ---- finding nests --------------------------------------------------------------------------------------------- */

static bool extents_use(struct run *m, stmt_id s, var_id v)
{
	for (; s; s = m->c->stmt.at[s].next) {
		const struct stmt *x = &m->c->stmt.at[s];
		if (x->kind == S_FOR && (poly_uses(m->c, x->extent, v) || (x->from && poly_uses(m->c, x->from, v)) ||
		                         extents_use(m, x->body, v)))
			return true;
	}
	return false;
}

/* Does the access go a fixed number of cells for each step of v? */
static bool is_even(struct run *m, const struct access *a, var_id v)
{
	const struct mem *b = a->in;
	for (uint32_t d = 0; d < a->n; d++) {
		poly_id p = m->index.at[a->idx + d];
		bool ring = d == 0 && b->is->timed && b->is->fold;
		if (p && (ring || run_form(m, p)->kind == FORM_OTHER) && poly_uses(m->c, p, v))
			return false;
	}
	return true;
}

/* Loops from s inwards, if it is the outermost of a nest; the lists below are done. */
static uint8_t nest_of(struct run *m, stmt_id s)
{
	const struct stmt *x = &m->c->stmt.at[s];
	uint8_t inside = 0;
	if (x->flavor == LOOP_PARALLEL || x->flavor == LOOP_GROUPS || x->alternate || extents_use(m, x->body, x->var))
		return 0;
	for (stmt_id b = x->body; b; b = m->c->stmt.at[b].next) {
		const struct stmt *y = &m->c->stmt.at[b];
		if (y->kind == S_FOR ? !m->nest[b] : y->kind != S_STORE && y->kind != S_NOTE)
			return 0;
		inside = y->kind == S_FOR && m->nest[b] > inside ? m->nest[b] : inside;
	}
	for (uint32_t i = m->span[s].first; i < m->span[s].first + m->span[s].n; i++)
		if (!is_even(m, &m->access.at[i], x->var))
			return 0;
	return inside < WALK ? (uint8_t)(inside + 1) : 0;
}

void walk_find(struct run *m, stmt_id s)
{
	for (; s; s = m->c->stmt.at[s].next) {
		walk_find(m, m->c->stmt.at[s].body);
		walk_find(m, m->c->stmt.at[s].other);
		if (m->c->stmt.at[s].kind == S_FOR)
			m->nest[s] = nest_of(m, s);
	}
}

/* ---- before a nest runs ---------------------------------------------------------------------------------------- */

struct level { var_id v; int64_t n; };

static int64_t factor_of(const struct run *m, const struct form *f, var_id v)
{
	int64_t k = f->one.v == v ? f->one.k : 0;
	for (uint32_t i = f->first; i < f->first + f->n; i++)
		k += m->factor.at[i].v == v ? m->factor.at[i].k : 0;
	return k;
}

/* Counters are at their first values. */
static bool place(struct run *m, struct access *a, const struct level *level, uint32_t levels)
{
	const struct mem *b = a->in;
	size_t at = 0;
	a->walks = false;
	if (a->given)
		return true;
	if (!b->live || a->n != b->is->rank)
		return false;
	a->time = 0;
	memset(a->step, 0, sizeof a->step);
	for (uint32_t d = 0; d < a->n; d++) {
		poly_id p = m->index.at[a->idx + d];
		const struct form *f = run_form(m, p);
		int64_t i = run_value(m, p), least = i, most = i;
		for (uint32_t l = 0; l < levels; l++) {
			int64_t k = f->kind == FORM_OTHER ? 0 : factor_of(m, f, level[l].v);
			*(k < 0 ? &least : &most) += level[l].n > 1 ? k * (level[l].n - 1) : 0;
			a->step[l] = a->step[l] * b->extent[d] + k;
		}
		if (least < mem_least(b, d) || most >= b->extent[d])
			return false;
		if (d == 0 && b->is->timed)
			a->time = mem_time(b, i);
		at = mem_cell(b, d, at, i);
	}
	a->cell = at;
	return a->walks = true;
}

static bool begin(struct run *m, stmt_id s, struct level *level, uint32_t l)
{
	const struct stmt *x = &m->c->stmt.at[s];
	level[l] = (struct level){ x->var, m->trips[s] = run_value(m, x->extent) };
	m->value[x->var] = x->from ? run_value(m, x->from) : 0;
	for (stmt_id b = x->body; b; b = m->c->stmt.at[b].next) {
		const struct span *in = &m->span[b];
		if (m->c->stmt.at[b].kind == S_FOR && !begin(m, b, level, l + 1))
			return false;
		for (uint32_t i = in->first; m->c->stmt.at[b].kind == S_STORE && i < in->first + in->n; i++)
			if (!place(m, &m->access.at[i], level, l + 1))
				return false;
	}
	return true;
}

bool walk_begin(struct run *m, stmt_id s)
{
	struct level level[WALK];
	if (begin(m, s, level, 0))
		return true;
	for (uint32_t i = m->span[s].first; i < m->span[s].first + m->span[s].n; i++)
		m->access.at[i].walks = false;
	return false;
}
