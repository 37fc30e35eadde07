/* vectorise.c · vectorized loops become loops of one vector of the target each
 *
 *   vectorize for ii in 0..20:       (8 lanes)        vectorize for ii in 0..8 (8 lanes): r[ii] = ...
 *     r[ii] = ...                     =>              vectorize for ii in 0..8 (8 lanes): r[8 + ii] = ...
 *                                                     vectorize for ii in 0..4 (8 lanes): r[16 + ii] = ...
 *
 * Fewer iterations than lanes: loads and stores touch only those.
 *
 * What cannot become vector code is refused: a store whose elements are not next to each other (but in loops that the compiler
 * makes so, `apart`), a loop or a choice inside, results that are not f32. Loads may be vectors, one value for all lanes, or lane by
 * lane (lanes.c). */
#include "lower/lower.h"
#include "target/target.h"

static bool refuse(struct ctx *c, const struct stmt *loop, loc_t at, const char *why)
{
	diag(c, ERR_vectorize_shape, loop->loc, "loop '%s' of %s cannot be vectorized: %s", c->var.at[loop->var].name,
	     c->stage.at[loop->stage].name, why);
	if (at)
		diag_note(c, at, "here");
	return false;
}

struct rows { var_id v; bool apart, bad; buf_id buf; };

/* Steps that are found one by one: rows of a ring, or before time 0. */
static void find_row(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct rows *k = arg;
	const struct buf *x = &c->buf.at[b];
	const struct expr *e = &c->expr.at[c->list.at[idx]];
	(void)write;
	if (!x->timed || (!x->history && !x->fold) || e->kind != X_POLY || !poly_uses(c, e->poly, k->v))
		return;
	if (k->apart && !row_wanted(c, x, e->poly))
		return;
	k->bad = true;
	k->buf = b;
}

static bool check_store(struct ctx *c, const struct stmt *loop, stmt_id s)
{
	const struct stmt x = c->stmt.at[s];
	const struct buf *b = &c->buf.at[x.of];
	if (x.kind != S_STORE)
		return refuse(c, loop, 0, "another loop runs inside it");
	for (uint32_t i = 0; i < x.nidx; i++) {
		const struct expr *e = &c->expr.at[c->list.at[x.idx + i]];
		bool last = i + 1 == x.nidx, even = e->kind == X_POLY && poly_linear_in(c, e->poly, loop->var);
		if (!even || (!(loop->apart && b->kind < BUF_LOCAL) && poly_coef(c, e->poly, loop->var) != (last ? 1 : 0))) {
			refuse(c, loop, c->stage.at[x.stage].loc, base_internf(c, "its elements of %s are not next to each other",
			                                                       c->tensor.at[c->stage.at[x.stage].tensor].name));
			diag_fix(c, "vectorize the last dim, or change its storage order with pack");
			return false;
		}
	}
	struct rows row = { .v = loop->var, .apart = loop->apart };
	stmt_id next = x.next;
	c->stmt.at[s].next = 0;
	stmt_accesses(c, s, find_row, &row);
	c->stmt.at[s].next = next;
	if (row.bad)
		return refuse(c, loop, 0, base_internf(c, "%s is kept step by step, and the loop runs over steps",
		                                       c->buf.at[row.buf].name));
	if (b->type != RNN_F32)
		return refuse(c, loop, c->stage.at[x.stage].loc, "only f32 has vectors yet");
	return true;
}

static stmt_id strips(struct ctx *c, stmt_id s, bool *ok)
{
	const struct stmt x = c->stmt.at[s];
	int64_t lanes = c->target->lanes, n, hi;
	stmt_id out = 0;
	for (stmt_id b = x.body; b; b = c->stmt.at[b].next)
		if (!check_store(c, &x, b))
			return *ok = false, 0;
	if (!poly_upper(c, x.extent, &hi)) {
		refuse(c, &x, 0, base_internf(c, "its extent is %s", poly_text(c, x.extent)));
		diag_fix(c, "split it by a constant and vectorize the inner part");
		return *ok = false, 0;
	}
	bool constant = poly_const(c, x.extent, &n);
	for (int64_t at = 0; at < hi; at += lanes) {
		poly_id left = poly_sub(c, x.extent, poly_int(c, at));
		left = poly_max(c, left, poly_int(c, 0));
		poly_id count = poly_min(c, left, poly_int(c, lanes));
		var_id v = var_new(c, VAR_LOOP, c->var.at[x.var].name, constant ? count : poly_int(c, lanes), x.loc);
		stmt_id body = stmt_clone(c, x.body, x.var, poly_add(c, poly_int(c, at), poly_var(c, v)));
		stmt_id before;
		idvec made;
		loc_t where;
		const char *why = lanes_split(c, body, v, count, lanes, &before, &made, &where);
		if (why)
			return *ok = refuse(c, &x, where, why), 0;
		stmt_id one = stmt_for(c, v, count, LOOP_VECTOR, body, x.stage, x.loc);
		c->stmt.at[one].lanes = lanes;
		c->stmt.at[one].apart = x.apart;
		for (stmt_id b = body; b; b = c->stmt.at[b].next)
			if (c->buf.at[c->stmt.at[b].of].kind == BUF_REG)
				c->buf.at[c->stmt.at[b].of].lanes = lanes;
		one = stmt_join(c, before, one);
		for (uint32_t i = 0; i < made.n; i++)
			one = stmt_new(c, (struct stmt){ .kind = S_DECLARE, .of = made.at[i], .body = one });
		out = stmt_join(c, out, one);
	}
	return out;
}

static stmt_id vectorise(struct ctx *c, stmt_id s, bool *ok)
{
	stmt_id out = 0;
	for (stmt_id next; s && *ok; s = next) {
		next = c->stmt.at[s].next;
		c->stmt.at[s].next = 0;
		if (c->stmt.at[s].kind == S_FOR && c->stmt.at[s].flavor == LOOP_VECTOR) {
			stmt_id v = strips(c, s, ok);
			out = stmt_join(c, out, v);
			continue;
		}
		stmt_id body = vectorise(c, c->stmt.at[s].body, ok);
		c->stmt.at[s].body = body;
		stmt_id other = vectorise(c, c->stmt.at[s].other, ok);
		c->stmt.at[s].other = other;
		out = stmt_join(c, out, s);
	}
	return out;
}

bool loops_vectorise(struct ctx *c)
{
	bool ok = true;
	c->body = vectorise(c, c->body, &ok);
	return ok;
}

/* ---- registers --------------------------------------------------------------------------------------------------- */

/* registers_promote: a local array whose every access is a whole vector at a constant place, or a number at one,
 * becomes named variables, where the schedule does not say otherwise. */
enum { VARIABLES = 64 };            /* of one array, at most */
struct use { int64_t lanes; bool seen, no; expr_id at; };  /* at: an index that is no constant; 0: vectors and numbers meet */
struct uses { struct use *of; var_id v; int64_t lanes, active; };

static void use_access(struct ctx *c, buf_id b, uint32_t idx, bool write, void *arg)
{
	struct uses *u = arg;
	struct use *x = &u->of[b];
	(void)write;
	if (c->buf.at[b].kind != BUF_LOCAL)
		return;
	int64_t lanes = 0, at;
	for (uint32_t i = 0; i < c->buf.at[b].rank; i++) {
		const struct expr *e = &c->expr.at[c->list.at[idx + i]];
		poly_id p = e->poly;
		if (e->kind != X_POLY) {
			x->no = true;
			x->at = c->list.at[idx + i];
			return;
		}
		if (u->v && i + 1 == c->buf.at[b].rank && poly_coef(c, p, u->v) == 1) {
			p = poly_without(c, p, u->v);
			lanes = u->lanes;
		}
		bool here = !poly_const(c, p, &at);
		x->at = here ? c->list.at[idx + i] : x->at;
		x->no |= here || (lanes && at % lanes);
	}
	x->no |= x->seen && x->lanes != lanes;
	x->lanes = lanes;
	x->seen = true;
}

static void collect(struct ctx *c, stmt_id s, struct uses *u)
{
	for (; s; s = c->stmt.at[s].next) {
		struct stmt x = c->stmt.at[s];
		struct uses inner = *u;
		if (x.kind == S_FOR && x.flavor == LOOP_VECTOR) {
			inner.v = x.var;
			inner.lanes = x.lanes;
		}
		if (x.kind == S_STORE) {
			stmt_id next = x.next;
			c->stmt.at[s].next = 0;
			stmt_accesses(c, s, use_access, u);
			c->stmt.at[s].next = next;
		}
		collect(c, x.body, &inner);
		collect(c, x.other, &inner);
	}
}

/* The schedule says registers, and they cannot be. */
static bool refuse_array(struct ctx *c, const struct buf *b, const struct use *u, int64_t variables)
{
	stage_id s = 1;
	while (c->stage.at[s].tensor != b->tensor)
		s++;
	const struct stage *x = &c->stage.at[s];
	if (variables > VARIABLES)
		diag(c, ERR_store_in, x->store_loc, "%s would need %lld registers, and %d is the most", x->name, (long long)variables, VARIABLES);
	else if (u->at)
		diag(c, ERR_store_in, x->store_loc, "%s is indexed by '%s', which is no constant: registers have no index", x->name,
		     expr_text(c, u->at));
	else
		diag(c, ERR_store_in, x->store_loc, "%s is stored and loaded in vectors of different lengths, or in parts of them", x->name);
	if (variables > VARIABLES)
		diag_fix(c, "compute it further in, where less of it is needed, or put it on the stack");
	else
		diag_fix(c, u->at ? "unroll or vectorize the loops over %s, where it is computed and where it is read, or put it on the stack" :
		         "vectorize the loops over %s alike where it is computed and where it is read, or put it on the stack", x->name);
	return false;
}

bool registers_promote(struct ctx *c)
{
	bool good = true;
	struct uses u = { .of = base_alloc(c, (c->buf.n + 1) * sizeof *u.of) };
	collect(c, c->body, &u);
	for (buf_id b = 1; b < c->buf.n; b++) {
		struct buf *x = &c->buf.at[b];
		int64_t size = 1, e;
		if (x->kind != BUF_LOCAL || !u.of[b].seen || x->store == STORE_STACK)
			continue;
		for (uint32_t i = 0; i < x->rank; i++)
			size *= poly_const(c, x->extent[i], &e) ? e : 1 << 20;
		size /= u.of[b].lanes ? u.of[b].lanes : 1;
		if (u.of[b].no || size > VARIABLES) {
			good &= x->store != STORE_REGISTERS || refuse_array(c, x, &u.of[b], u.of[b].no ? 0 : size);
			continue;
		}
		x->kind = BUF_REG;
		x->lanes = u.of[b].lanes;
	}
	registers_drop_unused(c);
	return good;
}
