/* turn.c · small matrices: vectors whose lanes lie apart, and that follow each other in memory
 *
 *   load_stride8(a, 528), load_stride8(a + 1, 528), ...     =>    load_turned8(a_turned, a, 528);    whole rows, then transposed
 *   ... a_turned[0], a_turned[1], ...
 *
 *   store_stride8(h, 528, y); store_stride8(h + 1, 528, z); ...   =>    h_turned[0] = y; h_turned[1] = z; ...
 *                                                                       turn8(h_turned); store8(h, h_turned[0]); ...
 *
 * Stores past the caches are made line by line: half a line would wait for its other half while those of other rows push it out.
 *
 * Needs:      a first look at the block (body.c), which tells all that it loads and stores by strides.
 * Guarantees: stores move behind others of the block only where nothing of it reads or else writes their buffer, and no barrier or loop
 *             stands in it. */
#include "emit/emit.h"

static void split_offset(struct ctx *c, struct strided *x)
{
	uint32_t n;
	const struct term *t = poly_terms(c, x->offset, &n);
	for (uint32_t i = 0; i < n; i++)
		x->k = t[i].n ? x->k : t[i].factor;
	x->rest = poly_sub(c, x->offset, poly_int(c, x->k));
}

/* The one of v that lies k elements behind `from`, -1: none, or several. */
static int find_behind(const stridedvec *v, const struct strided *from, int64_t k)
{
	int found = -1;
	for (uint32_t i = 0; i < v->n; i++) {
		const struct strided *x = &v->at[i];
		if (x->k != from->k + k || x->rest != from->rest || x->base != from->base || x->lane != from->lane || x->buf != from->buf)
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

/* Gathers those of v into matrices; what fills none stays alone. v->at[i].matrix counts from 1. */
static void gather(struct ctx *c, stridedvec *v, matrixvec *out)
{
	for (uint32_t i = 0; i < v->n; i++)
		split_offset(c, &v->at[i]);
	for (uint32_t i = 0; i < v->n; i++) {
		if (find_behind(v, &v->at[i], 0) != (int)i || find_behind(v, &v->at[i], -1) >= 0)
			continue;
		int64_t n = 1, unit = target_row(c->target, v->at[i].streamed);  /* vectors that make rows of a matrix */
		while (find_behind(v, &v->at[i], n) >= 0)
			n++;
		for (int64_t first = 0; first + unit <= n; first += unit) {
			struct matrix m = { .of = v->at[find_behind(v, &v->at[i], first)], .unit = unit, .first = UINT32_MAX };
			for (int64_t k = 0; k < unit; k++) {
				struct strided *x = &v->at[find_behind(v, &v->at[i], first + k)];
				x->matrix = out->n + 1;
				x->row = k;
				m.first = x->at < m.first ? x->at : m.first;
			}
			VEC_PUSH(c, *out, m);
		}
	}
}

static const char *start(struct emit *e, const struct matrix *m, poly_id more)
{
	poly_id offset = poly_add(e->c, m->of.offset, more);
	return poly_is(e->c, offset, 0) ? m->of.base : base_internf(e->c, "%s + %s", m->of.base, poly_c(e, offset));
}

/* ---- loads --------------------------------------------------------------------------------------------------------- */

void turn_loads(struct emit *e, stridedvec *v, matrixvec *out) { gather(e->c, v, out); }

void print_turned_load(struct emit *e, struct matrix *m)
{
	int lanes = e->c->target->lanes;
	m->name = name_unique(e, base_internf(e->c, "%s_turned", e->buf_c[m->of.buf]));
	call(e, "type", lanes);
	line(e, "v%d %s[%d];", lanes, m->name, lanes);
	line(e, "%s(%s, %s, %s);", call(e, "load_turned", lanes), m->name, start(e, m, poly_int(e->c, 0)), poly_c(e, m->of.lane));
}

/* ---- stores -------------------------------------------------------------------------------------------------------- */

struct touches { buf_id b; uint32_t reads, writes; };

static void touch(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct touches *t = arg;
	(void)c, (void)idx;
	t->reads += b == t->b && !write;
	t->writes += b == t->b && write;
}

/* Are those of v all that the block does with the buffer? */
static bool alone(struct ctx *c, const stridedvec *v, buf_id b, stmt_id block)
{
	struct touches t = { .b = b };
	uint32_t here = 0;
	stmt_accesses(c, block, touch, &t);
	for (uint32_t i = 0; i < v->n; i++)
		here += v->at[i].buf == b;
	return !t.reads && t.writes == here;
}

void turn_stores(struct emit *e, stridedvec *v, stmt_id block, matrixvec *out)
{
	struct ctx *c = e->c;
	stridedvec some = { 0 };
	for (uint32_t i = 0; i < v->n; i++)
		if (alone(c, v, v->at[i].buf, block))
			VEC_PUSH(c, some, v->at[i]);
	gather(c, &some, out);
	v->n = 0;
	for (uint32_t i = 0; i < some.n; i++)
		if (some.at[i].matrix)
			VEC_PUSH(c, *v, some.at[i]);
}

/* One of them: value is a row, the last one writes them all. */
void print_turned_store(struct emit *e, struct matrix *m, const struct strided *s, const char *value)
{
	struct ctx *c = e->c;
	int lanes = c->target->lanes;
	if (!m->name) {
		m->name = name_unique(e, base_internf(c, "%s_turned", e->buf_c[s->buf]));
		line(e, "v%d %s[%lld];", lanes, m->name, (long long)m->unit);
	}
	line(e, "%s[%lld] = %s;", m->name, (long long)s->row, value);
	if (++m->rows < m->unit)
		return;
	for (int64_t k = 0; k < m->unit; k += lanes)
		line(e, "%s(%s%s);", call(e, "turn", lanes), m->name, k ? base_internf(c, " + %lld", (long long)k) : "");
	for (int64_t i = 0; i < lanes; i++) {
		poly_id row = poly_scale(c, m->of.lane, i);
		const char *from = base_internf(c, i ? "%s + %lld" : "%s", m->name, (long long)i);
		if (s->streamed)
			line(e, "%s(%s, %s);", call(e, "stream_line", lanes), start(e, m, row), from);
		else
			line(e, "%s(%s, %s[%lld]);", call(e, "store", lanes), start(e, m, row), m->name, (long long)i);
	}
}
