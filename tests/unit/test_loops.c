/* test_loops.c · small loop programs by hand: what the loop interpreter computes, and what it catches */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ir/loops.h"

/* A program under construction: one run-time dim T, and at most a few tensors. */
struct prog {
	struct ctx *c;
	var_id T;
	int64_t dim[4];
	struct array value[8], state[8];
	struct loops_run run;
	tensor_id y;               /* of output() */
};

static int setup(void **state)
{
	struct prog *p = calloc(1, sizeof *p);
	p->c = ctx_new("test");
	p->T = var_new(p->c, VAR_DIM, "T", 0, 0);
	VEC_PUSH(p->c, p->c->dim, (struct dim){ .name = "T", .value = -1, .var = p->T });
	p->dim[1] = 5;
	p->run = (struct loops_run){ .dim = p->dim, .value = p->value, .state = p->state };
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct prog *p = *state;
	ctx_free(p->c);
	free(p);
	return 0;
}

static poly_id num(struct prog *p, int64_t v) { return poly_int(p->c, v); }
static poly_id T(struct prog *p) { return poly_var(p->c, p->T); }
static expr_id at(struct prog *p, poly_id i) { return expr_poly(p->c, i, 0); }
static expr_id lit(struct prog *p, double v) { return expr_num(p->c, v, RNN_F32, 0); }
static var_id counter(struct prog *p, const char *name, poly_id n) { return var_new(p->c, VAR_LOOP, name, n, 0); }
static poly_id var(struct prog *p, var_id v) { return poly_var(p->c, v); }

static expr_id op(struct prog *p, enum op o, expr_id a, expr_id b) { return expr_op(p->c, o, a, b, 0, 0); }

static tensor_id tensor(struct prog *p, const char *name, uint8_t role, uint32_t rank, poly_id n0, poly_id n1)
{
	tensor_id t = p->c->tensor.n;
	VEC_PUSH(p->c, p->c->tensor, (struct tensor){ .name = name, .role = role, .rank = rank, .extent = { n0, n1 } });
	return t;
}

static buf_id buffer(struct prog *p, const char *name, uint8_t kind, uint32_t rank, poly_id n0, poly_id n1, tensor_id t)
{
	return buf_new(p->c, (struct buf){ .name = name, .kind = kind, .rank = rank, .extent = { n0, n1 }, .tensor = t });
}

static buf_id output(struct prog *p, poly_id n)
{
	p->y = tensor(p, "y", ROLE_FUNC, 1, n, 0);
	return buffer(p, "y", BUF_OUTPUT, 1, n, 0, p->y);
}

static expr_id load1(struct prog *p, buf_id b, poly_id i)
{
	expr_id idx[1] = { at(p, i) };
	return expr_load(p->c, b, idx, 1, 0);
}

static stmt_id store1(struct prog *p, buf_id b, poly_id i, expr_id v)
{
	expr_id idx[1] = { at(p, i) };
	return stmt_store(p->c, b, idx, 1, v, 0, 0);
}

static stmt_id store2(struct prog *p, buf_id b, poly_id i, poly_id j, expr_id v)
{
	expr_id idx[2] = { at(p, i), at(p, j) };
	return stmt_store(p->c, b, idx, 2, v, 0, 0);
}

static stmt_id loop(struct prog *p, var_id v, enum flavor f, stmt_id body)
{
	return stmt_for(p->c, v, p->c->var.at[v].extent, f, body, 0, 0);
}

static stmt_id join(struct prog *p, stmt_id a, stmt_id b) { return stmt_join(p->c, a, b); }
static stmt_id node(struct prog *p, uint8_t kind, stmt_id body)
{
	return stmt_new(p->c, (struct stmt){ .kind = kind, .body = body });
}

static stmt_id declare(struct prog *p, buf_id b, stmt_id body)
{
	return stmt_new(p->c, (struct stmt){ .kind = S_DECLARE, .of = b, .body = body });
}

static void runs(struct prog *p, stmt_id body)
{
	p->c->body = body;
	bool ok = loops_run(p->c, &p->run);
	if (!ok)
		print_error("%s\n", p->run.error);
	assert_true(ok);
}

static void fails(struct prog *p, stmt_id body, const char *what)
{
	p->c->body = body;
	assert_false(loops_run(p->c, &p->run));
	if (!strstr(p->run.error, what))
		print_error("wanted '%s' in: %s\n", what, p->run.error);
	assert_non_null(strstr(p->run.error, what));
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* y[t] = 2 * t + 1 */
static void test_polynomials_are_values(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, T(p));
	var_id t = counter(p, "t", T(p));
	poly_id v = poly_add(p->c, poly_scale(p->c, var(p, t), 2), num(p, 1));
	runs(p, loop(p, t, LOOP_SERIAL, store1(p, y, var(p, t), at(p, v))));
	for (int i = 0; i < 5; i++)
		assert_true(p->value[p->y].f[i] == 2 * i + 1);
}

/* for i: { r = 0; for k: r = r + x[k] * W[i/2][k][i%2]; y[i] = r }    W[3][2] stored as [i/2][k][i%2], padded with 0 */
static void test_packed_weights(void **state)
{
	struct prog *p = *state;
	double x[2] = { 10, 1 }, w[6] = { 1, 2, 3, 4, 5, 6 };
	const struct pack_part parts[] = { { PACK_DIV, 0, 2 }, { PACK_WHOLE, 1, 1 }, { PACK_MOD, 0, 2 } };
	tensor_id tx = tensor(p, "x", ROLE_INPUT, 1, num(p, 2), 0);
	tensor_id tw = tensor(p, "W", ROLE_PARAM, 2, num(p, 3), num(p, 2));
	struct pack pack = { .loc = 0 };
	p->c->sched = base_alloc(p->c, sizeof *p->c->sched);
	VEC_PUSH(p->c, pack.tensors, tw);
	for (int i = 0; i < 3; i++)
		VEC_PUSH(p->c, pack.part, parts[i]);
	VEC_PUSH(p->c, p->c->sched->packs, pack);
	buf_id bx = buffer(p, "x", BUF_INPUT, 1, num(p, 2), 0, tx);
	buf_id bw = buf_new(p->c, (struct buf){ .name = "W_packed", .kind = BUF_PARAM, .rank = 3, .tensor = tw, .pack = 1,
	                                        .extent = { num(p, 2), num(p, 2), num(p, 2) } });
	buf_id r = buffer(p, "r", BUF_REG, 1, num(p, 1), 0, 0), y = output(p, num(p, 4));
	var_id i = counter(p, "i", num(p, 4)), k = counter(p, "k", num(p, 2));
	expr_id idx[3] = { at(p, poly_div(p->c, var(p, i), 2)), at(p, var(p, k)), at(p, poly_mod(p->c, var(p, i), 2)) };
	expr_id product = op(p, OP_MUL, load1(p, bx, var(p, k)), expr_load(p->c, bw, idx, 3, 0));
	stmt_id sum = store1(p, r, num(p, 0), op(p, OP_ADD, load1(p, r, num(p, 0)), product));
	stmt_id body = join(p, store1(p, r, num(p, 0), lit(p, 0)), loop(p, k, LOOP_SERIAL, sum));
	body = declare(p, r, join(p, body, store1(p, y, var(p, i), load1(p, r, num(p, 0)))));
	p->value[tx] = (struct array){ .rank = 1, .shape = { 2 }, .f = x };
	p->value[tw] = (struct array){ .rank = 2, .shape = { 3, 2 }, .f = w };
	p->run.threads = 3;
	p->run.order = 7;
	runs(p, loop(p, i, LOOP_PARALLEL, body));
	const double want[] = { 12, 34, 56, 0 };
	for (int n = 0; n < 4; n++)
		assert_true(p->value[p->y].f[n] == want[n]);
}

/* y[i] = x[id[i]]: an index that is loaded */
static void test_gather(void **state)
{
	struct prog *p = *state;
	double x[2] = { 10, 20 }, id[3] = { 1, 0, 1 };
	tensor_id tx = tensor(p, "x", ROLE_INPUT, 1, num(p, 2), 0), ti = tensor(p, "id", ROLE_INPUT, 1, num(p, 3), 0);
	buf_id bx = buffer(p, "x", BUF_INPUT, 1, num(p, 2), 0, tx), bi = buffer(p, "id", BUF_INPUT, 1, num(p, 3), 0, ti);
	buf_id y = output(p, num(p, 3));
	var_id i = counter(p, "i", num(p, 3));
	expr_id idx[1] = { load1(p, bi, var(p, i)) };
	stmt_id body = loop(p, i, LOOP_VECTOR, store1(p, y, var(p, i), expr_load(p->c, bx, idx, 1, 0)));
	p->value[tx] = (struct array){ .rank = 1, .shape = { 2 }, .f = x };
	p->value[ti] = (struct array){ .rank = 1, .shape = { 3 }, .f = id };
	runs(p, body);
	for (int n = 0; n < 3; n++)
		assert_true(p->value[p->y].f[n] == x[(int)id[n]]);
	id[2] = 2;
	fails(p, body, "buffer x: index 0 is 2, outside 0..1");
	id[2] = 0.5;
	fails(p, body, "not a whole number");
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

/* for t: { h[t] = h[t-1] + h[t-2] + 1; y[t] = h[t] }    h keeps two steps, in `fold` rows */
static stmt_id fibonacci(struct prog *p, int64_t fold, int64_t back)
{
	tensor_id th = tensor(p, "h", ROLE_STATE, 1, T(p), 0);
	p->c->tensor.at[th].history = 2;
	buf_id h = buf_new(p->c, (struct buf){ .name = "h", .kind = BUF_WORK, .rank = 1, .extent = { T(p) }, .tensor = th,
	                                       .timed = true, .history = 2, .fold = fold });
	buf_id y = output(p, T(p));
	var_id t = counter(p, "t", T(p));
	poly_id now = var(p, t);
	expr_id one = load1(p, h, poly_sub(p->c, now, num(p, 1))), two = load1(p, h, poly_sub(p->c, now, num(p, back)));
	expr_id sum = op(p, OP_ADD, one, two);
	stmt_id body = join(p, store1(p, h, now, op(p, OP_ADD, sum, lit(p, 1))), store1(p, y, now, load1(p, h, now)));
	return loop(p, t, LOOP_TIME, body);
}

static void check_fibonacci(struct prog *p, int64_t fold)
{
	double last[2] = { 3, 1 };
	stmt_id body = fibonacci(p, fold, 2);
	tensor_id th = p->y - 1;
	runs(p, body);
	const double zero[] = { 1, 2, 4, 7, 12 }, given[] = { 5, 7, 13, 21, 35 };
	for (int i = 0; i < 5; i++)
		assert_true(p->value[p->y].f[i] == zero[i]);
	p->state[th] = (struct array){ .rank = 1, .shape = { 2 }, .f = last };
	runs(p, body);
	for (int i = 0; i < 5; i++)
		assert_true(p->value[p->y].f[i] == given[i]);
	assert_true(last[0] == 21 && last[1] == 35);
	p->dim[1] = 1;  /* shorter than the history: a start row is an end row too */
	p->value[p->y].f = NULL;
	runs(p, body);
	assert_true(last[0] == 35 && last[1] == 57);
}

static void test_history_in_full(void **state) { check_fibonacci(*state, 0); }
static void test_history_in_place(void **state) { check_fibonacci(*state, 2); }
static void test_history_in_a_ring(void **state) { check_fibonacci(*state, 3); }

static void test_overwritten_row(void **state)
{
	struct prog *p = *state;
	stmt_id body = fibonacci(p, 2, 2);
	/* y[t] = h[t-2] after the write of h[t], which took its place */
	buf_id h = 1, y = 2;
	stmt_id loop_body = p->c->stmt.at[body].body;
	poly_id now = var(p, p->c->stmt.at[body].var);
	p->c->stmt.at[loop_body].next = store1(p, y, now, load1(p, h, poly_sub(p->c, now, num(p, 2))));
	fails(p, body, "the row of time -2 is read, but its place holds time 0");
}

static void test_before_the_history(void **state)
{
	struct prog *p = *state;
	fails(p, fibonacci(p, 0, 3), "buffer h: index 0 is -3, outside -2..4");
}

/* ---- nests that walk ------------------------------------------------------------------------------------------- */

static expr_id load2(struct prog *p, buf_id b, poly_id i, poly_id j)
{
	expr_id idx[2] = { at(p, i), at(p, j) };
	return expr_load(p->c, b, idx, 2, 0);
}

/* for i: for j: w[2 - i][j] = 10 i + j;    for j: for i: y[3 j + i] = w[i][3 - j] */
static void test_nests_run_to_and_fro(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 12)), w = buffer(p, "w", BUF_WORK, 2, num(p, 3), num(p, 4), 0);
	var_id v[4];
	for (int n = 0; n < 4; n++)
		v[n] = counter(p, n % 2 ? "j" : "i", num(p, n % 2 ? 4 : 3));
	poly_id i = var(p, v[0]), j = var(p, v[1]), ii = var(p, v[2]), jj = var(p, v[3]);
	expr_id made = at(p, poly_add(p->c, poly_scale(p->c, i, 10), j));
	stmt_id makes = store2(p, w, poly_sub(p->c, num(p, 2), i), j, made);
	stmt_id reads = store1(p, y, poly_add(p->c, poly_scale(p->c, jj, 3), ii), load2(p, w, ii, poly_sub(p->c, num(p, 3), jj)));
	makes = loop(p, v[0], LOOP_SERIAL, loop(p, v[1], LOOP_VECTOR, makes));
	runs(p, join(p, makes, loop(p, v[3], LOOP_SERIAL, loop(p, v[2], LOOP_SERIAL, reads))));
	for (int b = 0; b < 4; b++)
		for (int a = 0; a < 3; a++)
			assert_true(p->value[p->y].f[3 * b + a] == 10 * (2 - a) + 3 - b);
}

/* for t: for i: for k in 0..t + i: y[i] = y[i] + h[t][i]    t is a row of a ring, i is needed for k: the nest is k alone */
static void test_nests_inside_time(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 2));
	buf_id h = buf_new(p->c, (struct buf){ .name = "h", .kind = BUF_WORK, .rank = 2, .extent = { T(p), num(p, 2) }, .timed = true,
	                                       .fold = 1 });
	var_id t = counter(p, "t", T(p)), i = counter(p, "i", num(p, 2)), j = counter(p, "j", num(p, 2));
	var_id k = counter(p, "k", poly_add(p->c, var(p, t), var(p, i))), z = counter(p, "z", num(p, 2));
	stmt_id sum = store1(p, y, var(p, i), op(p, OP_ADD, load1(p, y, var(p, i)), load2(p, h, var(p, t), var(p, i))));
	stmt_id step = join(p, loop(p, j, LOOP_SERIAL, store2(p, h, var(p, t), var(p, j), at(p, poly_add(p->c, var(p, t), var(p, j))))),
	                    loop(p, i, LOOP_SERIAL, loop(p, k, LOOP_SERIAL, sum)));
	runs(p, join(p, loop(p, z, LOOP_SERIAL, store1(p, y, var(p, z), lit(p, 0))), loop(p, t, LOOP_TIME, step)));
	for (int a = 0; a < 2; a++) {
		double want = 0;
		for (int s = 0; s < 5; s++)
			want += (s + a) * (s + a);
		assert_true(p->value[p->y].f[a] == want);
	}
}

/* Both ends of each counter are looked at, and the iteration that leaves is named; what runs no iteration leaves nothing. */
static void test_nests_have_bounds(void **state)
{
	struct prog *p = *state;
	buf_id w = buffer(p, "w", BUF_WORK, 2, num(p, 3), num(p, 4), 0);
	var_id i = counter(p, "i", num(p, 3)), j = counter(p, "j", num(p, 4)), none = counter(p, "none", poly_sub(p->c, T(p), num(p, 5)));
	poly_id vi = var(p, i), vj = var(p, j), up = poly_add(p->c, vi, num(p, 1)), down = poly_sub(p->c, vi, num(p, 1));
	fails(p, loop(p, i, LOOP_SERIAL, loop(p, j, LOOP_SERIAL, store2(p, w, up, vj, lit(p, 1)))), "index 0 is 3, outside 0..2");
	assert_non_null(strstr(p->run.error, "i=2 j=0"));
	fails(p, loop(p, i, LOOP_SERIAL, loop(p, j, LOOP_SERIAL, store2(p, w, down, vj, lit(p, 1)))), "index 0 is -1, outside 0..2");
	assert_non_null(strstr(p->run.error, "i=0 j=0"));
	fails(p, loop(p, i, LOOP_SERIAL, loop(p, j, LOOP_SERIAL, store2(p, w, vi, poly_scale(p->c, vj, 2), lit(p, 1)))),
	      "index 1 is 4, outside 0..3");
	assert_non_null(strstr(p->run.error, "i=0 j=2"));
	runs(p, loop(p, none, LOOP_SERIAL, store2(p, w, num(p, 7), var(p, none), lit(p, 1))));
	stmt_id reads = store2(p, w, vi, vj, load2(p, w, vi, poly_sub(p->c, num(p, 3), vj)));
	fails(p, loop(p, i, LOOP_SERIAL, loop(p, j, LOOP_SERIAL, reads)), "buffer w: a cell is read that was never written");
	assert_non_null(strstr(p->run.error, "i=0 j=0"));
}

/* ---- what is wrong --------------------------------------------------------------------------------------------- */

static void test_bounds(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, T(p));
	var_id i = counter(p, "i", poly_add(p->c, T(p), num(p, 1)));
	fails(p, loop(p, i, LOOP_SERIAL, store1(p, y, var(p, i), lit(p, 1))), "buffer y: index 0 is 5, outside 0..4");
	assert_non_null(strstr(p->run.error, "i=5"));
}

static void test_each_dim_has_bounds(void **state)
{
	struct prog *p = *state;
	buf_id w = buffer(p, "w", BUF_WORK, 2, num(p, 2), num(p, 3), 0);
	fails(p, store2(p, w, num(p, 0), num(p, 3), lit(p, 1)), "buffer w: index 1 is 3, outside 0..2");
}

static void test_uninitialised(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 1)), w = buffer(p, "w", BUF_WORK, 1, num(p, 2), 0, 0);
	stmt_id body = join(p, store1(p, w, num(p, 0), lit(p, 1)), store1(p, y, num(p, 0), load1(p, w, num(p, 1))));
	fails(p, body, "buffer w: a cell is read that was never written");
}

/* for i: { float r[1]; if (1 - i > 0) r[0] = 1; y[i] = r[0] }    each declaration is a new r */
static void test_declared_anew(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 2)), r = buffer(p, "r", BUF_LOCAL, 1, num(p, 1), 0, 0);
	var_id i = counter(p, "i", num(p, 2));
	stmt_id when = node(p, S_IF, store1(p, r, num(p, 0), lit(p, 1)));
	p->c->stmt.at[when].extent = poly_sub(p->c, num(p, 1), var(p, i));
	stmt_id body = join(p, when, store1(p, y, var(p, i), load1(p, r, num(p, 0))));
	fails(p, loop(p, i, LOOP_SERIAL, declare(p, r, body)), "buffer r: a cell is read that was never written");
	fails(p, loop(p, i, LOOP_SERIAL, body), "buffer r is used outside its declaration");
}

static void test_unwritten_output(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 2));
	fails(p, store1(p, y, num(p, 0), lit(p, 1)), "lacks element 1 of 2");
}

static void test_params_are_read_only(void **state)
{
	struct prog *p = *state;
	double w[2] = { 1, 2 };
	tensor_id t = tensor(p, "w", ROLE_PARAM, 1, num(p, 2), 0);
	buf_id b = buffer(p, "w", BUF_PARAM, 1, num(p, 2), 0, t);
	p->value[t] = (struct array){ .rank = 1, .shape = { 2 }, .f = w };
	fails(p, store1(p, b, num(p, 0), lit(p, 1)), "read only");
}

/* ---- threads --------------------------------------------------------------------------------------------------- */

/* region { parallel for i: w[i] = 1; [barrier]; parallel for j: y[j] = w[from] } */
static stmt_id exchange(struct prog *p, bool barrier, bool neighbour)
{
	buf_id y = output(p, num(p, 6)), w = buffer(p, "w", BUF_WORK, 1, num(p, 6), 0, 0);
	var_id i = counter(p, "i", num(p, 6)), j = counter(p, "j", num(p, 6));
	poly_id from = neighbour ? poly_sub(p->c, num(p, 5), var(p, j)) : var(p, j);
	stmt_id body = loop(p, i, LOOP_PARALLEL, store1(p, w, var(p, i), at(p, var(p, i))));
	if (barrier)
		body = join(p, body, node(p, S_BARRIER, 0));
	body = join(p, body, loop(p, j, LOOP_PARALLEL, store1(p, y, var(p, j), load1(p, w, from))));
	p->run.threads = 3;
	return node(p, S_REGION, body);
}

static void test_race(void **state)
{
	struct prog *p = *state;
	fails(p, exchange(p, false, true), "race in buffer w");
}

static void test_race_needs_two_threads(void **state)
{
	struct prog *p = *state;
	stmt_id body = exchange(p, false, true);
	p->run.threads = 1;
	runs(p, body);
}

static void test_no_race_with_a_barrier(void **state)
{
	struct prog *p = *state;
	stmt_id body = exchange(p, true, true);
	for (p->run.order = 0; p->run.order < 5; p->run.order++) {
		runs(p, body);
		for (int i = 0; i < 6; i++)
			assert_true(p->value[p->y].f[i] == 5 - i);
	}
}

static void test_no_race_with_oneself(void **state)
{
	struct prog *p = *state;
	runs(p, exchange(p, false, false));
}

/* region { for t: { parallel for i: y[i] = w[0]; [barrier]; w[0] = t } }: the first thread writes what all read */
static void test_race_across_steps(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 6)), w = buffer(p, "w", BUF_WORK, 1, num(p, 1), 0, 0);
	var_id t = counter(p, "t", num(p, 2)), i = counter(p, "i", num(p, 6));
	stmt_id reads = loop(p, i, LOOP_PARALLEL, store1(p, y, var(p, i), load1(p, w, num(p, 0))));
	stmt_id one = node(p, S_BARRIER, 0), two = node(p, S_BARRIER, 0), start = store1(p, w, num(p, 0), lit(p, 1));
	stmt_id body = join(p, reads, join(p, one, store1(p, w, num(p, 0), at(p, var(p, t)))));
	stmt_id all = node(p, S_REGION, loop(p, t, LOOP_TIME, body));
	p->run.threads = 2;
	p->run.order = 3;
	fails(p, join(p, start, all), "race in buffer w");
	join(p, body, two);
	runs(p, join(p, start, 0));
	p->c->stmt.at[reads].next = p->c->stmt.at[one].next;  /* without the first barrier: read, then written */
	fails(p, start, "race in buffer w");
}

/* parallel for i: w[0] = i; without a region each iteration is a thread */
static void test_race_inside_a_loop(void **state)
{
	struct prog *p = *state;
	buf_id w = buffer(p, "w", BUF_WORK, 1, num(p, 1), 0, 0);
	var_id i = counter(p, "i", num(p, 3));
	stmt_id body = loop(p, i, LOOP_PARALLEL, store1(p, w, num(p, 0), at(p, var(p, i))));
	p->run.threads = 2;
	fails(p, body, "race in buffer w");
	p->c->buf.at[w].per_thread = true;
	runs(p, body);
}

/* A local declared outside a parallel loop is shared by its iterations; declared inside, each has its own. */
static void test_race_in_a_local(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 3)), r = buffer(p, "r", BUF_LOCAL, 1, num(p, 1), 0, 0);
	var_id i = counter(p, "i", num(p, 3));
	stmt_id body = join(p, store1(p, r, num(p, 0), at(p, var(p, i))), store1(p, y, var(p, i), load1(p, r, num(p, 0))));
	stmt_id outside = declare(p, r, loop(p, i, LOOP_PARALLEL, body));
	p->run.threads = 2;
	fails(p, outside, "race in buffer r");
	runs(p, loop(p, i, LOOP_PARALLEL, declare(p, r, body)));
}

/* What a thread owns is not there for another: region { own[0] = 1; parallel for i: y[i] = own[0] } */
static void test_own_memory_of_threads(void **state)
{
	struct prog *p = *state;
	buf_id y = output(p, num(p, 4)), w = buffer(p, "own", BUF_WORK, 1, num(p, 1), 0, 0);
	p->c->buf.at[w].per_thread = true;
	var_id i = counter(p, "i", num(p, 4));
	stmt_id reads = loop(p, i, LOOP_PARALLEL, store1(p, y, var(p, i), load1(p, w, num(p, 0))));
	stmt_id body = node(p, S_REGION, join(p, store1(p, w, num(p, 0), lit(p, 1)), reads));
	p->run.threads = 2;
	fails(p, body, "buffer own: a cell is read that was never written");
	p->run.threads = 1;
	runs(p, body);
}

static void test_misplaced(void **state)
{
	struct prog *p = *state;
	var_id i = counter(p, "i", num(p, 2)), j = counter(p, "j", num(p, 2));
	stmt_id barrier = node(p, S_BARRIER, 0);
	fails(p, barrier, "a barrier outside a region");
	fails(p, node(p, S_REGION, loop(p, i, LOOP_PARALLEL, barrier)), "a barrier outside a region");
	fails(p, loop(p, i, LOOP_PARALLEL, loop(p, j, LOOP_PARALLEL, 0)), "a parallel loop inside a parallel loop");
	fails(p, node(p, S_REGION, node(p, S_REGION, 0)), "a region inside a region");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_polynomials_are_values), TEST(test_packed_weights), TEST(test_gather),
		TEST(test_history_in_full), TEST(test_history_in_place), TEST(test_history_in_a_ring),
		TEST(test_overwritten_row), TEST(test_before_the_history),
		TEST(test_nests_run_to_and_fro), TEST(test_nests_inside_time), TEST(test_nests_have_bounds),
		TEST(test_bounds), TEST(test_each_dim_has_bounds), TEST(test_uninitialised), TEST(test_declared_anew),
		TEST(test_unwritten_output), TEST(test_params_are_read_only),
		TEST(test_race), TEST(test_race_needs_two_threads), TEST(test_no_race_with_a_barrier),
		TEST(test_no_race_with_oneself), TEST(test_race_across_steps), TEST(test_race_inside_a_loop),
		TEST(test_race_in_a_local), TEST(test_own_memory_of_threads), TEST(test_misplaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
