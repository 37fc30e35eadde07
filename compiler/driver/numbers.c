/* numbers.c · numbers for models: values of every type as double, random ones, counts of operations (see host.h)
 *
 * Random params are uniform in +-1/sqrt(fan-in), the fan-in taken from the reductions that run over the param: the
 * recurrent matrix then has a spectral radius of about 0.58, so that rounding errors do not grow from step to
 * step, and a difference between two runs means a difference between two programs. */
#include "driver/host.h"
#include "schedule/schedule.h"

#include <math.h>

/* ---- types ----------------------------------------------------------------------------------------------------- */

/* Five or eight bits of exponent, ten or seven of fraction. */
static double half_value(uint16_t h, int exponent_bits)
{
	int fraction_bits = 15 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
	int e = (h >> fraction_bits) & ((1 << exponent_bits) - 1), f = h & ((1 << fraction_bits) - 1);
	double v = e == 2 * bias + 1 ? (f ? NAN : INFINITY) :
	           ldexp(e ? f + (1 << fraction_bits) : f, (e ? e : 1) - bias - fraction_bits);
	return h & 0x8000 ? -v : v;
}

double number_load(int32_t type, const void *p, size_t i)
{
	switch (type) {
	case RNN_F32:  return ((const float *)p)[i];
	case RNN_F64:  return ((const double *)p)[i];
	case RNN_F16:  return half_value(((const uint16_t *)p)[i], 5);
	case RNN_BF16: return half_value(((const uint16_t *)p)[i], 8);
	case RNN_I32:  return ((const int32_t *)p)[i];
	case RNN_I64:  return (double)((const int64_t *)p)[i];
	default:       return ((const uint8_t *)p)[i];
	}
}

/* v fits the type; the 16-bit floats are only read. */
void number_store(int32_t type, void *p, size_t i, double v)
{
	switch (type) {
	case RNN_F32: ((float *)p)[i] = (float)v; break;
	case RNN_F64: ((double *)p)[i] = v; break;
	case RNN_I32: ((int32_t *)p)[i] = (int32_t)v; break;
	case RNN_I64: ((int64_t *)p)[i] = (int64_t)v; break;
	default:      ((uint8_t *)p)[i] = (uint8_t)v; break;
	}
}

void numbers_put(const struct rnn_tensor *t, void *p, const struct array *a)
{
	size_t n = numbers_count(a);
	for (size_t i = 0; i < n; i++)
		number_store(t->type, p, i, a->f[i]);
}

void numbers_get(const struct rnn_tensor *t, const void *p, struct array *a)
{
	size_t n = numbers_count(a);
	for (size_t i = 0; i < n; i++)
		a->f[i] = number_load(t->type, p, i);
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

/* Values of all variables, of which only the dims are set. */
int64_t *numbers_values(struct ctx *c, const int64_t *dim)
{
	int64_t *value = base_alloc(c, c->var.n * sizeof *value);
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (c->dim.at[d].var)
			value[c->dim.at[d].var] = dim[d];
	return value;
}

size_t numbers_count(const struct array *a)
{
	size_t n = 1;
	for (uint32_t d = 0; d < a->rank; d++)
		n *= (size_t)a->shape[d];
	return n;
}

struct array numbers_array(struct ctx *c, tensor_id t, const int64_t *dim, uint32_t steps)
{
	const struct tensor *x = &c->tensor.at[t];
	const int64_t *value = numbers_values(c, dim);
	struct array a = { .type = (enum rnn_type)x->type, .rank = x->rank };
	uint32_t k = 0;
	if (steps)
		a.shape[k++] = steps;
	for (uint32_t d = 0; d < x->rank; d++)
		if (!steps || (int)d != x->time)
			a.shape[k++] = poly_eval(c, x->extent[d], value);
	a.f = base_alloc(c, (numbers_count(&a) + 1) * sizeof *a.f);
	return a;
}

bool numbers_sizes(struct ctx *c, const struct sizes *s, int64_t *dim)
{
	for (uint32_t i = 0; i < s->n; i++) {
		const struct setting *x = &s->at[i];
		uint32_t d = host_dim(c, x->name);
		if (d && c->dim.at[d].var && x->value >= 1 && x->value <= INT32_MAX) {
			dim[d] = x->value;
			const char *broken = sched_bound_breaks(c, d, x->value);
			if (!broken)
				continue;
			diag(c, ERR_bound, 0, "%s", broken);
			diag_fix(c, "give a size that keeps the promise, or leave m:bound out");
			return false;
		}
		if (!d)
			diag(c, ERR_dim_value, 0, "the model has no dim '%s'", x->name);
		else if (!c->dim.at[d].var)
			diag(c, ERR_dim_value, 0, "'%s' is no run-time dim: it is %lld", x->name, (long long)c->dim.at[d].value);
		else
			diag(c, ERR_dim_value, 0, "'%s' cannot be %lld", x->name, (long long)x->value);
		return false;
	}
	return true;
}

/* ---- what reads a tensor --------------------------------------------------------------------------------------- */

struct use { tensor_id tensor; const int64_t *value; const struct expr *reduce; double fan; int64_t limit; };

/* The product of the extents that a reduction runs over inside the tensor. */
static bool fan_in(struct ctx *c, expr_id e, void *arg)
{
	struct use *u = arg;
	const struct expr *x = &c->expr.at[e];
	double n = 1;
	if (x->kind != X_READ || x->of != u->tensor)
		return false;
	for (uint32_t i = 0; i < x->nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
		for (uint32_t k = 0; p->kind == X_POLY && k < u->reduce->nidx; k++) {
			var_id axis = c->list.at[u->reduce->idx + k];
			if (poly_uses(c, p->poly, axis))
				n *= (double)poly_eval(c, c->var.at[axis].extent, u->value);
		}
	}
	if (n > u->fan)
		u->fan = n;
	return false;
}

static bool is_read_of(struct ctx *c, expr_id e, void *arg)
{
	const struct expr *x = &c->expr.at[e];
	return x->kind == X_READ && x->of == *(const tensor_id *)arg;
}

static bool visit(struct ctx *c, expr_id e, void *arg)
{
	struct use *u = arg;
	const struct expr *x = &c->expr.at[e];
	if (x->kind == X_REDUCE) {
		u->reduce = x;
		expr_any(c, x->arg[0], fan_in, u);
	}
	for (uint32_t i = 0; x->kind == X_READ && i < x->nidx; i++) {
		expr_id idx = c->list.at[x->idx + i];
		if (c->expr.at[idx].kind == X_POLY || !expr_any(c, idx, is_read_of, &u->tensor))
			continue;
		int64_t n = poly_eval(c, c->tensor.at[x->of].extent[i], u->value);
		if (n < u->limit)
			u->limit = n;
	}
	return false;
}

static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct array numbers_random(struct ctx *c, tensor_id t, const int64_t *dim, uint32_t steps)
{
	struct array a = numbers_array(c, t, dim, steps);
	struct use u = { .tensor = t, .value = numbers_values(c, dim), .fan = 1, .limit = INT64_MAX };
	uint64_t seed = 1;
	for (const char *s = c->tensor.at[t].name; *s; s++)
		seed = seed * 31 + (unsigned char)*s;
	for (def_id d = 1; d < c->def.n; d++)
		expr_any(c, c->def.at[d].rhs, visit, &u);
	bool integer = a.type == RNN_I32 || a.type == RNN_I64 || a.type == RNN_BOOL;
	uint64_t ids = a.type == RNN_BOOL ? 2 : u.limit == INT64_MAX ? 4 : u.limit > 0 ? (uint64_t)u.limit : 1;
	double scale = c->tensor.at[t].role == ROLE_PARAM ? 1 / sqrt(u.fan > 1 ? u.fan : 4) : 1;
	size_t n = numbers_count(&a);
	for (size_t i = 0; i < n; i++) {
		uint64_t r = draw(&seed);
		a.f[i] = integer ? (double)(r % ids) : (float)(scale * ((double)(r >> 11) * 0x1p-52 - 1));
	}
	return a;
}

void numbers_of_role(struct ctx *c, enum role role, const int64_t *dim, struct array *value)
{
	for (tensor_id t = 1; t < c->tensor.n; t++)
		if (c->tensor.at[t].role == role)
			value[t] = numbers_random(c, t, dim, 0);
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

static double operations(struct ctx *c, expr_id e, const int64_t *value)
{
	const struct expr *x = &c->expr.at[e];
	double n = x->kind == X_OP ? (x->op == OP_FMA ? 2 : 1) : 0, over = 1;
	if (x->kind == X_REDUCE) {
		for (uint32_t i = 0; i < x->nidx; i++)
			over *= (double)poly_eval(c, c->var.at[c->list.at[x->idx + i]].extent, value);
		return over * (operations(c, x->arg[0], value) + 1);
	}
	for (int i = 0; i < (x->kind == X_OP ? op_info[x->op].arity : x->kind == X_CAST); i++)
		n += operations(c, x->arg[i], value);
	return n;
}

/* Elements that a definition writes: the product of the extents of its axes. */
static double elements(struct ctx *c, const struct def *d, const int64_t *value)
{
	double n = 1;
	int64_t k;
	for (uint32_t i = 0; i < d->nidx; i++)
		if (!poly_const(c, d->idx[i], &k))
			n *= (double)poly_eval(c, c->tensor.at[d->tensor].extent[i], value);
	return n;
}

static bool is_start(struct ctx *c, const struct def *d)
{
	int time = c->tensor.at[d->tensor].time;
	int64_t k;
	return time >= 0 && poly_const(c, d->idx[time], &k) && k < 0;
}

double numbers_operations(struct ctx *c, const int64_t *dim)
{
	const int64_t *value = numbers_values(c, dim);
	double n = 0;
	for (def_id d = 1; d < c->def.n; d++)
		if (!is_start(c, &c->def.at[d]))
			n += operations(c, c->def.at[d].rhs, value) * elements(c, &c->def.at[d], value);
	return n;
}

double numbers_depth(struct ctx *c, const int64_t *dim)
{
	const int64_t *value = numbers_values(c, dim);
	double n = 0;
	for (def_id d = 1; d < c->def.n; d++)
		n += operations(c, c->def.at[d].rhs, value);
	return n;
}

idvec numbers_time_dims(struct ctx *c)
{
	idvec dims = { 0 };
	for (uint32_t d = 1; d < c->dim.n; d++) {
		bool time = false;
		for (tensor_id t = 1; t < c->tensor.n && c->dim.at[d].var; t++) {
			const struct tensor *x = &c->tensor.at[t];
			time |= x->time >= 0 && poly_uses(c, x->extent[x->time], c->dim.at[d].var);
		}
		if (time)
			VEC_PUSH(c, dims, d);
	}
	return dims;
}

double numbers_steps(struct ctx *c, const int64_t *dim)
{
	const int64_t *value = numbers_values(c, dim);
	double n = 1;
	for (var_id v = 1; v < c->var.n; v++)
		if (c->var.at[v].kind == VAR_AXIS && c->var.at[v].is_time && c->var.at[v].extent)
			n *= (double)poly_eval(c, c->var.at[v].extent, value);
	return n;
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

/* The least of zeros of both signs is the one that comes first, so another order of an amin or amax may find the other. */
struct difference numbers_difference(struct ctx *c)
{
	struct difference d = { .scale = 1, .bits = true, .tensor = "-" };
	d.either_zero = c->sched && c->sched->reassoc;                  /* a partial sum begins with 0, and 0 + -0 is 0 */
	for (expr_id e = 1; e < c->expr.n; e++) {
		const struct expr *x = &c->expr.at[e];
		d.either_zero |= x->kind == X_REDUCE && (x->of == RED_AMAX || x->of == RED_AMIN);
	}
	return d;
}

void numbers_compare(const char *name, const struct array *a, const struct array *b, struct difference *d)
{
	size_t n = numbers_count(a);
	for (size_t i = 0; i < n; i++) {
		double x = a->f[i], y = b->f[i], by = fabs(x - y);
		if (isnan(x) && isnan(y))
			continue;
		d->bits &= !memcmp(&x, &y, sizeof x) || (d->either_zero && x == 0 && y == 0);
		if (x == y)
			continue;
		by = isfinite(by) ? by : INFINITY;
		if (by > d->largest) {
			d->largest = by;
			d->tensor = name;
		}
		if (isfinite(y) && fabs(y) > d->scale)
			d->scale = fabs(y);
	}
}

/* How far apart two runs of the same equations may be when each operation rounds to eps.
 *
 * The n roundings on the way to an element of one step have random signs and add up like sqrt(n). Random params
 * make contractions of the recurrent matrices (above), so what one step adds is at worst kept: factor T. The
 * factor 16 is for the worst of all elements against the mean, and for functions that are off by some units in the last
 * place. A wrong index or a missed term moves outputs by about 1/sqrt(fan-in): hundreds of times more. */
double numbers_tolerance(struct ctx *c, const int64_t *dim, double eps, double scale)
{
	return 16 * eps * sqrt(numbers_depth(c, dim) + 1) * (numbers_steps(c, dim) + 1) * scale;
}
