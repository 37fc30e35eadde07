/* value.c · expressions and addresses as C
 *
 * A statement inside a vector loop is printed with vectors: what is the same for all lanes stays scalar until it meets
 * one that is not. Each value is one line of C without side effects, so equal text is equal value. */
#include "emit/emit.h"

#include <math.h>
#include <stdlib.h>

const char *c_type(enum rnn_type t)
{
	static const char *const name[] = { "float", "double", "uint16_t", "uint16_t", "int32_t", "int64_t", "uint8_t" };
	return name[t];
}

const char *call(struct emit *e, const char *function, int64_t lanes)
{
	for (uint32_t i = 0; i < e->use.n; i++)
		if (!strcmp(e->use.at[i].name, function) && e->use.at[i].lanes == (int)lanes)
			return base_internf(e->c, "%s%d", function, (int)lanes);
	VEC_PUSH(e->c, e->use, (struct text_use){ base_intern(e->c, function), (int)lanes });
	return base_internf(e->c, "%s%d", function, (int)lanes);
}

static void note_min(struct emit *e, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(e->c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		for (int k = 0; k < t[i].n; k++) {
			const struct var v = e->c->var.at[t[i].var[k]];
			e->use_min |= v.kind == VAR_MIN;
			e->use_max |= v.kind == VAR_MAX;
			if (v.kind >= VAR_DIV) {
				note_min(e, v.a);
				if (v.b)
					note_min(e, v.b);
			}
		}
	}
}

/* Strides are those of any size until here. */
static poly_id special_sizes(struct emit *e, poly_id p)
{
	for (uint32_t i = 0; e->special && i < e->special->sizes.n; i++)
		p = poly_subst(e->c, p, e->c->dim.at[e->special->sizes.at[i].dim].var, poly_int(e->c, e->special->sizes.at[i].value));
	return p;
}

const char *poly_c(struct emit *e, poly_id p)
{
	p = special_sizes(e, p);
	note_min(e, p);
	return poly_text(e->c, p);
}

/* ---- addresses ----------------------------------------------------------------------------------------------------- */

/* Which row of memory holds time t, 0 <= t < extent[0]. */
poly_id memory_row(struct ctx *c, const struct buf *b, poly_id t)
{
	return b->backward ? poly_sub(c, poly_sub(c, b->extent[0], poly_int(c, 1)), t) : t;
}

static const char *row_of(struct emit *e, buf_id b, poly_id t)
{
	for (uint32_t i = e->rows.n; i-- > 0;)
		if (e->rows.at[i].buf == b && e->rows.at[i].t == t)
			return e->rows.at[i].name;
	if (e->walked)
		return NULL;  /* looked at from outside the block that will have it */
	fprintf(stderr, "rnngen: internal error: no row of %s at %s\n", e->c->buf.at[b].name, poly_text(e->c, t));
	exit(3);
}

/* Splits a constant off the offset; where the rest has a pointer of its own in this block, starts there. */
static void anchor(struct emit *e, buf_id b, struct place_c *p, bool write)
{
	struct ctx *c = e->c;
	uint32_t n;
	const struct term *t = poly_terms(c, p->offset, &n);
	int64_t k = 0;
	if (p->gather || !n || !p->base)
		return;
	for (uint32_t i = 0; i < n; i++)
		k = t[i].n ? k : t[i].factor;
	poly_id rest = poly_sub(c, p->offset, poly_int(c, k));
	if (poly_is(c, rest, 0))
		return;
	for (uint32_t i = e->anchors.n; i-- > 0;) {
		const struct anchor *a = &e->anchors.at[i];
		uint32_t left;
		if (a->base != p->base)
			continue;
		const struct term *q = poly_terms(c, poly_sub(c, rest, a->offset), &left);
		bool walks = left == 1 && q->n == 1 && q->factor == 1;  /* the pointer of a loop's start, plus its counter */
		if ((left == 0 || walks) && (a->write || !write)) {
			p->offset = poly_sub(c, p->offset, a->offset);
			p->base = a->name;
			return;
		}
	}
	if (!e->look_anchors)
		return;
	if (e->walked) {
		if (poly_coef(c, rest, e->walked) != 1 || !poly_linear_in(c, rest, e->walked))
			return;
		rest = poly_without(c, rest, e->walked);
		if (poly_is(c, rest, 0))
			return;
	}
	for (uint32_t i = 0; i < e->seen_anchors.n; i++) {
		struct anchor *a = &e->seen_anchors.at[i];
		if (a->base == p->base && a->offset == rest) {
			a->write |= write;
			a->count++;
			return;
		}
	}
	VEC_PUSH(c, e->seen_anchors, (struct anchor){ p->base, rest, NULL, b, 1, e->walked != 0, write });
}

struct place_c locate(struct emit *e, buf_id b, uint32_t idx, bool write)
{
	struct ctx *c = e->c;
	const struct buf x = c->buf.at[b];
	struct place_c p = { e->buf_c[b], poly_int(c, 0), NULL, 0 };
	bool row = row_wanted(c, &x, c->expr.at[c->list.at[idx]].poly);
	if (row)
		p.base = row_of(e, b, c->expr.at[c->list.at[idx]].poly);
	else if (x.per_thread)
		p.base = base_internf(c, "%s_mine", e->buf_c[b]);
	bool known = x.rank && idx < e->offsets && e->offset[idx];  /* without dims no run of indices is its own */
	if (known)
		p.offset = e->offset[idx];
	for (uint32_t i = row ? 1 : 0; !known && i < x.rank; i++) {
		const struct expr *k = &c->expr.at[c->list.at[idx + i]];
		poly_id s = e->stride[b][i];
		if (k->kind == X_POLY) {
			p.offset = poly_add(c, p.offset, poly_mul(c, i ? k->poly : memory_row(c, &x, k->poly), s));
		} else {
			const char *one = value_scalar(e, c->list.at[idx + i]);
			const char *scaled = poly_is(c, s, 1) ? base_internf(c, "(int64_t)%s", one) :
			                     base_internf(c, "(int64_t)%s * %s", one, poly_c(e, s));
			p.gather = p.gather ? base_internf(c, "%s + %s", p.gather, scaled) : scaled;
		}
	}
	if (x.rank && idx < e->offsets && !p.gather)
		e->offset[idx] = p.offset;
	p.offset = special_sizes(e, p.offset);
	if (e->lane) {
		poly_id first = poly_without(c, p.offset, e->lane);
		p.lane = poly_sub(c, poly_subst(c, p.offset, e->lane, poly_int(c, 1)), first);
		p.offset = first;
	}
	anchor(e, b, &p, write);
	return p;
}

static const char *offset_text(struct emit *e, const struct place_c *p)
{
	bool zero = poly_is(e->c, p->offset, 0);
	if (p->gather)
		return zero ? p->gather : base_internf(e->c, "%s + %s", p->gather, poly_c(e, p->offset));
	return zero ? NULL : poly_c(e, p->offset);
}

const char *place_text(struct emit *e, const struct place_c *p)
{
	const char *at = offset_text(e, p);
	if (!p->base)
		return "?";
	return at ? base_internf(e->c, "%s + %s", p->base, at) : p->base;
}

const char *address(struct emit *e, buf_id b, uint32_t idx, bool write)
{
	struct place_c p = locate(e, b, idx, write);
	return place_text(e, &p);
}

/* ---- repeated loads get a name --------------------------------------------------------------------------------------- */

/* The text of a load, or the name that it was given in this block; while collecting, counts it. */
static const char *named(struct emit *e, const char *text)
{
	for (uint32_t i = e->known.n; i-- > 0;)
		if (e->known.at[i].text == text)
			return e->known.at[i].name;
	return text;
}

static void collect(struct emit *e, const char *text, const char *name, buf_id b, const char *function)
{
	if (!e->look_loads)
		return;
	for (uint32_t i = 0; i < e->seen_loads.n; i++) {
		if (e->seen_loads.at[i].text == text) {
			e->seen_loads.at[i].count++;
			return;
		}
	}
	VEC_PUSH(e->c, e->seen_loads, (struct known){ text, name, b, 1, e->looking_at, function });
}

/* ---- scalars --------------------------------------------------------------------------------------------------------- */

static const char *number(struct emit *e, double v, enum rnn_type type)
{
	char s[64];
	if (isinf(v))
		return v < 0 ? "-INFINITY" : "INFINITY";
	if (isnan(v))
		return "NAN";
	if (type == RNN_I32 || type == RNN_I64 || type == RNN_BOOL)
		return base_internf(e->c, "%lld", (long long)v);
	for (int digits = 1; digits < 18; digits++) {  /* the shortest text that reads back the same */
		snprintf(s, sizeof s, "%.*g", digits, v);
		if (type == RNN_F32 ? strtof(s, NULL) == (float)v : strtod(s, NULL) == v)
			break;
	}
	return base_internf(e->c, "%s%s%s", s, strpbrk(s, ".e") ? "" : ".0", type == RNN_F32 ? "f" : "");
}

static int strength(struct emit *e, expr_id id)
{
	const struct expr *x = &e->c->expr.at[id];
	if (x->kind == X_NUM)
		return x->num < 0 ? 1 : 3;
	if (x->kind == X_CAST)
		return 2;
	if (x->kind != X_OP || x->op > OP_NEG)
		return x->kind == X_OP && (x->op == OP_AND || x->op == OP_OR) ? 0 : 3;
	return x->op == OP_ADD || x->op == OP_SUB ? 1 : x->op == OP_NEG ? 2 : 2;
}

typedef const char *printer(struct emit *, expr_id);

static const char *wrapped(struct emit *e, expr_id x, int least, printer *print)
{
	const char *s = print(e, x);
	bool sum = e->c->expr.at[x].kind == X_POLY && strpbrk(s, " -");
	return sum || strength(e, x) < least ? base_internf(e->c, "(%s)", s) : s;
}

static const char *double_op(struct emit *e, const struct expr *x, const char *const *a)
{
	struct ctx *c = e->c;
	static const char *const cmp[] = { "<", "<=", ">", ">=", "==", "!=" };
	switch (x->op) {
	case OP_MAX: case OP_MIN: return base_internf(c, "(%s %s %s ? %s : %s)", a[0], x->op == OP_MAX ? ">" : "<", a[1], a[0], a[1]);
	case OP_SIGMOID: return base_internf(c, "(1.0 / (1.0 + exp(-(%s))))", a[0]);
	case OP_RELU: return base_internf(c, "(%s < 0.0 ? 0.0 : %s)", a[0], a[0]);
	case OP_ABS: {
		uint8_t type = c->expr.at[x->arg[0]].type;
		if (type == RNN_F64 || type == RNN_F32)
			return base_internf(c, "fabs(%s)", a[0]);
		return base_internf(c, "((%s) < 0 ? -(%s) : (%s))", a[0], a[0], a[0]);
	}
	case OP_FMA: return base_internf(c, "(%s * %s + %s)", a[0], a[1], a[2]);
	case OP_LT: case OP_LE: case OP_GT: case OP_GE: case OP_EQ: case OP_NE:
		return base_internf(c, "(%s %s %s)", a[0], cmp[x->op - OP_LT], a[1]);
	case OP_WHERE: return base_internf(c, "(%s ? %s : %s)", a[0], a[1], a[2]);
	default: return base_internf(c, "%s(%s)", op_info[x->op].text, a[0]);
	}
}

static const char *call_text(struct emit *e, const char *fn, int arity, const char *const *a)
{
	if (arity == 1)
		return base_internf(e->c, "%s(%s)", fn, a[0]);
	if (arity == 2)
		return base_internf(e->c, "%s(%s, %s)", fn, a[0], a[1]);
	return base_internf(e->c, "%s(%s, %s, %s)", fn, a[0], a[1], a[2]);
}

const char *value_scalar(struct emit *e, expr_id id)
{
	struct ctx *c = e->c;
	const struct expr x = c->expr.at[id];
	const char *a[3];
	switch (x.kind) {
	case X_NUM:
		return number(e, x.num, x.type);
	case X_POLY:
		return poly_c(e, x.poly);
	case X_CAST:
		return base_internf(c, "(%s)%s", c_type(x.type), wrapped(e, x.arg[0], 3, value_scalar));
	case X_LOAD: {
		if (c->buf.at[x.of].kind == BUF_REG)
			return name_component(e, x.of, x.idx);
		struct place_c p = locate(e, x.of, x.idx, false);
		const char *at = offset_text(e, &p);
		const char *text = base_internf(c, "%s[%s]", p.base ? p.base : "?", at ? at : "0");
		return text;
	}
	default:
		break;
	}
	bool wide = c->expr.at[x.arg[0]].type == RNN_F64 || c->expr.at[x.arg[op_info[x.op].arity - 1]].type == RNN_F64;
	bool whole = !wide && c->expr.at[x.arg[op_info[x.op].arity - 1]].type != RNN_F32 && x.type != RNN_BOOL;
	if (x.op == OP_NEG)
		return base_internf(c, "-%s", wrapped(e, x.arg[0], 3, value_scalar));
	if (x.op <= OP_DIV) {
		int s = x.op <= OP_SUB ? 1 : 2;
		const char *right = wrapped(e, x.arg[1], s + 1, value_scalar);  /* one order, whatever compiled rnngen: names follow it */
		return base_internf(c, "%s %s %s", wrapped(e, x.arg[0], s, value_scalar), op_info[x.op].text, right);
	}
	for (int i = 0; i < op_info[x.op].arity; i++)
		a[i] = value_scalar(e, x.arg[i]);
	if (op_info[x.op].kind == 'B')
		return x.op == OP_NOT ? base_internf(c, "!%s", wrapped(e, x.arg[0], 3, value_scalar)) :
		       base_internf(c, "(%s %s %s)", a[0], x.op == OP_AND ? "&&" : "||", a[1]);
	if (wide || whole || (op_info[x.op].kind == 'C' && c->expr.at[x.arg[0]].type != RNN_F32))
		return double_op(e, &x, a);
	const char *fn = op_info[x.op].kind == 'C' ? op_info[x.op].text : op_info[x.op].c;
	return call_text(e, call(e, fn, 1), op_info[x.op].arity, a);
}

/* ---- vectors --------------------------------------------------------------------------------------------------------- */

static bool varies(struct ctx *c, expr_id id, void *arg)
{
	const struct emit *e = arg;
	const struct expr *x = &c->expr.at[id];
	return x->kind == X_POLY && poly_uses(c, x->poly, e->lane);
}

bool is_vector(struct emit *e, expr_id x) { return e->lane && expr_any(e->c, x, varies, e); }

static const char *splat(struct emit *e, expr_id x)
{
	const char *text = base_internf(e->c, "%s(%s)", call(e, "splat", e->lanes), value_scalar(e, x));
	const struct expr *y = &e->c->expr.at[x];
	if (y->kind == X_LOAD && e->c->buf.at[y->of].kind != BUF_REG) {
		struct place_c p = locate(e, y->of, y->idx, false);
		const struct expr last = e->c->expr.at[e->c->list.at[y->idx + y->nidx - 1]];
		const char *by = last.kind == X_POLY ? NULL : "id";
		uint32_t n;
		const struct term *t = last.kind == X_POLY ? poly_terms(e->c, last.poly, &n) : NULL;
		if (t && n && t[0].n == 1 && e->c->var.at[t[0].var[0]].kind == VAR_LOOP)
			by = e->c->var.at[t[0].var[0]].name;
		collect(e, text, base_internf(e->c, "%s_%s", p.base, by ? by : "all"), y->of, NULL);
		return named(e, text);
	}
	return text;
}

/* A condition that is the same in all lanes. */
static const char *splat_mask(struct emit *e, expr_id x)
{
	const char *one = call(e, "splat", e->lanes);
	return base_internf(e->c, "%s(%s(%s ? 1.0f : 0.0f), %s(0.0f))", call(e, "ne", e->lanes), one,
	                    wrapped(e, x, 3, value_scalar), one);
}

/* Lanes that lie apart. What a block loads so next to each other it loads in one go (turn.c). */
static const char *strided_load(struct emit *e, buf_id b, const struct place_c *p, const char *from)
{
	const char *text = base_internf(e->c, "load_stride%d(%s, %s)", (int)e->lanes, from, poly_c(e, p->lane));
	bool seen = !e->look_loads || p->gather || !p->base;
	for (uint32_t i = 0; i < e->seen_strided.n && !seen; i++)
		seen = e->seen_strided.at[i].text == text;
	if (!seen)
		VEC_PUSH(e->c, e->seen_strided, (struct strided){ .text = text, .base = p->base, .offset = p->offset, .lane = p->lane, .buf = b,
		                                                  .at = e->looking_at });
	collect(e, text, base_internf(e->c, "%s_v", e->buf_c[b]), b, "load_stride");
	const char *name = named(e, text);
	if (name == text && e->out != &e->nowhere)
		call(e, "load_stride", e->lanes);
	return name;
}

const char *value_vector(struct emit *e, expr_id id)
{
	struct ctx *c = e->c;
	const struct expr x = c->expr.at[id];
	if (!is_vector(e, id))
		return x.type == RNN_BOOL ? splat_mask(e, id) : splat(e, id);
	if (x.kind == X_OP && x.op == OP_WHERE && !is_vector(e, x.arg[0])) {
		const char *no = value_vector(e, x.arg[2]), *yes = value_vector(e, x.arg[1]);
		return base_internf(c, "(%s ? %s : %s)", value_scalar(e, x.arg[0]), yes, no);
	}
	if (x.kind == X_LOAD) {
		if (c->buf.at[x.of].kind == BUF_REG)
			return name_component(e, x.of, x.idx);
		struct place_c p = locate(e, x.of, x.idx, false);
		const char *from = place_text(e, &p), *text;
		if (!poly_is(c, p.lane, 1) && !e->masked)
			return strided_load(e, x.of, &p, from);
		if (!poly_is(c, p.lane, 1))
			text = base_internf(c, "%s(%s, %s, (int)(%s))", call(e, "load_stride_n", e->lanes), from, poly_c(e, p.lane),
			                    poly_c(e, e->active));
		else if (e->masked)
			text = base_internf(c, "%s(%s, (int)(%s))", call(e, "load_n", e->lanes), from, poly_c(e, e->active));
		else
			text = base_internf(c, "%s(%s)", call(e, "load", e->lanes), from);
		collect(e, text, base_internf(c, "%s_v", e->buf_c[x.of]), x.of, NULL);
		return named(e, text);
	}
	const char *a[3];
	if (x.op == OP_NEG)
		return base_internf(c, "-%s", wrapped(e, x.arg[0], 3, value_vector));
	if (x.op <= OP_DIV) {
		int s = x.op <= OP_SUB ? 1 : 2;
		const char *right = wrapped(e, x.arg[1], s + 1, value_vector);  /* one order, whatever compiled rnngen: names follow it */
		return base_internf(c, "%s %s %s", wrapped(e, x.arg[0], s, value_vector), op_info[x.op].text, right);
	}
	for (int i = 0; i < op_info[x.op].arity; i++)
		a[i] = value_vector(e, x.arg[i]);
	if (op_info[x.op].kind == 'B')
		return x.op == OP_NOT ? base_internf(c, "%s(%s)", call(e, "not", e->lanes), a[0]) :
		       base_internf(c, "(%s %s %s)", a[0], op_info[x.op].c, a[1]);
	const char *fn = call(e, op_info[x.op].kind == 'C' ? op_info[x.op].text : op_info[x.op].c, e->lanes);
	return call_text(e, fn, op_info[x.op].arity, a);
}
