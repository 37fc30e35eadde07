/* equations_graph.c · who reads whom, how many steps back; groups in order of evaluation; cycles (see equations.h)
 *
 *   h -> c (0), h -> a (0), c -> a (0), c -> c (1), a -> h (1)    =>    one group {a, c, h}, recurrent over t
 *
 * Nodes are definitions, starts among them. A definition reads another where constants in the same dim do not keep
 * them apart. Groups are the strongly connected components, by Tarjan's algorithm, which yields each component after
 * all that it reaches: the order of evaluation. */
#include "ir/equations.h"

struct reader { struct eq_graph *g; def_id from; };

static bool is_start(struct ctx *c, const struct def *d)
{
	const struct tensor *t = &c->tensor.at[d->tensor];
	int64_t k;
	return t->time >= 0 && poly_const(c, d->idx[t->time], &k) && k < 0;
}

/* Can the read x meet what d defines? Time apart. */
static bool meets(struct ctx *c, const struct expr *x, const struct def *d)
{
	int64_t a, b;
	for (uint32_t i = 0; i < d->nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
		if ((int)i != c->tensor.at[d->tensor].time && p->kind == X_POLY && poly_const(c, p->poly, &a) &&
		    poly_const(c, d->idx[i], &b) && a != b)
			return false;
	}
	return true;
}

/* How many steps before its own the definition d reads with x. */
static uint32_t steps_back(struct ctx *c, const struct def *d, const struct expr *x)
{
	int to = c->tensor.at[x->of].time, from = c->tensor.at[d->tensor].time;
	int64_t k;
	if (to < 0 || from < 0)
		return EQ_ALL;
	const struct expr *p = &c->expr.at[c->list.at[x->idx + (uint32_t)to]];
	bool fixed = p->kind == X_POLY && equations_axis(c, d->idx[from]) &&
	             poly_const(c, poly_sub(c, d->idx[from], p->poly), &k) && k >= 0;
	return fixed ? (uint32_t)k : EQ_ALL;
}

static bool add_edges(struct ctx *c, expr_id e, void *arg)
{
	const struct reader *r = arg;
	const struct expr x = c->expr.at[e];
	if (x.kind != X_READ)
		return false;
	const struct tensor *t = &c->tensor.at[x.of];
	uint32_t back = steps_back(c, &c->def.at[r->from], &x);
	for (uint32_t i = 0; i < t->defs.n; i++)
		if (meets(c, &x, &c->def.at[t->defs.at[i]]))
			VEC_PUSH(c, r->g->edge, (struct eq_edge){ r->from, t->defs.at[i], back, e });
	for (uint32_t i = 0; back && i < t->starts.n; i++)
		if (meets(c, &x, &c->def.at[t->starts.at[i]]))
			VEC_PUSH(c, r->g->edge, (struct eq_edge){ r->from, t->starts.at[i], EQ_ALL, e });
	return false;
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

struct tarjan { struct ctx *c; struct eq_graph *g; uint32_t *index, *low, *first, next; bool *on; idvec stack; };

static void visit(struct tarjan *t, def_id d)
{
	struct ctx *c = t->c;
	t->index[d] = t->low[d] = ++t->next;
	VEC_PUSH(c, t->stack, d);
	t->on[d] = true;
	for (uint32_t e = t->first[d]; e < t->first[d + 1]; e++) {
		def_id to = t->g->edge.at[e].to;
		if (!t->index[to])
			visit(t, to);
		if (t->on[to] && t->low[to] < t->low[d])
			t->low[d] = t->low[to];
	}
	if (t->low[d] != t->index[d])
		return;
	struct eq_group group = { 0 };
	def_id member;
	do {
		member = t->stack.at[--t->stack.n];
		t->on[member] = false;
		t->g->group_of[member] = t->g->group.n;
		VEC_PUSH(c, group.def, member);
	} while (member != d);
	VEC_PUSH(c, t->g->group, group);
}

static bool inside(const struct eq_graph *g, const struct eq_edge *e)
{
	return g->group_of[e->from] == g->group_of[e->to];
}

/* Members in the order of one step: each after those that it reads in the same step, else as in the file. */
static void order_members(struct ctx *c, struct eq_graph *g, uint32_t at, const uint32_t *first)
{
	struct eq_group *group = &g->group.at[at];
	idvec ordered = { 0 };
	bool *done = base_alloc(c, c->def.n * sizeof *done);
	while (ordered.n < group->def.n) {
		def_id next = 0, smallest = 0;
		for (uint32_t i = 0; i < group->def.n; i++) {
			def_id d = group->def.at[i];
			bool ready = !done[d];
			for (uint32_t e = first[d]; ready && e < first[d + 1]; e++)
				ready = !inside(g, &g->edge.at[e]) || g->edge.at[e].distance || done[g->edge.at[e].to];
			if (ready && (!next || d < next))
				next = d;
			if (!done[d] && (!smallest || d < smallest))
				smallest = d;
		}
		next = next ? next : smallest;    /* a cycle within the step: equations_cycles() reports it */
		done[next] = true;
		VEC_PUSH(c, ordered, next);
	}
	group->def = ordered;
}

struct eq_graph *equations_graph(struct ctx *c)
{
	struct eq_graph *g = base_alloc(c, sizeof *g);
	uint32_t n = c->def.n;
	struct tarjan t = { .c = c, .g = g };
	g->group_of = base_alloc(c, n * sizeof *g->group_of);
	t.index = base_alloc(c, n * sizeof *t.index);
	t.low = base_alloc(c, n * sizeof *t.low);
	t.first = base_alloc(c, (n + 1) * sizeof *t.first);
	t.on = base_alloc(c, n * sizeof *t.on);
	for (def_id d = 1; d < n; d++) {
		t.first[d] = g->edge.n;
		expr_any(c, c->def.at[d].rhs, add_edges, &(struct reader){ g, d });
	}
	t.first[n] = g->edge.n;
	for (def_id d = 1; d < n; d++)
		if (!t.index[d])
			visit(&t, d);
	for (uint32_t i = 0; i < g->edge.n; i++)
		if (inside(g, &g->edge.at[i]))
			g->group.at[g->group_of[g->edge.at[i].from]].recurrent = true;
	for (uint32_t i = 0; i < g->group.n; i++) {
		struct eq_group *group = &g->group.at[i];
		order_members(c, g, i, t.first);
		const struct def *d = &c->def.at[group->def.at[0]];
		int time = c->tensor.at[d->tensor].time;
		group->time = time >= 0 && !is_start(c, d) ? equations_axis(c, d->idx[time]) : 0;
	}
	return g;
}

/* ---- cycles ------------------------------------------------------------------------------------------------------ */

/* A path of edges inside a group, breadth first, over edges of distance 0 only if `same_step`. */
static bool find_path(struct ctx *c, const struct eq_graph *g, def_id from, def_id to, bool same_step, idvec *path)
{
	uint32_t *via = base_alloc(c, c->def.n * sizeof *via);      /* edge + 1 by which a node was reached */
	idvec queue = { 0 };
	VEC_PUSH(c, queue, from);
	for (uint32_t q = 0; q < queue.n && (from == to || !via[to]); q++) {
		if (queue.at[q] == to)
			break;
		for (uint32_t e = 0; e < g->edge.n; e++) {
			const struct eq_edge *x = &g->edge.at[e];
			if (x->from != queue.at[q] || !inside(g, x) || (same_step && x->distance) || via[x->to] || x->to == from)
				continue;
			via[x->to] = e + 1;
			VEC_PUSH(c, queue, x->to);
		}
	}
	if (from != to && !via[to])
		return false;
	idvec back = { 0 };
	for (def_id d = to; d != from; d = g->edge.at[via[d] - 1].from)
		VEC_PUSH(c, back, via[d] - 1);
	for (uint32_t i = back.n; i; i--)
		VEC_PUSH(c, *path, back.at[i - 1]);
	return true;
}

static void report_cycle(struct ctx *c, const struct eq_graph *g, const idvec *path, bool same_step)
{
	struct text t = { .c = c };
	const struct def *first = &c->def.at[g->edge.at[path->at[0]].from];
	text_puts(&t, c->tensor.at[first->tensor].name);
	for (uint32_t i = 0; i < path->n; i++)
		text_printf(&t, " -> %s", c->tensor.at[c->def.at[g->edge.at[path->at[i]].to].tensor].name);
	bool timeless = c->tensor.at[first->tensor].time < 0;
	diag(c, ERR_cycle, first->loc, "'%s' needs itself%s: %s", c->tensor.at[first->tensor].name,
	     timeless || !same_step ? "" : " in the same step", t.s);
	for (uint32_t i = 0; i < path->n; i++) {
		const struct eq_edge *e = &g->edge.at[path->at[i]];
		diag_note(c, c->expr.at[e->read].loc, "%s reads %s%s", equations_left(c, &c->def.at[e->from]),
		          expr_text(c, e->read), e->distance == EQ_ALL && !timeless ? ", which may be any step" : "");
	}
}

/* Reports one cycle of the group at `at` that no schedule could run; false: there is none. */
static bool group_cycle(struct ctx *c, struct eq_graph *g, uint32_t at)
{
	for (int pass = 0; pass < 2; pass++) {      /* cycles within one step first: they say more */
		for (uint32_t e = 0; e < g->edge.n; e++) {
			const struct eq_edge *x = &g->edge.at[e];
			idvec path = { 0 };
			if (g->group_of[x->from] != at || !inside(g, x) || x->distance != (pass ? EQ_ALL : 0))
				continue;
			VEC_PUSH(c, path, e);
			if (!find_path(c, g, x->to, x->from, pass == 0, &path))
				continue;
			report_cycle(c, g, &path, pass == 0);
			return true;
		}
	}
	return false;
}

bool equations_cycles(struct ctx *c, struct eq_graph *g)
{
	uint32_t errors = c->errors;
	for (uint32_t i = 0; i < g->group.n; i++) {
		const struct eq_group *group = &g->group.at[i];
		if (!group->recurrent || group_cycle(c, g, i))
			continue;
		for (uint32_t k = 1; k < group->def.n; k++) {
			const struct def *d = &c->def.at[group->def.at[k]];
			var_id time = equations_axis(c, d->idx[c->tensor.at[d->tensor].time]);
			if (time == group->time)
				continue;
			diag(c, ERR_index, d->loc, "'%s' runs along '%s' but needs '%s', which runs along '%s'",
			     c->tensor.at[d->tensor].name, c->var.at[time].name,
			     c->tensor.at[c->def.at[group->def.at[0]].tensor].name, c->var.at[group->time].name);
			diag_fix(c, "use one time axis for both");
		}
	}
	return c->errors == errors;
}
