/* tails.c · splits that do not divide: the full tiles first, then what is left
 *
 *   for to in 0..ceil(T / 4):                     for to in 0..T / 4:
 *     unroll for ti in 0..min(4, T - 4 * to):       unroll for ti in 0..4: ...
 *       ...                                    =>  if T % 4 / 2 % 2 > 0: unroll for ti in 0..2: ...   (4 * to = T / 4 * 4)
 *                                                  if T % 4 % 2 > 0: unroll for ti in 0..1: ...       (4 * to = T / 2 * 2)
 *
 * That is what a split does where the schedule asks for nothing else: tails "guard", "mask" and "shift" have left no such loop
 * (gang.c), or one that counts its lanes.
 *
 * A dim that is bound to less than the factor leaves one tile and no loop over tiles; what is unrolled then gets a case for each
 * size that the dim may have.
 *
 * Only loops that must have a constant extent ask for this: unrolled ones a case for each power of two below the factor, vectorized
 * ones a single case with the lanes counted at run time. Serial loops keep their min. A parallel loop stays one loop and
 * decides inside, so that its iterations stay where they are among the threads; so does a fused one.
 *
 * Guarantees: no unrolled or vectorized loop has an extent that depends on an outer loop's counter. */
#include "lower/lower.h"

struct clipped { var_id loop, min; int64_t factor; poly_id total; bool unrolled; stage_id stage; const idvec *open; };

/* Is p known where these loops are open? */
static bool known(struct ctx *c, poly_id p, const idvec *open)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	for (uint32_t i = 0; i < n; i++) {
		for (int k = 0; k < t[i].n; k++) {
			const struct var v = c->var.at[t[i].var[k]];
			bool in = v.kind != VAR_LOOP;
			for (uint32_t o = 0; o < open->n; o++)
				in |= open->at[o] == t[i].var[k];
			if (!in || (v.kind >= VAR_DIV && (!known(c, v.a, open) || (v.b && !known(c, v.b, open)))))
				return false;
		}
	}
	return true;
}

/* The minimum that p is; 0: it is something else. */
static var_id min_of(struct ctx *c, poly_id p)
{
	uint32_t n;
	const struct term *t = poly_terms(c, p, &n);
	return n == 1 && t->n == 1 && t->factor == 1 && c->var.at[t->var[0]].kind == VAR_MIN ? t->var[0] : 0;
}

/* Is extent min(f, total - f * v)? */
static bool is_clipped(struct ctx *c, poly_id extent, var_id v, struct clipped *out)
{
	const var_id min = min_of(c, extent);
	if (!min)
		return false;
	const struct var m = c->var.at[min];
	int64_t f;
	poly_id rest;
	if (poly_const(c, m.a, &f))
		rest = m.b;
	else if (poly_const(c, m.b, &f))
		rest = m.a;
	else
		return false;
	if (f < 1 || poly_coef(c, rest, v) != -f || !poly_linear_in(c, rest, v))
		return false;
	out->min = min;
	out->factor = f;
	out->total = poly_without(c, rest, v);
	return known(c, out->total, out->open);
}

/* Must its extent be constant? */
static bool is_tile(const struct stmt *x) { return x->kind == S_FOR && !x->masked && (x->flavor == LOOP_UNROLL || x->flavor == LOOP_VECTOR); }

static bool find_clipped(struct ctx *c, stmt_id s, void *arg)
{
	struct clipped *k = arg, found = { .loop = k->loop, .stage = k->stage, .open = k->open };
	const struct stmt *x = &c->stmt.at[s];
	if (!is_tile(x) || !is_clipped(c, x->extent, k->loop, &found))
		return false;
	if (k->min && k->min != found.min)
		return false;
	bool unrolled = k->unrolled || x->flavor == LOOP_UNROLL;
	*k = found;
	k->unrolled = unrolled;
	return false;
}

static stmt_id peel(struct ctx *c, stmt_id s, const idvec *open);

static stmt_id with_extent(struct ctx *c, stmt_id body, const struct clipped *k, poly_id extent)
{
	return stmt_clone(c, body, k->min, extent);
}

/* The case where `rest` elements are left, at v = total / factor. */
static stmt_id last_tile(struct ctx *c, stmt_id body, const struct clipped *k, poly_id rest)
{
	stmt_id b = with_extent(c, body, k, rest);
	return stmt_clone(c, b, k->loop, poly_div(c, k->total, k->factor));
}

/* Is s limited by more than the tile's own size, as a condition that its elements exist is? Then it computes all that is left. */
static bool is_limited(struct ctx *c, stmt_id s, void *tile)
{
	const struct clipped *k = tile;
	const struct stmt *x = &c->stmt.at[s];
	return (x->kind == S_FOR || x->kind == S_IF) && poly_uses(c, poly_subst(c, x->extent, k->min, poly_int(c, 1)), k->loop);
}

/* Does a stage run here that is padded? It computes a full tile of its own, however small this one is: once is enough. */
static bool is_padded(struct ctx *c, stmt_id s, void *arg)
{
	(void)arg;
	const struct stage *x = &c->stage.at[c->stmt.at[s].stage];
	bool padded = false;
	for (uint32_t l = 0; l < x->loop.n; l++)
		padded |= pad_of(c, x, (int)l) != 0;
	return padded;
}

/* Where a tile of n begins: behind all full ones, and those of larger powers that `rest` has. */
static poly_id start_of(struct ctx *c, const struct clipped *k, poly_id rest, int64_t n)
{
	if (k->factor % (2 * n) == 0)
		return poly_scale(c, poly_div(c, k->total, 2 * n), 2 * n);
	return poly_add(c, poly_scale(c, poly_div(c, k->total, k->factor), k->factor), poly_scale(c, poly_div(c, rest, 2 * n), 2 * n));
}

/* The tile that begins at `start`, of n. Its place first: loops of n would let quotients of it fold as if only full tiles came before. */
static stmt_id tile_at(struct ctx *c, stmt_id body, const struct clipped *k, poly_id start, int64_t n)
{
	stmt_id moved = stmt_clone_multiple(c, body, k->factor, k->loop, start);
	var_id min = min_of(c, poly_min(c, poly_int(c, k->factor), poly_sub(c, k->total, start)));
	return moved && min ? stmt_clone(c, moved, min, poly_int(c, n)) : 0;
}

/* What is left as a sum of powers of two, a tile for each: 5 of 6 are 4 and 1. That is half the code of a case for each number, and
 * outside recurrences as fast: few tiles are left over, and their weights are in cache. In a step of a batch of 5 it would read all
 * weights twice. 0: some place counts tiles of full size (a storage order with t / 6). */
static stmt_id powers(struct ctx *c, stmt_id body, const struct clipped *k, poly_id rest)
{
	stmt_id all = 0;
	int64_t largest = 1;
	struct clipped tile = *k;
	if (LAW(tail_powers, stmt_any(c, body, is_limited, &tile) || stmt_any(c, body, is_padded, NULL)))
		return 0;
	while (largest * 2 < k->factor)
		largest *= 2;
	for (int64_t n = largest; n; n /= 2) {
		stmt_id one = tile_at(c, body, k, start_of(c, k, rest, n), n);
		if (!one)
			return 0;
		stmt_id test = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_mod(c, poly_div(c, rest, n), 2), .body = one, .stage = c->stmt.at[body].stage });
		all = stmt_join(c, all, test);
	}
	return all;
}

static stmt_id left_over(struct ctx *c, stmt_id body, const struct clipped *k)
{
	poly_id rest = poly_mod(c, k->total, k->factor);
	int64_t r;
	if (poly_const(c, rest, &r))
		return r ? last_tile(c, body, k, rest) : 0;
	bool stepwise = c->stage.at[k->stage].rec;
	stmt_id chain = k->unrolled && k->factor > 3 && !stepwise ? powers(c, body, k, rest) : 0;
	if (chain)
		return chain;
	int64_t least, most;
	poly_range(c, rest, &least, &most);
	for (int64_t n = k->unrolled && least > 1 ? least : 1; n <= (k->unrolled ? most : 1); n++) {
		stmt_id one = last_tile(c, body, k, k->unrolled ? poly_int(c, n) : rest);
		chain = n == least ? one : stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_sub(c, rest, poly_int(c, n - 1)), .body = one,
		                                   .other = chain, .stage = c->stmt.at[body].stage });
	}
	return chain;
}

/* A condition inside the loop whether its elements exist: then it may begin behind the last one, where nothing is left over. */
static bool is_guard(struct ctx *c, stmt_id s, void *arg)
{
	return c->stmt.at[s].kind == S_IF && poly_uses(c, c->stmt.at[s].extent, *(var_id *)arg);
}

/* Of a fused loop the counter of one of the two, which limits a tile inside. */
static bool find_fused(struct ctx *c, stmt_id s, void *arg)
{
	struct clipped *k = arg, found = *k;
	const struct stmt *x = &c->stmt.at[s];
	int64_t n;
	if (!is_tile(x) || poly_const(c, x->extent, &n))
		return false;
	for (var_id v = k->loop + 1; v < c->var.n; v++) {
		bool part = (c->var.at[v].kind == VAR_DIV || c->var.at[v].kind == VAR_MOD) && c->var.at[v].a == poly_var(c, k->loop);
		if (part && is_clipped(c, x->extent, v, &found)) {
			k->loop = v;
			return true;
		}
	}
	return false;
}

/* Full tiles where the loop's counter, or that of a loop fused into it, is below their number, and else what is left. */
static stmt_id pick(struct ctx *c, const struct stmt *x, const struct clipped *k, stmt_id whole, stmt_id rest)
{
	const struct var v = c->var.at[k->loop];
	poly_id full = poly_div(c, k->total, k->factor), behind = poly_sub(c, full, poly_var(c, k->loop));
	poly_id extent = k->loop == x->var ? x->extent : v.kind == VAR_MOD ? poly_int(c, v.k) : poly_ceildiv(c, x->extent, v.k);
	if (rest && extent != poly_ceildiv(c, k->total, k->factor))  /* guarded: iterations follow that have nothing left */
		rest = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_add(c, behind, poly_int(c, 1)), .body = rest, .stage = x->stage });
	return rest ? stmt_new(c, (struct stmt){ .kind = S_IF, .extent = behind, .body = whole, .other = rest, .stage = x->stage }) : whole;
}

static bool is_tile_of(struct ctx *c, stmt_id s, void *loop)
{
	return is_tile(&c->stmt.at[s]) && poly_uses(c, c->stmt.at[s].extent, *(var_id *)loop);
}

/* Of a loop that runs once a tile's minimum may be gone: min(2, 2 - 2 to) is 2 - 2 to from 0 on, and constant at 0 alone. */
static void settle_once(struct ctx *c, stmt_id s)
{
	int64_t n;
	struct stmt x = c->stmt.at[s];
	if (poly_const(c, x.extent, &n) && n == 1 && stmt_any(c, x.body, is_tile_of, &x.var))
		stmt_set_body(c, s, stmt_clone(c, x.body, x.var, poly_int(c, 0)));
}

static stmt_id peel_loop(struct ctx *c, stmt_id s, const idvec *open)
{
	settle_once(c, s);
	struct stmt x = c->stmt.at[s];
	struct clipped k = { .loop = x.var, .stage = x.stage, .open = open };
	idvec inner = { open->at, open->n, open->n };  /* what is pushed must not be seen outside */
	VEC_PUSH(c, inner, x.var);
	stmt_any(c, x.body, find_clipped, &k);
	if (!k.min && stmt_any(c, x.body, find_fused, &k))
		stmt_any(c, x.body, find_clipped, &k);
	bool beyond = LAW(tail_beyond, k.min && x.rec && x.extent != poly_ceildiv(c, k.total, k.factor));  /* diagonals: some lie behind the last chunk */
	if (!k.min || beyond) {
		stmt_set_body(c, s, peel(c, x.body, &inner));
		return s;
	}
	poly_id full = poly_div(c, k.total, k.factor);
	stmt_id whole = with_extent(c, x.body, &k, poly_int(c, k.factor));
	stmt_id rest = left_over(c, x.body, &k);
	var_id counter = k.loop;
	if (rest && LAW(tail_guarded, stmt_any(c, x.body, is_guard, &counter)))
		rest = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_add(c, full, poly_int(c, 1)), .body = rest, .stage = x.stage });
	if (k.loop != x.var) {
		stmt_set_body(c, s, pick(c, &x, &k, whole, rest));
		return peel_loop(c, s, open);
	}
	if (x.flavor == LOOP_PARALLEL) {
		stmt_set_body(c, s, peel(c, pick(c, &x, &k, whole, rest), &inner));
		return s;
	}
	if (LAW(tail_inner, x.extent != poly_ceildiv(c, k.total, k.factor))) {  /* itself the part of a split that ends before */
		poly_id stop = poly_min(c, x.extent, full);
		if (rest)
			rest = stmt_new(c, (struct stmt){ .kind = S_IF, .extent = poly_sub(c, x.extent, stop), .body = rest,
			                                  .stage = x.stage });
		full = stop;
	}
	stmt_id out = 0;
	int64_t times;
	if (!poly_const(c, full, &times) || times > 1) {
		var_id v = var_new(c, VAR_LOOP, c->var.at[x.var].name, full, c->var.at[x.var].loc);
		whole = stmt_clone(c, whole, x.var, poly_var(c, v));
		out = stmt_for(c, v, full, x.flavor, whole, x.stage, x.loc);
		c->stmt.at[out].rec = x.rec;
		c->stmt.at[out].alternate = x.alternate;
		c->stmt.at[out].prefetch = x.prefetch;
		c->stmt.at[out].ahead = x.ahead;
		out = peel_loop(c, out, open);
	} else if (times == 1) {
		out = peel(c, stmt_clone(c, whole, x.var, poly_int(c, 0)), open);
	}
	return stmt_join(c, out, peel(c, rest, open));
}

/* The bounded dim of few values that an unrolled loop's extent follows from; 0: there is none. */
static bool find_bounded(struct ctx *c, stmt_id s, void *dim)
{
	const struct stmt *x = &c->stmt.at[s];
	int64_t n;
	if (x->kind != S_FOR || x->flavor != LOOP_UNROLL || poly_const(c, x->extent, &n))
		return false;
	for (uint32_t d = 1; d < c->dim.n && !*(uint32_t *)dim; d++) {
		const struct bound *b = sched_bound_of(c, d);
		if (b && b->max < INT64_MAX && (b->max - b->min) / b->multiple < 64 && poly_uses(c, x->extent, c->dim.at[d].var))
			*(uint32_t *)dim = d;
	}
	return *(uint32_t *)dim != 0;
}

/* A split by no less than a dim can be has one tile, of the dim's size: a case for each, around the tile in registers. */
static stmt_id by_value(struct ctx *c, stmt_id s, const idvec *open)
{
	const struct stmt x = c->stmt.at[s];
	bool tile = (x.kind == S_DECLARE && c->buf.at[x.of].kind == BUF_REG) || (x.kind == S_FOR && x.flavor == LOOP_UNROLL);
	uint32_t d = 0;
	if (!tile || !stmt_any(c, s, find_bounded, &d))
		return 0;
	const struct bound b = *sched_bound_of(c, d);
	var_id v = c->dim.at[d].var;
	stmt_id chain = 0;
	for (int64_t n = b.min; n <= b.max; n += b.multiple) {
		stmt_id one = peel(c, stmt_clone(c, s, v, poly_int(c, n)), open);
		poly_id least = poly_sub(c, poly_var(c, v), poly_int(c, n - 1));
		chain = n == b.min ? one : stmt_new(c, (struct stmt){ .kind = S_IF, .extent = least, .body = one, .other = chain, .stage = x.stage });
	}
	return chain;
}

static stmt_id peel(struct ctx *c, stmt_id s, const idvec *open)
{
	stmt_id out = 0;
	for (stmt_id next; s; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		stmt_id cases = by_value(c, s, open);
		if (cases) {
			out = stmt_join(c, out, cases);
			continue;
		}
		if (c->stmt.at[s].kind == S_FOR) {
			out = stmt_join(c, out, peel_loop(c, s, open));
			continue;
		}
		stmt_id body = peel(c, c->stmt.at[s].body, open), other = peel(c, c->stmt.at[s].other, open);
		stmt_set_body(c, s, body);
		stmt_set_other(c, s, other);
		out = stmt_join(c, out, s);
	}
	return out;
}

bool tails_peel(struct ctx *c)
{
	idvec open = { 0 };
	c->body = peel(c, c->body, &open);
	return true;
}
