/* test_map.c · maps: what a line may say, which params it makes of which tensors, and which shipped map a file is for
 *
 * Broken maps that are kept as files: tests/attack/files/map.
 *
 * Needs: cmocka; a folder in TMPDIR or /tmp to write to. */
#include "driver/tensors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "folder.h"

#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static char err[400];

static void write_map(const char *to, const char *text)
{
	write_at(to, text, strlen(text));
}

/* The diagnostics so far, "FILE" for the path of the map; free it. */
static char *printed(struct ctx *c)
{
	char *text = NULL, *at;
	size_t n = 0, len = strlen(path);
	FILE *f = open_memstream(&text, &n);
	assert_non_null(f);
	diag_print(c, f);
	fclose(f);
	while ((at = strstr(text, path))) {
		memcpy(at, "FILE", 4);
		memmove(at + 4, at + len, strlen(at + len) + 1);
	}
	return text;
}

static void expect_says(struct ctx *c, const char *says)
{
	char *said = printed(c);
	if (strncmp(said, says, strlen(says)) || (*said && !*says))
		fail_msg("says: %s\nnot:  %s", said, says);
	free(said);
}

static const struct map *map_of(struct ctx *c, const char *text)
{
	write_map(path, text);
	const struct map *m = map_load(c, path);
	expect_says(c, "");
	assert_non_null(m);
	assert_string_equal(map_path(m), path);
	return m;
}

/* A file of tensors of F32 with these names and shapes, all zeros. */
static struct rnn_st_file *file_of(const struct rnn_tensor *is, size_t n)
{
	static const float zeros[64];
	struct rnn_st_tensor t[8];
	for (size_t i = 0; i < n; i++)
		t[i] = (struct rnn_st_tensor){ is[i], 0, zeros };
	assert_int_equal(rnn_st_write(path, t, n, NULL, 0, err, sizeof err), 0);
	struct rnn_st_file *f = rnn_st_read(path, err, sizeof err);
	assert_non_null(f);
	return f;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static void test_refused(void **state)
{
	(void)state;
	static const struct { const char *text, *says; } row[] = {
		{ "\nW", "FILE:2: error[data]: this line of the map ends where '=' should be\n"
		  "  fix: a line of a map reads: PARAM = TENSOR" },
		{ "W =", "FILE:1: error[data]: this line of the map ends where the name of a tensor should be\n" },
		{ "W = a +\nV = b", "FILE:1: error[data]: this line of the map ends where the name of a tensor should be\n" },
		{ "W = a[0 of 2\n", "FILE:1: error[data]: this line of the map ends where ']' should be\n" },
		{ "W = a[0 of 2 3]", "FILE:1: error[data]: the map has '3]' where ']' should be\n" },
		{ "W = a[0 2]", "FILE:1: error[data]: the map has ']' where blocks, as in [0 2 1 of 3], should be\n" },
		{ "W = a[0 of x]", "FILE:1: error[data]: the map has 'x]' where blocks, as in [0 2 1 of 3], should be\n" },
		{ "W = a[0 of 65]", "FILE:1: error[data]: the map has ']' where blocks, as in [0 2 1 of 3], should be\n" },
		{ "W = a[0 2 of 2]", "FILE:1: error[data]: the map asks for a block that is not among 0 to 1\n" },
		{ "W[2", "FILE:1: error[data]: this line of the map ends where ']' should be\n" },
		{ "W[2,", "FILE:1: error[data]: this line of the map ends where an extent should be\n" },
		{ "l{n+1}.W = a", "FILE:1: error[data]: the map has '+1}.W' where '=' should be\n" },
		{ "W = 0 a", "FILE:1: error[data]: the map has 'a' where the end of the line should be\n" },
		{ "W = \"\"", "FILE:1: error[data]: the map has '\"\"' where the name of a tensor should be\n" },
		{ "= a\nW a", "FILE:1: error[data]: the map has '=' where the name of a param should be\n"
		  "  fix: a line of a map reads: PARAM = TENSOR + TENSOR, PARAM = TENSOR[0 2 1 of 3], PARAM = 0 or _ = TENSOR\n"
		  "FILE:2: error[data]: the map has 'a' where '=' should be\n" },
		{ "W = a 1234567890123456789012345678901234567890123",
		  "FILE:1: error[data]: the map has '1234567890123456789012345678901234567890' where the end of the line" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct ctx *c = ctx_new("test");
		write_map(path, row[i].text);
		assert_null(map_load(c, path));
		expect_says(c, row[i].says);
		ctx_free(c);
	}
}

static void test_no_map(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	unlink(path);
	assert_null(map_load(c, path));
	expect_says(c, "error[file]: cannot read the map FILE: No such file or directory\n");
	assert_null(map_load(c, folder));
	char *said = printed(c);
	assert_non_null(strstr(said, "error[file]: cannot read the map "));
	assert_non_null(strstr(said, ": Is a directory\n"));
	free(said);
	assert_null(map_load(c, "no_shipped_map"));
	expect_says(c, "error[file]: cannot read the map no_shipped_map: No such file or directory\n");
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	for (int i = 0; i <= 1 << 20; i++)
		fputc('\n', f);
	fclose(f);
	assert_null(map_load(c, path));
	expect_says(c, "error[data]: FILE is no map: it is over 1 MiB long\n");
	assert_int_equal(truncate(path, 1 << 20), 0);
	assert_non_null(map_load(c, path));
	expect_says(c, "");
	ctx_free(c);
}

/* ---- params ------------------------------------------------------------------------------------------------------ */

static const struct rnn_tensor weights[] = {
	{ "net.w_l0", RNN_F32, 2, { 4, 2 } }, { "net.w_l1", RNN_F32, 2, { 4, 2 } }, { "net.b", RNN_F32, 1, { 4 } },
	{ "net.one", RNN_F32, 0, { 0 } },
};

/* The params that a line makes, and of what: "" for zeros, NULL for no such line. */
static void test_recipes(void **state)
{
	(void)state;
	static const struct { const char *map; struct rnn_tensor want; const char *from; } row[] = {
		{ "W = w_l0", { "W", RNN_F32, 2, { 4, 2 } }, "net.w_l0" },
		{ "W = net.w_l0", { "W", RNN_F32, 2, { 4, 2 } }, "net.w_l0" },
		{ "\"W\" = \"w_l0\"\r\n# W = b", { "W", RNN_F32, 2, { 4, 2 } }, "net.w_l0" },
		{ "W = 0 # none", { "W", RNN_F32, 2, { 4, 2 } }, "" },
		{ "W = x\nW = b", { "W", RNN_F32, 1, { 4 } }, "net.b" },               /* the first has no such tensor */
		{ "W = b + x", { "W", RNN_F32, 1, { 4 } }, NULL },
		{ "W[*] = w_l0\nW[*,*] = w_l1", { "W", RNN_F32, 2, { 4, 2 } }, "net.w_l1" },
		{ "W[3,*] = w_l0\nW[4,*] = w_l1", { "W", RNN_F32, 2, { 4, 2 } }, "net.w_l1" },
		{ "W[99999999999999999999] = b\nW = one", { "W", RNN_F32, 1, { INT64_MAX } }, "net.one" },
		{ "l{n}.W = w_l{n}", { "l1.W", RNN_F32, 0, { 0 } }, "net.w_l1" },
		{ "l{n}.W = w_l{n-1}", { "l1.W", RNN_F32, 0, { 0 } }, "net.w_l0" },
		{ "l{n}.W = w_l{n+1}", { "l0.W", RNN_F32, 0, { 0 } }, "net.w_l1" },
		{ "l{n}.W = \"w_l{n+1}\"", { "l0.W", RNN_F32, 0, { 0 } }, "net.w_l1" },
		{ "l{n}.W = w_l{n+1001}", { "l0.W", RNN_F32, 0, { 0 } }, NULL },       /* no number: part of the name */
		{ "l{n}.W = w_l{n-1001}", { "l1.W", RNN_F32, 0, { 0 } }, NULL },
		{ "W = {N+b}", { "W", RNN_F32, 0, { 0 } }, NULL },                     /* the sum of "{N" and "b}" */
		{ "l{n}.W = w_l{n*1}", { "l1.W", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n}.W = w_l{n+1", { "l0.W", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n}.W = w_l{m}", { "l1.W", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n}.W = w_l{N}", { "l1.W", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n}.W = b", { "l1000000.W", RNN_F32, 0, { 0 } }, NULL },           /* over six digits */
		{ "l{n}.W = b", { "lx.W", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n}.W = b", { "l1.Wx", RNN_F32, 0, { 0 } }, NULL },
		{ "l{n.W = b", { "l{n.W", RNN_F32, 0, { 0 } }, "net.b" },
		{ "l{N}.W = b", { "l{N}.W", RNN_F32, 0, { 0 } }, "net.b" },
		{ "l{n}.{n}.W = w_l{n}", { "l1.1.W", RNN_F32, 0, { 0 } }, "net.w_l1" },
		{ "l{n}.{n}.W = w_l{n}", { "l1.0.W", RNN_F32, 0, { 0 } }, NULL },      /* not the same number */
		{ "l{n}.{m}.W = w_l{m}", { "l1.0.W", RNN_F32, 0, { 0 } }, "net.w_l0" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct ctx *c = ctx_new("test");
		const struct map *m = map_of(c, row[i].map);
		struct rnn_st_file *f = file_of(weights, COUNT(weights));
		struct recipe made;
		bool is = map_recipe(c, m, f, &row[i].want, &made);
		if (is != !!row[i].from || (is && made.n != (*row[i].from != 0)) ||
		    (is && made.n && strcmp(made.from[0]->is.name, row[i].from)))
			fail_msg("%s: '%s' is made of %s", row[i].map, row[i].want.name,
			         is && made.n ? made.from[0]->is.name : "none");
		rnn_st_free(f);
		ctx_free(c);
	}
}

static void test_explained(void **state)
{
	(void)state;
	static const struct { const char *map, *says; } row[] = {
		{ "W = b + w_l9", "FILE:1: error[data]: 'W' of the model is made of 'w_l9', which w.st does not have\n"
		  "  it has 'w_l" },
		{ "W = net.b + net.q", "FILE:1: error[data]: 'W' of the model is made of 'net.q', which w.st does not have\n" },
		{ "V = b", "error[data]: FILE has no line that makes 'W' of the model\n"
		  "  fix: add one: W = NAME, with the name of a tensor of w.st\n" },
		{ "W[5] = b", "error[data]: FILE has no line that makes 'W' of the model\n" },
	};
	static const struct rnn_tensor want = { "W", RNN_F32, 1, { 4 } };
	for (size_t i = 0; i < COUNT(row); i++) {
		struct ctx *c = ctx_new("test");
		const struct map *m = map_of(c, row[i].map);
		struct rnn_st_file *f = file_of(weights, COUNT(weights));
		struct recipe made;
		assert_false(map_recipe(c, m, f, &want, &made));
		map_explain(c, m, f, "w.st", &want);
		expect_says(c, row[i].says);
		rnn_st_free(f);
		ctx_free(c);
	}
	/* a file without tensors */
	struct ctx *c = ctx_new("test");
	const struct map *m = map_of(c, "W = b");
	struct rnn_st_file *f = file_of(NULL, 0);
	map_explain(c, m, f, "w.st", &want);
	expect_says(c, "FILE:1: error[data]: 'W' of the model is made of 'b', which w.st does not have\n");
	rnn_st_free(f);
	ctx_free(c);
}

static void test_drops(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	const struct map *m = map_of(c, "W = a\n_ = decoder.* + extra\n_ = 0\n");
	static const struct { const char *name; bool drops; } row[] = {
		{ "decoder.weight", true }, { "decoder.", true }, { "decode", false }, { "extra", true }, { "extra1", false },
		{ "a", false }, { "W", false },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		assert_int_equal(map_drops(c, m, NULL, row[i].name), row[i].drops);
	assert_false(map_drops(c, NULL, NULL, "a"));
	ctx_free(c);
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

static void test_shapes(void **state)
{
	(void)state;
	static const struct rnn_st_tensor six = { { "a", RNN_F32, 2, { 6, 5 } }, 0, NULL };
	static const struct rnn_st_tensor scalar = { { "a", RNN_F32, 0, { 0 } }, 0, NULL };
	static const struct map_term whole = { 0 }, third = { .of = 3, .n = 2 }, quarter = { .of = 4, .n = 1 };
	struct rnn_tensor out;
	assert_true(map_shape(&six, &whole, &out) && out.shape[0] == 6 && out.shape[1] == 5);
	assert_true(map_shape(&six, &third, &out) && out.shape[0] == 4 && out.shape[1] == 5);
	assert_false(map_shape(&six, &quarter, &out));
	assert_false(map_shape(&scalar, &third, &out));
	static const struct { struct rnn_tensor have, want; bool regroups; } row[] = {
		{ { "", 0, 2, { 8, 3 } },            { "", 0, 3, { 4, 2, 3 } },          true },
		{ { "", 0, 3, { 4, 2, 3 } },         { "", 0, 2, { 8, 3 } },             true },
		{ { "", 0, 2, { 8, 3 } },            { "", 0, 2, { 3, 8 } },             true },
		{ { "", 0, 2, { 8, 3 } },            { "", 0, 3, { 4, 2, 4 } },          false },
		{ { "", 0, 1, { 8 } },               { "", 0, 1, { 4 } },                false },
		{ { "", 0, 1, { 4 } },               { "", 0, 1, { 8 } },                false },
		{ { "", 0, 3, { 4, 1, 1 } },         { "", 0, 1, { 4 } },                true },
		{ { "", 0, 1, { 4 } },               { "", 0, 3, { 4, 1, 1 } },          true },
		{ { "", 0, 2, { 4, 2 } },            { "", 0, 1, { 4 } },                false },
		{ { "", 0, 1, { 4 } },               { "", 0, 2, { 4, 2 } },             false },
		{ { "", 0, 0, { 0 } },               { "", 0, 1, { 1 } },                true },
		{ { "", 0, 1, { 0 } },               { "", 0, 1, { 4 } },                false },
		{ { "", 0, 1, { 4 } },               { "", 0, 1, { 0 } },                false },
		{ { "", 0, 2, { 2, 0 } },            { "", 0, 1, { 4 } },                false },
		{ { "", 0, 1, { 0 } },               { "", 0, 1, { 0 } },                true },
		{ { "", 0, 2, { INT64_C(1) << 40, INT64_C(1) << 40 } }, { "", 0, 1, { INT64_MAX } }, false },
	};
	for (size_t i = 0; i < COUNT(row); i++)
		if (map_regroups(&row[i].have, &row[i].want) != row[i].regroups)
			fail_msg("row %zu", i);
}

/* ---- the shipped ones -------------------------------------------------------------------------------------------- */

/* RNNGEN_SHARE with maps of our own: the first by name under which every param is made and every tensor used. */
static void test_shipped(void **state)
{
	(void)state;
	static const char *const made[] = { "models", "models/maps", "models/maps/d.map", "models/maps/c.map",
	                                    "models/maps/b.map", "models/maps/a.map", "models/maps/none.txt", "models/maps/map" };
	static const char *const text[] = { NULL, NULL, "W = w_l0\n_ = *", "W = w_l0\n_ = w_l1 + net.w_l1 + net.b + net.one",
	                                    "W = w_l0", "W = missing", "W = w_l0\n_ = *", "W = w_l0\n_ = *" };
	static const struct rnn_tensor want[] = { { "W", RNN_F32, 2, { 4, 2 } }, { "net.b", RNN_F32, 1, { 4 } } };
	char name[300];
	struct ctx *c = ctx_new("test");
	struct rnn_st_file *f = file_of(weights, COUNT(weights));
	unlink(path);
	setenv("RNNGEN_SHARE", folder, 1);
	assert_null(map_shipped(c, f, want, 1));               /* no maps are shipped */
	for (size_t i = 0; i < COUNT(made); i++) {
		snprintf(name, sizeof name, "%s/%s", folder, made[i]);
		if (text[i])
			write_map(name, text[i]);
		else
			assert_int_equal(mkdir(name, 0700), 0);
	}
	const struct map *m = map_shipped(c, f, want, 1), *named = map_load(c, "b");
	assert_non_null(m);
	snprintf(name, sizeof name, "%s/models/maps/c.map", folder);
	assert_string_equal(map_path(m), name);
	assert_non_null(named);
	snprintf(name, sizeof name, "%s/models/maps/b.map", folder);
	assert_string_equal(map_path(named), name);
	assert_null(map_shipped(c, f, want, 0));               /* nothing is wanted */
	assert_null(map_shipped(c, f, want, 2));               /* the file has a name of the model's */
	expect_says(c, "");
	snprintf(name, sizeof name, "%s/models/maps/a.map", folder);
	write_map(name, "W");
	assert_non_null(map_shipped(c, f, want, 1));           /* one that is broken is said, and passed over */
	char *said = printed(c);
	assert_non_null(strstr(said, "/models/maps/a.map:1: error[data]: this line of the map ends where '=' should be\n"));
	free(said);
	unsetenv("RNNGEN_SHARE");
	rnn_st_free(f);
	ctx_free(c);
	for (size_t i = COUNT(made); i--; ) {
		snprintf(name, sizeof name, "%s/%s", folder, made[i]);
		assert_int_equal(remove(name), 0);
	}
	assert_int_equal(files_in_folder(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_no_map), cmocka_unit_test(test_recipes),
		cmocka_unit_test(test_explained), cmocka_unit_test(test_drops), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_shipped),
	};
	return cmocka_run_group_tests_name("map", tests, make_folder, remove_folder);
}
