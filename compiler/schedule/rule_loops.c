/* rule_loops.c · the loops of a schedule by rule: slices, tiles of registers, the order of weights (see rule.c) */
#include "ir/equations.h"
#include "schedule/rule.h"
#include "target/target.h"

/* ---- directives -------------------------------------------------------------------------------------------------- */

static bool split(struct rule *r, stage_id s, const char *loop, const char **outer, const char **inner, int64_t k)
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

static bool mark(struct rule *r, stage_id s, const char *loop, enum flavor f)
{
	return rule_said(r, stage_lua(r->c, s), sched_flavor(r->c, s, loop, f, 0), "%s(\"%s\")", flavor_name[f], loop);
}

struct names { const char *at[64]; uint32_t n; };

static void add(struct names *l, const char *name)
{
	if (l->n < 64)
		l->at[l->n++] = name;
}

static bool order(struct rule *r, stage_id s, const struct names *l)
{
	struct text t = { .c = r->c };
	for (uint32_t i = 0; i < l->n; i++)
		text_printf(&t, "%s\"%s\"", i ? ", " : "", l->at[i]);
	return rule_said(r, stage_lua(r->c, s), sched_order(r->c, s, l->at, l->n, 0), "order(%s)", t.s ? t.s : "");
}

static const char *loop_of(struct ctx *c, stage_id s, var_id axis)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++)
		if (x->loop.at[i].parent < 0 && x->loop.at[i].acc < 0 && x->loop.at[i].axis == axis)
			return x->loop.at[i].name;
	return NULL;
}

static void add_sums(struct ctx *c, stage_id s, struct names *l)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->order.n; i++)
		if (x->loop.at[x->order.at[i]].acc >= 0)
			add(l, x->loop.at[x->order.at[i]].name);
}

/* ---- tiles and weights ------------------------------------------------------------------------------------------- */

/* How a stage's sums run: `rows` iterations of one axis and those of small axes side by side, by vectors of v. */
struct tile { var_id row; int64_t rows; idvec unrolled; int64_t sums; /* at a time, for one vector */ };

/* Axes of few iterations are unrolled while the sums have registers. */
static struct tile tile_of(struct rule *r, stage_id s, var_id v, var_id row, int64_t rows, int64_t most)
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

struct weights { var_id v; idvec seen; expr_id at[64], others[64]; uint32_t n, more; };  /* others: of one seen */

static void find_weights(struct ctx *c, stage_id s, expr_id e, void *arg)
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
static int sum_of(struct ctx *c, const struct stage *s, expr_id read)
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
static void pack(struct rule *r, stage_id s, var_id v, int64_t by)
{
	struct ctx *c = r->c;
	struct weights w = { .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		const struct expr x = c->expr.at[w.at[k]];
		const struct stage *y = &c->stage.at[s];
		const char *part[10], *name[8];
		int rank[8], last = -1;
		uint32_t n = 0;
		bool ok = x.nidx > 1, sum = false;
		int several = -1, own_sum = sum_of(c, y, w.at[k]);
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
static void add_tile(struct ctx *c, stage_id s, const struct tile *t, const char *row_loop, bool rows_first, struct names *l)
{
	if (row_loop && rows_first)
		add(l, row_loop);
	for (uint32_t i = t->unrolled.n; i-- > 0;)
		add(l, loop_of(c, s, t->unrolled.at[i]));
	if (row_loop && !rows_first)
		add(l, row_loop);
}

static void unroll_tile(struct rule *r, stage_id s, const struct tile *t, const char *row_loop)
{
	for (uint32_t i = t->unrolled.n; i-- > 0;)
		mark(r, s, loop_of(r->c, s, t->unrolled.at[i]), LOOP_UNROLL);
	if (row_loop)
		mark(r, s, row_loop, LOOP_UNROLL);
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
			add(&l, loop_of(c, s, a));
	}
	add_sums(c, s, &l);
	const char *row = t->rows > 1 ? loop_of(c, s, t->row) : NULL;
	if (stage_sums(x))             /* what is read once stays in fewer registers */
		add_tile(c, s, t, row, t->rows > t->sums / t->rows * (by / c->target->lanes), &l);
	add(&l, loop_of(c, s, v));
	order(r, s, &l);
	if (stage_sums(x))
		unroll_tile(r, s, t, row);
	mark(r, s, loop_of(c, s, v), LOOP_VECTOR);
	if (stage_sums(x))
		pack(r, s, v, by);
}

var_id rule_batch_axis(struct ctx *c, stage_id host, var_id v, bool last)
{
	const struct stage *x = &c->stage.at[host];
	var_id found = 0;
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (x->axes.at[i] != x->time && x->axes.at[i] != v && rule_usual(c, x->axes.at[i], 0) >= 4 && (!found || last)) {
			struct weights w = { .v = x->axes.at[i] };
			stage_reads(c, host, find_weights, &w);
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
	stage_reads(c, s, find_weights, &w);
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
static void pack_own(struct rule *r, stage_id s, var_id v, bool first, const struct tile *t, int64_t by)
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

static bool group_sums(struct rule *r, stage_id host)
{
	for (stage_id s = 1; s < r->c->stage.n; s++)
		if (r->host[s] == host && stage_sums(&r->c->stage.at[s]))
			return true;
	return false;
}

/* The loop over an axis that has more for threads than slices of v do: of sequences, where there are many, since loops over windows
 * are cut at their edges only where threads do not share them. NULL: none has. */
static const char *wide_loop(struct rule *r, stage_id s, const var_id *axes, uint32_t n, var_id row, var_id v)
{
	struct ctx *c = r->c;
	int64_t most = rule_extent(c, v, 0) / c->target->lanes;
	const char *loop = NULL;
	for (uint32_t k = 0; k + 1 < n; k++)
		if (axes[k] != row && rule_extent(c, axes[k], 0) > most) {
			most = rule_extent(c, axes[k], 0);
			loop = loop_of(c, s, axes[k]);
		}
	bool many = loop && axes[0] != row && rule_usual(c, axes[0], 0) >= 2 * r->limits->slices;
	return many ? loop_of(c, s, axes[0]) : loop;
}

/* Sums without vectors wait for one addition after the other, so eight run side by side: those of small axes, and rows. The outermost
 * loop; NULL: as it was. */
static const char *scalar_sums(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const uint32_t n = c->stage.at[s].axes.n;
	const char *ro = NULL, *ri = NULL;
	struct tile t = tile_of(r, s, 0, 0, 1, 8);
	struct names l = { .n = 0 };
	if (!stage_sums(&c->stage.at[s]))
		return NULL;
	for (uint32_t i = 0; i < n && !ro && t.sums <= 4; i++) {
		const struct stage *x = &c->stage.at[s];
		var_id a = x->axes.at[i];
		int64_t e = rule_usual(c, a, !x->rec && c->var.at[a].is_time ? RULE_STEPS : 0);
		if ((!x->rec || a != x->time) && !idvec_has(&t.unrolled, a) && e >= 4 &&
		    split(r, s, loop_of(c, s, a), &ro, &ri, (e < 8 ? 4 : 8) / t.sums))
			t.row = a;
	}
	if (!ro && !t.unrolled.n)
		return NULL;
	if (ro)
		add(&l, ro);
	for (uint32_t i = 0; i < n; i++) {
		const struct stage *x = &c->stage.at[s];
		var_id a = x->axes.at[i];
		if (!(x->rec && a == x->time) && !(ro && a == t.row) && !idvec_has(&t.unrolled, a))
			add(&l, loop_of(c, s, a));
	}
	const char *outer = l.n ? l.at[0] : NULL;
	add_sums(c, s, &l);
	add_tile(c, s, &t, ri, true, &l);
	if (order(r, s, &l))
		unroll_tile(r, s, &t, ri);
	return outer;
}

struct traffic { double weights, others; idvec seen; };

static void add_traffic(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct traffic *k = arg;
	const tensor_id t = c->expr.at[e].of;
	(void)s;
	if (idvec_has(&k->seen, t))
		return;
	VEC_PUSH(c, k->seen, t);
	*(c->tensor.at[t].role == ROLE_PARAM ? &k->weights : &k->others) += rule_bytes(c, t);
}

/* Is what the slices of a host read, each of them anew, more than the weights, which each iteration of `axis` would read anew? What
 * stays near is read once. */
static bool better_outside(struct rule *r, stage_id host, var_id axis, int64_t slices)
{
	struct traffic k = { 0 };
	const double near = r->limits->near / 2;
	stage_reads(r->c, host, add_traffic, &k);
	return k.others * (k.others < near ? 1 : (double)slices) > k.weights * (k.weights < near ? 1 : (double)rule_usual(r->c, axis, 1));
}

void rule_group(struct rule *r, stage_id host, bool team)
{
	struct ctx *c = r->c;
	var_id v = r->vector[host];
	if (!v) {
		scalar_sums(r, host);
		return;
	}
	const int64_t lanes = c->target->lanes, most = c->target->registers * 3 / 4;
	int64_t e = rule_extent(c, v, 0), at_once = 1, vectors = 4;
	double heavy = 0;
	uint32_t own = 0;
	bool apart = v != equations_axis(c, c->stage.at[host].idx[c->stage.at[host].nidx - 1]);
	var_id axes[RULE_AXES], row = group_sums(r, host) ? rule_batch_axis(c, host, v, apart) : 0;
	uint32_t n = rule_axes(r, host, axes);
	int64_t rows = row ? (c->target->registers >= 32 ? 8 : RULE_ROWS) : 1;
	if (apart && row)
		rows = rows_of_windows(c, row, most / tile_of(r, host, v, row, 1, most).sums);
	for (uint32_t k = 0; k < n && row; k++)
		own = axes[k] == row ? k : own;
	if (row && rule_usual(c, row, 0) < rows)
		rows = rule_usual(c, row, 0);
	for (stage_id s = 1; s < c->stage.n; s++) {                /* how many sums run side by side */
		if (r->host[s] != host || !stage_sums(&c->stage.at[s]))
			continue;
		struct tile t = tile_of(r, s, r->as[s][n - 1], row ? r->as[s][own] : 0, rows, most);
		int64_t gang = 0;
		for (stage_id m = 1; m < c->stage.n; m++)
			gang += m == s || r->with[m] == s || (r->with[s] && (r->with[m] == r->with[s] || m == r->with[s]));
		at_once = t.sums * gang > at_once ? t.sums * gang : at_once;
		heavy += rule_work(c, s);
	}
	while (vectors > 1 && (at_once * vectors > most || vectors * lanes / 2 >= e || (team && e / (vectors * lanes) < (row ? 2 : r->limits->slices))))
		vectors /= 2;
	if (vectors == 4 && e > 4 * lanes && e % (4 * lanes) && e % (3 * lanes) == 0)  /* no slice is left over: 48 units are 2 of 24 */
		vectors = 3;
	int64_t by = vectors * lanes;
	const char *vo, *vi, *ro = NULL, *ri = NULL, *at;
	struct names l = { .n = 0 };
	if (!split(r, host, loop_of(c, host, v), &vo, &vi, by) || (row && !split(r, host, loop_of(c, host, row), &ro, &ri, rows)))
		return;
	bool slices = heavy > 0;
	struct tile own_tile = tile_of(r, host, v, row, rows, most);
	bool host_sums = stage_sums(&c->stage.at[host]) > 0;
	const bool around = apart && host_sums && n > 1 && axes[0] != row && !idvec_has(&own_tile.unrolled, axes[0]) &&
	                    better_outside(r, host, axes[0], e / by);
	if (around)
		add(&l, loop_of(c, host, axes[0]));
	if (slices)
		add(&l, vo);
	for (uint32_t k = around; k + 1 < n; k++)
		if (axes[k] != row && !(host_sums && idvec_has(&own_tile.unrolled, axes[k])))
			add(&l, loop_of(c, host, axes[k]));
	if (!slices)
		add(&l, vo);
	if (row)
		add(&l, ro);
	at = l.at[l.n - 1];
	if (row && !host_sums)
		add(&l, ri);
	add_sums(c, host, &l);
	if (host_sums)
		add_tile(c, host, &own_tile, ri, apart, &l);      /* what windows read is found once for all small axes */
	add(&l, vi);
	order(r, host, &l);
	if (host_sums)
		unroll_tile(r, host, &own_tile, ri);
	mark(r, host, vi, LOOP_VECTOR);
	if (host_sums) {
		pack(r, host, v, by);
		prefetch_weights(r, host, v);
	}
	if (apart)
		pack_own(r, host, v, false, &own_tile, by);
	if (slices && e > by && !around)
		rule_said(r, stage_lua(r->c, host), sched_alternate(c, host, vo, 0), "alternate(\"%s\")", vo);
	const char *shared = apart || host_sums == 0 ? wide_loop(r, host, axes, n, row, v) : NULL;
	if (team && (shared || e > by) && mark(r, host, shared ? shared : vo, LOOP_PARALLEL))
		r->parallel[c->stage.at[host].rec] = true;
	const idvec members = c->rec.at[c->stage.at[host].rec].members;
	for (uint32_t i = members.n; i-- > 0;) {
		stage_id s = members.at[i];
		if (r->host[s] != host || s == host)
			continue;
		struct tile t = tile_of(r, s, r->as[s][n - 1], row ? r->as[s][own] : 0, rows, most);
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

struct again { var_id v, row; bool found; };

/* Does a tile over the row find vectors along v that serve all of it? */
static void vectors_again(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct again *a = arg;
	(void)s;
	a->found |= expr_uses_var(c, e, a->v) && !expr_uses_var(c, e, a->row);
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
	    !rule_said(r, rec_lua(c, k), sched_scan(c, k, scan_name[SCAN_SEQUENTIAL], chunk, 0, 0), "scan { method = \"%s\", chunk = %lld }",
	               scan_name[SCAN_SEQUENTIAL], (long long)chunk))
		return false;
	bool vector = r->vector[s] && elements == lanes;
	int64_t chains = vector ? 4 : elements < 8 ? 8 / elements : 1;
	const char *outer, *inner;
	for (uint32_t i = open ? 1 : 0; i < n; i++)
		mark(r, s, loop_of(c, s, axes[i]), vector && axes[i] == r->vector[s] ? LOOP_VECTOR : LOOP_UNROLL);
	if (open && chains > 1 && split(r, s, loop_of(c, s, open), &outer, &inner, chains))
		mark(r, s, inner, LOOP_UNROLL);
	return true;
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
	stage_reads(c, s, find_weights, &w);
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
	if (!split(r, s, loop_of(c, s, v), &vo, &vi, by))
		return;
	struct names l = { .at = { vo }, .n = 1 };
	for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++)
		if (c->stage.at[s].axes.at[i] != v)
			add(&l, loop_of(c, s, c->stage.at[s].axes.at[i]));
	add(&l, vi);
	order(r, s, &l);
	mark(r, s, vi, LOOP_VECTOR);
	pack_own(r, s, v, true, &none, by);
	if (threads)
		mark(r, s, vo, LOOP_PARALLEL);
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

/* Without vectors: sums in turns, threads over what has enough iterations. */
static void root_scalar(struct rule *r, stage_id s, bool threads)
{
	struct ctx *c = r->c;
	const char *rows = scalar_sums(r, s);
	const struct stage *x = &c->stage.at[s];
	if (rows && threads)
		mark(r, s, rows, LOOP_PARALLEL);
	for (uint32_t i = 0; !rows && threads && i < x->axes.n; i++)
		if (rule_extent(c, x->axes.at[i], RULE_STEPS) >= 8 && mark(r, s, loop_of(c, s, x->axes.at[i]), LOOP_PARALLEL))
			return;
}

static void root_each(struct rule *r, stage_id s, var_id v, bool threads)
{
	struct ctx *c = r->c;
	const int64_t e = rule_extent(c, v, 0), lanes = c->target->lanes;
	const char *vo, *vi;
	if (e <= 4 * lanes)
		mark(r, s, loop_of(c, s, v), LOOP_VECTOR);
	else if (split(r, s, loop_of(c, s, v), &vo, &vi, lanes))
		mark(r, s, vi, LOOP_VECTOR);
	var_id first = c->stage.at[s].axes.at[0];
	if (threads && first != v && rule_extent(c, first, RULE_STEPS) >= 8)
		mark(r, s, loop_of(c, s, first), LOOP_PARALLEL);
}

struct loads { const struct tile *t; int64_t vectors, n; var_id v; idvec seen; };

/* Loads of one iteration of a sum: of each read, as many as it has elements in the tile. */
static void add_loads(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct loads *k = arg;
	const struct stage *x = &c->stage.at[s];
	int64_t n = expr_uses_var(c, e, k->v) ? k->vectors : 1;
	bool again = sum_of(c, x, e) < 0;
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

/* The tile outside recurrences: small axes side by side, or fewer loads without; *vectors: in a row of it. */
static struct tile root_tile(struct rule *r, stage_id s, var_id v, var_id row, int64_t *vectors)
{
	struct ctx *c = r->c;
	const int64_t lanes = c->target->lanes, all = (rule_extent(c, v, 0) + lanes - 1) / lanes, most = c->target->registers * 3 / 4;
	struct tile best = { 0 };
	for (int apart = 0; apart < 2; apart++) {
		struct tile t = tile_of(r, s, v, row, 1, apart ? 0 : most / 2);
		int64_t n = t.sums > 1 ? 1 : all % 6 == 3 ? 3 : all > 1 ? 2 : 1;    /* an odd number of vectors: none are left over */
		t.rows = most / (t.sums * n);
		t.rows = !row || t.rows < 1 ? 1 : t.rows > RULE_ROWS ? RULE_ROWS : t.rows;
		if (row && row_usual(c, s, row) < t.rows)
			t.rows = row_usual(c, s, row);
		if (apart && loads_of(c, s, v, &t, n) > 0.9 * loads_of(c, s, v, &best, *vectors))
			break;
		best = t;
		*vectors = n;
	}
	return best;
}

/* blocks of rows, where there are panels > slices > rows > sums > tile; rows before slices, where these are few. */
static void root_sums(struct rule *r, stage_id s, var_id v, stage_id copy, bool threads)
{
	struct ctx *c = r->c;
	const int64_t e = rule_extent(c, v, 0), lanes = c->target->lanes;
	const char *vo = NULL, *vi = NULL, *bo = NULL, *ro = NULL, *ri = NULL;
	const var_id row = row_axis(c, s, v);
	int64_t vectors;
	const struct tile t = root_tile(r, s, v, row, &vectors);
	const int64_t rows = t.rows;
	const bool by_rows = rows > 1 && e / (vectors * lanes) < 4;
	const int64_t block = copy && rows > 1 && !by_rows ? block_of(r, s, row, rows) : 0;
	const char *of = row ? loop_of(c, s, row) : NULL;
	if (!split(r, s, loop_of(c, s, v), &vo, &vi, vectors * lanes) || (block && !split(r, s, of, &bo, &of, block)) ||
	    (rows > 1 && !split(r, s, of, &ro, &ri, rows)))
		return;
	struct names l = { .n = 0 };
	if (block)
		add(&l, bo);
	if (by_rows)
		add(&l, ro);
	add(&l, vo);
	if (rows > 1 && !by_rows)
		add(&l, ro);
	for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++) {
		var_id a = c->stage.at[s].axes.at[i];
		if (a != v && !(rows > 1 && a == row) && !idvec_has(&t.unrolled, a))
			add(&l, loop_of(c, s, a));
	}
	add_sums(c, s, &l);
	add_tile(c, s, &t, ri, rows >= t.sums * vectors, &l);     /* what is read once stays in fewer registers */
	add(&l, vi);
	order(r, s, &l);
	unroll_tile(r, s, &t, ri);
	mark(r, s, vi, LOOP_VECTOR);
	pack(r, s, v, vectors * lanes);
	if (copy)
		panels(r, copy, vectors * lanes, threads);
	if (threads)
		mark(r, s, block ? bo : by_rows ? ro : vo, LOOP_PARALLEL);
}

void rule_root(struct rule *r, stage_id s, stage_id copy)
{
	bool threads = rule_work(r->c, s) >= r->limits->threads;
	if (!r->vector[s])
		root_scalar(r, s, threads);
	else if (stage_sums(&r->c->stage.at[s]))
		root_sums(r, s, r->vector[s], copy, threads);
	else
		root_each(r, s, r->vector[s], threads);
}
