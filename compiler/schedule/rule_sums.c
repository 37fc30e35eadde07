/* rule_sums.c · what a schedule by rule makes of sums before their loops: out of time, or in parts (see rule.c)
 *
 *   a[t][n][i] = sum(k, W[i][k] * x[t][n][k]) + ...         =>  a:extract("a_x", "x")
 *
 *   s[t][n]    = sum(l, c[t][n][l])                         =>  s:split("l", "lo", "li", 32):rfactor("li", "v")
 *   h[t][n][u] = sum(s, C[t][n][u][s] * q[t][n][s])             four rows of C side by side, which share loads of q
 *
 * Needs:      nothing scheduled yet.
 * Guarantees: the order of sums stays; with --reassoc it may change, and only then sums are taken apart and any sum may be taken out. */
#include "ir/equations.h"
#include "schedule/rule.h"
#include "target/target.h"

/* ---- hoisting ---------------------------------------------------------------------------------------------------- */

struct look { rec_id rec; bool own; idvec tensors; };

static bool look_read(struct ctx *c, expr_id e, void *arg)
{
	struct look *k = arg;
	if (c->expr.at[e].kind != X_READ)
		return false;
	tensor_id t = c->expr.at[e].of;
	VEC_PUSH(c, k->tensors, t);
	for (stage_id w = 1; w < c->stage.n; w++)
		k->own |= c->stage.at[w].tensor == t && c->stage.at[w].rec == k->rec;
	return false;
}

/* A tensor that the sum reads and none before it does; the first sum that reads it is what extract takes. */
static tensor_id only_here(struct ctx *c, const struct stage *s, uint32_t acc, uint32_t update, const struct look *here)
{
	struct look before = { 0 };
	for (uint32_t a = 0; a <= acc; a++)
		for (uint32_t u = 0; u < (a < acc ? s->acc.at[a].update.n : update); u++)
			expr_any(c, s->acc.at[a].update.at[u].body, look_read, &before);
	for (int role = ROLE_INPUT; role <= ROLE_STATE; role++)
		for (uint32_t i = 0; i < here->tensors.n; i++)
			if (c->tensor.at[here->tensors.at[i]].role == role && !idvec_has(&before.tensors, here->tensors.at[i]))
				return here->tensors.at[i];
	return 0;
}

struct weights_along { var_id v; bool found; };

static bool weights_along(struct ctx *c, expr_id e, void *arg)
{
	struct weights_along *k = arg;
	const struct expr *x = &c->expr.at[e];
	k->found |= x->kind == X_READ && c->tensor.at[x->of].role == ROLE_PARAM && expr_uses_var(c, e, k->v);
	return false;
}

/* Do the weights of a sum serve many elements of one step as it is? Then there is nothing to gain from other steps. */
static bool shared_in_step(struct ctx *c, stage_id id, expr_id body)
{
	const struct stage *s = &c->stage.at[id];
	double elements = 1;
	for (uint32_t i = 0; i < s->axes.n; i++) {
		struct weights_along k = { s->axes.at[i], false };
		expr_any(c, body, weights_along, &k);
		elements *= k.found ? 1 : (double)rule_extent(c, s->axes.at[i], 1);
	}
	return elements >= 4 * RULE_ROWS;
}

/* A name for what is taken out of s and reads t, which no tensor has yet. */
const char *rule_name_of(struct ctx *c, stage_id s, tensor_id t)
{
	const struct tensor *own = &c->tensor.at[c->stage.at[s].tensor];
	const char *name = base_internf(c, "%s_%s", own->local, c->tensor.at[t].local);
	while (tensor_find(c, tensor_scoped(c, own->scope, name)))
		name = base_internf(c, "%s_", name);
	return name;
}

/* Takes one sum that needs no state of the recurrence out of s: the first one, or any that may be added in another order. */
static bool hoist(struct rule *r, stage_id id)
{
	struct ctx *c = r->c;
	const struct stage s = c->stage.at[id];
	if (rule_usual(c, s.time, RULE_STEPS) < 2)                  /* there is no other step to share weights with */
		return false;
	for (uint32_t a = 0; a < s.acc.n; a++) {
		for (uint32_t u = 0; u < (c->sched->reassoc ? s.acc.at[a].update.n : s.acc.at[a].update.n > 0); u++) {
			struct look k = { .rec = s.rec };
			expr_id body = s.acc.at[a].update.at[u].body;
			if (s.acc.at[a].red != RED_SUM || shared_in_step(c, id, body))
				continue;
			expr_any(c, body, look_read, &k);
			tensor_id t = k.own ? 0 : only_here(c, &s, a, u, &k);
			if (!c->sched->reassoc)
				expr_any(c, s.acc.at[a].init, look_read, &k);
			if (!t || k.own)
				continue;
			const char *name = rule_name_of(c, id, t), *on = stage_lua(c, id), *from = c->tensor.at[t].name;
			return rule_said(r, on, sched_extract(c, id, name, from, 0) != 0, "extract(\"%s\", \"%s\")", name, from);
		}
	}
	return false;
}

void rule_hoist(struct rule *r)
{
	for (stage_id s = 1; s < r->c->stage.n; s++)
		while (r->c->stage.at[s].rec && hoist(r, s))
			;
}

/* ---- partial sums ------------------------------------------------------------------------------------------------ */

struct along { var_id v; bool next, apart, param; };

/* How what is read follows v: next to each other in memory, or apart. */
static bool look_along(struct ctx *c, expr_id e, void *arg)
{
	struct along *k = arg;
	const struct expr x = c->expr.at[e];
	if (x.kind != X_READ || !expr_uses_var(c, e, k->v))
		return false;
	const struct tensor *t = &c->tensor.at[x.of];
	const struct expr *p = &c->expr.at[c->list.at[x.idx + x.nidx - 1]];
	bool next = x.type == RNN_F32 && t->time != (int)x.nidx - 1 && p->kind == X_POLY && poly_linear_in(c, p->poly, k->v) &&
	            poly_coef(c, p->poly, k->v) == 1;
	for (uint32_t i = 0; i + 1 < x.nidx; i++)
		next &= !expr_uses_var(c, c->list.at[x.idx + i], k->v);
	*(next ? &k->next : t->role == ROLE_PARAM ? &k->param : &k->apart) = true;
	return false;
}

/* Has the sum vectors along v: what changes with it lies next to each other? */
static bool in_vectors(struct ctx *c, expr_id body, var_id v)
{
	struct along k = { .v = v };
	expr_any(c, body, look_along, &k);
	return k.next && !k.apart && !k.param && rule_even(c, body, v, false);
}

/* Do vectors along its own axis v walk memory that no pack can put in order? */
static bool strided(struct ctx *c, const struct stage *s, var_id v)
{
	struct along k = { .v = v };
	for (uint32_t a = 0; a < s->acc.n; a++)
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++)
			expr_any(c, s->acc.at[a].update.at[u].body, look_along, &k);
	return k.apart;
}

struct shared { var_id v, row; bool same, own; };

static bool look_shared(struct ctx *c, expr_id e, void *arg)
{
	struct shared *k = arg;
	if (c->expr.at[e].kind == X_READ && expr_uses_var(c, e, k->v))
		*(expr_uses_var(c, e, k->row) ? &k->own : &k->same) = true;
	return false;
}

/* The axis of the result whose elements, side by side, share loads of the sum along v. 0: none. */
static var_id shared_axis(struct ctx *c, const struct stage *s, expr_id body, var_id v)
{
	for (uint32_t i = s->axes.n; i-- > 0;) {
		struct shared k = { v, s->axes.at[i], false, false };
		if (k.row == s->time || rule_usual(c, k.row, 0) < 2)
			continue;
		expr_any(c, body, look_shared, &k);
		if (k.same && k.own)
			return k.row;
	}
	return 0;
}

/* As many vectors as make the shortest chain of additions, with those that they leave over. */
static int64_t vectors_of(int64_t extent, int64_t lanes, int64_t most)
{
	int64_t best = 1;
	for (int64_t n = 1; n <= most && n * lanes <= extent; n++)
		if (extent / (n * lanes) + extent % (n * lanes) <= extent / (best * lanes) + extent % (best * lanes))
			best = n;
	return best;
}

/* Makes a sum of s partial sums in vectors; their stage, or 0. */
static stage_id factor(struct rule *r, stage_id s, uint32_t acc, uint32_t update, int64_t most)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[s];
	const idvec axes = x->acc.at[acc].update.at[update].axes;
	const int64_t lanes = c->target->lanes, e = rule_extent(c, axes.at[axes.n - 1], 0);
	const char *loop = NULL, *outer, *inner, *v = "v", *on = stage_lua(c, s);
	for (uint32_t i = 0; i < x->loop.n; i++)
		if (x->loop.at[i].acc == (int)acc && x->loop.at[i].update == (int)update && x->loop.at[i].axis == axes.at[axes.n - 1] &&
		    loop_is_leaf(&x->loop.at[i]))
			loop = x->loop.at[i].name;
	while (stage_loop(c, s, v) >= 0 || tensor_find(c, base_internf(c, "%s_%s", x->name, v)))
		v = base_internf(c, "%s_", v);
	if (!loop || !rule_split(r, s, loop, &outer, &inner, lanes * vectors_of(e, lanes, most)))
		return 0;
	stage_id part = sched_rfactor(c, s, inner, v, 0);
	return rule_said(r, on, part != 0, "rfactor(\"%s\", \"%s\")", inner, v) ? part : 0;
}

/* The loops of the partial sums of s: where s is, rows of it side by side. */
static void part_loops(struct rule *r, stage_id part, stage_id s, const char *at, var_id row)
{
	struct ctx *c = r->c;
	const struct stage *x = &c->stage.at[part];
	const var_id v = x->axes.at[x->axes.n - 1];
	struct names l = { .n = 0 };
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (x->axes.at[i] != row && x->axes.at[i] != v && !(x->rec && x->axes.at[i] == x->time))
			rule_add(&l, rule_loop(c, part, x->axes.at[i]));
	rule_add_sums(c, part, &l);
	if (row)
		rule_add(&l, rule_loop(c, part, row));
	rule_add(&l, rule_loop(c, part, v));
	rule_order(r, part, &l);
	if (row)
		rule_mark(r, part, rule_loop(c, part, row), LOOP_UNROLL);
	rule_mark(r, part, rule_loop(c, part, v), LOOP_VECTOR);
	rule_said(r, stage_lua(c, part), sched_compute_at(c, part, s, at, 0), "compute_at(%s, \"%s\")", stage_lua(c, s), at);
}

/* Its own loops with rows side by side, sums over parts as trees. The loop in which parts are made; NULL: it has none. */
static const char *whole_loops(struct rule *r, stage_id s, var_id row, int64_t rows, const idvec *parts)
{
	struct ctx *c = r->c;
	const char *of = row ? rule_loop(c, s, row) : NULL, *ro = NULL, *ri = of;
	struct names l = { .n = 0 };
	if (row && rule_extent(c, row, 0) != rows && !rule_split(r, s, of, &ro, &ri, rows))
		ro = of, ri = NULL;
	const struct stage *x = &c->stage.at[s];
	if (ro)                                /* to be shared among threads */
		rule_add(&l, ro);
	for (uint32_t i = 0; i < x->axes.n; i++)
		if (x->axes.at[i] != row && !(x->rec && x->axes.at[i] == x->time))
			rule_add(&l, rule_loop(c, s, x->axes.at[i]));
	const char *at = l.n ? l.at[l.n - 1] : NULL;
	if (ri)
		rule_add(&l, ri);
	rule_add_sums(c, s, &l);
	rule_order(r, s, &l);
	if (ri)
		rule_mark(r, s, ri, LOOP_UNROLL);
	for (uint32_t i = 0; i < parts->n; i++) {
		const struct stage *p = &c->stage.at[parts->at[i]];
		const char *name = c->var.at[p->axes.at[p->axes.n - 1]].name;
		rule_mark(r, s, name, LOOP_UNROLL);
	}
	return at;
}

/* A sum that has no vectors along its result waits for one addition after the other; along memory it has. */
static void in_parts(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const struct stage x = c->stage.at[s];
	const int64_t lanes = c->target->lanes;
	const var_id v = rule_vector_axis(c, s);
	idvec parts = { 0 };
	var_id row = 0;
	int64_t rows = 1;
	if (c->tensor.at[x.tensor].defs.n > 1 || (v && !strided(c, &x, v)))
		return;
	for (uint32_t a = x.acc.n; a-- > 0;)
		for (uint32_t u = x.acc.at[a].update.n; u-- > 0;) {
			const struct update y = x.acc.at[a].update.at[u];
			const var_id along = y.axes.at[y.axes.n - 1];
			if (x.acc.at[a].red != RED_SUM || x.acc.at[a].type != RNN_F32 || rule_extent(c, along, 0) < lanes ||
			    !in_vectors(c, y.body, along))
				continue;
			if (!parts.n && (row = shared_axis(c, &x, y.body, along))) {
				rows = rule_usual(c, row, 0);
				rows = rows < 4 ? rows : 4;
			}
			stage_id part = factor(r, s, a, u, 4 / rows);
			if (part)
				VEC_PUSH(c, parts, part);
		}
	if (!parts.n)
		return;
	const char *at = whole_loops(r, s, row, rows, &parts);
	for (uint32_t i = 0; at && i < parts.n; i++)
		part_loops(r, parts.at[i], s, at, row);
}

void rule_partial(struct rule *r)
{
	for (stage_id s = 1, n = r->c->stage.n; s < n && r->c->sched->reassoc; s++)
		in_parts(r, s);
}

bool rule_in_parts(struct ctx *c, stage_id s)
{
	for (stage_id p = 1; p < c->stage.n; p++)
		if (c->stage.at[p].partial && c->stage.at[p].at == s)
			return true;
	return false;
}
