/* rule_loops.c · the loops of a schedule by rule: slices, tiles of registers, the order of weights (see rule.c) */
#include "ir/equations.h"
#include "schedule/rule.h"
#include "target/target.h"

/* ---- directives -------------------------------------------------------------------------------------------------- */

bool rule_split(struct rule *r, stage_id s, const char *loop, const char **outer, const char **inner, int64_t k)
{
	*outer = base_internf(r->c, "%so", loop);
	*inner = base_internf(r->c, "%si", loop);
	while (stage_loop(r->c, s, *outer) >= 0)
		*outer = base_internf(r->c, "%s_", *outer);
	while (stage_loop(r->c, s, *inner) >= 0)
		*inner = base_internf(r->c, "%s_", *inner);
	return rule_said(r, stage_lua(r->c, s), sched_split(r->c, s, loop, *outer, *inner, k, 0), "split(\"%s\", \"%s\", \"%s\", %lld)", loop,
	            *outer, *inner, (long long)k);
}

bool rule_mark(struct rule *r, stage_id s, const char *loop, enum flavor f)
{
	return rule_said(r, stage_lua(r->c, s), sched_flavor(r->c, s, loop, f, 0), "%s(\"%s\")", flavor_name[f], loop);
}

void rule_add(struct names *l, const char *name)
{
	if (l->n < 64)
		l->at[l->n++] = name;
}

bool rule_order(struct rule *r, stage_id s, const struct names *l)
{
	struct text t = { .c = r->c };
	for (uint32_t i = 0; i < l->n; i++)
		text_printf(&t, "%s\"%s\"", i ? ", " : "", l->at[i]);
	return rule_said(r, stage_lua(r->c, s), sched_order(r->c, s, l->at, l->n, 0), "order(%s)", t.s ? t.s : "");
}

const char *rule_loop(struct ctx *c, stage_id s, var_id axis)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++)
		if (x->loop.at[i].parent < 0 && x->loop.at[i].acc < 0 && x->loop.at[i].axis == axis)
			return x->loop.at[i].name;
	return NULL;
}

void rule_in_slices(struct rule *r, stage_id s, var_id v, const char *outer, const char *inner)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	struct names l = { .at = { outer }, .n = 1 };
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (x->axes.at[i] != v && !(x->rec && x->axes.at[i] == x->time))
			rule_add(&l, rule_loop(c, s, x->axes.at[i]));
	if (x->rec)
		rule_add(&l, c->var.at[x->time].name);
	rule_add(&l, inner);
	rule_order(r, s, &l);
	rule_mark(r, s, inner, LOOP_VECTOR);
}

void rule_add_sums(struct ctx *c, stage_id s, struct names *l)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->order.n; i++)
		if (x->loop.at[x->order.at[i]].acc >= 0)
			rule_add(l, x->loop.at[x->order.at[i]].name);
}

/* ---- tiles and weights ------------------------------------------------------------------------------------------- */

int64_t rule_rows(struct ctx *c) { return c->target->registers >= 32 ? 8 : RULE_ROWS; }

/* Axes of few iterations are unrolled while the sums have registers. */
struct tile rule_tile(struct rule *r, stage_id s, var_id v, var_id row, int64_t rows, int64_t most)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	struct tile t = { .row = row, .rows = rows, .sums = (x->acc.n ? x->acc.n : 1) * rows };
	for (uint32_t i = x->axes.n; i-- > 0;) {
		int64_t e = rule_extent(c, x->axes.at[i], 0);
		if (x->axes.at[i] == v || x->axes.at[i] == row || (x->rec && x->axes.at[i] == x->time) || e < 1 || e > 8 ||
		    t.sums * e > most)
			continue;
		VEC_PUSH(c, t.unrolled, x->axes.at[i]);
		t.sums *= e;
	}
	return t;
}

void rule_find_weights(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct weights *w = arg;
	tensor_id t = c->expr.at[e].of;
	(void)s;
	if (c->tensor.at[t].role != ROLE_PARAM || !expr_uses_var(c, e, w->v) || w->n == 64 || w->more == 64)
		return;
	if (idvec_has(&w->seen, t)) {
		w->others[w->more++] = e;
		return;
	}
	VEC_PUSH(c, w->seen, t);
	w->at[w->n++] = e;
}

static bool is_expr(struct ctx *c, expr_id e, void *arg) { (void)c; return e == *(expr_id *)arg; }

/* Which sum of the stage has this read; -1: none. */
int rule_sum_of(struct ctx *c, const struct stage *s, expr_id read)
{
	for (uint32_t a = 0; a < s->acc.n; a++)
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++)
			if (expr_any(c, s->acc.at[a].update.at[u].body, is_expr, &read))
				return (int)(a * 64 + u);
	return -1;
}

/* Which of the stage's loops, outermost first, an index is, where a sum reads; -1: none of them. */
static int loop_rank(const struct stage *s, int sum, var_id axis)
{
	for (uint32_t i = 0; i < s->order.n; i++) {
		const struct loop *l = &s->loop.at[s->order.at[i]];
		if (l->axis == axis && (l->acc < 0 || sum < 0 || l->acc * 64 + l->update == sum))
			return (int)i;
	}
	return -1;
}

/* Weights in the order in which the loops walk them: v/by, the other axes from outside in, v%by. */
void rule_pack(struct rule *r, stage_id s, var_id v, int64_t by)
{
	struct ctx *c = r->c;
	struct weights w = { .v = v };
	stage_reads(c, s, rule_find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		const struct expr x = c->expr.at[w.at[k]];
		const struct stage *y = &c->stage.at[s];
		const char *part[10], *name[8];
		int rank[8], last = -1;
		uint32_t n = 0;
		bool ok = x.nidx > 1, sum = false;
		int several = -1, own_sum = rule_sum_of(c, y, w.at[k]);
		for (uint32_t i = 0; i < w.more; i++)              /* W[0][i][k] and W[1][i][k] */
			for (uint32_t d = 0; d < x.nidx && c->expr.at[w.others[i]].of == x.of; d++)
				if (!expr_equal(c, c->list.at[c->expr.at[w.others[i]].idx + d], c->list.at[x.idx + d]))
					several = (int)d;
		for (uint32_t d = 0; d < x.nidx && ok; d++) {
			const struct expr *p = &c->expr.at[c->list.at[x.idx + d]];
			int64_t at;
			var_id axis = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
			name[d] = (int)d == several ? "*" : axis ? c->var.at[axis].name : p->kind == X_POLY && poly_const(c, p->poly, &at) && at >= 0 ?
			          base_internf(c, "%lld", (long long)at) : NULL;
			rank[d] = axis == v ? 1000 : axis ? loop_rank(y, own_sum, axis) : -1;
			last = axis == v ? (int)d : last;
			for (uint32_t i = 0; i < y->loop.n; i++)
				sum |= y->loop.at[i].acc >= 0 && y->loop.at[i].axis == axis;
			ok = name[d] != NULL;
			for (uint32_t i = 0; i < d && ok; i++)
				ok = strcmp(name[i], name[d]) != 0;
		}
		if (!ok || last < 0 || !sum)
			continue;
		part[n++] = base_internf(c, "%s/%lld", name[last], (long long)by);
		for (int next = -100; n < x.nidx;) {                 /* the others in the order of the loops, constants first */
			int pick = -1;
			for (uint32_t d = 0; d < x.nidx; d++)
				if ((int)d != last && rank[d] * 8 + (int)d > next && (pick < 0 || rank[d] * 8 + (int)d < rank[pick] * 8 + pick))
					pick = (int)d;
			if (pick < 0)
				break;
			next = rank[pick] * 8 + pick;
			part[n++] = name[pick];
		}
		part[n++] = base_internf(c, "%s%%%lld", name[last], (long long)by);
		struct text t = { .c = c };
		for (uint32_t i = 0; i < n; i++)
			text_printf(&t, ", \"%s\"", part[i]);
		const char *tensor = c->tensor.at[x.of].name;
		rule_said(r, stage_lua(r->c, s), sched_pack(c, s, &tensor, 1, part, n, 0), "pack(\"%s\"%s)", tensor, t.s);
	}
}

/* The loops of a tile, of its rows too where row_loop is their name; what is walked first changes least often. */
void rule_add_tile(struct ctx *c, stage_id s, const struct tile *t, const char *row_loop, bool rows_first, struct names *l)
{
	if (row_loop && rows_first)
		rule_add(l, row_loop);
	for (uint32_t i = t->unrolled.n; i-- > 0;)
		rule_add(l, rule_loop(c, s, t->unrolled.at[i]));
	if (row_loop && !rows_first)
		rule_add(l, row_loop);
}

void rule_unroll_tile(struct rule *r, stage_id s, const struct tile *t, const char *row_loop)
{
	for (uint32_t i = t->unrolled.n; i-- > 0;)
		rule_mark(r, s, rule_loop(r->c, s, t->unrolled.at[i]), LOOP_UNROLL);
	if (row_loop)
		rule_mark(r, s, row_loop, LOOP_UNROLL);
}

static const char *last_sum(const struct stage *x)
{
	const char *loop = NULL;
	for (uint32_t i = 0; i < x->order.n; i++)
		if (x->loop.at[x->order.at[i]].acc >= 0)
			loop = x->loop.at[x->order.at[i]].name;
	return loop;
}

/* A member of a group, or what shares its loops: n > sums > small axes > rows > vector. */
static void inner_loops(struct rule *r, stage_id s, var_id v, const struct tile *t, int64_t by)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	struct names l = { .n = 0 };
	for (uint32_t i = 0; i < x->axes.n; i++) {
		var_id a = x->axes.at[i];
		bool inside = a == v || (stage_sums(x) && (idvec_has(&t->unrolled, a) || (t->rows > 1 && a == t->row)));
		if (!inside && a != x->time)
			rule_add(&l, rule_loop(c, s, a));
	}
	rule_add_sums(c, s, &l);
	const char *row = t->rows > 1 ? rule_loop(c, s, t->row) : NULL;
	if (stage_sums(x))             /* what is read once stays in fewer registers */
		rule_add_tile(c, s, t, row, t->rows > t->sums / t->rows * (by / c->target->lanes), &l);
	rule_add(&l, rule_loop(c, s, v));
	rule_order(r, s, &l);
	if (stage_sums(x))
		rule_unroll_tile(r, s, t, row);
	rule_mark(r, s, rule_loop(c, s, v), LOOP_VECTOR);
	if (stage_sums(x))
		rule_pack(r, s, v, by);
}

var_id rule_batch_axis(struct ctx *c, stage_id host, var_id v, bool last)
{
	const struct stage *x = &c->stage.at[host];
	var_id found = 0;
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (x->axes.at[i] != x->time && x->axes.at[i] != v && rule_usual(c, x->axes.at[i], 0) >= 4 && (!found || last)) {
			struct weights w = { .v = x->axes.at[i] };
			stage_reads(c, host, rule_find_weights, &w);
			found = w.n ? found : x->axes.at[i];
		}
	return found;
}

/* Weights that are far: of each sum the first ones. */
static void prefetch_weights(struct rule *r, stage_id s, var_id v)
{
	struct ctx *c = r->c;
	struct weights w = { .v = v };
	int64_t asked = 0;
	stage_reads(c, s, rule_find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		const char *name = c->tensor.at[w.seen.at[k]].name;
		const struct stage *x = &c->stage.at[s];
		int loop = -1;
		for (uint32_t i = 0; i < x->order.n; i++)
			if (x->loop.at[x->order.at[i]].acc >= 0 && expr_uses_var(c, w.at[k], x->loop.at[x->order.at[i]].axis))
				loop = x->order.at[i];
		if (loop < 0 || loop > 62 || asked >> loop & 1 || rule_bytes(c, w.seen.at[k]) < r->limits->far)
			continue;
		const char *on = x->loop.at[loop].name;
		if (rule_said(r, stage_lua(r->c, s), sched_prefetch(c, s, name, on, 8, 0), "prefetch(\"%s\", \"%s\", 8)", name, on))
			asked |= (int64_t)1 << loop;
	}
}

/* Steps along a window that is read at every place: few enough for the registers, and better none left over. */
static int64_t rows_of_windows(struct ctx *c, var_id row, int64_t most)
{
	int64_t e = rule_usual(c, row, RULE_STEPS), k = most < 1 ? 1 : most;
	while (k > 1 && e % k && 2 * k > most)
		k--;
	return k;
}

/* The stage's own tensor, with slices of `by` along v: v/by in its place, or first, the other axes, those of the tile, v%by. */
void rule_pack_own(struct rule *r, stage_id s, var_id v, bool first, const struct tile *t, int64_t by)
{
	struct ctx *c = r->c;
	const struct stage x = c->stage.at[s];
	const char *part[10], *name = c->tensor.at[x.tensor].name, *last = c->var.at[v].name;
	uint32_t n = 0;
	const char *slices = base_internf(c, "%s/%lld", last, (long long)by);
	if (first)
		part[n++] = slices;
	for (int inner = 0; inner < 2; inner++)
		for (uint32_t d = 0; d < x.nidx && n < 8; d++) {
			var_id axis = equations_axis(c, x.idx[d]);
			if (!axis)
				return;
			if (idvec_has(&t->unrolled, axis) == (inner == 1) && !(first && axis == v))
				part[n++] = axis == v ? slices : c->var.at[axis].name;
		}
	part[n++] = base_internf(c, "%s%%%lld", last, (long long)by);
	struct text text = { .c = c };
	for (uint32_t i = 0; i < n; i++)
		text_printf(&text, ", \"%s\"", part[i]);
	rule_said(r, stage_lua(c, s), sched_pack(c, s, &name, 1, part, n, 0), "pack(\"%s\"%s)", name, text.s);
}

bool rule_group_sums(struct rule *r, stage_id host)
{
	for (stage_id s = 1; s < r->c->stage.n; s++)
		if (r->host[s] == host && stage_sums(&r->c->stage.at[s]))
			return true;
	return false;
}

bool rule_beside_rows(struct rule *r, stage_id host)
{
	for (uint32_t i = 0; i < r->c->dep.n; i++) {
		const struct dep *d = &r->c->dep.at[i];
		if (d->lag || r->c->stage.at[d->writer].rec != r->c->stage.at[d->reader].rec || r->host[d->writer] == r->host[d->reader])
			continue;
		if ((r->host[d->writer] == host && !r->vector[d->reader]) || (r->host[d->reader] == host && !r->vector[d->writer]))
			return true;
	}
	return false;
}

/* The loop over an axis that has more for threads than slices of v do: of sequences, where there are many, since loops over windows
 * are cut at their edges only where threads do not share them, or where others share them so. NULL: none has. */
static const char *wide_loop(struct rule *r, stage_id s, const var_id *axes, uint32_t n, var_id row, var_id v)
{
	struct ctx *c = r->c;
	if (n > 1 && axes[0] != row && rule_usual(c, axes[0], 0) >= 2 * r->limits->slices && rule_beside_rows(r, s))
		return rule_loop(c, s, axes[0]);
	int64_t most = rule_extent(c, v, 0) / c->target->lanes;
	const char *loop = NULL;
	for (uint32_t k = 0; k + 1 < n; k++)
		if (axes[k] != row && rule_extent(c, axes[k], 0) > most) {
			most = rule_extent(c, axes[k], 0);
			loop = rule_loop(c, s, axes[k]);
		}
	bool many = loop && axes[0] != row && rule_usual(c, axes[0], 0) >= 2 * r->limits->slices;
	return many ? rule_loop(c, s, axes[0]) : loop;
}

/* Sums without vectors wait for one addition after the other, so eight run side by side: those of small axes, and rows. The outermost
 * loop; NULL: as it was. */
const char *rule_scalar_sums(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const uint32_t n = c->stage.at[s].axes.n;
	const char *ro = NULL, *ri = NULL;
	struct tile t = rule_tile(r, s, 0, 0, 1, 8);
	struct names l = { .n = 0 };
	if (!stage_sums(&c->stage.at[s]))
		return NULL;
	for (uint32_t i = 0; i < n && !ro && t.sums <= 4; i++) {
		const struct stage *x = &c->stage.at[s];
		var_id a = x->axes.at[i];
		int64_t e = rule_usual(c, a, !x->rec && c->var.at[a].is_time ? RULE_STEPS : 0);
		if ((!x->rec || a != x->time) && !idvec_has(&t.unrolled, a) && e >= 4 &&
		    rule_split(r, s, rule_loop(c, s, a), &ro, &ri, (e < 8 ? 4 : 8) / t.sums))
			t.row = a;
	}
	if (!ro && !t.unrolled.n)
		return NULL;
	if (ro)
		rule_add(&l, ro);
	for (uint32_t i = 0; i < n; i++) {
		const struct stage *x = &c->stage.at[s];
		var_id a = x->axes.at[i];
		if (!(x->rec && a == x->time) && !(ro && a == t.row) && !idvec_has(&t.unrolled, a))
			rule_add(&l, rule_loop(c, s, a));
	}
	const char *outer = l.n ? l.at[0] : NULL;
	rule_add_sums(c, s, &l);
	rule_add_tile(c, s, &t, ri, true, &l);
	if (rule_order(r, s, &l))
		rule_unroll_tile(r, s, &t, ri);
	return outer;
}

/* Is what the slices of a host read, each of them anew, more than the weights, which each iteration of `axis` would read anew? What
 * stays near is read once. */
static bool better_outside(struct rule *r, stage_id host, var_id axis, int64_t slices)
{
	struct traffic k = { 0 };
	const double near = r->limits->near / 2;
	stage_reads(r->c, host, rule_add_traffic, &k);
	return k.others * (k.others < near ? 1 : (double)slices) > k.weights * (k.weights < near ? 1 : (double)rule_usual(r->c, axis, 1));
}

/* Loops that all of a group have: `rows` of one axis, number `own` of the host's, by `vectors` of v side by side. */
struct shape { var_id v, row, axes[RULE_AXES]; uint32_t n, own; int64_t rows, vectors; bool apart, heavy; };

static struct shape shape_of(struct rule *r, stage_id host, bool team)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes, most = c->target->registers * 3 / 4;
	struct shape g = { .v = r->vector[host], .vectors = 4 };
	int64_t e = rule_extent(c, g.v, 0), at_once = 1;
	g.apart = g.v != equations_axis(c, c->stage.at[host].idx[c->stage.at[host].nidx - 1]);
	g.row = rule_group_sums(r, host) ? rule_batch_axis(c, host, g.v, g.apart) : 0;
	g.n = rule_axes(r, host, g.axes);
	g.rows = g.row ? rule_rows(c) : 1;
	if (g.apart && g.row)
		g.rows = rows_of_windows(c, g.row, most / rule_tile(r, host, g.v, g.row, 1, most).sums);
	for (uint32_t k = 0; k < g.n && g.row; k++)
		g.own = g.axes[k] == g.row ? k : g.own;
	if (g.row && rule_usual(c, g.row, 0) < g.rows)
		g.rows = rule_usual(c, g.row, 0);
	for (stage_id s = 1; s < c->stage.n; s++) {                /* how many sums run side by side */
		if (r->host[s] != host || !stage_sums(&c->stage.at[s]))
			continue;
		struct tile t = rule_tile(r, s, r->as[s][g.n - 1], g.row ? r->as[s][g.own] : 0, g.rows, most);
		int64_t gang = 0;
		for (stage_id m = 1; m < c->stage.n; m++)
			gang += m == s || r->with[m] == s || (r->with[s] && (r->with[m] == r->with[s] || m == r->with[s]));
		at_once = t.sums * gang > at_once ? t.sums * gang : at_once;
		g.heavy |= rule_work(c, s) > 0;
	}
	while (g.vectors > 1 && (at_once * g.vectors > most || g.vectors * lanes / 2 >= e ||
	                         (team && e / (g.vectors * lanes) < (g.row ? 2 : r->limits->slices))))
		g.vectors /= 2;
	if (g.vectors == 4 && e % (4 * lanes) && e % (3 * lanes) == 0)  /* no slice is left over: 48 units are 2 of 24 */
		g.vectors = 3;
	if (team && r->follow[host])
		g.vectors = shape_of(r, r->follow[host], team).vectors;
	return g;
}

void rule_group(struct rule *r, stage_id host, bool team)
{
	struct ctx *c = r->c;
	if (rule_in_parts(c, host))
		return;
	if (!r->vector[host]) {
		const char *rows = rule_scalar_sums(r, host);
		r->parallel[c->stage.at[host].rec] |= team && rows && rule_mark(r, host, rows, LOOP_PARALLEL);
		return;
	}
	const struct shape g = shape_of(r, host, team);
	const var_id v = g.v, row = g.row, *axes = g.axes;
	const uint32_t n = g.n, own = g.own;
	const bool apart = g.apart, slices = g.heavy;
	const int64_t e = rule_extent(c, v, 0), by = g.vectors * c->target->lanes, rows = g.rows, most = c->target->registers * 3 / 4;
	const char *vo, *vi, *ro = NULL, *ri = NULL, *at;
	struct names l = { .n = 0 };
	if (!rule_split(r, host, rule_loop(c, host, v), &vo, &vi, by) || (row && !rule_split(r, host, rule_loop(c, host, row), &ro, &ri, rows)))
		return;
	struct tile own_tile = rule_tile(r, host, v, row, rows, most);
	bool host_sums = stage_sums(&c->stage.at[host]) > 0;
	const bool around = apart && host_sums && n > 1 && axes[0] != row && !idvec_has(&own_tile.unrolled, axes[0]) &&
	                    better_outside(r, host, axes[0], e / by);
	if (around)
		rule_add(&l, rule_loop(c, host, axes[0]));
	if (slices)
		rule_add(&l, vo);
	for (uint32_t k = around; k + 1 < n; k++)
		if (axes[k] != row && !(host_sums && idvec_has(&own_tile.unrolled, axes[k])))
			rule_add(&l, rule_loop(c, host, axes[k]));
	if (!slices)
		rule_add(&l, vo);
	if (row)
		rule_add(&l, ro);
	at = l.at[l.n - 1];
	if (row && !host_sums)
		rule_add(&l, ri);
	rule_add_sums(c, host, &l);
	if (host_sums)
		rule_add_tile(c, host, &own_tile, ri, apart, &l);      /* what windows read is found once for all small axes */
	rule_add(&l, vi);
	rule_order(r, host, &l);
	if (host_sums)
		rule_unroll_tile(r, host, &own_tile, ri);
	rule_mark(r, host, vi, LOOP_VECTOR);
	if (host_sums) {
		rule_pack(r, host, v, by);
		prefetch_weights(r, host, v);
	}
	if (apart)
		rule_pack_own(r, host, v, false, &own_tile, by);
	if (slices && e > by && !around)
		rule_said(r, stage_lua(r->c, host), sched_alternate(c, host, vo, 0), "alternate(\"%s\")", vo);
	const char *shared = apart || host_sums == 0 ? wide_loop(r, host, axes, n, row, v) : NULL;
	if (team && (shared || e > by) && rule_mark(r, host, shared ? shared : vo, LOOP_PARALLEL))
		r->parallel[c->stage.at[host].rec] = true;
	const idvec members = c->rec.at[c->stage.at[host].rec].members;
	for (uint32_t i = members.n; i-- > 0;) {
		stage_id s = members.at[i];
		if (r->host[s] != host || s == host)
			continue;
		struct tile t = rule_tile(r, s, r->as[s][n - 1], row ? r->as[s][own] : 0, rows, most);
		if (!r->with[s])
			rule_said(r, stage_lua(r->c, s), sched_compute_at(c, s, host, at, 0), "compute_at(%s, \"%s\")", stage_lua(r->c, host), at);
		inner_loops(r, s, r->as[s][n - 1], &t, by);
		if (stage_sums(&c->stage.at[s]))
			prefetch_weights(r, s, r->as[s][n - 1]);
	}
	for (uint32_t i = 0; i < members.n; i++) {                 /* when the loops of both are as they stay */
		stage_id s = members.at[i];
		if (r->host[s] != host || !r->with[s])
			continue;
		const char *loop = last_sum(&c->stage.at[r->with[s]]);
		rule_said(r, stage_lua(r->c, s), sched_compute_with(c, s, r->with[s], loop, 0), "compute_with(%s, \"%s\")", stage_lua(r->c, r->with[s]), loop);
	}
}

/* Chains that run side by side hide that each step waits for the one before. */
bool rule_inside(struct rule *r, rec_id k, int64_t chunk)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes;
	struct slots slots;
	var_id axes[RULE_AXES], open = 0;
	stage_id s = c->rec.at[k].members.at[0];
	uint32_t n = rule_axes(r, s, axes);
	int64_t elements = 1, usual = 1;
	if (!n || equations_axis(c, c->stage.at[s].idx[c->stage.at[s].nidx - 1]) != axes[n - 1])
		return false;                                      /* vectors along another axis */
	for (uint32_t i = 0; i < n; i++) {                         /* sequences first, then a few elements */
		int64_t e = rule_extent(c, axes[i], 0);
		if (e ? e > lanes : i > 0)
			return false;
		open = e ? open : axes[i];
		elements *= e ? e : 1;
		usual *= e ? e : rule_usual(c, axes[i], 1);
	}
	if (elements > lanes || usual > 4 * lanes || sched_slots(c, k, &slots) ||
	    !rule_said(r, rec_lua(c, k), sched_scan(c, k, scan_name[SCAN_SEQUENTIAL], chunk, 0, false, 0), "scan { method = \"%s\", chunk = %lld }",
	               scan_name[SCAN_SEQUENTIAL], (long long)chunk))
		return false;
	bool vector = r->vector[s] && elements == lanes;
	int64_t chains = vector ? 4 : elements < 8 ? 8 / elements : 1;
	const char *outer, *inner;
	for (uint32_t i = open ? 1 : 0; i < n; i++)
		rule_mark(r, s, rule_loop(c, s, axes[i]), vector && axes[i] == r->vector[s] ? LOOP_VECTOR : LOOP_UNROLL);
	if (open && chains > 1 && rule_split(r, s, rule_loop(c, s, open), &outer, &inner, chains))
		rule_mark(r, s, inner, LOOP_UNROLL);
	return true;
}

/* Iterations of all of a stage's axes but the last. */
static int64_t sequences(struct ctx *c, const var_id *axes, uint32_t n)
{
	int64_t all = 1;
	for (uint32_t i = 0; i + 1 < n; i++)
		all *= rule_usual(c, axes[i], 1);
	return all;
}

bool rule_slices(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes;
	struct slots slots;
	var_id axes[RULE_AXES];
	const char *outer, *inner;
	stage_id s = c->rec.at[k].members.at[0];
	uint32_t n = rule_axes(r, s, axes);
	int64_t e = n ? rule_extent(c, axes[n - 1], 0) : 0, slice = 4 * lanes;  /* four chains of steps side by side */
	while (slice > lanes && e / slice < r->limits->slices)
		slice /= 2;
	if (e < 2 * slice || sequences(c, axes, n) >= RULE_ROWS || r->vector[s] != axes[n - 1] || sched_slots(c, k, &slots) ||
	    !rule_split(r, s, rule_loop(c, s, axes[n - 1]), &outer, &inner, slice))
		return false;
	rule_in_slices(r, s, axes[n - 1], outer, inner);
	r->parallel[k] = rule_mark(r, s, outer, LOOP_PARALLEL);
	r->slice[k] = slice;
	return true;
}

enum { SCAN_TILE = 128, SCAN_BLOCK = 4, SCAN_LEAST = 16 };      /* units; chunks; steps of a chunk */

bool rule_scan(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes;
	var_id axes[RULE_AXES];
	const char *outer, *inner;
	const stage_id s = c->rec.at[k].members.at[0];
	const uint32_t n = rule_axes(r, s, axes);
	const int64_t e = n ? rule_extent(c, axes[n - 1], 0) : 0, tile = e < SCAN_TILE ? e / lanes * lanes : SCAN_TILE;
	const bool whole = tile == e;
	const int64_t most = e ? (whole ? 8192 : 16384) / e : 0, chunk = most < SCAN_LEAST ? SCAN_LEAST : most;
	if (!c->sched->reassoc || c->rec.at[k].members.n > 1 || !tile || r->vector[s] != axes[n - 1] || sequences(c, axes, n) >= RULE_ROWS ||
	    rule_usual(c, c->rec.at[k].time, 0) < 2 * SCAN_BLOCK * chunk ||
	    !rule_said(r, rec_lua(c, k), sched_scan(c, k, scan_name[SCAN_ONE_PASS], chunk, SCAN_BLOCK, whole, 0),
	               "scan { method = \"%s\", chunk = %lld, block = %d%s }", scan_name[SCAN_ONE_PASS], (long long)chunk, SCAN_BLOCK,
	               whole ? ", overlap = true" : ""))
		return false;
	if (!rule_split(r, s, rule_loop(c, s, axes[n - 1]), &outer, &inner, tile))
		return true;
	struct names l = { .n = 0 };
	for (uint32_t i = 0; i + 1 < n; i++)
		rule_add(&l, rule_loop(c, s, axes[i]));
	rule_add(&l, outer);
	rule_add(&l, c->var.at[c->rec.at[k].time].name);
	rule_add(&l, inner);
	rule_order(r, s, &l);
	rule_mark(r, s, inner, LOOP_VECTOR);
	rule_said(r, stage_lua(c, s), sched_store_in(c, s, store_name[STORE_STREAM], 0), "store_in(\"%s\")", store_name[STORE_STREAM]);
	r->parallel[k] = true;
	return true;
}
