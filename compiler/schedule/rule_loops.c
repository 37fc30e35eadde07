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

static void prefetch_weights(struct rule *r, stage_id s, var_id v)
{
	struct ctx *c = r->c;
	struct weights w = { .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t k = 0; k < w.n; k++) {
		const char *name = c->tensor.at[w.seen.at[k]].name;
		const struct stage *x = &c->stage.at[s];
		const char *loop = NULL;
		for (uint32_t i = 0; i < x->order.n; i++)
			if (x->loop.at[x->order.at[i]].acc >= 0 && expr_uses_var(c, w.at[k], x->loop.at[x->order.at[i]].axis))
				loop = x->loop.at[x->order.at[i]].name;
		if (rule_bytes(c, w.seen.at[k]) >= r->limits->far && loop &&
		    rule_said(r, stage_lua(r->c, s), sched_prefetch(c, s, name, loop, 8, 0), "prefetch(\"%s\", \"%s\", 8)", name, loop))
			return;
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

/* The stage's own tensor, with slices of `by` along v: v/by, the other axes, those of the tile, v%by. */
static void pack_own(struct rule *r, stage_id s, var_id v, const struct tile *t, int64_t by)
{
	struct ctx *c = r->c;
	const struct stage x = c->stage.at[s];
	const char *part[10], *name = c->tensor.at[x.tensor].name, *last = c->var.at[v].name;
	uint32_t n = 0;
	for (int inner = 0; inner < 2; inner++)
		for (uint32_t d = 0; d < x.nidx && n < 8; d++) {
			var_id axis = equations_axis(c, x.idx[d]);
			if (!axis)
				return;
			if (idvec_has(&t->unrolled, axis) == (inner == 1))
				part[n++] = axis == v ? base_internf(c, "%s/%lld", last, (long long)by) : c->var.at[axis].name;
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

/* The loop over an axis that has more for threads than slices of v do; NULL: none has. */
static const char *wide_loop(struct ctx *c, stage_id s, const var_id *axes, uint32_t n, var_id row, var_id v)
{
	int64_t most = rule_extent(c, v, 0) / c->target->lanes;
	const char *loop = NULL;
	for (uint32_t k = 0; k + 1 < n; k++)
		if (axes[k] != row && rule_extent(c, axes[k], 0) > most) {
			most = rule_extent(c, axes[k], 0);
			loop = loop_of(c, s, axes[k]);
		}
	return loop;
}

/* Sums without vectors wait for one addition after the other, so several run side by side: those of small axes, and four rows. The
 * outermost loop; NULL: as it was. */
static const char *scalar_sums(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const uint32_t n = c->stage.at[s].axes.n;
	const char *ro = NULL, *ri = NULL;
	struct tile t = tile_of(r, s, 0, 0, 1, 8);
	struct names l = { .n = 0 };
	if (!stage_sums(&c->stage.at[s]))
		return NULL;
	for (uint32_t i = 0; i < n && !ro && t.sums <= 2; i++) {
		const struct stage *x = &c->stage.at[s];
		var_id a = x->axes.at[i];
		bool steps = !x->rec && c->var.at[a].is_time;
		if ((!x->rec || a != x->time) && !idvec_has(&t.unrolled, a) && rule_usual(c, a, steps ? RULE_STEPS : 0) >= 4 &&
		    split(r, s, loop_of(c, s, a), &ro, &ri, 4))
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
	if (slices)
		add(&l, vo);
	for (uint32_t k = 0; k + 1 < n; k++)
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
		pack_own(r, host, v, &own_tile, by);
	if (slices && e > by)
		rule_said(r, stage_lua(r->c, host), sched_alternate(c, host, vo, 0), "alternate(\"%s\")", vo);
	const char *shared = apart || host_sums == 0 ? wide_loop(c, host, axes, n, row, v) : NULL;
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

void rule_root(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	var_id v = r->vector[s], row = 0;
	const int64_t lanes = c->target->lanes, most = c->target->registers * 3 / 4;
	bool threads = rule_work(c, s) >= r->limits->threads;
	const char *vo = NULL, *vi = NULL, *ro = NULL, *ri = NULL;
	if (!v) {
		const char *rows = scalar_sums(r, s);
		x = &c->stage.at[s];
		if (rows) {
			if (threads)
				mark(r, s, rows, LOOP_PARALLEL);
			return;
		}
		for (uint32_t i = 0; threads && i < x->axes.n && !row; i++)
			if (rule_extent(c, x->axes.at[i], RULE_STEPS) >= 8 && mark(r, s, loop_of(c, s, x->axes.at[i]), LOOP_PARALLEL))
				return;
		return;
	}
	int64_t e = rule_extent(c, v, 0);
	if (!stage_sums(x)) {
		if (e <= 4 * lanes)
			mark(r, s, loop_of(c, s, v), LOOP_VECTOR);
		else if (split(r, s, loop_of(c, s, v), &vo, &vi, lanes))
			mark(r, s, vi, LOOP_VECTOR);
		if (threads && c->stage.at[s].axes.at[0] != v && rule_extent(c, c->stage.at[s].axes.at[0], RULE_STEPS) >= 8)
			mark(r, s, loop_of(c, s, c->stage.at[s].axes.at[0]), LOOP_PARALLEL);
		return;
	}
	struct weights w = { .v = v };
	stage_reads(c, s, find_weights, &w);
	for (uint32_t i = 0; i < x->axes.n && !row; i++) {         /* the axis that the weights are used again along */
		bool used = x->axes.at[i] == v || rule_usual(c, x->axes.at[i], RULE_STEPS) < 2;
		struct again a = { v, x->axes.at[i], false };
		for (uint32_t k = 0; k < w.n; k++)
			used |= expr_uses_var(c, w.at[k], x->axes.at[i]);
		stage_reads(c, s, vectors_again, &a);
		row = used || !a.found ? row : x->axes.at[i];
	}
	struct tile t = tile_of(r, s, v, row, 1, most / 2);
	int64_t all = (e + lanes - 1) / lanes;
	int64_t vectors = t.sums > 1 ? 1 : all % 6 == 3 ? 3 : all > 1 ? 2 : 1;  /* an odd number of vectors: none are left over */
	int64_t rows = most / (t.sums * vectors);
	rows = !row ? 1 : rows > 6 ? 6 : rows;
	if (row && rule_usual(c, row, RULE_STEPS) < rows)
		rows = rule_usual(c, row, RULE_STEPS);
	if (!split(r, s, loop_of(c, s, v), &vo, &vi, vectors * lanes) ||
	    (rows > 1 && !split(r, s, loop_of(c, s, row), &ro, &ri, rows)))
		return;
	bool by_rows = rows > 1 && e / (vectors * lanes) < 4;
	struct names l = { .n = 0 };
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
	if (threads)
		mark(r, s, by_rows ? ro : vo, LOOP_PARALLEL);
}
