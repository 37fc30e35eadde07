/* body.c · statements as C
 *
 * A block is a list of statements, declarations opened. Before it is printed, it gets names for what it repeats:
 * pointers to time steps (h_prev), pointers into buffers (U_j = U + (io * 256 + j) * 64), and loads used more than
 * once. Registers of a tile are declared where they are first set. */
#include "emit/emit.h"

#include <ctype.h>

void line(struct emit *e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	for (int i = 0; i < e->depth; i++)
		text_puts(e->out, "\t");
	text_vprintf(e->out, fmt, ap);
	text_puts(e->out, "\n");
	va_end(ap);
}

struct marks { uint32_t open, names, declared, rows, known, anchors; };

static struct marks enter(const struct emit *e)
{
	return (struct marks){ e->open.n, e->names.n, e->declared.n, e->rows.n, e->known.n, e->anchors.n };
}

static void leave(struct emit *e, struct marks m)
{
	e->open.n = m.open;
	e->names.n = m.names;
	e->declared.n = m.declared;
	e->rows.n = m.rows;
	e->known.n = m.known;
	e->anchors.n = m.anchors;
}

/* ---- what a block needs ------------------------------------------------------------------------------------------------ */

/* The statements of a list with declarations opened: the declaration itself, then what lives in it. */
static void flatten(struct ctx *c, stmt_id s, idvec *out)
{
	for (; s; s = c->stmt.at[s].next) {
		VEC_PUSH(c, *out, s);
		if (c->stmt.at[s].kind == S_DECLARE)
			flatten(c, c->stmt.at[s].body, out);
	}
}

static bool is_vector_loop(struct ctx *c, stmt_id s)
{
	return c->stmt.at[s].kind == S_FOR && c->stmt.at[s].flavor == LOOP_VECTOR;
}

static bool is_direct(struct ctx *c, stmt_id s) { return c->stmt.at[s].kind == S_STORE || is_vector_loop(c, s); }

static bool in_scope(struct emit *e, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(e->c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		for (int k = 0; k < t[i].n; k++) {
			const struct var *v = &e->c->var.at[t[i].var[k]];
			bool open = v->kind != VAR_LOOP;
			for (uint32_t o = 0; o < e->open.n; o++)
				open |= e->open.at[o] == t[i].var[k];
			if (!open || (v->kind >= VAR_DIV && (!in_scope(e, v->a) || (v->b && !in_scope(e, v->b)))))
				return false;
		}
	}
	return true;
}

static const char *pointer_type(struct emit *e, buf_id b, bool write)
{
	const struct buf *x = &e->c->buf.at[b];
	bool read_only = x->kind == BUF_INPUT || x->kind == BUF_PARAM || !write;
	return base_internf(e->c, "%s%s *const ", read_only ? "const " : "", c_type(x->type));
}

struct stored { buf_id b; poly_id row; bool yes; };

static void find_store(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct stored *s = arg;
	s->yes |= write && b == s->b && c->expr.at[c->list.at[idx]].poly == s->row;
}

static void note_store(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	bool *written = arg;
	(void)c, (void)idx;
	written[b] |= write;
}

/* [buffer]: is it written in the list? */
static bool *stores_of(struct ctx *c, stmt_id list)
{
	bool *written = base_alloc(c, c->buf.n);
	stmt_accesses(c, list, note_store, written);
	return written;
}

/* poly > 0, with what is negative on the other side */
static const char *condition(struct emit *e, poly_id p)
{
	poly_id more, less;
	poly_sides(e->c, p, &more, &less);
	return base_internf(e->c, "%s > %s", poly_c(e, more), poly_c(e, less));
}

/* Elements before row k of a ring: a remainder by a power of two is a mask. */
static const char *ring_row(struct emit *e, poly_id k, int64_t fold, poly_id size)
{
	struct ctx *c = e->c;
	uint32_t n;
	const struct term *t = poly_terms(c, k, &n);
	const struct var *v = n == 1 && t->n == 1 && t->factor == 1 ? &c->var.at[t->var[0]] : NULL;
	if (fold & (fold - 1) || !v || v->kind != VAR_MOD || v->k != fold)
		return poly_c(e, poly_mul(c, k, size));
	const char *of = wrap_sum(e, v->a), *by = wrap_sum(e, size);
	return base_internf(c, "(%s & %lld) * %s", of, (long long)fold - 1, by);
}

/* A pointer to the row of time t: before time 0 the rows are the start's; folded buffers use theirs in turn. */
struct row_search { struct emit *e; stmt_id block; };

static void add_row(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	const struct row_search *search = arg;
	struct emit *e = search->e;
	const struct buf x = c->buf.at[b];
	(void)write;
	poly_id t = c->expr.at[c->list.at[idx]].poly, size = poly_int(c, 1);
	if (x.kind >= BUF_LOCAL || !row_wanted(c, &x, t))
		return;
	for (uint32_t i = 0; i < e->rows.n; i++)
		if (e->rows.at[i].buf == b && e->rows.at[i].t == t)
			return;
	if (!in_scope(e, t))
		return;
	for (uint32_t i = 1; i < x.rank; i++)
		size = poly_mul(c, size, x.extent[i]);
	uint32_t n;
	int64_t back = 0, lo, hi;
	const struct term *q = poly_terms(c, t, &n);
	for (uint32_t i = 0; i < n; i++)
		back = q[i].n ? back : -q[i].factor;
	const char *name = e->buf_c[b];
	const char *want = back == 0 ? base_internf(c, "%s_t", name) : back == 1 ? base_internf(c, "%s_prev", name) :
	                   base_internf(c, back > 0 ? "%s_prev%lld" : "%s_next%lld", name, (long long)(back > 0 ? back : -back));
	want = name_unique(e, want);
	poly_range(c, t, &lo, &hi);
	struct stored stored = { b, t, false };
	stmt_accesses(c, search->block, find_store, &stored);
	if (stored.yes && !e->starting && lo < 0)
		lo = 0;  /* only starts write rows before the first step, whatever the range of t seems to be */
	const char *type = pointer_type(e, b, stored.yes), *row;
	poly_id row_number = memory_row(c, &x, t), at = poly_mul(c, row_number, size);
	if (x.fold == 1) {
		row = name;
	} else if (x.fold) {
		poly_id k = poly_mod(c, poly_add(c, t, poly_int(c, lo < 0 ? x.fold : 0)), x.fold);
		row = base_internf(c, "%s + %s", name, ring_row(e, k, x.fold, size));
	} else if (lo >= 0 && x.backward) {
		row = base_internf(c, "%s + (%s) * %s", name, poly_c(e, row_number), poly_c(e, size));
	} else if (lo >= 0) {
		row = base_internf(c, "%s + %s", name, poly_c(e, at));
	} else {
		poly_id before = poly_mul(c, poly_add(c, t, poly_int(c, x.history)), size);
		const char *start = poly_is(c, before, 0) ? base_internf(c, "%s_start", name) :
		                    base_internf(c, "%s_start + %s", name, poly_c(e, before));
		int64_t fixed;
		if (poly_const(c, t, &fixed))
			row = start;
		else
			row = base_internf(c, "%s ? %s + (%s) * %s : %s", condition(e, poly_add(c, t, poly_int(c, 1))), name,
			                   poly_c(e, row_number), poly_c(e, size), start);
	}
	line(e, "%s%s = %s;", type, want, row);
	VEC_PUSH(c, e->rows, (struct row){ b, t, want });
}

static void print_direct(struct emit *e, stmt_id s);

static void look(struct emit *e, const idvec *list)
{
	struct text *out = e->out;
	uint32_t declared = e->declared.n;
	e->nowhere.c = e->c;
	e->nowhere.n = 0;
	e->out = &e->nowhere;
	for (uint32_t i = 0; i < list->n; i++) {
		e->looking_at = i;
		if (is_direct(e->c, list->at[i]))
			print_direct(e, list->at[i]);
	}
	e->out = out;
	e->declared.n = declared;
}

static void name_anchors(struct emit *e, const idvec *list)
{
	struct ctx *c = e->c;
	e->seen_anchors.n = 0;
	e->look_anchors = true;
	look(e, list);
	/* what the loops of this block read one after another starts at a pointer made outside of them */
	for (uint32_t i = 0; i < list->n; i++) {
		const struct stmt x = c->stmt.at[list->at[i]];
		idvec inner = { 0 };
		if (x.kind != S_FOR || x.flavor != LOOP_SERIAL)
			continue;
		flatten(c, x.body, &inner);
		e->walked = x.var;
		look(e, &inner);
		e->walked = 0;
	}
	e->look_anchors = false;
	for (uint32_t i = 0; i < e->seen_anchors.n; i++) {
		struct anchor a = e->seen_anchors.at[i];
		if ((a.count < 2 && !a.walked) || !in_scope(e, a.offset))
			continue;
		const char *by = "at";  /* named by the innermost loop that moves it */
		for (uint32_t o = 0; o < e->open.n; o++)
			if (poly_uses(c, a.offset, e->open.at[o]))
				by = c->var.at[e->open.at[o]].name;
		a.name = name_unique(e, base_internf(c, "%s_%s", a.base, by));
		line(e, "%s%s = %s + %s;", pointer_type(e, a.buf, a.write), a.name, a.base, poly_c(e, a.offset));
		VEC_PUSH(c, e->anchors, a);
	}
}

struct loads { VEC(struct known) v; stridedvec rows; matrixvec matrices; };

static bool turned_load(const struct loads *k, const char *text)
{
	for (uint32_t i = 0; i < k->rows.n; i++)
		if (k->rows.at[i].text == text && k->rows.at[i].matrix)
			return true;
	return false;
}

/* Loads that a block repeats, by the statement that needs them first. */
static void find_loads(struct emit *e, const idvec *list, stmt_id first, struct loads *out)
{
	struct ctx *c = e->c;
	e->seen_loads.n = 0;
	e->seen_strided.n = 0;
	e->look_loads = true;
	look(e, list);
	e->look_loads = false;
	const bool *written = e->seen_loads.n || e->seen_strided.n ? stores_of(c, first) : NULL;
	for (uint32_t i = 0; i < e->seen_strided.n; i++)
		if (!e->seen_strided.at[i].store && !written[e->seen_strided.at[i].buf])
			VEC_PUSH(c, out->rows, e->seen_strided.at[i]);
	turn_loads(e, &out->rows, &out->matrices);
	for (uint32_t i = 0; i < e->seen_loads.n; i++)
		if (e->seen_loads.at[i].count > 1 && !written[e->seen_loads.at[i].buf] && !turned_load(out, e->seen_loads.at[i].text))
			VEC_PUSH(c, out->v, e->seen_loads.at[i]);
}

static void name_loads(struct emit *e, struct loads *loads, uint32_t at)
{
	for (uint32_t i = 0; i < loads->matrices.n; i++) {
		if (loads->matrices.at[i].first != at)
			continue;
		print_turned_load(e, &loads->matrices.at[i]);
		for (uint32_t r = 0; r < loads->rows.n; r++) {
			const struct strided *x = &loads->rows.at[r];
			const char *name = base_internf(e->c, "%s[%lld]", loads->matrices.at[i].name, (long long)x->row);
			if (x->matrix == i + 1)
				VEC_PUSH(e->c, e->known, (struct known){ .text = x->text, .name = name, .buf = x->buf });
		}
	}
	for (uint32_t i = 0; i < loads->v.n; i++) {
		struct known k = loads->v.at[i];
		if (k.first != at)
			continue;
		k.name = name_unique(e, k.name);
		call(e, "type", e->c->target->lanes);
		if (k.function)
			call(e, k.function, e->c->target->lanes);
		line(e, "const v%d %s = %s;", e->c->target->lanes, k.name, k.text);
		VEC_PUSH(e->c, e->known, k);
	}
}

/* ---- registers ------------------------------------------------------------------------------------------------------------ */

struct components { struct emit *e; buf_id buf; VEC(const char *) first, early; bool direct; };

static void find_component(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct components *k = arg;
	if (b != k->buf)
		return;
	const char *name = name_component(k->e, b, idx);
	for (uint32_t i = 0; i < k->first.n; i++)
		if (k->first.at[i] == name)
			return;
	for (uint32_t i = 0; i < k->early.n; i++)
		if (k->early.at[i] == name)
			return;
	if (k->direct && write)
		VEC_PUSH(c, k->first, name);
	else
		VEC_PUSH(c, k->early, name);
}

static void components_below(struct ctx *c, stmt_id s, struct components *k)
{
	const struct stmt x = c->stmt.at[s];
	if (x.kind == S_STORE) {
		c->stmt.at[s].next = 0;
		stmt_accesses(c, s, find_component, k);
		c->stmt.at[s].next = x.next;
		return;
	}
	var_id lane = k->e->lane;
	if (x.kind == S_FOR && x.flavor == LOOP_VECTOR)
		k->e->lane = x.var;
	if (x.kind != S_DECLARE || !k->direct)
		for (stmt_id b = x.body; b; b = c->stmt.at[b].next)
			components_below(c, b, k);
	for (stmt_id b = x.other; b; b = c->stmt.at[b].next)
		components_below(c, b, k);
	k->e->lane = lane;
}

static const char *register_type(struct emit *e, buf_id b)
{
	const struct buf *x = &e->c->buf.at[b];
	if (!x->lanes)
		return c_type(x->type);
	call(e, "type", x->lanes);
	return base_internf(e->c, "v%d", (int)x->lanes);
}

/* Registers that cannot get their type at their first store, because that lies in an inner block. */
static void declare(struct emit *e, stmt_id s, const idvec *list, uint32_t at)
{
	struct ctx *c = e->c;
	buf_id b = c->stmt.at[s].of;
	const struct buf x = c->buf.at[b];
	e->buf_c[b] = name_unique(e, x.name);
	if (x.kind == BUF_LOCAL) {
		poly_id size = poly_int(c, 1);
		for (uint32_t i = 0; i < x.rank; i++)
			size = poly_mul(c, size, x.extent[i]);
		line(e, "%s %s[%s];", c_type(x.type), e->buf_c[b], poly_c(e, size));
		return;
	}
	struct components k = { .e = e, .buf = b };
	for (uint32_t i = at + 1; i < list->n; i++) {
		k.direct = is_direct(c, list->at[i]);
		if (c->stmt.at[list->at[i]].kind != S_DECLARE)
			components_below(c, list->at[i], &k);
	}
	if (!k.early.n)
		return;
	struct text t = { .c = c };
	for (uint32_t i = 0; i < k.early.n; i++) {
		text_printf(&t, "%s%s%s", i ? ", " : "", k.early.at[i], !x.guarded ? "" : x.lanes ? " = {0}" : " = 0");
		VEC_PUSH(c, e->declared, k.early.at[i]);
	}
	line(e, "%s %s;", register_type(e, b), t.s);
}

/* ---- past the caches ------------------------------------------------------------------------------------------------------ */

static bool is_streamed(struct ctx *c, const struct stmt *x)
{
	const struct stage *s = &c->stage.at[x->stage];
	return x->kind == S_STORE && s->store == STORE_STREAM && c->buf.at[x->of].tensor == s->tensor && c->buf.at[x->of].kind < BUF_LOCAL;
}

static bool streams(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt *x = &c->stmt.at[s];
	(void)arg;
	if (x->kind != S_FOR || x->flavor != LOOP_VECTOR || !poly_is(c, x->extent, x->lanes))
		return false;
	for (stmt_id b = x->body; b; b = c->stmt.at[b].next)
		if (is_streamed(c, &c->stmt.at[b]))
			return true;
	return false;
}

bool emit_streams(struct ctx *c, stmt_id list) { return stmt_any(c, list, streams, NULL); }

struct reads { bool *streamed, any; };

static void note_read(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct reads *r = arg;
	const struct buf *x = &c->buf.at[b];
	const struct expr *row = x->rank ? &c->expr.at[c->list.at[idx]] : NULL;
	int64_t lo, hi;
	bool before = x->timed && row && row->kind == X_POLY && poly_range(c, row->poly, &lo, &hi) && hi < 0;  /* rows that the caller gave */
	r->any |= !write && !before && r->streamed[b];
}

static bool note_streamed(struct ctx *c, stmt_id s, void *arg)
{
	const struct stmt *x = &c->stmt.at[s];
	if (is_streamed(c, x))
		((bool *)arg)[x->of] = true;
	return false;
}

bool emit_reads_streamed(struct ctx *c, stmt_id list)
{
	struct reads r = { .streamed = base_alloc(c, c->buf.n * sizeof *r.streamed) };
	stmt_any(c, list, note_streamed, r.streamed);
	stmt_accesses(c, list, note_read, &r);
	return r.any;
}

/* Stores past the caches are in no order with those of other threads, nor with what tells these that they are done. */
void print_fence(struct emit *e) { line(e, "%s();", call(e, "fence", e->c->target->lanes)); }

/* ---- statements ----------------------------------------------------------------------------------------------------------- */

static void print_strided_store(struct emit *e, stmt_id s, const struct place_c *p, const char *value)
{
	struct ctx *c = e->c;
	const struct stmt *x = &c->stmt.at[s];
	if (e->look_loads)
		VEC_PUSH(c, e->seen_strided, (struct strided){ .base = p->base, .offset = p->offset, .lane = p->lane, .buf = x->of, .store = s,
		                                               .at = e->looking_at, .streamed = is_streamed(c, x) });
	if (e->out == &e->nowhere)
		return;
	for (uint32_t i = 0; e->turned && i < e->turned->n; i++) {
		if (e->turned->at[i].store == s) {
			print_turned_store(e, &e->matrices->at[e->turned->at[i].matrix - 1], &e->turned->at[i], value);
			return;
		}
	}
	line(e, "%s(%s, %s, %s);", call(e, "store_stride", e->lanes), place_text(e, p), poly_c(e, p->lane), value);
}

static void print_store(struct emit *e, stmt_id s)
{
	struct ctx *c = e->c;
	const struct stmt x = c->stmt.at[s];
	const struct buf b = c->buf.at[x.of];
	const char *value = e->lane ? value_vector(e, x.value) : value_scalar(e, x.value);
	if (b.kind == BUF_REG) {
		const char *name = name_component(e, x.of, x.idx);
		bool known = false;
		for (uint32_t i = 0; i < e->declared.n; i++)
			known |= e->declared.at[i] == name;
		if (!known)
			VEC_PUSH(c, e->declared, name);
		line(e, "%s%s%s = %s;", known ? "" : register_type(e, x.of), known ? "" : " ", name, value);
	} else if (!e->lane) {
		const char *to = address(e, x.of, x.idx, true);
		const char *plus = strstr(to, " + ");
		if (plus)
			line(e, "%.*s[%s] = %s;", (int)(plus - to), to, plus + 3, value);
		else
			line(e, "%s[0] = %s;", to, value);
	} else if (e->masked) {
		line(e, "%s(%s, %s, (int)(%s));", call(e, "store_n", e->lanes), address(e, x.of, x.idx, true), value,
		     poly_c(e, e->active));
	} else {
		struct place_c p = locate(e, x.of, x.idx, true);
		if (poly_is(c, p.lane, 1))
			line(e, "%s(%s, %s);", call(e, is_streamed(c, &x) ? "stream" : "store", e->lanes), place_text(e, &p), value);
		else
			print_strided_store(e, s, &p, value);
	}
}

static void print_direct(struct emit *e, stmt_id s)
{
	const struct stmt x = e->c->stmt.at[s];
	if (x.kind == S_STORE) {
		print_store(e, s);
		return;
	}
	e->lane = x.var;
	e->lanes = x.lanes;
	e->active = x.extent;
	e->masked = !poly_is(e->c, x.extent, x.lanes);
	for (stmt_id b = x.body; b; b = e->c->stmt.at[b].next)
		print_store(e, b);
	e->lane = 0;
}

static void print_note(struct emit *e, const char *note)
{
	const char *at = note;
	for (const char *nl; (nl = strchr(at, '\n')); at = nl + 1)
		line(e, "%s%.*s", at == note ? "/* " : " * ", (int)(nl - at), at);
	line(e, "%s%s */", at == note ? "/* " : " * ", at);
}

static void print_block(struct emit *e, stmt_id s, bool team);

static bool one_has_parallel(struct ctx *c, stmt_id s)
{
	stmt_id next = c->stmt.at[s].next;
	c->stmt.at[s].next = 0;
	bool yes = stmt_any(c, s, stmt_is_shared, NULL);
	c->stmt.at[s].next = next;
	return yes;
}

static void find_private(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	idvec *v = arg;
	(void)idx, (void)write;
	if (!c->buf.at[b].per_thread)
		return;
	for (uint32_t i = 0; i < v->n; i++)
		if (v->at[i] == b)
			return;
	VEC_PUSH(c, *v, b);
}

const char *wrap_sum(struct emit *e, poly_id p)
{
	uint32_t n;
	poly_terms(e->c, p, &n);
	return n > 1 ? base_internf(e->c, "(%s)", poly_c(e, p)) : poly_c(e, p);
}

static void open_loop(struct emit *e, const struct stmt *x, bool team)
{
	struct ctx *c = e->c;
	const char *n = poly_c(e, x->extent);
	const char *v = name_unique(e, c->var.at[x->var].name);
	c->var.at[x->var].name = v;
	const char *at = v;  /* the counter that C counts */
	if (x->alternate && x->flavor != LOOP_PARALLEL)
		at = name_unique(e, base_internf(c, "%s_at", v));
	if (x->flavor == LOOP_PARALLEL)
		print_share(e, x, v, team);
	else if (x->flavor == LOOP_GROUPS)
		line(e, "for (int64_t %s = group.number; %s < %s; %s += group.of) {", v, v, n, v);
	else if (x->from)
		line(e, "for (int64_t %s = %s; %s < %s; %s++) {", at, poly_c(e, x->from), at,
		     poly_c(e, poly_add(c, x->from, x->extent)), at);
	else
		line(e, "for (int64_t %s = 0; %s < %s; %s++) {", at, at, n, at);
	if (x->alternate && x->flavor != LOOP_PARALLEL)
		line(e, "\tconst int64_t %s = %s %% 2 ? %s - 1 - %s : %s;  /* backwards on odd steps */", v,
		     c->var.at[x->alternate].name, wrap_sum(e, x->extent), at, at);
	e->depth++;
	VEC_PUSH(c, e->open, x->var);
	if (x->flavor == LOOP_PARALLEL) {
		idvec mine = { 0 };
		stmt_accesses(c, x->body, find_private, &mine);
		for (uint32_t i = 0; i < mine.n; i++) {
			const struct buf *b = &c->buf.at[mine.at[i]];
			poly_id size = poly_int(c, 1);
			for (uint32_t k = 0; k < b->rank; k++)
				size = poly_mul(c, size, b->extent[k]);
			line(e, "%s *const %s_mine = %s + %s * (%s);", c_type(b->type), e->buf_c[mine.at[i]], e->buf_c[mine.at[i]],
			     team ? "me->thread" : "thread_number()", poly_c(e, size));
		}
	}
}

static void print_one(struct emit *e, stmt_id s, bool team)
{
	struct ctx *c = e->c;
	const struct stmt x = c->stmt.at[s];
	struct marks m = enter(e);
	switch (x.kind) {
	case S_NOTE:
		print_note(e, x.note);
		break;
	case S_LAP:
		if (x.flavor == 0)
			line(e, "rnn_lap(%u, %s);", x.of, poly_c(e, x.extent));
		else
			line(e, "%s(%u);", x.flavor == 1 ? "rnn_lap_of_step" : "rnn_step_begins", x.of);
		break;
	case S_BARRIER:
		print_note(e, x.note);
		if (e->fences)
			print_fence(e);
		line(e, "if (%sthreads > 1)", team_of(e));
		line(e, "\tbarrier(%s);", e->in_group ? "&group.team" : "me");
		break;
	case S_FOR: {
		if (x.flavor == LOOP_VECTOR) {
			print_direct(e, s);
			break;
		}
		bool was = e->parallel;
		open_loop(e, &x, team);
		e->parallel |= x.flavor == LOOP_PARALLEL;
		e->in_group |= x.flavor == LOOP_GROUPS;
		e->asks = x.ahead ? s : 0;
		print_block(e, x.body, team && x.flavor != LOOP_PARALLEL);
		if (x.flavor == LOOP_PARALLEL && e->streams && (e->fences || !e->region) && emit_streams(c, x.body))
			print_fence(e);
		e->parallel = was;
		e->in_group &= x.flavor != LOOP_GROUPS;
		leave(e, m);
		e->depth--;
		line(e, "}");
		break;
	}
	case S_IF: {
		line(e, "if (%s) {", condition(e, x.extent));
		for (struct stmt y = x;; y = c->stmt.at[y.other]) {
			e->depth++;
			print_block(e, y.body, team);
			leave(e, m);
			e->depth--;
			if (!y.other)
				break;
			const struct stmt o = c->stmt.at[y.other];
			if (o.kind == S_IF && !o.next) {
				line(e, "} else if (%s) {", condition(e, o.extent));
				continue;
			}
			line(e, "} else {");
			e->depth++;
			print_block(e, y.other, team);
			leave(e, m);
			e->depth--;
			break;
		}
		line(e, "}");
		break;
	}
	default:
		print_direct(e, s);
	}
}

/* A list of statements in the C block that is open. `team`: all threads run it, so what is not shared out is for one. */
static void print_block(struct emit *e, stmt_id first, bool team)
{
	struct ctx *c = e->c;
	idvec list = { 0 };
	stmt_id asks = e->asks;
	e->asks = 0;
	flatten(c, first, &list);
	stmt_accesses(c, first, add_row, &(struct row_search){ e, first });
	for (uint32_t i = 0; i < list.n; i++)  /* registers have names before anything is looked at */
		if (c->stmt.at[list.at[i]].kind == S_DECLARE)
			declare(e, list.at[i], &list, i);
	name_anchors(e, &list);
	const struct stmt loop = c->stmt.at[asks];
	if (asks)
		print_prefetch(e, &loop, &list);
	struct loads loads = { .v = { 0 } };
	stridedvec turned = { 0 }, *outer = e->turned;
	matrixvec matrices = { 0 }, *outer_matrices = e->matrices;
	if (!team)
		find_loads(e, &list, first, &loads);
	bool plain = !team;
	for (uint32_t i = 0; i < list.n; i++)
		plain &= is_direct(c, list.at[i]) || c->stmt.at[list.at[i]].kind == S_DECLARE || c->stmt.at[list.at[i]].kind == S_NOTE;
	for (uint32_t i = 0; i < e->seen_strided.n && plain; i++)
		if (e->seen_strided.at[i].store)
			VEC_PUSH(c, turned, e->seen_strided.at[i]);
	turn_stores(e, &turned, first, &matrices);
	e->turned = &turned;
	e->matrices = &matrices;
	bool single = false;
	struct marks m = enter(e);
	for (uint32_t i = 0; i < list.n; i++) {
		const struct stmt *x = &c->stmt.at[list.at[i]];
		if (x->kind == S_DECLARE)
			continue;
		bool shared = team && (x->kind == S_NOTE ? !single : one_has_parallel(c, list.at[i]) ||
		                       (x->kind == S_FOR && x->flavor == LOOP_TIME));
		if (team && !single && !shared) {
			line(e, "if (%sthread == 0) {", team_of(e));
			e->depth++;
			m = enter(e);
			single = true;
		} else if (single && shared) {
			leave(e, m);
			e->depth--;
			line(e, "}");
			single = false;
		}
		name_loads(e, &loads, i);
		print_one(e, list.at[i], shared);
	}
	e->turned = outer;
	e->matrices = outer_matrices;
	if (single) {
		leave(e, m);
		e->depth--;
		line(e, "}");
	}
}

/* ---- functions ------------------------------------------------------------------------------------------------------------ */

void body_function(struct emit *e, const char *name, const stmt_id *stmts, uint32_t n, bool *needs_team)
{
	struct ctx *c = e->c;
	struct text body = { .c = c }, shares = { .c = c }, *out = e->out;
	struct marks m = enter(e);
	stmt_id list = 0;
	for (uint32_t i = 0; i < n; i++) {
		c->stmt.at[stmts[i]].next = 0;
		list = stmt_join(c, list, stmts[i]);
	}
	e->out = &body;
	e->depth = 1;
	e->handed.n = 0;
	print_block(e, list, e->region);
	leave(e, m);
	e->out = &shares;
	print_shares(e);
	e->out = out;
	if (!body.s)
		text_puts(&body, "");
	drop_unused(c, &body);
	text_puts(&shares, body.s);
	const char *code = code_of(c, &shares);
	*needs_team = has_word(code, "me") || has_word(code, "group");
	e->depth = 0;
	text_puts(e->out, "\n");
	if (e->special)
		line(e, "/* m:%s    %s */", sched_special_text(c, e->special), loc_text(c, e->special->loc));
	size_t begin = e->out->n;
	/* Apart from its caller: gcc would share registers between all bodies and keep an accumulator of the innermost loop in
	 * memory (measured: 1.5 times the time of an LSTM of 32 units). */
	line(e, "static __attribute__((noinline)) void %s(const struct %s_frame *f%s)", name, emitted_name(c), *needs_team ? ", struct team *me" : "");
	line(e, "{");
	e->depth = 1;
	for (uint32_t i = 0; i < e->handed.n; i++)
		line(e, "int64_t %s = 0;", e->handed.at[i]);
	if (has_word(code, "group"))
		line(e, "struct group group = group_of(me, f->flag + %d, %lld);", 8 * MAX_THREADS, (long long)c->program->groups);
	const bool *written = stores_of(c, list);
	for (uint32_t i = 1; i < c->dim.n; i++) {
		const char *d = c->dim.at[i].value < 0 ? c->var.at[c->dim.at[i].var].name : NULL;
		if (d && has_word(code, d))
			line(e, "const int64_t %s = f->%s;", d, d);
	}
	for (buf_id b = 1; b < c->buf.n; b++) {
		if (c->buf.at[b].kind >= BUF_LOCAL)
			continue;
		const char *start = base_internf(c, "%s_start", e->buf_c[b]);
		if (has_word(code, e->buf_c[b]))
			line(e, "%s%s = f->%s;", pointer_type(e, b, written[b]), e->buf_c[b], e->buf_c[b]);
		if (has_word(code, start))
			line(e, "%s%s *const %s = f->%s;", e->starting ? "" : "const ", c_type(c->buf.at[b].type), start, start);
	}
	if (!strstr(e->out->s + begin, "f->") && !has_word(code, "f"))
		line(e, "(void)f;");
	e->depth = 0;
	text_puts(e->out, shares.s);
	line(e, "}");
}
