/* poly.c · integer index arithmetic as interned polynomials
 *
 * A polynomial is a sorted list of terms, factor * product of at most four variables. Division, remainder, min and
 * max that cannot be simplified become variables of their own (VAR_DIV, VAR_MOD, VAR_MIN, VAR_MAX), interned by
 * their operands, so that equality of handles is equality of form everywhere.
 *
 *   (io * 16 + ii) / 16  with 0 <= ii < 16   ->  io
 *   (io * 16 + ii) % 16                      ->  ii                                                           */
#include "ir/ir.h"

#include <stdlib.h>

struct poly { uint32_t n; const struct term *t; };

#define INF INT64_MAX

static int term_order(const struct term *a, const struct term *b)
{
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	for (int i = 0; i < a->n; i++)
		if (a->var[i] != b->var[i])
			return a->var[i] < b->var[i] ? -1 : 1;
	return 0;
}

static uint32_t terms_hash(const struct term *t, uint32_t n)
{
	uint64_t h = 1469598103934665603u;
	for (uint32_t i = 0; i < n; i++) {
		h = (h ^ (uint64_t)t[i].factor) * 1099511628211u;
		for (int k = 0; k < t[i].n; k++)
			h = (h ^ t[i].var[k]) * 1099511628211u;
		h = (h ^ t[i].n) * 1099511628211u;
	}
	return (uint32_t)(h ^ h >> 32);
}

static bool terms_equal(const struct poly *p, const struct term *t, uint32_t n)
{
	if (p->n != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (p->t[i].factor != t[i].factor || term_order(&p->t[i], &t[i]))
			return false;
	return true;
}

static void hash_insert(struct ctx *c, poly_id p)
{
	uint32_t at = terms_hash(c->poly.at[p].t, c->poly.at[p].n) & (c->poly_hash_cap - 1);
	while (c->poly_hash[at])
		at = (at + 1) & (c->poly_hash_cap - 1);
	c->poly_hash[at] = p;
}

/* The handle of sorted, combined terms without zero factors. */
static poly_id intern_terms(struct ctx *c, const struct term *t, uint32_t n)
{
	if (!c->poly.n)
		VEC_PUSH(c, c->poly, (struct poly){ 0 });
	if (c->poly.n * 2 >= c->poly_hash_cap) {
		c->poly_hash_cap = c->poly_hash_cap ? c->poly_hash_cap * 2 : 1024;
		c->poly_hash = base_alloc(c, c->poly_hash_cap * sizeof *c->poly_hash);
		for (poly_id p = 1; p < c->poly.n; p++)
			hash_insert(c, p);
	}
	uint32_t at = terms_hash(t, n) & (c->poly_hash_cap - 1);
	for (; c->poly_hash[at]; at = (at + 1) & (c->poly_hash_cap - 1))
		if (terms_equal(&c->poly.at[c->poly_hash[at]], t, n))
			return c->poly_hash[at];
	struct term *copy = base_alloc(c, n * sizeof *copy);
	if (n)
		memcpy(copy, t, n * sizeof *copy);
	poly_id p = c->poly.n;
	VEC_PUSH(c, c->poly, (struct poly){ n, copy });
	return c->poly_hash[at] = p;
}

static int term_compare(const void *a, const void *b) { return term_order(a, b); }

/* Sorts, combines equal monomials, drops zeros. */
static poly_id from_terms(struct ctx *c, struct term *t, uint32_t n)
{
	uint32_t m = 0;
	bool sorted = true;
	for (uint32_t i = 1; i < n && sorted; i++)
		sorted = term_order(&t[i - 1], &t[i]) <= 0;
	if (!sorted)
		qsort(t, n, sizeof *t, term_compare);
	for (uint32_t i = 0; i < n; i++) {
		if (m && !term_order(&t[m - 1], &t[i]))
			t[m - 1].factor += t[i].factor;
		else
			t[m++] = t[i];
		if (!t[m - 1].factor)
			m--;
	}
	return intern_terms(c, t, m);
}

const struct term *poly_terms(struct ctx *c, poly_id p, uint32_t *n)
{
	*n = c->poly.at[p].n;
	return c->poly.at[p].t;
}

var_id var_new(struct ctx *c, enum var_kind kind, const char *name, poly_id extent, loc_t loc)
{
	var_id v = c->var.n;
	VEC_PUSH(c, c->var, (struct var){ .kind = (uint8_t)kind, .name = name, .extent = extent, .loc = loc });
	return v;
}

static var_id var_opaque(struct ctx *c, enum var_kind kind, poly_id a, poly_id b, int64_t k)
{
	for (var_id v = 1; v < c->var.n; v++) {
		const struct var *x = &c->var.at[v];
		if (x->kind == kind && x->a == a && x->b == b && x->k == k)
			return v;
	}
	var_id v = var_new(c, kind, NULL, 0, 0);
	c->var.at[v].a = a;
	c->var.at[v].b = b;
	c->var.at[v].k = k;
	return v;
}

poly_id poly_int(struct ctx *c, int64_t v)
{
	struct term t = { .factor = v };
	return intern_terms(c, &t, v != 0);
}

poly_id poly_var(struct ctx *c, var_id v)
{
	struct term t = { .factor = 1, .n = 1, .var = { v } };
	return intern_terms(c, &t, 1);
}

/* Zeroed room for n terms while a polynomial is made: `few` where that is enough, so that the arena keeps nothing of them. */
enum { FEW = 32 };
static struct term *room(struct ctx *c, struct term *few, uint32_t n)
{
	return n > FEW ? base_alloc(c, n * sizeof *few) : memset(few, 0, n * sizeof *few);
}

static poly_id combine(struct ctx *c, poly_id a, poly_id b, int64_t kb)
{
	uint32_t na, nb;
	const struct term *ta = poly_terms(c, a, &na), *tb = poly_terms(c, b, &nb);
	struct term few[FEW], *t = room(c, few, na + nb);
	if (na)
		memcpy(t, ta, na * sizeof *t);
	for (uint32_t i = 0; i < nb; i++) {
		t[na + i] = tb[i];
		t[na + i].factor *= kb;
	}
	return from_terms(c, t, na + nb);
}

poly_id poly_add(struct ctx *c, poly_id a, poly_id b) { return combine(c, a, b, 1); }
poly_id poly_sub(struct ctx *c, poly_id a, poly_id b) { return combine(c, a, b, -1); }
poly_id poly_scale(struct ctx *c, poly_id a, int64_t k) { return combine(c, poly_int(c, 0), a, k); }

poly_id poly_mul(struct ctx *c, poly_id a, poly_id b)
{
	uint32_t na, nb;
	const struct term *ta = poly_terms(c, a, &na), *tb = poly_terms(c, b, &nb);
	struct term few[FEW], *t = room(c, few, na * nb);
	for (uint32_t i = 0; i < na; i++) {
		for (uint32_t k = 0; k < nb; k++) {
			struct term *r = &t[i * nb + k];
			if (ta[i].n + tb[k].n > 4) {
				fprintf(stderr, "rnngen: internal error: an index has a product of more than four names\n");
				exit(3);
			}
			r->factor = ta[i].factor * tb[k].factor;
			int x = 0, y = 0;
			while (x < ta[i].n || y < tb[k].n)
				r->var[r->n++] = y == tb[k].n || (x < ta[i].n && ta[i].var[x] <= tb[k].var[y]) ?
				                 ta[i].var[x++] : tb[k].var[y++];
		}
	}
	return from_terms(c, t, na * nb);
}

static int64_t sat_add(int64_t a, int64_t b);
static int64_t sat_mul(int64_t a, int64_t b);

/* ---- what m:bound promises ------------------------------------------------------------------------------------------- */

static int64_t gcd(int64_t a, int64_t b) { return b ? gcd(b, a % b) : a < 0 ? -a : a; }

static int64_t var_multiple(struct ctx *c, var_id v)
{
	const struct var *x = &c->var.at[v];
	int64_t m;
	switch (x->kind) {
	case VAR_DIM:
		return x->bound.multiple ? x->bound.multiple : 1;
	case VAR_DIV:
		m = poly_multiple(c, x->a);
		return m % x->k ? 1 : m / x->k;
	case VAR_MIN: case VAR_MAX:
		return gcd(poly_multiple(c, x->a), poly_multiple(c, x->b));
	default:
		return 1;
	}
}

static int64_t term_multiple(struct ctx *c, const struct term *t)
{
	int64_t m = t->factor < 0 ? -t->factor : t->factor;
	for (int k = 0; k < t->n; k++) {
		int64_t more = sat_mul(m, var_multiple(c, t->var[k]));
		m = more == INF ? m : more;
	}
	return m;
}

int64_t poly_multiple(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	int64_t m = 0;
	for (uint32_t i = 0; i < n; i++)
		m = gcd(m, term_multiple(c, &t[i]));
	return m;
}

bool poly_tiled(struct ctx *c, poly_id extent, int64_t k)
{
	int64_t v, lo, hi;
	if (poly_const(c, extent, &v))
		return v > 0 && v % k == 0;
	/* no tile at all is right where a loop counts them, which it does where there can be two */
	return poly_multiple(c, extent) % k == 0 && (poly_range(c, extent, &lo, &hi) ? lo > 0 || hi > k : true);
}

static bool is_fixed(const struct var *x) { return x->kind == VAR_DIM && x->bound.multiple && x->bound.min == x->bound.max; }

poly_id poly_fixed(struct ctx *c, poly_id p)
{
	for (uint32_t d = 1; p && d < c->dim.n; d++)
		if (c->dim.at[d].var && is_fixed(&c->var.at[c->dim.at[d].var]))
			p = poly_subst(c, p, c->dim.at[d].var, poly_int(c, c->var.at[c->dim.at[d].var].bound.min));
	return p;
}

/* ---- division ---------------------------------------------------------------------------------------------------------- */

/* p = k * (terms divisible by k) + rest */
static void divide(struct ctx *c, poly_id p, int64_t k, poly_id *quotient, poly_id *rest)
{
	uint32_t n, q = 0, r = 0;
	const struct term *t = poly_terms(c, p, &n);
	struct term fq[FEW], fr[FEW], *tq = room(c, fq, n + 1), *tr = room(c, fr, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		int64_t m = ((t[i].factor % k) + k) % k;
		if (t[i].n == 0 && m) {  /* a constant divides in part */
			tr[r] = t[i];
			tr[r++].factor = m;
			tq[q] = t[i];
			tq[q].factor = (t[i].factor - m) / k;
			q += tq[q].factor != 0;
		} else if (m && term_multiple(c, &t[i]) % k == 0) {  /* a dim that is a multiple of k */
			tq[q++] = (struct term){ .factor = 1, .n = 1, .var = { var_opaque(c, VAR_DIV, intern_terms(c, &t[i], 1), 0, k) } };
		} else if (m) {
			tr[r++] = t[i];
		} else {
			tq[q] = t[i];
			tq[q++].factor /= k;
		}
	}
	*quotient = from_terms(c, tq, q);
	*rest = from_terms(c, tr, r);
}

static int64_t sat_add(int64_t a, int64_t b)
{
	if (a == INF || b == INF) return INF;
	if (a == -INF || b == -INF) return -INF;
	int64_t r;
	if (__builtin_add_overflow(a, b, &r))
		return a > 0 ? INF : -INF;
	return r;
}

static int64_t sat_mul(int64_t a, int64_t b)
{
	if (a == 0 || b == 0) return 0;
	if (a == INF || a == -INF || b == INF || b == -INF)
		return (a > 0) == (b > 0) ? INF : -INF;
	int64_t r;
	if (__builtin_mul_overflow(a, b, &r))
		return (a > 0) == (b > 0) ? INF : -INF;
	return r;
}

static void range(struct ctx *c, poly_id p, int64_t *lo, int64_t *hi);

static void var_range(struct ctx *c, var_id v, int64_t *lo, int64_t *hi)
{
	const struct var *x = &c->var.at[v];
	int64_t al, ah, bl, bh;
	*lo = 0;
	*hi = INF;
	switch (x->kind) {
	case VAR_DIM:
		if (x->bound.multiple && (is_fixed(x) || !c->no_bounds)) {
			*lo = x->bound.min;
			*hi = x->bound.max;
		}
		break;
	case VAR_AXIS: case VAR_LOOP:
		if (x->extent) {
			range(c, x->extent, &al, &ah);
			*hi = ah == INF ? INF : ah > 0 ? ah - 1 : 0;
		}
		break;
	case VAR_DIV:
		range(c, x->a, &al, &ah);
		*lo = al == -INF ? -INF : al >= 0 ? al / x->k : -((-al + x->k - 1) / x->k);
		*hi = ah == INF ? INF : ah >= 0 ? ah / x->k : -((-ah) / x->k);
		break;
	case VAR_MOD:
		*hi = x->k - 1;
		break;
	case VAR_MIN: case VAR_MAX:
		range(c, x->a, &al, &ah);
		range(c, x->b, &bl, &bh);
		if (x->kind == VAR_MIN) {
			*lo = al < bl ? al : bl;
			*hi = ah < bh ? ah : bh;
		} else {
			*lo = al > bl ? al : bl;
			*hi = ah > bh ? ah : bh;
		}
		break;
	}
}

static void range(struct ctx *c, poly_id p, int64_t *lo, int64_t *hi)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	*lo = *hi = 0;
	for (uint32_t i = 0; i < n; i++) {
		int64_t l = 1, h = 1;
		for (int k = 0; k < t[i].n; k++) {
			int64_t vl, vh;
			var_range(c, t[i].var[k], &vl, &vh);
			int64_t a = sat_mul(l, vl), b = sat_mul(l, vh), d = sat_mul(h, vl), e = sat_mul(h, vh);
			int64_t m1 = a < b ? a : b, m2 = d < e ? d : e, x1 = a > b ? a : b, x2 = d > e ? d : e;
			l = m1 < m2 ? m1 : m2;
			h = x1 > x2 ? x1 : x2;
		}
		int64_t a = sat_mul(l, t[i].factor), b = sat_mul(h, t[i].factor);
		*lo = sat_add(*lo, a < b ? a : b);
		*hi = sat_add(*hi, a < b ? b : a);
	}
}

bool poly_range(struct ctx *c, poly_id p, int64_t *lo, int64_t *hi)
{
	range(c, p, lo, hi);
	return *lo != -INF && *hi != INF;
}

bool poly_upper(struct ctx *c, poly_id p, int64_t *hi)
{
	int64_t lo;
	range(c, p, &lo, hi);
	return *hi != INF;
}

bool poly_upper_exact(struct ctx *c, poly_id p, int64_t *hi)
{
	c->no_bounds = true;
	bool known = poly_upper(c, p, hi);
	c->no_bounds = false;
	return known;
}

/* Is r / k the same number for all values of r? */
static bool same_quotient(struct ctx *c, poly_id r, int64_t k, int64_t *q)
{
	int64_t lo, hi;
	if (!poly_range(c, r, &lo, &hi) || lo < 0)
		return false;
	*q = lo / k;
	return hi / k == *q;
}

poly_id poly_div(struct ctx *c, poly_id a, int64_t k)
{
	poly_id q, r;
	int64_t n;
	if (k == 1)
		return a;
	divide(c, a, k, &q, &r);
	if (same_quotient(c, r, k, &n))
		return poly_add(c, q, poly_int(c, n));
	return poly_add(c, q, poly_var(c, var_opaque(c, VAR_DIV, r, 0, k)));
}

poly_id poly_mod(struct ctx *c, poly_id a, int64_t k)
{
	poly_id q, r;
	int64_t n;
	if (k == 1)
		return poly_int(c, 0);
	divide(c, a, k, &q, &r);
	if (same_quotient(c, r, k, &n))
		return poly_sub(c, r, poly_int(c, n * k));
	const struct poly *p = &c->poly.at[r];
	if (p->n == 1 && p->t->n == 1 && p->t->factor == 1) {
		const struct var v = c->var.at[p->t->var[0]];
		if (v.kind == VAR_MOD && v.k % k == 0)
			return poly_mod(c, v.a, k);  /* x % 6 % 2 */
	}
	return poly_var(c, var_opaque(c, VAR_MOD, r, 0, k));
}

poly_id poly_ceildiv(struct ctx *c, poly_id a, int64_t k) { return poly_div(c, poly_add(c, a, poly_int(c, k - 1)), k); }

static poly_id extreme(struct ctx *c, enum var_kind kind, poly_id a, poly_id b)
{
	int64_t lo, hi;
	range(c, poly_sub(c, a, b), &lo, &hi);
	if (lo >= 0)
		return kind == VAR_MIN ? b : a;
	if (hi <= 0)
		return kind == VAR_MIN ? a : b;
	if (a > b) {  /* min and max commute: one form for both orders */
		poly_id t = a;
		a = b;
		b = t;
	}
	return poly_var(c, var_opaque(c, kind, a, b, 0));
}

poly_id poly_min(struct ctx *c, poly_id a, poly_id b) { return extreme(c, VAR_MIN, a, b); }
poly_id poly_max(struct ctx *c, poly_id a, poly_id b) { return extreme(c, VAR_MAX, a, b); }

bool poly_const(struct ctx *c, poly_id p, int64_t *v)
{
	uint32_t n;
	const struct term *t = poly_terms(c, c->fixed ? poly_fixed(c, p) : p, &n);
	if (n > 1 || (n == 1 && t[0].n))
		return false;
	*v = n ? t[0].factor : 0;
	return true;
}

bool poly_is(struct ctx *c, poly_id p, int64_t v)
{
	int64_t x;
	return poly_const(c, p, &x) && x == v;
}

static bool var_uses(struct ctx *c, var_id x, var_id v)
{
	const struct var *p = &c->var.at[x];
	return x == v || (p->kind >= VAR_DIV && (poly_uses(c, p->a, v) || (p->b && poly_uses(c, p->b, v))));
}

bool poly_uses(struct ctx *c, poly_id p, var_id v)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < t[i].n; k++)
			if (var_uses(c, t[i].var[k], v))
				return true;
	return false;
}

bool poly_of_dims(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; k < t[i].n; k++) {
			const struct var *v = &c->var.at[t[i].var[k]];
			if (v->kind != VAR_DIM && (v->kind < VAR_DIV || !poly_of_dims(c, v->a) || (v->b && !poly_of_dims(c, v->b))))
				return false;
		}
	return true;
}

int64_t poly_coef(struct ctx *c, poly_id p, var_id v)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++)
		if (t[i].n == 1 && t[i].var[0] == v)
			return t[i].factor;
	return 0;
}

poly_id poly_without(struct ctx *c, poly_id p, var_id v) { return poly_subst(c, p, v, poly_int(c, 0)); }

bool poly_linear_in(struct ctx *c, poly_id p, var_id v)
{
	poly_id rest = poly_sub(c, p, poly_scale(c, poly_var(c, v), poly_coef(c, p, v)));
	return !poly_uses(c, rest, v);
}

static poly_id var_subst(struct ctx *c, var_id x, int64_t f, var_id v, poly_id by)
{
	struct var p = c->var.at[x];
	if (x == v)
		return by;
	if (!var_uses(c, x, v))
		return poly_var(c, x);
	poly_id a = poly_subst_multiple(c, p.a, f, v, by), b = p.b ? poly_subst_multiple(c, p.b, f, v, by) : p.b;
	if (!a || (p.b && !b))
		return 0;
	switch (p.kind) {
	case VAR_DIV: return poly_div(c, a, p.k);
	case VAR_MOD: return poly_mod(c, a, p.k);
	case VAR_MIN: return poly_min(c, a, b);
	default:      return poly_max(c, a, b);
	}
}

poly_id poly_subst_multiple(struct ctx *c, poly_id p, int64_t f, var_id v, poly_id by)
{
	if (!poly_uses(c, p, v))
		return p;
	uint32_t n = c->poly.at[p].n;
	const struct term *t = c->poly.at[p].t;
	poly_id sum = poly_int(c, 0);
	for (uint32_t i = 0; i < n; i++) {
		int64_t factor = t[i].factor;
		poly_id product = poly_int(c, 1);
		for (int k = 0; k < t[i].n; k++) {
			poly_id x = var_subst(c, t[i].var[k], f, v, by);
			if (!x || (t[i].var[k] == v && factor % f))
				return 0;
			factor /= t[i].var[k] == v ? f : 1;
			product = poly_mul(c, product, x);
		}
		sum = poly_add(c, sum, poly_scale(c, product, factor));
	}
	return sum;
}

poly_id poly_subst(struct ctx *c, poly_id p, var_id v, poly_id by) { return poly_subst_multiple(c, p, 1, v, by); }

static int64_t var_eval(struct ctx *c, var_id v, const int64_t *value)
{
	const struct var *x = &c->var.at[v];
	if (x->kind < VAR_DIV)
		return value[v];
	int64_t a = poly_eval(c, x->a, value), b;
	switch (x->kind) {
	case VAR_DIV: return a >= 0 ? a / x->k : -((-a + x->k - 1) / x->k);
	case VAR_MOD: return (a % x->k + x->k) % x->k;
	case VAR_MIN: b = poly_eval(c, x->b, value); return a < b ? a : b;
	default:      b = poly_eval(c, x->b, value); return a > b ? a : b;
	}
}

int64_t poly_eval(struct ctx *c, poly_id p, const int64_t *value)
{
	const struct poly *q = &c->poly.at[p];
	int64_t sum = 0;
	for (uint32_t i = 0; i < q->n; i++) {
		int64_t product = q->t[i].factor;
		for (int k = 0; k < q->t[i].n; k++)
			product *= var_eval(c, q->t[i].var[k], value);
		sum += product;
	}
	return sum;
}

/* ---- printing: terms of one factor together, larger factors first, the constant last ----------------------------- */

static void print_var(struct ctx *c, var_id v, struct text *out)
{
	const struct var *x = &c->var.at[v];
	switch (x->kind) {
	case VAR_DIV: case VAR_MOD: {
		uint32_t n;
		const struct term *t = poly_terms(c, x->a, &n);
		bool simple = n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind < VAR_DIV;
		text_puts(out, simple ? "" : "(");
		poly_print(c, x->a, out);
		text_printf(out, "%s %s %lld", simple ? "" : ")", x->kind == VAR_DIV ? "/" : "%", (long long)x->k);
		break;
	}
	case VAR_MIN: case VAR_MAX:
		text_printf(out, "%s%s(", x->kind == VAR_MIN ? "min" : "max", c->emitting ? "_i" : "");
		poly_print(c, x->a, out);
		text_puts(out, ", ");
		poly_print(c, x->b, out);
		text_puts(out, ")");
		break;
	default: text_puts(out, x->name);
	}
}

static void print_product(struct ctx *c, const struct term *t, struct text *out)
{
	/* loops before dims: "t * N" */
	for (int pass = 0, first = 1; pass < 2; pass++) {
		for (int k = 0; k < t->n; k++) {
			const struct var *x = &c->var.at[t->var[k]];
			if ((x->kind == VAR_DIM) != (pass == 1))
				continue;
			bool wrap = (x->kind == VAR_DIV || x->kind == VAR_MOD) && (t->n > 1 || t->factor != 1);
			text_puts(out, first ? "" : " * ");
			first = 0;
			text_puts(out, wrap ? "(" : "");
			print_var(c, t->var[k], out);
			text_puts(out, wrap ? ")" : "");
		}
	}
}

void poly_print(struct ctx *c, poly_id p, struct text *out)
{
	uint32_t n, left;
	const struct term *t = poly_terms(c, p, &n);
	bool *done = base_alloc(c, n + 1);
	if (!n)
		text_puts(out, "0");
	bool first = true;
	for (left = n; left;) {
		uint32_t best = n, same = 0;  /* positive before negative, variables before the constant, large before small */
		for (uint32_t i = 0; i < n; i++) {
			if (done[i])
				continue;
			if (best == n || (t[i].n != 0) > (t[best].n != 0) ||
			    ((t[i].n != 0) == (t[best].n != 0) && t[i].factor > t[best].factor))
				best = i;
		}
		int64_t f = t[best].factor;
		for (uint32_t i = 0; i < n; i++)
			same += !done[i] && t[i].n && t[i].factor == f;
		bool minus = f < 0;
		uint64_t a = minus ? (uint64_t)0 - (uint64_t)f : (uint64_t)f;
		text_puts(out, first ? (minus ? "-" : "") : minus ? " - " : " + ");
		if (!t[best].n) {
			text_printf(out, "%llu", (unsigned long long)a);
			done[best] = true;
			left--;
		} else {
			bool wrap = same > 1 && (a != 1 || minus);
			text_puts(out, wrap ? "(" : "");
			for (uint32_t i = 0, k = 0; i < n; i++) {
				if (done[i] || !t[i].n || t[i].factor != f)
					continue;
				text_puts(out, k++ ? " + " : "");
				print_product(c, &t[i], out);
				done[i] = true;
				left--;
			}
			text_puts(out, wrap ? ")" : "");
			if (a != 1)
				text_printf(out, " * %llu", (unsigned long long)a);
		}
		first = false;
	}
}

void poly_sides(struct ctx *c, poly_id p, poly_id *more, poly_id *less)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	*less = poly_int(c, 0);
	for (uint32_t i = 0; i < n; i++) {
		struct term minus = t[i];
		minus.factor = -minus.factor;
		if (minus.factor > 0)
			*less = poly_add(c, *less, intern_terms(c, &minus, 1));
	}
	*more = poly_add(c, p, *less);
}

const char *poly_text(struct ctx *c, poly_id p)
{
	struct text t = { .c = c };
	poly_print(c, p, &t);
	return t.s;
}
