/* test_maths.c · the support text that emitted C carries: vectors against scalars, simple functions against C
 *
 * Each target's text is compiled with the target's options (maths.cmake); targets that this processor lacks
 * are skipped. Errors are maths_ulp's. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE         /* MAP_ANONYMOUS */
#endif
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "maths_here.h"
#include "target/text.h"

enum { SAMPLES = 1 << 18, MAX_LANES = 16 };

static float from_bits(uint32_t u)
{
	float x;

	memcpy(&x, &u, sizeof x);
	return x;
}

/* xorshift: all bit patterns, so NaN, infinities and subnormals come along */
static uint32_t noise(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The table of the target under test; skips where it cannot run. */
static const struct maths_table *table(void **state)
{
	const struct maths_table *t = *state;

	if (!maths_usable(t)) {
		print_message("SKIP: this processor lacks %s\n", t->target);
		skip();
	}
	return t;
}

static maths_map *scalar(const struct maths_table *t, const char *name)
{
	const struct maths_function *f = maths_find(t, name);

	if (!f)
		fail_msg("no function %s", name);
	return f->s;
}

static float call(const struct maths_table *t, const char *name, float a)
{
	float y;

	scalar(t, name)(&y, &a, &a, &a, 1);
	return y;
}

static void assert_same(const char *what, float s, float v, float x)
{
	if (memcmp(&s, &v, sizeof s) != 0 && !(isnan(s) && isnan(v)))
		fail_msg("%s at %.9g: %.9g, expected %.9g", what, (double)x, (double)v, (double)s);
}

/* Random bits, then moderate values, then the special ones mixed together. */
static void fill(float *a, float *b, float *c)
{
	static const float special[] = { 0.0f, -0.0f, 1.0f, -1.0f, 0.5f, INFINITY, -INFINITY, NAN, 1e-45f, -1e-45f,
		1.17549435e-38f, 3.40282347e38f, 8388608.0f, -0.5f, 88.7228394f, -87.3365479f };
	const uint32_t specials = sizeof special / sizeof *special;
	uint32_t seed = 2463534242u;

	for (int i = 0; i < SAMPLES; i++) {
		a[i] = from_bits(noise(&seed));
		b[i] = from_bits(noise(&seed));
		c[i] = from_bits(noise(&seed));
		if (i % 4 == 1) {
			a[i] = (float)(int32_t)noise(&seed) * 0x1p-26f;
			b[i] = (float)(int32_t)noise(&seed) * 0x1p-30f;
			c[i] = (float)(int32_t)noise(&seed) * 0x1p-29f;
		} else if (i % 4 == 2) {
			a[i] = special[noise(&seed) % specials];
			b[i] = special[noise(&seed) % specials];
			c[i] = special[noise(&seed) % specials];
		}
	}
}

static void test_lanes_equal_scalars(void **state)
{
	const struct maths_table *t = table(state);
	float *buffer = malloc(5 * SAMPLES * sizeof *buffer);
	float *a = buffer, *b = a + SAMPLES, *c = b + SAMPLES, *s = c + SAMPLES, *v = s + SAMPLES;

	assert_non_null(buffer);
	fill(a, b, c);
	for (size_t f = 0; f < t->functions; f++) {
		t->function[f].s(s, a, b, c, SAMPLES);
		t->function[f].v(v, a, b, c, SAMPLES);
		for (int i = 0; i < SAMPLES; i++)
			assert_same(t->function[f].name, s[i], v[i], a[i]);
	}
	free(buffer);
}

/* What the simple functions are, in C. */
static void test_simple_functions(void **state)
{
	const struct maths_table *t = table(state);
	const int fused = strcmp(t->target, "generic") != 0;
	float *buffer = malloc(4 * SAMPLES * sizeof *buffer);
	float *a = buffer, *b = a + SAMPLES, *c = b + SAMPLES, *y = c + SAMPLES;

	assert_non_null(buffer);
	fill(a, b, c);
#define CHECK(name, want) \
	scalar(t, name)(y, a, b, c, SAMPLES); \
	for (int i = 0; i < SAMPLES; i++) { \
		const float w = (want); \
		assert_same(name, w, y[i], a[i]); \
	}
	CHECK("abs", fabsf(a[i]))
	CHECK("sqrt", sqrtf(a[i]))
	CHECK("floor", floorf(a[i]))
	CHECK("relu", 0.0f > a[i] ? 0.0f : a[i])
	CHECK("min", a[i] < b[i] ? a[i] : b[i])
	CHECK("max", a[i] > b[i] ? a[i] : b[i])
	CHECK("lt", a[i] < b[i] ? a[i] : c[i])
	CHECK("le", a[i] <= b[i] ? a[i] : c[i])
	CHECK("gt", a[i] > b[i] ? a[i] : c[i])
	CHECK("ge", a[i] >= b[i] ? a[i] : c[i])
	CHECK("eq", a[i] == b[i] ? a[i] : c[i])
	CHECK("ne", a[i] != b[i] ? a[i] : c[i])
	CHECK("not", !(a[i] < b[i]) ? a[i] : c[i])
	CHECK("mask", a[i] < b[i] && !(b[i] == c[i]) ? a[i] : 1.5f)
	{
		volatile float ab, bc;          /* volatile: rounded, whatever the options of this file */
		CHECK("fma", fused ? fmaf(a[i], b[i], c[i]) : (ab = a[i] * b[i], ab + c[i]))
		CHECK("gates", (bc = b[i] * c[i], ab = a[i] * b[i], bc = bc + ab, bc - c[i]))
	}
#undef CHECK
	free(buffer);
}

static void test_special_values(void **state)
{
	static const struct {
		const char *name;
		float x, y;
	} rows[] = {
		{ "exp", 0.0f, 1.0f }, { "exp", -0.0f, 1.0f },
		{ "exp", INFINITY, INFINITY }, { "exp", -INFINITY, 0.0f },
		{ "exp", 88.73f, INFINITY }, { "exp", -104.0f, 0.0f }, { "exp", -103.0f, 1.4e-45f },
		{ "exp", NAN, NAN },
		{ "log", 1.0f, 0.0f }, { "log", 0.0f, -INFINITY }, { "log", -0.0f, -INFINITY }, { "log", -1.0f, NAN },
		{ "log", -INFINITY, NAN }, { "log", INFINITY, INFINITY }, { "log", NAN, NAN },
		{ "log", 1.4e-45f, -103.278931f },
		{ "tanh", 0.0f, 0.0f }, { "tanh", -0.0f, -0.0f },
		{ "tanh", INFINITY, 1.0f }, { "tanh", -INFINITY, -1.0f },
		{ "tanh", 10.0f, 1.0f }, { "tanh", -10.0f, -1.0f }, { "tanh", 1e-45f, 1e-45f }, { "tanh", NAN, NAN },
		{ "tanh", -1e-20f, -1e-20f },
		{ "sigmoid", 0.0f, 0.5f }, { "sigmoid", -0.0f, 0.5f }, { "sigmoid", INFINITY, 1.0f },
		{ "sigmoid", -INFINITY, 0.0f }, { "sigmoid", 20.0f, 1.0f }, { "sigmoid", -110.0f, 0.0f },
		{ "sigmoid", NAN, NAN },
		{ "relu", -1.0f, 0.0f }, { "relu", 2.0f, 2.0f }, { "relu", NAN, NAN }, { "relu", -INFINITY, 0.0f },
		{ "floor", -0.0f, -0.0f }, { "floor", -0.25f, -1.0f }, { "floor", 8388607.5f, 8388607.0f },
	};
	const struct maths_table *t = table(state);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_same(rows[i].name, rows[i].y, call(t, rows[i].name, rows[i].x), rows[i].x);
}

/* A page whose neighbours fault when touched; returns its first byte, *size its length. */
static char *guarded_page(size_t *size)
{
	char *p;

	*size = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, 3 * *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p, *size, PROT_NONE), 0);
	assert_int_equal(mprotect(p + 2 * *size, *size, PROT_NONE), 0);
	return p + *size;
}

static void test_partial_loads_and_stores(void **state)
{
	const struct maths_table *t = table(state);
	size_t size;
	char *page = guarded_page(&size);
	float *end = (float *)(void *)(page + size), a[MAX_LANES], y[MAX_LANES];

	for (int i = 0; i < MAX_LANES; i++)
		a[i] = (float)(i + 1);
	for (int n = 0; n <= t->lanes; n++) {
		float *at[2];

		at[0] = end - n;                         /* the memory after the first n floats faults */
		at[1] = (float *)(void *)page;           /* and here it does not, but must keep its -1 */
		for (int k = 0; k < 2; k++) {
			const int room = k == 0 ? n : t->lanes;

			for (int i = 0; i < room; i++)
				at[k][i] = -1.0f;
			t->store_n(at[k], a, n);
			for (int i = 0; i < room; i++)
				assert_true(at[k][i] == (i < n ? a[i] : -1.0f));
			t->load_n(y, at[k], n);
			for (int i = 0; i < t->lanes; i++)
				assert_true(y[i] == (i < n ? a[i] : 0.0f));
		}
	}
	munmap(page - size, 3 * size);
}

static void test_strides_and_sums(void **state)
{
	const struct maths_table *t = table(state);
	float a[5 * MAX_LANES], y[MAX_LANES], sum = 0;

	for (int i = 0; i < 5 * MAX_LANES; i++)
		a[i] = (float)i;
	t->load_stride(y, a, 5);
	for (int i = 0; i < t->lanes; i++)
		assert_true(y[i] == (float)(5 * i));
	t->load_stride(y, a + 3 * t->lanes, -3);
	for (int i = 0; i < t->lanes; i++)
		assert_true(y[i] == (float)(3 * t->lanes - 3 * i));
	t->store_stride(a + 1, 5, y);
	for (int i = 0; i < 5 * t->lanes; i++)
		assert_true(a[i] == (i % 5 == 1 ? y[i / 5] : (float)i));
	for (int i = 0; i < t->lanes; i++)
		sum += y[i];
	assert_true(t->hsum(y) == sum);
	assert_true(t->hmax(y) == y[0]);
	y[t->lanes - 1] = 1e9f;
	assert_true(t->hmax(y) == 1e9f);
}

static void test_turned(void **state)
{
	const struct maths_table *t = table(state);
	_Alignas(64) float a[MAX_LANES * 20], y[MAX_LANES * MAX_LANES];

	for (int i = 0; i < MAX_LANES * 20; i++)
		a[i] = (float)i;
	for (int from_memory = 0; from_memory < 2; from_memory++) {
		t->turned(y, a + 1, 19, from_memory);
		for (int k = 0; k < t->lanes; k++)
			for (int i = 0; i < t->lanes; i++)
				assert_true(y[k * t->lanes + i] == (float)(1 + 19 * i + k));
	}
	for (int at = 0; at < 32; at += 8) {                   /* a line of memory, and what is none */
		t->line(y + at, a);
		for (int i = 0; i < 16; i++)
			assert_true(y[at + i] == (float)i);
	}
}

struct page {
	char text[16384];
	size_t n;
};

static void append(void *ctx, const char *s, size_t n)
{
	struct page *p = ctx;

	assert_true(p->n + n < sizeof p->text);
	memcpy(p->text + p->n, s, n);
	p->text[p->n += n] = '\0';
}

static enum text_error ask_ulp(int ulp, const char *target, const struct text_use *use, size_t n, struct page *p, size_t *which)
{
	const struct text_request request = { target, use, n, ulp };

	return text_functions(&request, append, p, which);
}

static enum text_error ask(const char *target, const struct text_use *use, size_t n, struct page *p, size_t *which)
{
	return ask_ulp(4, target, use, n, p, which);
}

static int count(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

static void test_text_is_once_and_in_order(void **state)
{
	static const struct text_use use[] = { { "tanh", 8 }, { "hmax", 8 }, { "tanh", 8 }, { "fma", 1 } };
	static const struct text_use turned[] = { { "fma", 1 }, { "tanh", 8 }, { "hmax", 8 } };
	static struct page p, q;

	(void)state;
	assert_int_equal(ask("avx2", use, 4, &p, NULL), TEXT_OK);
	assert_int_equal(ask("avx2", turned, 3, &q, NULL), TEXT_OK);
	assert_string_equal(p.text, q.text);
	assert_int_equal(count(p.text, "v8 tanh8(v8 x)"), 1);
	assert_int_equal(count(p.text, "typedef float v8"), 1);
	assert_int_equal(count(p.text, "fma1("), 1);
	assert_int_equal(count(p.text, "@") + count(p.text, "##") + count(p.text, "sigmoid"), 0);
	assert_true(strstr(p.text, "typedef float v8") < strstr(p.text, "v8 fma8("));
	assert_true(strstr(p.text, "v8 fma8(") < strstr(p.text, "v8 tanh8("));
}

/* Another accuracy changes the text of the functions that have it, and no name. */
static void test_text_of_an_accuracy(void **state)
{
	static const struct text_use two[] = { { "tanh", 8 }, { "floor", 8 } };
	static struct page fast, fine;

	(void)state;
	assert_int_equal(ask_ulp(4, "avx2", two, 2, &fast, NULL), TEXT_OK);
	assert_int_equal(ask_ulp(1, "avx2", two, 2, &fine, NULL), TEXT_OK);
	assert_string_not_equal(fast.text, fine.text);
	assert_int_equal(count(fine.text, "v8 tanh8(v8 x)"), 1);
	assert_int_equal(count(fine.text, "fma8("), count(fast.text, "fma8(") + 3);
}

static void test_text_errors(void **state)
{
	static const struct text_use wrong[] = { { "tanh", 8 }, { "tan", 8 } }, wide[] = { { "tanh", 4 } };
	struct page p = { "", 0 };
	size_t which = 9;

	(void)state;
	assert_int_equal(ask("avx2", wrong, 2, &p, &which), TEXT_NO_FUNCTION);
	assert_int_equal(which, 1);
	assert_int_equal(ask("avx2", wide, 1, &p, &which), TEXT_NO_LANES);
	assert_int_equal(which, 0);
	assert_int_equal(ask("vax", wide, 1, &p, &which), TEXT_NO_TARGET);
	assert_int_equal(text_head("vax", append, &p), TEXT_NO_TARGET);
	assert_int_equal(p.n, 0);
	assert_int_equal(text_lanes("avx512"), 16);
	assert_int_equal(text_lanes("vax"), 0);
	assert_string_equal(text_flags("avx2"), "-mavx2 -mfma");
	assert_null(text_flags("vax"));
	assert_int_equal(text_head("avx2", append, &p), TEXT_OK);
	assert_non_null(strstr(p.text, "#error \"compile with -mavx2 -mfma (gcc, clang)\""));
}

#define ON(table, test) { #test " " #table, test, NULL, NULL, (void *)(uintptr_t)&(table) }
#define ON_ALL(test) ON(maths_generic_4ulp, test), ON(maths_avx2_4ulp, test), ON(maths_avx512_4ulp, test), \
	ON(maths_generic_1ulp, test), ON(maths_avx2_1ulp, test), ON(maths_avx512_1ulp, test) ON_EMULATED(test)
#ifdef MATHS_EMULATED
#define ON_EMULATED(test) , ON(maths_avx512_emulated_4ulp, test), ON(maths_avx512_emulated_1ulp, test)
#else
#define ON_EMULATED(test)
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_once_and_in_order),
		cmocka_unit_test(test_text_of_an_accuracy),
		cmocka_unit_test(test_text_errors),
		ON_ALL(test_lanes_equal_scalars),
		ON_ALL(test_simple_functions),
		ON_ALL(test_special_values),
		ON_ALL(test_partial_loads_and_stores),
		ON_ALL(test_strides_and_sums),
		ON_ALL(test_turned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
