/* value.c · symbolic values (see oracle.h)
 *
 * Without reassoc an operation is a function of which nothing is known but what holds for every float: + and * do not mind
 * the order of their two operands, a sign can be taken out of both, 0 + x and 1 * x are x, -1 * x is -x, a*b+c is fma. With reassoc + - * /
 * are those of the integers modulo a prime: two polynomials that differ agree there with a chance of 2^-50 or so. */
#include "oracle.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

#define P ((UINT64_C(1) << 61) - 1)

static uint64_t times(uint64_t a, uint64_t b) { return (uint64_t)((wide)a * b % P); }
static uint64_t plus(uint64_t a, uint64_t b) { return (a + b) % P; }
static uint64_t minus(uint64_t a) { return a ? P - a : 0; }

static uint64_t power(uint64_t a, uint64_t n)
{
	uint64_t x = 1;
	for (; n; n >>= 1, a = times(a, a))
		x = n & 1 ? times(x, a) : x;
	return x;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static uint64_t hash(uint64_t what, uint64_t a, uint64_t b, uint64_t d)
{
	return mix(mix(mix(mix(UINT64_C(0x243f6a8885a308d3), what), a), b), d) % (P - 1) + 1;
}

enum { PLACE = OP_COUNT + 1, CAST, INFINITE };

/* A float is an integer by a power of two. */
static uint64_t field(double v)
{
	int e;
	if (!isfinite(v))
		return isnan(v) ? hash(INFINITE, 1, 0, 0) : v > 0 ? hash(INFINITE, 0, 0, 0) : minus(hash(INFINITE, 0, 0, 0));
	uint64_t m = (uint64_t)ldexp(fabs(frexp(v, &e)), 53) % P;
	uint64_t two = UINT64_C(1) << ((e - 53) % 61 + 61) % 61;  /* 2^61 is 1 */
	m = times(m, two);
	return v < 0 ? minus(m) : m;
}

struct sym sym_number(double v) { return (struct sym){ .h = field(v), .num = v, .known = true }; }
struct sym sym_place(uint32_t of, uint64_t at) { return (struct sym){ .h = hash(PLACE, of, at, 0) }; }

static struct sym named(uint64_t h) { return (struct sym){ .h = h }; }
static bool is(struct sym a, double v) { return a.known && a.num == v; }

/* The size of a value, where x and -x have one; *sign is turned where it is -x. */
static uint64_t size_of(uint64_t h, bool *sign)
{
	bool big = h > P / 2;
	*sign ^= big;
	return big ? P - h : h;
}

static struct sym product(bool reassoc, uint64_t what, struct sym a, struct sym b)
{
	bool sign = false;
	if (reassoc)
		return named(times(a.h, what == OP_DIV ? power(b.h, P - 2) : b.h));
	uint64_t x = size_of(a.h, &sign), y = size_of(b.h, &sign);
	uint64_t h = what == OP_MUL && x > y ? hash(what, y, x, 0) : hash(what, x, y, 0);
	return named(sign ? minus(h) : h);
}

static struct sym sum(bool reassoc, struct sym a, struct sym b)
{
	bool first = false, second = false;
	if (reassoc)
		return named(plus(a.h, b.h));
	uint64_t x = size_of(a.h, &first), y = size_of(b.h, &second);
	if (x > y) {
		uint64_t swap = x;
		bool turn = first;
		x = y, y = swap;
		first = second, second = turn;
	}
	if (x == y && first != second)
		return sym_number(0);
	uint64_t h = hash(OP_ADD, x, y, first != second);
	return named(first ? minus(h) : h);
}

/* The larger, or the smaller: one of the two, by a number drawn for each, since neither order nor repetition counts. */
static struct sym extreme(enum op op, struct sym a, struct sym b)
{
	double least = op == OP_MAX ? -INFINITY : INFINITY;
	if (is(a, least))
		return b;
	if (is(b, least))
		return a;
	return hash(op, a.h, 0, 0) < hash(op, b.h, 0, 0) ? a : b;
}

static struct sym uninterpreted(enum op op, struct sym a, struct sym b)
{
	struct sym x = named(hash(op, a.h, op_info[op].arity > 1 ? b.h : 0, 0));
	x.truth = op_info[op].kind == 'C' || op_info[op].kind == 'B';
	return x;
}

static struct sym combine(bool reassoc, enum op op, struct sym a, struct sym b, struct sym d);

static struct sym symbolic(bool reassoc, enum op op, struct sym a, struct sym b, struct sym d)
{
	switch (op) {
	case OP_FMA:
		return symbolic(reassoc, OP_ADD, combine(reassoc, OP_MUL, a, b, d), d, d);
	case OP_SUB:
		return combine(reassoc, OP_ADD, a, combine(reassoc, OP_NEG, b, b, b), b);
	case OP_NEG:
		return named(minus(a.h));
	case OP_ADD:
		return is(a, 0) ? b : is(b, 0) ? a : sum(reassoc, a, b);
	case OP_MUL:
		if (is(a, 1) || is(b, 1))
			return is(a, 1) ? b : a;
		if (is(a, -1) || is(b, -1))
			return named(minus(is(a, -1) ? b.h : a.h));
		return is(a, 0) || is(b, 0) ? sym_number(0) : product(reassoc, op, a, b);
	case OP_DIV:
		return is(b, 1) ? a : product(reassoc, op, a, b);
	case OP_MAX: case OP_MIN:
		return extreme(op, a, b);
	case OP_WHERE:
		if (a.known)
			return a.num != 0 ? b : d;
		if (b.h == d.h)
			return b;
		if (a.truth && is(b, 1) && is(d, 0))       /* a condition as a number, and back */
			return a;
		return reassoc ? named(plus(times(a.h, b.h), times(plus(1, minus(a.h)), d.h))) : named(hash(op, a.h, b.h, d.h));
	case OP_AND: case OP_OR:                        /* one side may decide: `x and false` */
		if (a.known || b.known) {
			const struct sym one = a.known ? a : b, other = a.known ? b : a;
			return (one.num != 0) == (op == OP_OR) ? sym_number(op == OP_OR) : other;
		}
		return uninterpreted(op, a, b);
	case OP_NE:
		if (a.truth && is(b, 0))
			return a;
		/* fall through */
	default:
		return uninterpreted(op, a, b);
	}
}

/* Has the number of a sum or product lost bits that its name has? */
static bool is_rounded(struct sym a) { return a.h != field(a.num); }

static struct sym combine(bool reassoc, enum op op, struct sym a, struct sym b, struct sym d)
{
	int n = op_info[op].arity;
	bool known = a.known && (n < 2 || b.known) && (n < 3 || d.known);
	if (!known)
		return symbolic(reassoc, op, a, b, d);
	struct sym x = sym_number(op_eval(op, a.num, n > 1 ? b.num : 0, n > 2 ? d.num : 0));
	if (!reassoc || !isfinite(x.num))
		return x;
	/* numbers round, their names do not: 0.1 * (0.2 * x) and (0.1 * 0.2) * x are one */
	switch (op) {
	case OP_ADD: x.h = plus(a.h, b.h); break;
	case OP_SUB: x.h = plus(a.h, minus(b.h)); break;
	case OP_MUL: x.h = times(a.h, b.h); break;
	case OP_DIV: x.h = product(true, op, a, b).h; break;
	case OP_FMA: x.h = plus(times(a.h, b.h), d.h); break;
	case OP_WHERE: x.h = a.num != 0 ? b.h : d.h; break;
	case OP_NEG: x.h = minus(a.h); break;
	case OP_MAX: case OP_MIN: x.h = x.num == a.num ? a.h : b.h; break;
	default:
		if (op_info[op].kind != 'C' && op_info[op].kind != 'B' && (is_rounded(a) || (n > 1 && is_rounded(b))))
			x.h = hash(op, a.h, n > 1 ? b.h : 0, 0);  /* tanh of a product is named by the product */
	}
	return x;
}

struct sym sym_op(bool reassoc, enum op op, struct sym a, struct sym b, struct sym d)
{
	int n = op_info[op].arity;
	struct sym x = combine(reassoc, op, a, b, d);
	x.from = a.from | (n > 1 ? b.from : 0) | (n > 2 ? d.from : 0);
	return x;
}

struct sym sym_cast(uint8_t type, struct sym a)
{
	bool whole = type == RNN_I32 || type == RNN_I64;
	if (!whole)
		return a;
	struct sym x = a.known ? sym_number(trunc(a.num)) : named(hash(CAST, type, a.h, 0));
	x.from = a.from;
	return x;
}
