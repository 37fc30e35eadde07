/* stages.c · equations become stages and recurrences
 *
 *   a[t][n][i] = b[i] + sum(k, W[i][k] * x[t][n][k]) + sum(j, U[i][j] * h[t-1][n][j])
 *
 *   stage a: axes t n i
 *     acc0: init b[i]; update over k: W[i][k] * x[t][n][k]; update over j: U[i][j] * h[t-1][n][j]
 *     epilogue acc0
 *
 * A sum of terms is one left fold (DESIGN.md, section 2): terms without reduction first, then each reduction in the
 * order written, into one accumulator; terms that hold a reduction inside a function or product come last.
 * Stages on a cycle through time form a recurrence (Tarjan's strongly connected components). */
#include "schedule/schedule.h"

const char *const flavor_name[] = { "serial", "unroll", "vectorize", "parallel", "time", "groups" };

/* ---- cutting a right side ---------------------------------------------------------------------------------------- */

static bool is_reduce(struct ctx *c, expr_id e, void *arg) { (void)arg; return c->expr.at[e].kind == X_REDUCE; }
static bool has_reduce(struct ctx *c, expr_id e) { return expr_any(c, e, is_reduce, NULL); }

struct terms { VEC(struct signed_term) v; };
struct signed_term { expr_id e; bool minus; };

static void flatten(struct ctx *c, expr_id e, bool minus, struct terms *out)
{
	struct expr x = c->expr.at[e];
	if (x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB)) {
		flatten(c, x.arg[0], minus, out);
		flatten(c, x.arg[1], minus != (x.op == OP_SUB), out);
	} else {
		VEC_PUSH(c, out->v, (struct signed_term){ e, minus });
	}
}

static bool check_nested(struct ctx *c, const struct expr *x)
{
	if (!has_reduce(c, x->arg[0]))
		return true;
	diag(c, ERR_nested_reduction, x->loc, "a reduction inside another: %s", expr_text(c, x->arg[0]));
	return false;
}

static struct update update_of(struct ctx *c, expr_id reduce, bool minus)
{
	struct expr x = c->expr.at[reduce];
	struct update u = { .body = x.arg[0], .negate = minus };
	for (uint32_t i = 0; i < x.nidx; i++)
		VEC_PUSH(c, u.axes, c->list.at[x.idx + i]);
	return u;
}

static expr_id add_term(struct ctx *c, expr_id sum, expr_id e, bool minus)
{
	loc_t loc = c->expr.at[e].loc;
	if (!sum)
		return minus ? expr_op(c, OP_NEG, e, 0, 0, loc) : e;
	return expr_op(c, minus ? OP_SUB : OP_ADD, sum, e, 0, loc);
}

/* Returns e with each reduction replaced by an accumulator of s; 0 after an error. */
static expr_id cut(struct ctx *c, struct stage *s, expr_id e)
{
	struct expr x = c->expr.at[e];
	if (!has_reduce(c, e))
		return e;
	if (x.kind == X_REDUCE && x.of != RED_SUM) {
		if (!check_nested(c, &x))
			return 0;
		struct acc a = { .red = (uint8_t)x.of, .type = x.type, .init = expr_num(c, reduce_identity(x.of, x.type), x.type, x.loc) };
		VEC_PUSH(c, a.update, update_of(c, e, false));
		VEC_PUSH(c, s->acc, a);
		return expr_acc(c, s->acc.n - 1, x.type, x.loc);
	}
	if (x.kind == X_REDUCE || (x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB))) {
		struct terms t = { { 0 } };
		struct acc a = { .red = RED_SUM, .type = x.type };
		expr_id init = 0, sum = 0;
		flatten(c, e, false, &t);
		for (uint32_t i = 0; i < t.v.n; i++) {
			const struct expr *y = &c->expr.at[t.v.at[i].e];
			if (!has_reduce(c, t.v.at[i].e)) {
				init = add_term(c, init, t.v.at[i].e, t.v.at[i].minus);
			} else if (y->kind == X_REDUCE && y->of == RED_SUM) {
				if (!check_nested(c, y))
					return 0;
				VEC_PUSH(c, a.update, update_of(c, t.v.at[i].e, t.v.at[i].minus));
			}
		}
		if (a.update.n) {
			a.init = init ? init : expr_num(c, 0, x.type, x.loc);
			VEC_PUSH(c, s->acc, a);
			sum = expr_acc(c, s->acc.n - 1, x.type, x.loc);
		} else {
			sum = init;
		}
		for (uint32_t i = 0; i < t.v.n; i++) {
			const struct expr *y = &c->expr.at[t.v.at[i].e];
			if (!has_reduce(c, t.v.at[i].e) || (y->kind == X_REDUCE && y->of == RED_SUM))
				continue;
			expr_id part = cut(c, s, t.v.at[i].e);
			if (!part)
				return 0;
			sum = add_term(c, sum, part, t.v.at[i].minus);
		}
		return sum;
	}
	if (x.kind == X_CAST) {
		expr_id a = cut(c, s, x.arg[0]);
		return a ? expr_cast(c, a, x.type, x.loc) : 0;
	}
	expr_id arg[3] = { 0, 0, 0 };
	for (int i = 0; i < op_info[x.op].arity; i++)
		if (!(arg[i] = cut(c, s, x.arg[i])))
			return 0;
	return expr_op(c, x.op, arg[0], arg[1], arg[2], x.loc);
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

static const char *free_loop_name(struct ctx *c, const struct stage *s, const char *name)
{
	const char *n = base_intern(c, name);
	for (int k = 2;; k++) {
		bool used = false;
		for (uint32_t i = 0; i < s->loop.n; i++)
			used |= s->loop.at[i].name == n;
		if (!used)
			return n;
		n = base_internf(c, "%s_%d", name, k);
	}
}

static void add_loop(struct ctx *c, struct stage *s, var_id axis, int acc, int update)
{
	struct loop l = { .name = free_loop_name(c, s, c->var.at[axis].name), .axis = axis, .acc = acc, .update = update,
	                  .outer = -1, .inner = -1, .parent = -1, .fused = { -1, -1 }, .into = -1, .loc = s->loc };
	VEC_PUSH(c, s->loop, l);
	VEC_PUSH(c, s->order, (int)s->loop.n - 1);
}

/* The loops before any directive: own axes as written, then the reductions in order. */
static void default_loops(struct ctx *c, struct stage *s)
{
	s->loop.n = s->order.n = 0;
	s->time_at = -1;
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (!s->rec || s->axes.at[i] != s->time)
			add_loop(c, s, s->axes.at[i], -1, -1);
	for (uint32_t a = 0; a < s->acc.n; a++)
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++)
			for (uint32_t k = 0; k < s->acc.at[a].update.at[u].axes.n; k++)
				add_loop(c, s, s->acc.at[a].update.at[u].axes.at[k], (int)a, (int)u);
}

void stage_default_loops(struct ctx *c, stage_id id) { default_loops(c, &c->stage.at[id]); }

/* ---- recurrences: Tarjan over stages; an edge goes from a reader to each writer of what it reads ------------------ */

struct tarjan { uint32_t *index, *low, next; bool *on; idvec stack; };

struct reads { stage_id reader; void (*fn)(struct ctx *, stage_id, expr_id, void *); void *arg; };

static bool visit_read(struct ctx *c, expr_id e, void *arg)
{
	struct reads *r = arg;
	if (c->expr.at[e].kind == X_READ)
		r->fn(c, r->reader, e, r->arg);
	return false;
}

/* Calls fn on each read in the stage: init, updates, epilogue. */
void stage_reads(struct ctx *c, stage_id id, void (*fn)(struct ctx *, stage_id, expr_id, void *), void *arg)
{
	struct reads r = { id, fn, arg };
	const struct stage s = c->stage.at[id];
	for (uint32_t a = 0; a < s.acc.n; a++) {
		expr_any(c, s.acc.at[a].init, visit_read, &r);
		for (uint32_t u = 0; u < s.acc.at[a].update.n; u++)
			expr_any(c, s.acc.at[a].update.at[u].body, visit_read, &r);
	}
	expr_any(c, s.epilogue, visit_read, &r);
}

static void connect(struct ctx *c, struct tarjan *t, stage_id s);

static void connect_read(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	struct tarjan *t = arg;
	for (stage_id w = 1; w < c->stage.n; w++) {
		if (c->stage.at[w].tensor != c->expr.at[e].of)
			continue;
		if (!t->index[w])
			connect(c, t, w);
		if (t->on[w] && t->low[w] < t->low[reader])
			t->low[reader] = t->low[w];
	}
}

static void self_read(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	if (c->expr.at[e].of == c->stage.at[reader].tensor)
		*(bool *)arg = true;
}

static void connect(struct ctx *c, struct tarjan *t, stage_id s)
{
	t->index[s] = t->low[s] = ++t->next;
	t->on[s] = true;
	VEC_PUSH(c, t->stack, s);
	stage_reads(c, s, connect_read, t);
	if (t->low[s] != t->index[s])
		return;
	idvec members = { 0 };
	stage_id m;
	do {
		m = t->stack.at[--t->stack.n];
		t->on[m] = false;
		VEC_PUSH(c, members, m);
	} while (m != s);
	bool self = false;
	stage_reads(c, s, self_read, &self);
	if (members.n == 1 && !self)
		return;
	struct recurrence r = { .loc = c->stage.at[s].loc };
	VEC_PUSH(c, c->rec, r);
	for (uint32_t i = 0; i < members.n; i++)
		c->stage.at[members.at[i]].rec = c->rec.n - 1;
}

static uint32_t state_rank(struct ctx *c, const char *name)
{
	for (uint32_t i = 0; i < c->states.n; i++)
		if (!strcmp(c->tensor.at[c->states.at[i]].name, name))
			return i;
	return UINT32_MAX;
}

static expr_id init_of(struct ctx *c, expr_id e, void *arg)
{
	const struct stage *s = arg;
	return c->expr.at[e].kind == X_ACC ? s->acc.at[c->expr.at[e].of].init : e;
}

expr_id stage_value(struct ctx *c, stage_id s)
{
	struct stage x = c->stage.at[s];
	return expr_map(c, x.epilogue, init_of, &x);
}

uint32_t stage_sums(const struct stage *s)
{
	uint32_t n = 0;
	for (uint32_t a = 0; a < s->acc.n; a++)
		n += s->acc.at[a].update.n;
	return n;
}

bool stage_is_kept(struct ctx *c, stage_id s)
{
	const struct tensor *t = &c->tensor.at[c->stage.at[s].tensor];
	bool kept = t->is_output || t->history;
	for (uint32_t i = 0; i < c->dep.n; i++)
		kept |= c->dep.at[i].writer == s && c->stage.at[c->dep.at[i].reader].rec != c->stage.at[s].rec;
	return kept;
}

stage_id stage_root(struct ctx *c, stage_id s)
{
	for (int depth = 0; depth < 64 && (c->stage.at[s].with || c->stage.at[s].at); depth++)
		s = c->stage.at[s].with ? c->stage.at[s].with : c->stage.at[s].at;
	return s;
}

rec_id stage_unit(struct ctx *c, stage_id s)
{
	const struct stage *root = &c->stage.at[stage_root(c, s)];
	return root->rec ? root->rec : root->in_time;
}

static void recurrences_build(struct ctx *c)
{
	struct tarjan t = { 0 };
	t.index = base_alloc(c, c->stage.n * sizeof *t.index);
	t.low = base_alloc(c, c->stage.n * sizeof *t.low);
	t.on = base_alloc(c, c->stage.n);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (!t.index[s])
			connect(c, &t, s);
	/* definitions of one tensor share its storage: where one is in a recurrence, all are */
	for (stage_id s = 1; s < c->stage.n; s++)
		for (stage_id o = 1; o < c->stage.n && !c->stage.at[s].rec; o++)
			if (c->stage.at[o].tensor == c->stage.at[s].tensor)
				c->stage.at[s].rec = c->stage.at[o].rec;
	for (rec_id r = 1; r < c->rec.n; r++) {  /* named by its first state in the order of model { states = } */
		for (stage_id s = 1; s < c->stage.n; s++) {
			const struct stage *x = &c->stage.at[s];
			if (x->rec != r)
				continue;
			c->rec.at[r].time = x->time;
			for (uint32_t i = c->states.n; i-- > 0;)
				if (c->states.at[i] == x->tensor && (!c->rec.at[r].name || i < state_rank(c, c->rec.at[r].name)))
					c->rec.at[r].name = x->name;
		}
		for (stage_id s = 1; s < c->stage.n && !c->rec.at[r].name; s++)  /* backwards: no state of callers */
			if (c->stage.at[s].rec == r && c->tensor.at[c->stage.at[s].tensor].history)
				c->rec.at[r].name = c->stage.at[s].name;
		for (stage_id s = 1; s < c->stage.n && !c->rec.at[r].name; s++)
			if (c->stage.at[s].rec == r)
				c->rec.at[r].name = c->stage.at[s].name;
	}
}

static struct stage stage_of_def(struct ctx *c, def_id id)
{
	const struct def d = c->def.at[id];
	const struct tensor *t = &c->tensor.at[d.tensor];
	struct stage s = { .tensor = d.tensor, .def = id, .name = t->name, .nidx = d.nidx, .loc = d.loc };
	for (uint32_t i = 0; i < d.nidx; i++) {
		uint32_t n;
		const struct term *p = poly_terms(c, d.idx[i], &n);
		s.idx[i] = d.idx[i];
		if (n == 1 && p->n == 1) {
			VEC_PUSH(c, s.axes, p->var[0]);
			if (c->var.at[p->var[0]].is_time)
				s.time = p->var[0];
		}
	}
	s.epilogue = cut(c, &s, d.rhs);
	return s;
}

stage_id stage_of_start(struct ctx *c, def_id id)
{
	struct stage s = stage_of_def(c, id);
	if (!s.epilogue)
		return 0;
	default_loops(c, &s);
	VEC_PUSH(c, c->stage, s);
	return c->stage.n - 1;
}

bool stages_build(struct ctx *c)
{
	uint32_t before = c->errors;
	VEC_PUSH(c, c->stage, (struct stage){ 0 });
	VEC_PUSH(c, c->rec, (struct recurrence){ 0 });
	c->sched = base_alloc(c, sizeof *c->sched);
	c->sched->ulp = 4;
	for (def_id d = 1; d < c->def.n; d++)
		if (c->tensor.at[c->def.at[d].tensor].defs.n) {
			bool start = true;  /* steps before the first are not stages */
			const struct tensor *t = &c->tensor.at[c->def.at[d].tensor];
			for (uint32_t i = 0; i < t->defs.n; i++)
				start &= t->defs.at[i] != d;
			struct stage s = { 0 };
			if (!start)
				s = stage_of_def(c, d);
			if (!s.epilogue)
				continue;
			for (uint32_t i = 1; i < t->defs.n; i++)  /* h, h_2, h_3: definitions of one tensor */
				if (t->defs.at[i] == d)
					s.name = base_internf(c, "%s_%u", t->name, i + 1);
			VEC_PUSH(c, c->stage, s);
		}
	if (c->errors != before)
		return false;
	recurrences_build(c);
	for (stage_id s = 1; s < c->stage.n; s++)
		default_loops(c, &c->stage.at[s]);
	deps_compute(c);
	return c->errors == before;
}

void stages_print(struct ctx *c, struct text *out)
{
	for (stage_id id = 1; id < c->stage.n; id++) {
		const struct stage *s = &c->stage.at[id];
		text_printf(out, "stage %s", s->name);
		if (s->rec)
			text_printf(out, "  recurrence %s", c->rec.at[s->rec].name);
		text_puts(out, "\n  loops");
		for (uint32_t i = 0; i < s->order.n; i++) {
			const struct loop *l = &s->loop.at[s->order.at[i]];
			text_printf(out, " %s%s%s", l->name, l->flavor ? ":" : "", l->flavor ? flavor_name[l->flavor] : "");
		}
		text_puts(out, "\n");
		if (s->at)
			text_printf(out, "  computed at %s, %s\n", c->stage.at[s->at].name, s->at_loop);
		if (s->with)
			text_printf(out, "  computed with %s, %s\n", c->stage.at[s->with].name, s->with_loop);
		for (uint32_t a = 0; a < s->acc.n; a++) {
			text_printf(out, "  acc%u = %s\n", a, expr_text(c, s->acc.at[a].init));
			for (uint32_t u = 0; u < s->acc.at[a].update.n; u++) {
				const struct update *p = &s->acc.at[a].update.at[u];
				text_printf(out, "  acc%u %s= over", a, p->negate ? "-" : "+");
				for (uint32_t k = 0; k < p->axes.n; k++)
					text_printf(out, " %s", c->var.at[p->axes.at[k]].name);
				text_printf(out, ": %s\n", expr_text(c, p->body));
			}
		}
		text_printf(out, "  %s", s->name);
		for (uint32_t i = 0; i < s->nidx; i++)
			text_printf(out, "[%s]", poly_text(c, s->idx[i]));
		text_printf(out, " = %s\n", expr_text(c, s->epilogue));
	}
}
