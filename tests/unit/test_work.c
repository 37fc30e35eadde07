/* test_work.c · operations and bytes of a model against a count by hand, and limits against figures that are easy to divide by
 *
 * Needs: cmocka; runs in the root of the sources. */
#include "driver/work.h"
#include "pipeline.h"
#include "target/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ctx *compile(const char *model, const char *schedule, bool rule, const char *const *names, const int64_t *values, int n)
{
	struct ctx *c = ctx_new("test");
	struct pipeline p = { .model = model, .schedule = schedule, .rule = rule };
	c->target = target_find("avx2");
	for (int i = 0; i < n; i++)
		VEC_PUSH(c, c->set, (struct setting){ base_intern(c, names[i]), values[i], false, false });
	if (!pipeline_run(c, &p)) {
		diag_print(c, stderr);
		fail();
	}
	return c;
}

static int64_t *dims_of(struct ctx *c, int64_t T, int64_t N)
{
	int64_t *dim = base_alloc(c, c->dim.n * sizeof *dim);
	for (uint32_t d = 1; d < c->dim.n; d++)
		dim[d] = c->dim.at[d].value >= 0 ? c->dim.at[d].value : !strcmp(c->dim.at[d].name, "T") ? T : N;
	return dim;
}

static void expect_part(struct ctx *c, const struct work *w, const char *tensor, bool each_step, const double *want)
{
	struct work_part sum = { 0 };                          /* the schedule may call it by another name: xw */
	for (uint32_t i = 0; i < w->n; i++) {
		const struct work_part *p = &w->part[i];
		bool own = !strcmp(c->stage.at[p->stage].name, tensor) || (!each_step && c->tensor.at[c->stage.at[p->stage].tensor].derived);
		if (!own || p->each_step != each_step)
			continue;
		sum.multiply_adds += p->multiply_adds;
		sum.others += p->others;
		sum.weights += p->weights;
		sum.state += p->state;
		sum.io += p->io;
	}
	const double got[] = { sum.multiply_adds, sum.others, sum.weights, sum.state, sum.io };
	for (int i = 0; i < 5; i++)
		if (got[i] != want[i])
			fail_msg("%s, %s, %d: %g, not %g", tensor, each_step ? "each step" : "all steps", i, got[i], want[i]);
}

enum { T = 7, N = 2, X = 3, H = 16 };

static void lstm(const char *schedule, bool rule)
{
	const char *const names[] = { "X", "H" };
	const int64_t values[] = { X, H };
	struct ctx *c = compile("models/lstm.lua", schedule, rule, names, values, 2);
	struct work w = work_count(c, dims_of(c, T, N));
	/* a = b + W x: b and W once, x once */
	expect_part(c, &w, "a", false, (double[]){ T * N * 4 * H * X, 0, 4 * (4 * H * X + 4 * H), 0, 4 * T * N * X });
	/* + U h': U each step; h' is read, a is written */
	expect_part(c, &w, "a", true, (double[]){ T * N * 4 * H * H, 0, 4 * T * 4 * H * H, 4 * T * N * (H + 4 * H), 0 });
	/* c = sigmoid(a1) c' + sigmoid(a0) tanh(a2): three functions, two products, a sum; three gates and c' are read, c is written */
	expect_part(c, &w, "c", true, (double[]){ 0, T * N * H * 6, 0, 4 * T * N * H * 5, 0 });
	/* h = sigmoid(a3) tanh(c): h is an output */
	expect_part(c, &w, "h", true, (double[]){ 0, T * N * H * 3, 0, 4 * T * N * H * 2, 4 * T * N * H });
	assert_true(w.operations == 2.0 * T * N * 4 * H * (X + H) + 9.0 * T * N * H);
	assert_true(w.bytes == 4.0 * (4 * H * X + 4 * H + T * N * X + T * 4 * H * H + T * N * 5 * H + T * N * H * 8));
	ctx_free(c);
}

/* The schedule changes nothing: neither hoisting nor chunks nor packing. */
static void counts(void **state)
{
	lstm(NULL, false);
	lstm(NULL, true);
	lstm("schedules/lstm.small-batch.lua", false);
	lstm("schedules/lstm.large-batch.lua", false);
}

/* A gather reads a row for each id, but no more than the table has. */
static void counts_reads(void **state)
{
	const char *const names[] = { "H", "D", "V" };
	const int64_t values[] = { 20, 7, 17 };
	struct ctx *c = compile("models/char_lm.lua", NULL, false, names, values, 3);
	struct work w = work_count(c, dims_of(c, 5, 3));
	expect_part(c, &w, "x", false, (double[]){ 0, 0, 4 * 5 * 3 * 7, 4 * 5 * 3 * 7, 4 * 5 * 3 });
	w = work_count(c, dims_of(c, 50, 3));
	expect_part(c, &w, "x", false, (double[]){ 0, 0, 4 * 17 * 7, 4 * 50 * 3 * 7, 4 * 50 * 3 });
	ctx_free(c);
}

static void limits(void **state)
{
	const char *const names[] = { "X", "H" };
	const int64_t values[] = { X, H };
	struct ctx *c = compile("models/lstm.lua", NULL, false, names, values, 2);
	struct work w = work_count(c, dims_of(c, T, N));
	size_t avx2 = 1;
	struct machine m = { .cores = 2, .caches = 2, .cache = { { 1, 2048, 64, 1, 2 }, { 2, 1 << 20, 64, 2, 1 } } };
	m.peak[avx2] = (struct machine_rate){ 100, 200 };
	m.read[0] = (struct machine_rate){ 10, 20 };
	m.read[1] = (struct machine_rate){ 5, 8 };
	m.read[2] = (struct machine_rate){ 1, 1 };
	assert_true(work_limit(c, &w, &m, 1));
	for (uint32_t i = 0; i < w.n; i++) {
		const struct work_part *p = &w.part[i];
		double want = 2 * (p->multiply_adds + p->others) / 100e9;
		assert_true(p->compute > 0.999999 * want && p->compute < 1.000001 * want);
	}
	/* U: 2048 bytes in L1, 2048 left for L2; what else a step has fits L1: a 512 + 128, c 640, h 256 */
	for (uint32_t i = 0; i < w.n; i++) {
		const struct work_part *p = &w.part[i];
		if (!p->each_step || strcmp(c->stage.at[p->stage].name, "a"))
			continue;
		double want = T * 2048 * 1e-10 + T * 2048 * 2e-10 + p->state * 1e-10;
		assert_int_equal(p->weights_from, 1);
		assert_true(p->traffic > 0.999999 * want && p->traffic < 1.000001 * want);
		assert_string_equal(work_bound(c, &m, p), "L2");
	}
	double one = w.limit;
	assert_true(work_limit(c, &w, &m, 2) && w.limit < one);
	m.peak[avx2].core = m.peak[avx2].all = 0;
	assert_false(work_limit(c, &w, &m, 1));
	ctx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(counts), cmocka_unit_test(counts_reads), cmocka_unit_test(limits) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
