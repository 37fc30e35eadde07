/* loops.c · the loop IR: making, copying, visiting, printing, verifying (see loops.h) */
#include "ir/loops.h"

#include <stdlib.h>

const char *buf_name(struct ctx *c, buf_id b) { return c->buf.at[b].name; }

stmt_id stmt_new(struct ctx *c, struct stmt s)
{
	if (!c->stmt.n)
		VEC_PUSH(c, c->stmt, (struct stmt){ 0 });
	VEC_PUSH(c, c->stmt, s);
	return c->stmt.n - 1;
}

stmt_id stmt_join(struct ctx *c, stmt_id a, stmt_id b)
{
	if (!a)
		return b;
	stmt_id last = a;
	while (c->stmt.at[last].next)
		last = c->stmt.at[last].next;
	c->stmt.at[last].next = b;
	return a;
}

void stmt_set_body(struct ctx *c, stmt_id s, stmt_id body) { c->stmt.at[s].body = body; }
void stmt_set_other(struct ctx *c, stmt_id s, stmt_id other) { c->stmt.at[s].other = other; }

stmt_id stmt_for(struct ctx *c, var_id v, poly_id extent, enum flavor f, stmt_id body, stage_id s, loc_t loc)
{
	return stmt_new(c, (struct stmt){ .kind = S_FOR, .var = v, .extent = extent, .flavor = (uint8_t)f, .body = body,
	                                  .stage = s, .loc = loc });
}

stmt_id stmt_store(struct ctx *c, buf_id b, const expr_id *idx, uint32_t n, expr_id value, stage_id s, loc_t loc)
{
	uint32_t at = list_put(c, idx, n);
	return stmt_new(c, (struct stmt){ .kind = S_STORE, .of = b, .idx = at, .nidx = n, .value = value, .stage = s,
	                                  .loc = loc });
}

expr_id expr_load(struct ctx *c, buf_id b, const expr_id *idx, uint32_t n, loc_t loc)
{
	uint32_t at = list_put(c, idx, n);
	VEC_PUSH(c, c->expr, (struct expr){ .kind = X_LOAD, .type = c->buf.at[b].type, .of = b, .idx = at, .nidx = n,
	                                    .loc = loc });
	return c->expr.n - 1;
}

buf_id buf_new(struct ctx *c, struct buf b)
{
	if (!c->buf.n)
		VEC_PUSH(c, c->buf, (struct buf){ 0 });
	VEC_PUSH(c, c->buf, b);
	return c->buf.n - 1;
}

/* ---- copying ----------------------------------------------------------------------------------------------------- */

/* times: var_to[0] stands for so many times var_from[0]; failed: a place has another multiple of it */
struct change { idvec var_from, buf_from, buf_to; VEC(poly_id) var_to; int64_t times; bool failed; };

static poly_id change_poly(struct ctx *c, poly_id p, struct change *m)
{
	for (uint32_t i = m->var_from.n; p && i-- > 0;) {  /* inner names first */
		poly_id to = poly_subst_multiple(c, p, i ? 1 : m->times, m->var_from.at[i], m->var_to.at[i]);
		m->failed |= !to;
		p = to ? to : p;
	}
	return p;
}

static expr_id change_node(struct ctx *c, expr_id e, void *arg)
{
	struct change *m = arg;
	struct expr x = c->expr.at[e];
	if (x.kind == X_POLY) {
		poly_id p = change_poly(c, x.poly, m);
		return p == x.poly ? e : expr_poly(c, p, x.loc);
	}
	if (x.kind == X_LOAD) {
		for (uint32_t i = m->buf_from.n; i-- > 0;) {
			if (x.of == m->buf_from.at[i]) {
				x.of = m->buf_to.at[i];
				VEC_PUSH(c, c->expr, x);
				return c->expr.n - 1;
			}
		}
	}
	return e;
}

static stmt_id clone(struct ctx *c, stmt_id s, struct change *m)
{
	stmt_id first = 0, last = 0;
	for (; s; s = c->stmt.at[s].next) {
		struct stmt x = c->stmt.at[s];
		uint32_t vars = m->var_from.n, bufs = m->buf_from.n;
		x.extent = change_poly(c, x.extent, m);
		x.from = change_poly(c, x.from, m);
		if (x.kind == S_FOR) {
			poly_id below = x.from ? c->var.at[x.var].extent : x.extent;
			var_id v = var_new(c, VAR_LOOP, c->var.at[x.var].name, below, c->var.at[x.var].loc);
			VEC_PUSH(c, m->var_from, x.var);
			VEC_PUSH(c, m->var_to, poly_var(c, v));
			x.var = v;
		}
		for (uint32_t i = m->var_from.n; x.alternate && i-- > 0;) {
			uint32_t n;
			if (m->var_from.at[i] == x.alternate)
				x.alternate = poly_terms(c, m->var_to.at[i], &n)->var[0];
		}
		if (x.kind == S_DECLARE) {
			struct buf b = c->buf.at[x.of];
			for (uint32_t i = 0; i < b.rank; i++)
				b.extent[i] = change_poly(c, b.extent[i], m);
			VEC_PUSH(c, m->buf_from, x.of);
			x.of = buf_new(c, b);
			VEC_PUSH(c, m->buf_to, x.of);
		}
		if (x.kind == S_STORE) {
			expr_id idx[9];
			for (uint32_t i = 0; i < x.nidx; i++)
				idx[i] = expr_map(c, c->list.at[x.idx + i], change_node, m);
			x.idx = list_put(c, idx, x.nidx);
			x.value = expr_map(c, x.value, change_node, m);
			for (uint32_t i = m->buf_from.n; i-- > 0;) {
				if (x.of == m->buf_from.at[i]) {
					x.of = m->buf_to.at[i];
					break;
				}
			}
		}
		x.body = clone(c, x.body, m);
		x.other = clone(c, x.other, m);
		m->var_from.n = m->var_to.n = vars;
		m->buf_from.n = m->buf_to.n = bufs;
		x.next = 0;
		stmt_id copy = stmt_new(c, x);
		if (last)
			c->stmt.at[last].next = copy;
		else
			first = copy;
		last = copy;
	}
	return first;
}

stmt_id stmt_clone_multiple(struct ctx *c, stmt_id s, int64_t f, var_id v, poly_id by)
{
	struct change m = { .times = f };
	if (v) {
		VEC_PUSH(c, m.var_from, v);
		VEC_PUSH(c, m.var_to, by);
	}
	stmt_id copy = clone(c, s, &m);
	return m.failed ? 0 : copy;
}

stmt_id stmt_clone(struct ctx *c, stmt_id s, var_id v, poly_id by) { return stmt_clone_multiple(c, s, 1, v, by); }

/* ---- visiting ---------------------------------------------------------------------------------------------------- */

bool stmt_any(struct ctx *c, stmt_id s, bool (*fn)(struct ctx *, stmt_id, void *), void *arg)
{
	for (; s; s = c->stmt.at[s].next)
		if (fn(c, s, arg) || stmt_any(c, c->stmt.at[s].body, fn, arg) || stmt_any(c, c->stmt.at[s].other, fn, arg))
			return true;
	return false;
}

bool stmt_is_shared(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt *x = &c->stmt.at[s];
	(void)arg;
	return x->kind == S_BARRIER || (x->kind == S_FOR && (x->flavor == LOOP_PARALLEL || x->flavor == LOOP_GROUPS));
}

static bool uses_var(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt x = c->stmt.at[s];
	var_id v = *(var_id *)arg;
	if ((x.extent && poly_uses(c, x.extent, v)) || (x.from && poly_uses(c, x.from, v)))
		return true;
	if (x.kind != S_STORE)
		return false;
	for (uint32_t i = 0; i < x.nidx; i++)
		if (expr_uses_var(c, c->list.at[x.idx + i], v))
			return true;
	return expr_uses_var(c, x.value, v);
}

bool stmt_uses_var(struct ctx *c, stmt_id s, var_id v) { return stmt_any(c, s, uses_var, &v); }

struct accesses { void (*fn)(struct ctx *, buf_id, uint32_t, bool, void *); void *arg; };

static bool access_load(struct ctx *c, expr_id e, void *arg)
{
	const struct accesses *a = arg;
	const struct expr x = c->expr.at[e];
	if (x.kind == X_LOAD)
		a->fn(c, x.of, x.idx, false, a->arg);
	return false;
}

static bool access_stmt(struct ctx *c, stmt_id s, void *arg)
{
	const struct accesses *a = arg;
	const struct stmt x = c->stmt.at[s];
	if (x.kind != S_STORE)
		return false;
	expr_any(c, x.value, access_load, arg);
	for (uint32_t i = 0; i < x.nidx; i++)
		expr_any(c, c->list.at[x.idx + i], access_load, arg);
	a->fn(c, x.of, x.idx, true, a->arg);
	return false;
}

void stmt_accesses(struct ctx *c, stmt_id s, void (*fn)(struct ctx *, buf_id, uint32_t idx, bool write, void *), void *arg)
{
	stmt_any(c, s, access_stmt, &(struct accesses){ fn, arg });
}

/* Rows that may lie before time 0 or are used in turn must be, the row of the step itself reads better so. */
bool row_wanted(struct ctx *c, const struct buf *b, poly_id t)
{
	uint32_t n;
	int64_t lo, hi;
	const struct term *q = poly_terms(c, t, &n);
	if (!b->timed || (!b->history && !b->fold))
		return false;
	poly_range(c, t, &lo, &hi);
	return b->fold || lo < 0 || (n == 1 && q->n == 1 && q->factor == 1);
}

/* ---- printing ---------------------------------------------------------------------------------------------------- */

static const char *const kind_name[] = { "input", "output", "param", "workspace", "local", "registers" };

static void print_buf(struct ctx *c, const struct buf *b, struct text *out)
{
	static const char *const type_name[] = { "f32", "f64", "f16", "bf16", "i32", "i64", "bool" };
	text_printf(out, "%s %s %s", kind_name[b->kind], type_name[b->type], b->name);
	for (uint32_t i = 0; i < b->rank; i++)
		text_printf(out, "[%s]", poly_text(c, b->extent[i]));
	if (b->timed && b->fold)
		text_printf(out, "  the last %lld step%s", (long long)b->fold, b->fold == 1 ? "" : "s");
	if (b->history)
		text_printf(out, "  history %u", b->history);
	if (b->per_thread)
		text_puts(out, "  one a thread");
	if (b->lanes)
		text_printf(out, "  vectors of %lld", (long long)b->lanes);
}

void loops_print(struct ctx *c, stmt_id s, int depth, struct text *out)
{
	for (; s; s = c->stmt.at[s].next) {
		const struct stmt *x = &c->stmt.at[s];
		text_printf(out, "%*s", depth * 2, "");
		switch (x->kind) {
		case S_FOR:
			if (x->flavor != LOOP_SERIAL && x->flavor != LOOP_TIME)
				text_printf(out, "%s ", flavor_name[x->flavor]);
			text_printf(out, "for %s in %s..%s%s", c->var.at[x->var].name, x->from ? poly_text(c, x->from) : "0",
			            x->from ? "+" : "", poly_text(c, x->extent));
			if (x->flavor == LOOP_GROUPS)
				text_printf(out, " (in turn to at most %lld groups of threads)", (long long)x->part);
			if (x->sharing)
				text_printf(out, " (%s, %lld at a time)", x->sharing == SHARE_CYCLIC ? "in turn" : x->sharing == SHARE_DYNAMIC ?
				            "dynamic" : "guided", (long long)x->part);
			if (x->lanes)
				text_printf(out, " (%lld lanes)", (long long)x->lanes);
			if (x->ahead)
				text_printf(out, " (prefetches %s, %lld ahead)", c->tensor.at[x->prefetch].name, (long long)x->ahead);
			if (x->alternate)
				text_printf(out, " (backwards where %s is odd)", c->var.at[x->alternate].name);
			text_puts(out, ":\n");
			break;
		case S_STORE:
			text_puts(out, c->buf.at[x->of].name);
			for (uint32_t i = 0; i < x->nidx; i++)
				text_printf(out, "[%s]", expr_text(c, c->list.at[x->idx + i]));
			text_printf(out, " = %s\n", expr_text(c, x->value));
			break;
		case S_DECLARE:
			print_buf(c, &c->buf.at[x->of], out);
			text_puts(out, "\n");
			break;
		case S_IF:
			text_printf(out, "if %s > 0:\n", poly_text(c, x->extent));
			break;
		case S_REGION:
			text_puts(out, "threads:\n");
			break;
		case S_LAP:
			text_printf(out, "lap %u\n", x->of);
			break;
		case S_BARRIER:
			text_printf(out, "barrier  (%s)\n", x->note);
			break;
		case S_NOTE:
			text_printf(out, "-- %s\n", x->note);
			break;
		}
		loops_print(c, x->body, depth + 1, out);
		if (x->other) {
			text_printf(out, "%*selse:\n", depth * 2, "");
			loops_print(c, c->stmt.at[s].other, depth + 1, out);
		}
	}
}

void loops_print_program(struct ctx *c, struct text *out)
{
	for (buf_id b = 1; b < c->buf.n; b++) {
		if (c->buf.at[b].kind >= BUF_LOCAL)
			continue;
		print_buf(c, &c->buf.at[b], out);
		text_puts(out, "\n");
	}
	loops_print(c, c->body, 0, out);
}

/* ---- verifying: our own bugs, not the user's ---------------------------------------------------------------------- */

struct scope { idvec vars, bufs; };

NORETURN static void broken(struct ctx *c, stmt_id s, const char *what)
{
	struct text t = { .c = c };
	struct stmt one = c->stmt.at[s];
	one.next = one.body = one.other = 0;
	loops_print(c, stmt_new(c, one), 1, &t);
	fprintf(stderr, "rnngen: internal error: %s in\n%s", what, t.s);
	exit(3);
}

static void verify_poly(struct ctx *c, stmt_id s, poly_id p, const struct scope *k)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		for (int j = 0; j < t[i].n; j++) {
			const struct var *v = &c->var.at[t[i].var[j]];
			if (v->kind == VAR_AXIS || (v->kind == VAR_LOOP && !idvec_has(&k->vars, t[i].var[j])))
				broken(c, s, base_internf(c, "'%s' is not in scope", v->name));
			if (v->kind >= VAR_DIV) {
				verify_poly(c, s, v->a, k);
				if (v->b)
					verify_poly(c, s, v->b, k);
			}
		}
	}
}

struct verify { stmt_id s; const struct scope *k; };

static bool verify_expr(struct ctx *c, expr_id e, void *arg)
{
	const struct verify *v = arg;
	const struct expr *x = &c->expr.at[e];
	if (x->kind == X_POLY)
		verify_poly(c, v->s, x->poly, v->k);
	if (x->kind == X_READ || x->kind == X_ACC || x->kind == X_REDUCE)
		broken(c, v->s, "an equation's expression was left");
	if (x->kind == X_LOAD) {
		const struct buf *b = &c->buf.at[x->of];
		if (x->nidx != b->rank)
			broken(c, v->s, base_internf(c, "%s has %u dims but %u indices", b->name, b->rank, x->nidx));
		if (b->kind >= BUF_LOCAL && !idvec_has(&v->k->bufs, x->of))
			broken(c, v->s, base_internf(c, "%s is not in scope", b->name));
	}
	return false;
}

static void verify(struct ctx *c, stmt_id s, struct scope k)
{
	for (; s; s = c->stmt.at[s].next) {
		const struct stmt x = c->stmt.at[s];
		struct verify v = { s, &k };
		if (x.extent)
			verify_poly(c, s, x.extent, &k);
		if (x.from)
			verify_poly(c, s, x.from, &k);
		if (x.alternate)
			verify_poly(c, s, poly_var(c, x.alternate), &k);
		if (x.kind == S_STORE) {
			const struct buf *b = &c->buf.at[x.of];
			for (uint32_t i = 0; i < x.nidx; i++)
				expr_any(c, c->list.at[x.idx + i], verify_expr, &v);
			expr_any(c, x.value, verify_expr, &v);
			if (x.nidx != b->rank)
				broken(c, s, "a store has the wrong number of indices");
			if (b->kind == BUF_INPUT || b->kind == BUF_PARAM)
				broken(c, s, "a store to what may only be read");
			if (b->kind >= BUF_LOCAL && !idvec_has(&k.bufs, x.of))
				broken(c, s, base_internf(c, "%s is not in scope", b->name));
		}
		struct scope inner = k;
		inner.vars.cap = k.vars.n;  /* what inner pushes must not be seen by the next of this list */
		inner.bufs.cap = k.bufs.n;
		if (x.kind == S_FOR)
			VEC_PUSH(c, inner.vars, x.var);
		if (x.kind == S_DECLARE)
			VEC_PUSH(c, inner.bufs, x.of);
		verify(c, x.body, inner);
		verify(c, x.other, inner);
	}
}

bool loops_verify(struct ctx *c)
{
	verify(c, c->body, (struct scope){ { 0 }, { 0 } });
	return true;
}
