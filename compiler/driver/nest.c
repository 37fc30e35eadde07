/* nest.c · rnngen show nest: the loops as they will run, for those who tune them
 *
 *   storage
 *     xw [T][N][4][256]                      workspace      T * N * 4 KiB
 *     c  [1 of T][N][256]                    workspace      N * 1 KiB, a ring
 *   threads, flag barriers
 *     for t in 0..T
 *       produce h: sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])                           models/lstm.lua:19
 *         parallel io in 0..16
 *           a: 8 vectors of 8
 *           a = xw                                                     8 vectors of 8
 *           for j in 0..256
 *             a = fma(U, h, a)                                         8 vectors of 8
 *       barrier: h was written, is read in the next step
 *
 * In Halide's style: what a stage's loops are is written under `produce`. Statements of one kind in a row are one line without
 * indices, with how many they are and their vectors; --dump-after=PASS shows each. */
#include "driver/driver.h"
#include "target/target.h"

struct view { struct ctx *c; struct text *out; };

/* Bytes as a person reads them: of a size known at run time the constant factor in front. */
static const char *bytes_text(struct ctx *c, poly_id elements, uint8_t type)
{
	static const int size[] = { 4, 8, 2, 2, 4, 8, 1 };
	poly_id p = poly_scale(c, elements, size[type]);
	uint32_t n;
	int64_t k = 0;
	const struct term *t = poly_terms(c, p, &n);
	bool plain = n == 1;
	k = plain ? t->factor : 0;
	if (plain && k >= 1 << 20)
		return base_internf(c, "%.4g MiB%s%s", (double)k / (1 << 20), t->n ? " * " : "", t->n ? poly_text(c, poly_div(c, p, k)) : "");
	if (plain && k >= 1 << 10)
		return base_internf(c, "%.4g KiB%s%s", (double)k / (1 << 10), t->n ? " * " : "", t->n ? poly_text(c, poly_div(c, p, k)) : "");
	if (plain && t->n)
		return base_internf(c, "%lld bytes * %s", (long long)k, poly_text(c, poly_div(c, p, k)));
	return base_internf(c, "%s bytes", n ? poly_text(c, p) : "0");
}

static void storage(struct view *v, const struct buf *b)
{
	static const char *const where[] = { "caller's", "caller's", "weights", "workspace" };
	struct ctx *c = v->c;
	struct text shape = { .c = c }, what = { .c = c };
	poly_id elements = poly_int(c, 1);
	text_printf(&shape, "%s ", b->name);
	for (uint32_t i = 0; i < b->rank; i++) {
		bool ring = i == 0 && b->timed && b->fold;
		if (ring)
			text_printf(&shape, "[%lld of %s]", (long long)b->fold, poly_text(c, b->extent[i]));
		else
			text_printf(&shape, "[%s]", poly_text(c, b->extent[i]));
		elements = poly_mul(c, elements, ring ? poly_int(c, b->fold) : b->extent[i]);
	}
	text_printf(&what, "%s", bytes_text(c, elements, b->type));
	if (b->timed && b->fold)
		text_puts(&what, b->fold == 1 ? ", the same for each step" : ", a ring");
	if (b->pack && b->kind == BUF_PARAM)
		text_printf(&what, ", as %s", c->sched->packs.at[b->pack - 1].order);
	if (b->history)
		text_printf(&what, ", %u row%s before the first step", b->history, b->history == 1 ? "" : "s");
	if (b->per_thread)
		text_puts(&what, ", one for each thread");
	text_printf(v->out, "  %-38s %-10s %s\n", shape.s, where[b->kind], what.s);
}

/* ---- statements ---------------------------------------------------------------------------------------------------- */

static expr_id without_indices(struct ctx *c, expr_id e, void *arg)
{
	(void)arg;
	return c->expr.at[e].kind == X_LOAD && c->expr.at[e].nidx ? expr_load(c, c->expr.at[e].of, NULL, 0, c->expr.at[e].loc) : e;
}

static void begin_line(struct view *v, int depth) { text_printf(v->out, "%*s", depth * 2, ""); }

/* A store, alone or in a vector loop: what lines are made of. */
struct line { const char *text; int64_t lanes; bool masked; };

static struct line line_of(struct view *v, stmt_id s, bool indices)
{
	struct ctx *c = v->c;
	struct stmt x = c->stmt.at[s];
	struct line l = { .lanes = 0 };
	if (x.kind == S_FOR) {
		l.lanes = x.lanes;
		l.masked = !poly_is(c, x.extent, x.lanes);
		x = c->stmt.at[x.body];
	}
	struct text t = { .c = c };
	expr_id idx[9];
	memcpy(idx, &c->list.at[x.idx], x.nidx * sizeof *idx);
	expr_id to = expr_load(c, x.of, idx, indices ? x.nidx : 0, x.loc);
	expr_id value = indices ? x.value : expr_map(c, x.value, without_indices, NULL);
	text_printf(&t, "%s = %s", expr_text(c, to), expr_text(c, value));
	l.text = base_intern(c, t.s);
	return l;
}

static bool is_line(struct ctx *c, stmt_id s)
{
	const struct stmt *x = &c->stmt.at[s];
	return x->kind == S_STORE || (x->kind == S_FOR && x->flavor == LOOP_VECTOR && x->body && !c->stmt.at[x->body].next);
}

/* Prints the line that begins at s with all like it; returns what follows. */
static stmt_id print_lines(struct view *v, stmt_id s, int depth)
{
	struct ctx *c = v->c;
	struct line l = line_of(v, s, false);
	stmt_id first = s;
	long long n = 0, masked = 0;
	for (; s && is_line(c, s); s = c->stmt.at[s].next, n++) {
		const struct line next = line_of(v, s, false);
		if (next.text != l.text || next.lanes != l.lanes)
			break;
		masked += next.masked;
	}
	if (n == 1)
		l = line_of(v, first, true);
	begin_line(v, depth);
	const char *count = n > 1 ? base_internf(c, "%lld times", n) : "";
	if (l.lanes)
		count = base_internf(c, "%lld vector%s of %lld%s", n, n == 1 ? "" : "s", (long long)l.lanes, !masked ? "" : masked == n ?
		                     ", masked" : base_internf(c, ", %lld masked", masked));
	int width = 76 - depth * 2;
	text_printf(v->out, *count ? "%-*s  %s\n" : "%.*s%s\n", *count ? width : (int)strlen(l.text), l.text, count);
	return s;
}

static void print_list(struct view *v, stmt_id s, int depth);

static void print_for(struct view *v, const struct stmt *x, int depth)
{
	struct ctx *c = v->c;
	static const char *const shared[] = { "", "in turn", "dynamic", "guided" };
	begin_line(v, depth);
	text_printf(v->out, "%s %s ", x->flavor == LOOP_PARALLEL ? "parallel" : x->flavor == LOOP_GROUPS ? "groups" : x->flavor == LOOP_VECTOR ? "vectorize" : "for",
	            c->var.at[x->var].name);
	if (x->from)
		text_printf(v->out, "from %s, %s steps", poly_text(c, x->from), poly_text(c, x->extent));
	else
		text_printf(v->out, "in 0..%s", poly_text(c, x->extent));
	if (x->flavor == LOOP_GROUPS)
		text_printf(v->out, ", in turn to at most %lld groups of threads", (long long)x->part);
	if (x->sharing)
		text_printf(v->out, ", %s, %lld at a time", shared[x->sharing], (long long)x->part);
	if (x->alternate)
		text_printf(v->out, ", backwards where %s is odd", c->var.at[x->alternate].name);
	if (x->ahead)
		text_printf(v->out, ", asks for %s %lld ahead", c->tensor.at[x->prefetch].name, (long long)x->ahead);
	text_puts(v->out, "\n");
	print_list(v, x->body, depth + 1);
}

static void print_declare(struct view *v, const struct stmt *x, int depth)
{
	struct ctx *c = v->c;
	const struct buf *b = &c->buf.at[x->of];
	poly_id elements = poly_int(c, 1);
	for (uint32_t i = 0; i < b->rank; i++)
		elements = poly_mul(c, elements, b->extent[i]);
	begin_line(v, depth);
	int64_t n;
	if (b->kind == BUF_REG && poly_const(c, elements, &n) && b->lanes)
		text_printf(v->out, "registers %s: %lld vector%s of %lld\n", b->name, (long long)((n + b->lanes - 1) / b->lanes),
		            n > b->lanes ? "s" : "", (long long)b->lanes);
	else if (b->kind == BUF_REG)
		text_printf(v->out, "registers %s: %s\n", b->name, poly_text(c, elements));
	else
		text_printf(v->out, "stack %s: %s\n", b->name, bytes_text(c, elements, b->type));
	print_list(v, x->body, depth);
}

/* "h[t][n][i] = ...    models/lstm.lua:19; schedules/x.lua:12" of one stage or several: the first line, the rest below. */
static void print_note(struct view *v, const struct stmt *x, int depth)
{
	const char *p = x->note;
	begin_line(v, depth);
	text_puts(v->out, "produce ");
	for (const char *nl; (nl = strchr(p, '\n')); p = nl + 1) {
		text_putn(v->out, p, (size_t)(nl - p + 1));
		begin_line(v, depth + 4);
	}
	text_printf(v->out, "%s\n", p);
}

static void print_if(struct view *v, const struct stmt *x, int depth)
{
	struct ctx *c = v->c;
	poly_id more, less;
	poly_sides(c, x->extent, &more, &less);
	if (x->special)
		text_printf(v->out, "m:%s    %s\n", sched_special_text(c, &c->sched->specials.at[x->special - 1]), loc_text(c, x->loc));
	else
		text_printf(v->out, "if %s > %s\n", poly_text(c, more), poly_text(c, less));
	print_list(v, x->body, depth + 1);
	if (!x->other)
		return;
	const struct stmt o = c->stmt.at[x->other];
	begin_line(v, depth);
	text_puts(v->out, "else");
	if (o.kind == S_IF && !o.next) {
		text_puts(v->out, " ");
		print_if(v, &o, depth);
		return;
	}
	text_puts(v->out, "\n");
	print_list(v, x->other, depth + 1);
}

static void print_list(struct view *v, stmt_id s, int depth)
{
	struct ctx *c = v->c;
	stage_id of = 0;            /* whose loops stand under the last `produce` */
	while (s) {
		const struct stmt x = c->stmt.at[s];
		int at = depth + (of && (x.stage == of || x.kind == S_IF));
		of = at > depth || x.kind == S_NOTE ? of : 0;
		if (is_line(c, s)) {
			s = print_lines(v, s, at);
			continue;
		}
		switch (x.kind) {
		case S_NOTE:
			of = x.stage;
			print_note(v, &x, depth);
			break;
		case S_FOR:
			print_for(v, &x, at);
			break;
		case S_DECLARE:
			print_declare(v, &x, at);
			break;
		case S_IF:
			begin_line(v, at);
			print_if(v, &x, at);
			break;
		case S_BARRIER:
			begin_line(v, depth);
			text_printf(v->out, "barrier: %s\n", x.note);
			break;
		default:
			break;
		}
		s = x.next;
	}
}

void driver_nest(struct ctx *c, struct text *out)
{
	static const char *const barrier[] = { "", "omp", "spin", "flag" };
	struct view v = { c, out };
	text_printf(out, "%s for %s: vectors of %d, %d registers\n\nstorage\n", c->model_name, c->target->name, c->target->lanes,
	            c->target->registers);
	for (buf_id b = 1; b < c->buf.n; b++)
		if (c->buf.at[b].kind < BUF_LOCAL)
			storage(&v, &c->buf.at[b]);
	stmt_id body = c->body;
	if (body && c->stmt.at[body].kind == S_REGION) {
		text_printf(out, "\none team of threads, %s barriers%s\n", barrier[c->program->barrier], c->program->pinned ? ", pinned" : "");
		body = c->stmt.at[body].body;
	} else {
		text_printf(out, "\n%s\n", c->program->parallel ? "each parallel loop with a team of its own" : "one thread");
	}
	print_list(&v, body, 1);
}
