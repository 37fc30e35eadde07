/* test_machine.c · what rnngen machine measures is plausible, is kept in a file and comes back from it
 *
 * Figures themselves decide nothing: the machine may be busy.
 *
 * Needs: cmocka, clang; a folder in TMPDIR or /tmp to write to. */
#include "driver/machine.h"
#include "target/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"

/* Measures once, which takes seconds; later calls are counted and get the same figures. */
int __real_machine_measure(struct ctx *c, const struct build_options *o, bool quick, struct machine *m);
int __wrap_machine_measure(struct ctx *c, const struct build_options *o, bool quick, struct machine *m);
static struct machine measured;
static int measurements;
int __wrap_machine_measure(struct ctx *c, const struct build_options *o, bool quick, struct machine *m)
{
	int code = measurements++ ? EXIT_DONE : __real_machine_measure(c, o, quick, &measured);
	*m = measured;
	return code;
}

static void expect_rate(struct machine_rate r)
{
	assert_true(r.core > 0.01 && r.core < 1e6);
	assert_true(r.all > 0.01 && r.all < 1e6);
}

static void plausible(const struct machine *m)
{
	size_t n;
	const struct target *t = target_list(&n);
	assert_true(*m->cpu);
	assert_true(m->cores >= 1 && m->threads >= m->cores && m->packages >= 1 && m->nodes >= 1 && m->memory > 1 << 20);
	for (int i = 0; i < m->caches; i++) {
		assert_true(m->cache[i].bytes > 0 && m->cache[i].cores >= 1 && m->cache[i].instances >= 1);
		assert_true(!i || (m->cache[i].level > m->cache[i - 1].level && m->cache[i].bytes > m->cache[i - 1].bytes));
	}
	for (size_t i = 0; i < n; i++) {
		if (target_runs_here(&t[i]))
			expect_rate(m->peak[i]);
		else
			assert_true(m->peak[i].core == 0);
	}
	for (int i = 0; i <= m->caches; i++)
		expect_rate(m->read[i]);
	expect_rate(m->copy);
	expect_rate(m->copy_past);
	expect_rate(m->triad);
	expect_rate(m->triad_past);
	for (int i = 0; i < m->teams; i++) {
		assert_true(m->team[i].threads >= 2 && m->team[i].threads <= m->cores);
		assert_true(m->team[i].omp > 1 && m->team[i].spin > 1 && m->team[i].flag > 1);
	}
}

static const char *written(struct ctx *c, const char *to, const struct machine *m)
{
	struct text t = { .c = c };
	machine_json(c, m, &t);
	if (to)
		write_at(to, t.s, t.n);
	return t.s;
}

/* The usual file: made where it is missing, taken where it is of this CPU, made anew where it is not. */
static void measures(void **state)
{
	struct ctx *c = ctx_new("test");
	struct build_options o = { .dir = folder };
	struct machine m, again;
	const char *usual, *why;
	setenv("XDG_CACHE_HOME", folder, 1);
	usual = machine_path(c);
	assert_string_equal(usual, base_internf(c, "%s/rnngen/machine.json", folder));
	assert_int_equal(machine_get(c, &o, NULL, &m), EXIT_DONE);
	plausible(&m);
	assert_true(m.quick && machine_is_here(c, &m));
	assert_int_equal(files_in_folder(), 1);                /* nothing is left of the kernels */
	assert_true(machine_read(c, usual, &again, &why));
	plausible(&again);
	assert_string_equal(written(c, NULL, &m), written(c, NULL, &again));

	again.peak[0].core = 98760;                            /* shows who took it */
	written(c, usual, &again);
	assert_int_equal(machine_get(c, &o, NULL, &m), EXIT_DONE);
	assert_true(m.peak[0].core == 98760 && measurements == 1);
	again.cpu = "another";
	written(c, usual, &again);
	assert_int_equal(machine_get(c, &o, NULL, &m), EXIT_DONE);
	assert_true(m.peak[0].core < 98760 && measurements == 2);
	assert_true(machine_is_here(c, &m));
	machine_rest();
	unlink(usual);
	rmdir(base_internf(c, "%s/rnngen", folder));
	ctx_free(c);
}

static void answers(void **state)
{
	struct ctx *c = ctx_new("test");
	struct machine m = { .cores = 4, .threads = 8, .caches = 3, .cache = {
		{ 1, 1000, 64, 1, 4 }, { 2, 10000, 64, 2, 2 }, { 3, 100000, 64, 4, 1 } } };
	assert_int_equal(machine_level(&m, 1000, 1), 0);
	assert_int_equal(machine_level(&m, 1001, 1), 1);
	assert_int_equal(machine_level(&m, 4000, 4), 0);       /* a quarter for each core */
	assert_int_equal(machine_level(&m, 4001, 8), 1);       /* SMT has no caches of its own */
	assert_int_equal(machine_level(&m, 20000, 2), 2);      /* two cores may share one L2 */
	assert_int_equal(machine_level(&m, 20000, 3), 1);
	assert_int_equal(machine_level(&m, 100001, 8), 3);
	assert_string_equal(machine_level_name(c, &m, 1), "L2");
	assert_string_equal(machine_level_name(c, &m, 3), "memory");
	assert_true(machine_rate(&m, (struct machine_rate){ 10, 30 }, 1) == 10);
	assert_true(machine_rate(&m, (struct machine_rate){ 10, 30 }, 2) == 20);
	assert_true(machine_rate(&m, (struct machine_rate){ 10, 15 }, 2) == 15);
	assert_true(machine_rate(&m, (struct machine_rate){ 10, 30 }, 8) == 30);
	ctx_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers), cmocka_unit_test(measures) };
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
