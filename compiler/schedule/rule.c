/* rule.c · the schedule that rnngen makes where none is given
 *
 *   m.a:extract("a_x", "x")                        what needs no state is computed for all steps before
 *   m.h:split("i", "io", "ii", 16) ...             the last stage of a step is the host of its group: slices of its
 *   m.c:compute_at(m.h, "n")                       last axis, shared out among threads; stages that it reads element
 *   m.a:compute_at(m.h, "n") ...                   by element run inside, their sums in registers
 *   m.time:persistent { barrier = "flag" }
 *
 * A recurrence falls into groups: a stage joins the group of its readers if all of them read its own element along all
 * axes of the host; one that is summed over (the r of a GRU) ends a group of its own. Sums of the same shape in a group
 * share their loops. Products outside recurrences run over tiles of rows and vectors. Units that stand alone and are fed by
 * products stay with one thread, from the products to what is made of the states.
 *
 * Needs:      stages and dependences; nothing scheduled yet.
 * Guarantees: directives only, each logged, so that the schedule prints and loads like any other; the order of sums stays but
 *             with --reassoc. A directive that is refused is left out. Everything is decided by shapes and reads, nothing by names.
 *
 * What runs where is decided here, which sums are taken out or apart in rule_sums.c, how loops look in rule_loops.c and, outside
 * recurrences, in rule_root.c. */
#include "ir/equations.h"
#include "schedule/rule.h"
#include "target/target.h"

enum {
	CHUNK = 96,                /* steps: a multiple of 2, 3, 4, 6 and 8 rows of a tile */
	DIAGONAL = 24,             /* steps of a layer while others take theirs; rather few, since the first and the last ones have no company */
	FUNCTION = 16              /* multiply-adds in the time of an exp or tanh */
};

/* ---- directives -------------------------------------------------------------------------------------------------- */

bool rule_said(struct rule *r, const char *on, bool ok, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *text = base_vformat(r->c, fmt, ap);
	va_end(ap);
	if (ok)
		sched_log(r->c, on, text, 0);
	else
		diag_forget(r->c);
	return ok;
}

/* ---- what a stage is --------------------------------------------------------------------------------------------- */

static bool is_acc(struct ctx *c, expr_id e, void *arg) { (void)arg; return c->expr.at[e].kind == X_ACC; }

static bool differs(struct ctx *c, expr_id e, var_id v)
{
	return expr_uses_var(c, e, v) || expr_any(c, e, is_acc, NULL);
}

/* v and numbers, limited by numbers: loops are cut there (partition.c), and in between it is linear. */
static bool limited(struct ctx *c, poly_id p, var_id v)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	bool ok = true;
	for (uint32_t i = 0; i < n && ok; i++) {
		const struct var m = c->var.at[t[i].var[0]];
		bool limit = t[i].n == 1 && (m.kind == VAR_MIN || m.kind == VAR_MAX);
		ok = !t[i].n || (t[i].n == 1 && t[i].var[0] == v) || (limit && limited(c, m.a, v) && limited(c, m.b, v));
	}
	return ok;
}

static bool other_than_limited(struct ctx *c, expr_id e, void *v)
{
	const struct expr x = c->expr.at[e];
	return x.kind == X_POLY ? !limited(c, x.poly, *(var_id *)v) :
	       x.kind != X_NUM && (x.kind != X_OP || op_info[x.op].kind == 'N' || op_info[x.op].kind == 'W');
}

bool rule_even(struct ctx *c, expr_id e, var_id v, bool parts)
{
	const struct expr x = c->expr.at[e];
	if (!differs(c, e, v) || (parts && x.type == RNN_BOOL && !expr_any(c, e, other_than_limited, &v)))
		return true;
	if (x.kind == X_READ) {
		for (uint32_t i = 0; i < x.nidx; i++) {
			const struct expr *p = &c->expr.at[c->list.at[x.idx + i]];
			bool used = expr_uses_var(c, c->list.at[x.idx + i], v);
			bool gathers = used && (p->kind != X_POLY || !(poly_linear_in(c, p->poly, v) || (parts && limited(c, p->poly, v))));
			if (gathers || (used && (int)i == c->tensor.at[x.of].time))
				return false;
		}
		return x.type == RNN_F32;
	}
	if (x.kind != X_OP)
		return x.kind == X_ACC && x.type == RNN_F32;
	for (int i = 0; i < op_info[x.op].arity; i++) {
		uint8_t type = c->expr.at[x.arg[i]].type;
		if ((type != RNN_F32 && type != RNN_BOOL) || !rule_even(c, x.arg[i], v, parts))
			return false;
	}
	return x.type == RNN_F32 || x.type == RNN_BOOL;
}

int64_t rule_extent(struct ctx *c, var_id v, int64_t unknown)
{
	int64_t e;
	return poly_const(c, c->var.at[v].extent, &e) ? e : unknown;
}

/* With run-time dims as --plan has them. */
static poly_id rule_planned(struct ctx *c, poly_id e)
{
	for (uint32_t d = 1; d < c->dim.n; d++)
		for (uint32_t i = 0; c->dim.at[d].var && i < c->plan.n; i++)
			if (!strcmp(c->plan.at[i].name, c->dim.at[d].name))
				e = poly_subst(c, e, c->dim.at[d].var, poly_int(c, c->plan.at[i].value));
	return e;
}

int64_t rule_usual(struct ctx *c, var_id v, int64_t unknown)
{
	poly_const(c, rule_planned(c, c->var.at[v].extent), &unknown);
	return unknown;
}

/* Can vectors run along its dim d? */
static bool vectors_along(struct ctx *c, stage_id id, uint32_t d)
{
	const struct stage *s = &c->stage.at[id];
	var_id v = equations_axis(c, s->idx[d]);
	if (!v || c->var.at[v].is_time || c->tensor.at[s->tensor].type != RNN_F32 || rule_extent(c, v, 0) < c->target->lanes / 2)
		return false;
	bool ok = rule_even(c, s->epilogue, v, !s->acc.n);
	for (uint32_t a = 0; ok && a < s->acc.n; a++) {
		ok = s->acc.at[a].type == RNN_F32 && rule_even(c, s->acc.at[a].init, v, false);
		for (uint32_t u = 0; ok && u < s->acc.at[a].update.n; u++)
			ok = rule_even(c, s->acc.at[a].update.at[u].body, v, false);
	}
	return ok;
}

/* Of params alone? Their elements can be put next to each other. */
static void only_params(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct { var_id v; bool ok; } *k = arg;
	(void)s;
	k->ok &= c->tensor.at[c->expr.at[e].of].role == ROLE_PARAM || !expr_uses_var(c, e, k->v);
}

/* The axis that vectors run along: the last one, where its elements lie next to each other; else, for sums in a recurrence over
 * windows, another one that only weights depend on. 0: none. */
var_id rule_vector_axis(struct ctx *c, stage_id id)
{
	const struct stage *s = &c->stage.at[id];
	const struct tensor *t = &c->tensor.at[s->tensor];
	if (s->nidx && vectors_along(c, id, s->nidx - 1))
		return equations_axis(c, s->idx[s->nidx - 1]);
	for (uint32_t d = s->nidx; d-- > 0 && s->rec && stage_sums(s) && !t->is_output && !t->is_state && t->defs.n == 1;) {
		struct { var_id v; bool ok; } k = { equations_axis(c, s->idx[d]), true };
		stage_reads(c, id, only_params, &k);
		if (k.ok && vectors_along(c, id, d))
			return k.v;
	}
	return 0;
}

double rule_work(struct ctx *c, stage_id id)
{
	const struct stage *s = &c->stage.at[id];
	double own = 1, each = 1;
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (!s->rec || s->axes.at[i] != s->time)
			own *= (double)rule_usual(c, s->axes.at[i], c->var.at[s->axes.at[i]].is_time ? RULE_STEPS : 1);
	for (uint32_t a = 0; a < s->acc.n; a++) {
		for (uint32_t u = 0; u < s->acc.at[a].update.n; u++) {
			double n = 1;
			for (uint32_t k = 0; k < s->acc.at[a].update.at[u].axes.n; k++)
				n *= (double)rule_extent(c, s->acc.at[a].update.at[u].axes.at[k], RULE_STEPS);
			each += n;
		}
	}
	return own * each;
}

/* Functions in what follows the sums, of one element. */
static bool count_functions(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	*(int *)arg += x->kind == X_OP && (x->op == OP_EXP || x->op == OP_LOG || x->op == OP_TANH || x->op == OP_SIGMOID);
	return false;
}

void rule_add_traffic(struct ctx *c, stage_id s, expr_id e, void *arg)
{
	struct traffic *k = arg;
	const tensor_id t = c->expr.at[e].of;
	(void)s;
	if (idvec_has(&k->seen, t))
		return;
	VEC_PUSH(c, k->seen, t);
	*(c->tensor.at[t].role == ROLE_PARAM ? &k->weights : &k->others) += rule_bytes(c, t);
}

/* Multiply-adds of one step of a group, or as many as take the time that what it reads and writes takes; a function takes as long as
 * FUNCTION of them, and those of a lone sum wait for each other. */
static double group_work(struct rule *r, stage_id host)
{
	struct ctx *c = r->c;
	struct traffic k = { 0 };
	double sum = 0, beside = 0;
	for (stage_id s = 1; s < c->stage.n; s++) {
		int functions = 0;
		if (r->host[s] != host)
			continue;
		expr_any(c, c->stage.at[s].epilogue, count_functions, &functions);
		double elements = 1;
		for (uint32_t i = 0; i < c->stage.at[s].axes.n; i++)
			if (c->stage.at[s].axes.at[i] != c->stage.at[s].time)
				elements *= (double)rule_usual(c, c->stage.at[s].axes.at[i], 1);
		sum += rule_work(c, s) * (r->vector[s] ? 1 : 2 * c->target->lanes);
		beside += FUNCTION * functions * elements;
		stage_reads(c, s, rule_add_traffic, &k);
		k.others += 4 * elements;
	}
	const double load = rule_limits_load(c, k.weights + k.others);
	return (sum > load ? sum : load) + beside;
}

/* Of elements alone, all of which it takes from slices of one group of sums, or of what follows that: the group. */
static stage_id lead_of(struct rule *r, stage_id host)
{
	struct ctx *c = r->c;
	stage_id lead = 0;
	if (rule_group_sums(r, host) || !r->vector[host] || rule_beside_rows(r, host))
		return 0;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		const stage_id from = r->host[d->writer];
		if (r->host[d->reader] != host || d->lag || !from || from == host || c->stage.at[d->writer].rec != c->stage.at[host].rec)
			continue;
		const stage_id its = rule_group_sums(r, from) ? from : r->follow[from];
		const struct stage *w = &c->stage.at[d->writer];
		uint32_t v = 0;
		while (v < w->nidx && equations_axis(c, w->idx[v]) != r->vector[d->writer])
			v++;
		if (!its || (lead && its != lead) || v == w->nidx || d->spread >> v & 1 ||
		    c->var.at[r->vector[its]].extent != c->var.at[r->vector[host]].extent)
			return 0;
		lead = its;
	}
	return lead;
}

/* A barrier is wherever one group follows another, unless one thread computes both, or each thread its own slices of both. */
static uint32_t barriers_of(struct rule *r, const idvec *hosts, const bool *team)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < hosts->n; i++) {
		const stage_id a = hosts->at[i], b = hosts->at[(i + 1) % hosts->n];
		const bool own = i + 1 < hosts->n && r->follow[b] && (r->follow[b] == a || r->follow[b] == r->follow[a]);
		n += (team[a] || team[b]) && !(own && team[a] && team[b]);
	}
	return n;
}

/* Which groups of a recurrence a team shares: those that are worth a barrier, if together they are, and a call is worth a team. One
 * among sums in parts, which one thread computes, has to be worth those that it adds. */
static bool *teams(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	const idvec members = c->rec.at[k].members;
	bool *team = base_alloc(c, c->stage.n * sizeof *team);
	const double steps = (double)rule_usual(c, c->rec.at[k].time, RULE_STEPS);
	double sum = 0;
	bool parts = false, sums = false;
	int functions = 0;
	struct traffic of = { 0 };
	idvec hosts = { 0 };
	for (uint32_t i = 0; i < members.n; i++) {
		stage_id s = members.at[i];
		double work = r->host[s] == s ? group_work(r, s) : 0;
		r->follow[s] = r->host[s] == s ? lead_of(r, s) : 0;
		team[s] = r->host[s] == s && (r->follow[s] ? team[r->follow[s]] : work >= r->limits->team / 4);
		sum += team[s] ? work : 0;
		parts |= rule_in_parts(c, s);
		sums |= stage_sums(&c->stage.at[s]) > 0;
		expr_any(c, c->stage.at[s].epilogue, count_functions, &functions);
		stage_reads(c, s, rule_add_traffic, &of);
		if (r->host[s] == s)
			VEC_PUSH(c, hosts, s);
	}
	for (uint32_t i = 0; i < hosts.n && parts; i++) {
		const stage_id s = hosts.at[i];
		const uint32_t with = barriers_of(r, &hosts, team);
		const double work = team[s] ? group_work(r, s) : 0;
		bool was = team[s];
		team[s] = false;
		team[s] = was && work >= r->limits->team * (with - barriers_of(r, &hosts, team));
		sum -= was && !team[s] ? work : 0;
	}
	const bool stays = !sums && !functions && steps * of.others <= r->limits->near;     /* few operations, all in one core's cache */
	if (stays || sum < r->limits->team * barriers_of(r, &hosts, team) || sum * steps < r->limits->threads)
		memset(team, 0, c->stage.n * sizeof *team);
	return team;
}

/* Does the recurrence read sums of all steps that are worth a team? */
static bool fed_by_sums(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	int64_t steps;
	bool fed = false;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct stage *w = &c->stage.at[c->dep.at[i].writer];
		fed |= c->stage.at[c->dep.at[i].reader].rec == k && !w->rec && w->time && stage_sums(w) &&
		       rule_work(c, c->dep.at[i].writer) >= r->limits->threads;
	}
	return fed && (!poly_const(c, c->var.at[c->rec.at[k].time].extent, &steps) || steps > CHUNK);
}

/* Elements alone, whose tensors no core's cache keeps and take so long to come that threads pay. */
static bool streams(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	struct traffic of = { 0 };
	const double steps = (double)rule_usual(c, c->rec.at[k].time, RULE_STEPS);
	for (uint32_t i = 0; i < c->rec.at[k].members.n; i++) {
		const stage_id s = c->rec.at[k].members.at[i];
		if (stage_sums(&c->stage.at[s]))
			return false;
		stage_reads(c, s, rule_add_traffic, &of);
	}
	return steps * of.others > r->limits->near && rule_limits_load(c, steps * of.others) >= 4 * r->limits->threads;
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

struct joining { struct rule *r; stage_id s; uint32_t axes; bool ok; int64_t rest; };

/* May the stage be computed where this read of it needs it? Each axis of the host must select an element of its own. */
static void join_read(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	struct joining *j = arg;
	const struct expr x = c->expr.at[e];
	const struct stage *s = &c->stage.at[j->s];
	const struct tensor *t = &c->tensor.at[s->tensor];
	int64_t lag, all = 1;
	uint32_t found = 0;
	if (x.of != s->tensor || t->time < 0)
		return;
	const struct expr *step = &c->expr.at[c->list.at[x.idx + (uint32_t)t->time]];
	if (step->kind == X_POLY && poly_const(c, poly_sub(c, step->poly, poly_var(c, s->time)), &lag) && lag)
		return;
	for (uint32_t d = 0; d < x.nidx; d++) {
		const struct expr *p = &c->expr.at[c->list.at[x.idx + d]];
		var_id own = equations_axis(c, s->idx[d]), its = p->kind == X_POLY ? equations_axis(c, p->poly) : 0;
		bool axis = false;
		for (uint32_t k = 0; own && its && k < j->axes && (int)d != t->time; k++) {
			if (j->r->as[reader][k] != its || c->var.at[own].extent != c->var.at[its].extent)
				continue;
			j->ok &= !j->r->as[j->s][k] || j->r->as[j->s][k] == own;
			j->r->as[j->s][k] = own;
			found |= 1u << k;
			axis = true;
		}
		j->ok &= p->kind == X_POLY && (axis || (int)d == t->time || poly_const(c, t->extent[d], &lag));
		all *= axis || (int)d == t->time || !own ? 1 : rule_extent(c, own, 1);
	}
	j->ok &= found == (1u << j->axes) - 1;
	j->rest = all > j->rest ? all : j->rest;
}

uint32_t rule_axes(struct rule *r, stage_id id, var_id *out)
{
	const struct stage *s = &r->c->stage.at[id];
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (s->axes.at[i] != s->time && s->axes.at[i] != r->vector[id])
			out[n++] = s->axes.at[i];
	if (r->vector[id])
		out[n++] = r->vector[id];
	return n;
}

/* The host whose group s can join: that of all its readers within the step. 0: it needs its own. */
static stage_id group_of(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	stage_id host = 0;
	var_id axes[RULE_AXES];
	if (c->tensor.at[c->stage.at[s].tensor].defs.n > 1 || !r->vector[s])
		return 0;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		if (d->writer != s || d->lag > 0 || c->stage.at[d->reader].rec != c->stage.at[s].rec)
			continue;
		if (d->lag || !r->host[d->reader] || (host && host != r->host[d->reader]))
			return 0;
		host = r->host[d->reader];
	}
	if (!host || !r->vector[host])
		return 0;
	struct joining j = { .r = r, .s = s, .axes = rule_axes(r, host, axes), .ok = true, .rest = 1 };
	for (stage_id m = 1; m < c->stage.n && j.ok; m++)
		if (r->host[m] == host)
			stage_reads(c, m, join_read, &j);
	if (j.ok && r->as[s][j.axes - 1] == r->vector[s] && j.rest <= 64 && (j.rest == 1 || !stage_is_kept(c, s)))
		return host;
	memset(r->as[s], 0, sizeof r->as[s]);
	return 0;
}

/* Have a and b the same loops, so that their sums can be made side by side? */
static bool alike(struct ctx *c, stage_id a, stage_id b)
{
	const struct stage *x = &c->stage.at[a], *y = &c->stage.at[b];
	if (!stage_sums(x) || x->loop.n != y->loop.n || x->acc.n != y->acc.n)
		return false;
	for (uint32_t i = 0; i < x->loop.n; i++) {
		const struct loop *p = &x->loop.at[i], *q = &y->loop.at[i];
		if (p->acc != q->acc || p->update != q->update || c->var.at[p->axis].extent != c->var.at[q->axis].extent)
			return false;
	}
	return true;
}

static bool reads_group(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	for (uint32_t i = 0; i < c->dep.n; i++)
		if (c->dep.at[i].reader == s && c->dep.at[i].lag == 0 && c->dep.at[i].writer != s && r->host[c->dep.at[i].writer] == r->host[s])
			return true;
	return false;
}

/* A tile of several sequences has registers for the sums of one stage; one of windows shares what is read beside each other. */
static bool fills_registers(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	var_id v = rule_vector_axis(c, s);
	return v && equations_axis(c, x->idx[x->nidx - 1]) == v && rule_batch_axis(c, s, v, false);
}

static void find_groups(struct rule *r, rec_id rec)
{
	struct ctx *c = r->c;
	const idvec members = c->rec.at[rec].members;
	for (uint32_t i = members.n; i-- > 0;) {
		stage_id s = members.at[i], host = c->stage.at[s].at ? c->stage.at[s].at : group_of(r, s);
		r->host[s] = host ? host : s;
		if (!host)
			rule_axes(r, s, r->as[s]);
	}
	for (uint32_t i = 0; i < members.n; i++) {
		stage_id a = members.at[i];
		if (r->host[a] == a || r->with[a] || reads_group(r, a) || fills_registers(c, a))
			continue;
		for (uint32_t k = i + 1; k < members.n; k++) {
			stage_id b = members.at[k];
			if (r->host[b] == r->host[a] && b != r->host[b] && !r->with[b] && !reads_group(r, b) && alike(c, a, b))
				r->with[b] = a;
		}
	}
}

/* ---- chunks of time ---------------------------------------------------------------------------------------------- */

/* Partial sums go where their sum goes. */
static stage_id with_host(struct ctx *c, stage_id s) { return c->stage.at[s].partial && c->stage.at[s].at ? c->stage.at[s].at : s; }

/* Can s be computed in chunks of the time of r: all its readers there (before the steps), or all that it reads of r no later
 * than its own step (after them)? */
static bool fits_time(struct ctx *c, stage_id id, rec_id r, bool after)
{
	const struct stage *s = &c->stage.at[id];
	const struct tensor *t = &c->tensor.at[s->tensor];
	bool touches = false;
	if (s->rec || s->at || s->in_time || !s->time || c->var.at[s->time].extent != c->var.at[c->rec.at[r].time].extent || t->time != 0 ||
	    t->history || t->defs.n > 1 || (!after && t->is_output))
		return false;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		const stage_id writer = with_host(c, d->writer), reader = with_host(c, d->reader);
		bool inside = writer == id ? stage_unit(c, reader) == r : stage_unit(c, writer) == r;
		if (writer == reader || (writer != id && reader != id))
			continue;
		if (reader == id && !inside && sched_needs(c, writer, r, 0))
			return false;
		if (inside && d->lag < 0)
			return false;
		if (after ? writer == id && inside : writer == id && !inside)
			return false;
		touches |= inside;
	}
	return touches;
}

double rule_bytes(struct ctx *c, tensor_id id)
{
	const struct tensor *t = &c->tensor.at[id];
	double bytes = 4;
	for (uint32_t d = 0; d < t->rank; d++) {
		int64_t e = 1;
		poly_const(c, rule_planned(c, t->extent[d]), &e);
		bytes *= (int)d == t->time ? 1 : (double)e;
	}
	return bytes;
}

/* Bytes of a step that a stage reads of a recurrence. */
static double bytes_from(struct ctx *c, stage_id s, rec_id k)
{
	idvec seen = { 0 };
	double bytes = 0;
	for (uint32_t i = 0; i < c->dep.n; i++) {
		tensor_id t = c->dep.at[i].tensor;
		if (with_host(c, c->dep.at[i].reader) != s || stage_unit(c, c->dep.at[i].writer) != k || idvec_has(&seen, t))
			continue;
		VEC_PUSH(c, seen, t);
		bytes += rule_bytes(c, t);
	}
	return bytes;
}

/* As many steps as keep what is handed over near; more, while that is less than the weights that each chunk reads anew. */
static int64_t chunk_of(struct rule *r, rec_id k)
{
	struct ctx *c = r->c;
	struct traffic of = { 0 };
	double bytes = 0;
	int64_t steps = CHUNK;
	for (stage_id s = 1; s < c->stage.n; s++) {
		bool before = fits_time(c, s, k, false), after = fits_time(c, s, k, true);
		bytes += before ? rule_bytes(c, c->stage.at[s].tensor) : after ? bytes_from(c, s, k) : 0;
		if (before || after)
			stage_reads(c, s, rule_add_traffic, &of);
	}
	while (steps > 1 && (double)steps * bytes > (of.weights > r->limits->near ? of.weights : r->limits->near))
		steps = steps > 12 ? steps / 2 : 12 / (12 / steps + 1);     /* multiples of all rows of tiles; 12, 6, 4, 3, 2, 1 */
	return steps;
}

/* Does the stage read much more of another recurrence, which it had better follow? */
static bool follows_another(struct ctx *c, stage_id s, rec_id k)
{
	for (rec_id other = 1; other < c->rec.n; other++)
		if (other != k && bytes_from(c, s, other) > 4 * bytes_from(c, s, k) && fits_time(c, s, other, true))
			return true;
	return false;
}

static void chunks_of(struct rule *r, rec_id k, bool any)
{
	struct ctx *c = r->c;
	const int64_t steps = chunk_of(r, k);
	for (int pass = 0; pass < 3; pass++)
		for (stage_id s = 1; s < c->stage.n;) {
			if (!fits_time(c, s, k, pass == 1) || (pass == 1 && !any && follows_another(c, s, k))) {
				s++;
				continue;
			}
			if (!c->rec.at[k].chunk)
				rule_said(r, rec_lua(c, k), sched_chunk(c, k, steps, 0), "chunk(%lld)", (long long)steps);
			if (!rule_said(r, stage_lua(r->c, s), sched_compute_in_time(c, s, k, 0), "compute_at(%s)", rec_lua(c, k)))
				break;
			s = 1;
		}
}

/* Chunks keep what is hoisted in the cache, and memory bounded however long the sequence is. */
static void chunks(struct rule *r)
{
	struct ctx *c = r->c;
	int64_t steps;
	for (int any = 0; any < 2; any++)
		for (rec_id k = c->rec.n; k-- > 1;)                /* what lies between two layers goes with the later one */
			if (!poly_const(c, c->var.at[c->rec.at[k].time].extent, &steps) || steps > CHUNK)
				chunks_of(r, k, any);
}

/* ---- layers ------------------------------------------------------------------------------------------------------ */

/* Stages in time, all of whose steps are kept. */
static uint32_t kept_whole(struct ctx *c)
{
	uint32_t n = 0;
	for (stage_id s = 1; s < c->stage.n; s++)
		n += stage_unit(c, s) && !sched_is_local(c, s) && !sched_kept(c, s).rows;
	return n;
}

/* Layers of long sequences, none of which a team shares, while a few steps of each are worth a barrier. */
static bool side_by_side(struct rule *r)
{
	struct ctx *c = r->c;
	for (rec_id k = 1; k < c->rec.n; k++) {
		const idvec members = c->rec.at[k].members;
		double work = 0;
		for (uint32_t i = 0; i < members.n; i++)
			work += r->host[members.at[i]] == members.at[i] ? group_work(r, members.at[i]) : 0;
		if (r->parallel[k] || work * DIAGONAL < 2 * r->limits->team || rule_usual(c, c->rec.at[k].time, RULE_STEPS) < 4 * DIAGONAL)
			return false;
	}
	return c->rec.n > 2;
}

/* Recurrences that follow each other take turns, chunk by chunk, where one would keep all its steps for the next and no output does, or
 * where threads can take layers. Layers that a team shares run one after another as they would without; others side by side. */
static void layers(struct rule *r, bool team)
{
	struct ctx *c = r->c;
	int64_t steps;
	const bool side = side_by_side(r);
	const int turn = side ? DIAGONAL : CHUNK;
	bool wave = c->rec.n > 2;
	for (uint32_t i = 0; i < c->outputs.n && !side; i++)
		wave &= c->tensor.at[c->outputs.at[i]].time < 0;
	for (rec_id k = 1; k < c->rec.n; k++)
		wave &= !poly_const(c, c->var.at[c->rec.at[k].time].extent, &steps) || steps > CHUNK;
	if (!wave)
		return;
	int64_t *chunk = base_alloc(c, c->rec.n * sizeof *chunk);
	for (rec_id k = 1; k < c->rec.n; k++)
		chunk[k] = c->rec.at[k].chunk;
	for (rec_id k = 1; k < c->rec.n; k++)                 /* groups of threads have barriers of their own; said for all that are parallel */
		c->rec.at[k].persistent = side || r->parallel[k] ? BARRIER_FLAG : BARRIER_NONE;
	uint32_t errors = c->errors, whole = kept_whole(c);
	if (sched_wavefront(c, NULL, 0, turn, team, 0, 0))
		sched_check_wave(c);
	if (rule_said(r, "m", c->errors == errors && (side || kept_whole(c) < whole), team ? "wavefront { chunk = %d, groups = 1 }" :
	              "wavefront { chunk = %d }", turn)) {
		for (rec_id k = 1; k < c->rec.n; k++)
			r->parallel[k] |= side;
		return;
	}
	c->sched->wave.n = 0;
	c->sched->wave_groups = 0;
	for (rec_id k = 1; k < c->rec.n; k++) {
		c->rec.at[k].chunk = chunk[k];
		c->rec.at[k].persistent = BARRIER_NONE;
	}
}

/* ---- once for all units ------------------------------------------------------------------------------------------- */

struct part { var_id v; tensor_id first; };

static bool first_read(struct ctx *c, expr_id e, void *arg)
{
	struct part *p = arg;
	p->first = c->expr.at[e].kind == X_READ ? c->expr.at[e].of : 0;
	return p->first != 0;
}

/* A product or function that is the same along v. */
static bool same_along(struct ctx *c, expr_id e, void *arg)
{
	struct part *p = arg;
	const struct expr x = c->expr.at[e];
	return x.kind == X_OP && x.type == RNN_F32 && !expr_uses_var(c, e, p->v) && expr_any(c, e, first_read, p);
}

/* Of several sequences: what vectors of units would make anew each time, such as the r h' of a GRU, is made before. */
static void once(struct rule *r, stage_id id)
{
	struct ctx *c = r->c;
	const struct stage s = c->stage.at[id];
	struct part p = { .v = rule_vector_axis(c, id) };
	if (!fills_registers(c, id))
		return;
	for (uint32_t a = 0; a < s.acc.n; a++) {
		for (uint32_t u = 0; u < s.acc.at[a].update.n; u++) {
			expr_id body = s.acc.at[a].update.at[u].body;
			if (!expr_uses_var(c, body, p.v) || !expr_any(c, body, same_along, &p))
				continue;
			const char *name = rule_name_of(c, id, p.first), *from = c->tensor.at[p.first].name;
			rule_said(r, stage_lua(c, id), sched_precompute(c, id, name, from, 0) != 0, "precompute(\"%s\", \"%s\")", name, from);
			return;
		}
	}
}

/* Where a call usually has one step, a copy of all loops is without those over time and what they keep. */
static void one_step(struct rule *r)
{
	struct ctx *c = r->c;
	struct special one = { 0 };
	for (uint32_t d = 1; d < c->dim.n; d++) {
		const var_id v = c->dim.at[d].var;
		bool time = false;
		for (rec_id k = 1; v && k < c->rec.n; k++)
			time |= poly_uses(c, c->var.at[c->rec.at[k].time].extent, v) && rule_usual(c, c->rec.at[k].time, 0) == 1;
		if (time)
			VEC_PUSH(c, one.sizes, (struct size){ d, 1 });
	}
	if (one.sizes.n)
		rule_said(r, "m", sched_specialize(c, one), "%s", sched_special_text(c, &one));
}

/* A copy of a matrix that many tiles read, or 0. */
static stage_id copied(struct rule *r, stage_id s)
{
	struct ctx *c = r->c;
	const var_id v = rule_vector_axis(c, s);
	const tensor_id t = v ? rule_matrix(r, s, v) : 0;
	if (!t)
		return 0;
	const char *name = rule_name_of(c, s, t), *from = c->tensor.at[t].name;
	stage_id copy = sched_precompute(c, s, name, from, 0);
	rule_said(r, stage_lua(c, s), copy != 0, "precompute(\"%s\", \"%s\")", name, from);
	return copy;
}

bool sched_rule(struct ctx *c, const struct rule_limits *limits)
{
	struct rule r = { .c = c, .limits = limits };
	if ((c->sched->reassoc = c->reassoc))
		rule_said(&r, "m", true, "math { reassoc = true }");
	rule_hoist(&r);
	rule_partial(&r);
	stage_id *copy = base_alloc(c, 2 * c->stage.n * sizeof *copy);  /* [stage]: the copy that it reads; of a copy, itself */
	for (stage_id s = 1, n = c->stage.n; s < n; s++) {
		if (c->stage.at[s].at || rule_in_parts(c, s))
			continue;
		if (c->stage.at[s].rec)
			once(&r, s);
		else if ((copy[s] = copied(&r, s)))
			copy[copy[s]] = copy[s];
	}
	r.host = base_alloc(c, c->stage.n * sizeof *r.host);
	r.with = base_alloc(c, c->stage.n * sizeof *r.with);
	r.follow = base_alloc(c, c->stage.n * sizeof *r.follow);
	r.as = base_alloc(c, c->stage.n * sizeof *r.as);
	r.vector = base_alloc(c, c->stage.n * sizeof *r.vector);
	r.parallel = base_alloc(c, c->rec.n * sizeof *r.parallel);
	r.slice = base_alloc(c, c->rec.n * sizeof *r.slice);
	for (stage_id s = 1; s < c->stage.n; s++)
		r.vector[s] = rule_in_parts(c, s) ? 0 : rule_vector_axis(c, s);
	for (rec_id k = 1; k < c->rec.n; k++) {
		if (rule_inside(&r, k, CHUNK) || (fed_by_sums(&r, k) && rule_slices(&r, k)) || (streams(&r, k) && rule_scan(&r, k)))
			continue;
		find_groups(&r, k);
		const idvec members = c->rec.at[k].members;
		const bool *team = teams(&r, k);
		for (uint32_t i = members.n; i-- > 0;)
			if (r.host[members.at[i]] == members.at[i])
				rule_group(&r, members.at[i], team[members.at[i]]);
	}
	chunks(&r);
	for (stage_id s = 1; s < c->stage.n; s++)
		if (!c->stage.at[s].rec && copy[s] != s && !c->stage.at[s].at)
			rule_root(&r, s, copy[s]);
	bool team = false;
	for (rec_id k = 1; k < c->rec.n; k++)
		team |= r.parallel[k];
	layers(&r, team);
	for (rec_id k = 1; k < c->rec.n; k++)
		if (r.parallel[k])
			rule_said(&r, rec_lua(c, k), sched_persistent(c, k, "flag", false, 0), "persistent { barrier = \"flag\" }");
	one_step(&r);
	return true;
}
