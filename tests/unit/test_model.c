/* test_model.c · the model language: what it understands, what it refuses and where, and what its equations compute
 *
 * Models are texts in this file, written to a folder of their own. `refused` is a table: a text, and what its first
 * diagnostic has to say, place included. Texts begin with the lines of `prelude`, which count as line 1.
 *
 * Needs: cmocka, Lua; a folder in TMPDIR or /tmp to write to; models/ in RNNGEN_SOURCE (default: here). */
#include "front/model_lang.h"
#include "front/sandbox.h"
#include "ir/ir.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef RNNGEN_SOURCE
#define RNNGEN_SOURCE "."
#endif
#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static char folder[200];

/* ---- loading ----------------------------------------------------------------------------------------------------- */

static const char prelude[] =
	"local T, N = dims('T', 'N'); local X, H = dim('X', 3), dim('H', 2); local t = time('t', T); "
	"local n, g, i, j, k, p, q = axes('n', 'g', 'i', 'j', 'k', 'p', 'q'); local x = input('x', f32, {T, N, X}); "
	"local h = state('h', f32, {T, N, H}); local W = param('W', f32, {H, X}); ";

static const char *write_text(const char *name, const char *before, const char *text)
{
	static char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputs(before, f);
	fputs(text, f);
	fclose(f);
	return path;
}

/* What diagnostics print, without the folder; free it. */
static char *printed(struct ctx *c)
{
	char *text = NULL, *at;
	size_t n = 0, len = strlen(folder) + 1;
	FILE *f = open_memstream(&text, &n);
	assert_non_null(f);
	diag_print(c, f);
	fclose(f);
	while ((at = strstr(text, folder)))
		memmove(at, at + len, strlen(at + len) + 1);
	return text;
}

static struct ctx *load_with(const char *before, const char *text, const struct setting *set)
{
	struct ctx *c = ctx_new("test");
	for (; set && set->name; set++)
		VEC_PUSH(c, c->set, *set);
	if (model_load(c, write_text("m.lua", before, text)))
		equations_infer(c);
	return c;
}

/* A model that must be good. */
static struct ctx *good(const char *before, const char *text)
{
	struct ctx *c = load_with(before, text, NULL);
	char *said = printed(c);
	assert_string_equal(said, "");
	free(said);
	equations_verify(c);
	return c;
}

static const struct tensor *tensor(struct ctx *c, const char *name)
{
	tensor_id t = tensor_find(c, name);
	assert_int_not_equal(t, 0);
	return &c->tensor.at[t];
}

static const char *model_text(struct ctx *c)
{
	struct text t = { .c = c };
	equations_print(c, &t);
	return t.s;
}

static const char lstm[] =
	"local T, N, X, H = dims('T', 'N', 'X', 'H')\n"
	"local t = time('t', T)\n"
	"local n, g, i, j, k = axes('n', 'g', 'i', 'j', 'k')\n"
	"local x = input('x', f32, {T, N, X})\n"
	"local W, U = param('W', f32, {4, H, X}), param('U', f32, {4, H, H})\n"
	"local b = param('b', f32, {4, H})\n"
	"local c, h = state('c', f32, {T, N, H}), state('h', f32, {T, N, H})\n"
	"local a = func('a', f32, {T, N, 4, H})\n"
	"a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k])\n"
	"                        + sum(j, U[g][i][j] * h[t-1][n][j])\n"
	"c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t-1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])\n"
	"h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])\n"
	"return model { name = 'lstm', inputs = {x}, outputs = {h}, states = {h, c} }\n";

static const struct setting two_units[] = { { "X", 3, false, false }, { "H", 2, false, false }, { NULL, 0, false, false } };

/* ---- what it understands ----------------------------------------------------------------------------------------- */

static void test_lstm_as_written(void **state)
{
	(void)state;
	struct ctx *c = load_with("", lstm, two_units);
	assert_int_equal(c->errors, 0);
	equations_verify(c);
	assert_string_equal(model_text(c),
		"local T = dim(\"T\")\n"
		"local N = dim(\"N\")\n"
		"local X = dim(\"X\", 3)\n"
		"local H = dim(\"H\", 2)\n"
		"local t = time(\"t\", T)\n"
		"local n = axis(\"n\", N)\n"
		"local g = axis(\"g\", 4)\n"
		"local i = axis(\"i\", 2)\n"
		"local j = axis(\"j\", 2)\n"
		"local k = axis(\"k\", 3)\n"
		"local x = input(\"x\", f32, {T, N, 3})\n"
		"local W = param(\"W\", f32, {4, 2, 3})\n"
		"local U = param(\"U\", f32, {4, 2, 2})\n"
		"local b = param(\"b\", f32, {4, 2})\n"
		"local c = state(\"c\", f32, {T, N, 2})\n"
		"local h = state(\"h\", f32, {T, N, 2})\n"
		"local a = func(\"a\", f32, {T, N, 4, 2})\n"
		"a[t][n][g][i] = b[g][i] + sum(k, W[g][i][k] * x[t][n][k]) + sum(j, U[g][i][j] * h[t - 1][n][j])\n"
		"c[t][n][i] = sigmoid(a[t][n][1][i]) * c[t - 1][n][i] + sigmoid(a[t][n][0][i]) * tanh(a[t][n][2][i])\n"
		"h[t][n][i] = sigmoid(a[t][n][3][i]) * tanh(c[t][n][i])\n"
		"return model { name = \"lstm\", inputs = {x}, outputs = {h}, states = {h, c} }\n");
	assert_int_equal(tensor(c, "h")->history, 1);
	assert_int_equal(tensor(c, "c")->history, 1);
	assert_int_equal(tensor(c, "x")->history, 0);
	assert_int_equal(tensor(c, "a")->time, 0);
	assert_int_equal(tensor(c, "x")->time, 0);
	assert_int_equal(tensor(c, "W")->time, -1);
	assert_true(tensor_in_recurrence(c, tensor_find(c, "a")));
	assert_string_equal(loc_text(c, c->def.at[1].loc) + strlen(folder) + 1, "m.lua:9");
	for (uint32_t s = 0; s < c->set.n; s++)
		assert_true(c->set.at[s].used);
	ctx_free(c);
}

static void test_print_reads_back(void **state)
{
	(void)state;
	static const char text[] =
		"local s = func('s', f32, {N, 2*H - 1}); local m = axis('m')\n"
		"s[n][m] = sum({t, k, j}, max(-W[j][k], 0.25) * x[t][n][k] - H) / (T + 1) - (W[0][0] - 1) * f32(T - N)\n"
		"h[-1][n][i] = 0.5\n"
		"h[t][n][i] = where(lor(lt(t, 3), eq(i, 1)), s[n][i+1], tanh(h[t-1][n][1-i])) * 2.5e-3\n"
		"local e = func('e', f32, {N, H}) e[n][i] = h[T-1][n][i]\n"
		"return model { name = 'm', inputs = {x}, outputs = {h, e}, states = {h} }";
	struct ctx *a = good(prelude, text);
	char *once = strdup(model_text(a));
	struct ctx *b = good("", once);
	assert_string_equal(model_text(b), once);
	assert_true(equations_hash(a) == equations_hash(b));
	free(once);
	ctx_free(a);
	ctx_free(b);
}

static void test_hash(void **state)
{
	(void)state;
	static const char *const text[] = {
		"h[t][n][i] = sum(k, W[i][k] * x[t][n][k]); return model { name='m', inputs={x}, outputs={h} }",
		"\n\nh[t][n][p] = sum(q, W[p][q] *\n x[t][n][q]); return model { name='m', outputs={h}, inputs={x} }",
		"h[t][n][i] = sum(k, W[i][k] + x[t][n][k]); return model { name='m', inputs={x}, outputs={h} }",
		"h[t][n][i] = sum(k, x[t][n][k] * W[i][k]); return model { name='m', inputs={x}, outputs={h} }",
	};
	uint64_t h[COUNT(text)];
	for (size_t i = 0; i < COUNT(text); i++) {
		struct ctx *c = good(prelude, text[i]);
		h[i] = equations_hash(c);
		ctx_free(c);
	}
	assert_true(h[0] == h[1]);
	assert_true(h[0] != h[2]);
	assert_true(h[0] != h[3]);
}

static void test_scopes_and_require(void **state)
{
	(void)state;
	write_text("cells/half.lua", "", "return function(v, t, n, i) local W = param('W', f32, {2})\n"
	           "local s = func('s', f32, {dim('T'), dim('N'), 2}); s[t][n][i] = W[i] * v[t][n][i] return s, 7 end");
	struct ctx *c = good(prelude,
		"local half = require('cells.half')\n"
		"h[t][n][i] = sum(k, W[i][k] * x[t][n][k])\n"
		"local a, seven = scope('enc', function() return scope('deep', function() return half(h, t, n, i) end) end)\n"
		"assert(seven == 7 and setting('L', 8) == 8)\n"
		"return model { name = 'm', inputs = {x}, outputs = {a} }");
	assert_string_equal(tensor(c, "enc.deep.s")->scope, "enc.deep");
	assert_string_equal(tensor(c, "enc.deep.W")->local, "W");
	assert_int_equal(c->params.n, 2);
	assert_true(strstr(loc_text(c, tensor(c, "enc.deep.s")->loc), "cells/half.lua:2") != NULL);
	ctx_free(c);
}

static void test_settings(void **state)
{
	(void)state;
	static const struct setting set[] = {
		{ "L", 3, false, false }, { "H", 5, false, false }, { "nobody", 1, false, false }, { NULL, 0, false, false } };
	struct ctx *c = load_with(prelude,
		"local v = param('v', f32, {setting('L', 8)}); h[t][n][i] = v[1] + sum(k, W[i][k] * x[t][n][k])\n"
		"return model { name = 'm', inputs = {x}, outputs = {h} }", set);
	assert_int_equal(c->errors, 0);
	assert_true(poly_is(c, tensor(c, "v")->extent[0], 3));
	assert_true(poly_is(c, tensor(c, "h")->extent[2], 5));
	assert_true(c->set.at[0].used && c->set.at[1].used && !c->set.at[2].used);
	ctx_free(c);
	/* sizes for a run: a dim without a value stays open, another one is that size */
	static const struct setting run[] = { { "T", 7, false, true }, { "H", 5, false, true }, { NULL, 0, false, false } };
	c = load_with(prelude, "h[t][n][i] = sum(k, W[i][k] * x[t][n][k])\n"
		"return model { name = 'm', inputs = {x}, outputs = {h} }", run);
	assert_int_equal(c->errors, 0);
	assert_false(poly_is(c, tensor(c, "h")->extent[0], 7));
	assert_true(poly_is(c, tensor(c, "h")->extent[2], 5));
	ctx_free(c);
	static const struct setting large[] = { { "T", (int64_t)1 << 40, false, false }, { NULL, 0, false, false } };
	c = load_with(prelude, "", large);
	char *said = printed(c);
	assert_string_equal(said, "m.lua:1: error[dim-value]: the dim 'T' cannot be 1099511627776\n"
	                          "  fix: give a positive whole number\n");
	free(said);
	ctx_free(c);
}

static void test_values_in_words(void **state)
{
	(void)state;
	struct ctx *c = good(prelude,
		"local y, z = func('y', i32, {T, N}), func('z', f64, {}) y[t][n] = argmax(k, x[t][n][k]) define(z, 2.5)\n"
		"assert(tostring(t + 1) == \"'t + 1'\" and tostring(x) == \"the tensor 'x'\" and tostring(f32) == 'a type')\n"
		"assert(tostring(x[t][n]) == \"'x[t][n]'\" and tostring(x[t][n][0] * 2) == 'x[t][n][0] * 2')\n"
		"assert(tostring(f64(3)) == 'f64(3)' and tostring(-x[t][n][k]) == '-x[t][n][k]' and tostring(-t) == \"'-t'\")\n"
		"h[t][n][i] = sum(k, W[i][k] * x[t][n][k]) + f32(y[t][n]) + f32(z)\n"
		"return model { name = 'm', inputs = {x}, outputs = {h} }");
	char *once = strdup(model_text(c));
	assert_non_null(strstr(once, "\ny[t][n] = amin(k, where(eq(x[t][n][k], y_max[t][n]), i32(k), i32(3)))\n"));
	assert_non_null(strstr(once, "\ndefine(z, 2.5)\n"));
	struct ctx *again = good("", once);
	assert_string_equal(model_text(again), once);
	free(once);
	ctx_free(again);
	ctx_free(c);
}

/* A sequence starts anew where reset is set, and ends after lengths steps. */
static void test_time_options(void **state)
{
	(void)state;
	struct ctx *c = good("",
		"local T, N = dims('T', 'N') local n, len, r = axis('n'), input('len', i64, {N}), input('r', bool, {T, N})\n"
		"local t = time('t', T, { lengths = len, reset = r })\n"
		"local x, y = input('x', f32, {T, N}), state('y', f32, {T, N})\n"
		"y[t][n] = y[t-1][n] + x[t][n]\n"
		"return model { name = 'm', inputs = {x, len, r}, outputs = {y} }");
	const struct tensor *y = tensor(c, "y");
	assert_int_equal(y->time, 0);
	assert_int_equal(tensor(c, "r")->time, 0);
	assert_int_equal(tensor(c, "len")->time, -1);
	ctx_free(c);
}

static void test_functions_are_documented(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	uint32_t n, found = 0;
	const struct model_function *f = model_functions(c, &n);
	for (uint32_t i = 0; i < n; i++) {
		assert_true(!strncmp(f[i].signature, f[i].name, strlen(f[i].name)));
		assert_true(strlen(f[i].doc) > 3);
		found += !strcmp(f[i].name, "sigmoid") || !strcmp(f[i].name, "sum") || !strcmp(f[i].name, "fma");
	}
	assert_int_equal(found, 2);
	ctx_free(c);
}

static void test_shipped_models(void **state)
{
	(void)state;
	static const char *const name[] = { "rnn", "lstm", "lstm_four_gates", "char_lm", "lstm_stack" };
	setenv("RNNGEN_SHARE", RNNGEN_SOURCE, 1);
	for (size_t i = 0; i < COUNT(name); i++) {
		struct ctx *c = ctx_new("test");
		char path[4096];
		snprintf(path, sizeof path, "%s/models/%s.lua", RNNGEN_SOURCE, name[i]);
		bool ok = model_load(c, path) && equations_infer(c) && equations_verify(c);
		char *said = printed(c);
		assert_string_equal(said, "");
		assert_true(ok);
		assert_string_equal(c->model_name, name[i]);
		free(said);
		ctx_free(c);
	}
	struct ctx *c = good("", "local rnn = require('cells.rnn'); local T, N = dims('T', 'N')\n"
		"local t, n, x = time('t', T), axis('n'), input('x', f32, {T, N, 5})\n"
		"local h = scope('layer1', function() return rnn(t, n, x, 5, dim('H', 4)) end)\n"
		"return model { name = 'm', inputs = {x}, outputs = {h} }");
	assert_int_equal(c->states.n, 1);
	assert_string_equal(loc_text(c, tensor(c, "layer1.h")->loc), "models/cells/rnn.lua:15");
	ctx_free(c);
	unsetenv("RNNGEN_SHARE");
}

/* ---- what it refuses --------------------------------------------------------------------------------------------- */

#define END " return model { name = 'm', inputs = {x}, outputs = {h} }"
#define H_GOOD "h[t][n][i] = sum(k, W[i][k] * x[t][n][k]) "

static const struct { const char *text, *says; } refused[] = {
	/* Lua itself */
	{ "\n\nlocal = 3", "m.lua:3: error[lua]: <name> expected near '='" },
	{ "\nlocal function f(a) return a.b end\nf(nil)", "m.lua:2: error[lua]: attempt to index a nil value (local 'a')" },
	{ "\nerror('my own')", "m.lua:2: error[lua]: my own" },
	{ "local function f() return 1 + f() end f()", "m.lua:1: error[budget]: calls are nested too deeply" },
	{ "error({})", "m.lua:1: error[lua]: error with a table as its message" },
	{ "\nlocal function f() error(setmetatable({}, { __tostring = function() return 1 end })) end\nf()",
	  "m.lua:2: error[lua]: error with a table as its message" },
	{ "\nerror('my own', 0)", "m.lua:2: error[lua]: my own" },
	{ "\nerror('m.lua:x: my own', 0)", "m.lua:2: error[lua]: m.lua:x: my own" },
	{ "local f = load", "m.lua:1: error[sandbox]: 'load' of Lua is not available" },
	/* names */
	{ "\nh[t][n][i] = sigmiod(x[t][n][i])", "m.lua:2: error[undefined-name]: 'sigmiod' is not defined\n"
	  "  fix: did you mean 'sigmoid'?" },
	{ "local weights = 3\nprint_(weigths)", "m.lua:2: error[undefined-name]: 'print_' is not defined\n" },
	{ "local weights = 3\nlocal y = weigths", "m.lua:2: error[undefined-name]: 'weigths' is not defined\n"
	  "  fix: did you mean 'weights'?" },
	{ "local weights = 3\nlocal function f() return weights + weigths end f()",
	  "m.lua:2: error[undefined-name]: 'weigths' is not defined\n  fix: did you mean 'weights'?" },
	{ "\nhh = 3", "m.lua:2: error[undefined-name]: 'hh' is assigned but is no local variable\n  fix: local hh = ..." },
	{ "\nsum = 3", "m.lua:2: error[undefined-name]" },
	{ "os.exit()", "m.lua:1: error[sandbox]: 'os' of Lua is not available" },
	/* the sandbox */
	{ "require('../secret')", "m.lua:1: error[sandbox]" },
	{ "require('a..b')", "m.lua:1: error[sandbox]" },
	{ "require('a\\0b')", "m.lua:1: error[sandbox]: require reaches no such name" },
	{ "require('a.')", "m.lua:1: error[sandbox]: require reaches no such name" },
	{ "require('')", "m.lua:1: error[sandbox]: require reaches no such name" },
	{ "require(('a'):rep(200))", "m.lua:1: error[sandbox]: require reaches no such name" },
	{ "local m = setmetatable({}, { __metatable = 3 })\nsetmetatable(m, {})",
	  "m.lua:2: error[sandbox]: this table's metatable is protected" },
	{ "setmetatable({}, 3)", "m.lua:1: error[lua]: bad argument #2 to 'setmetatable' (nil or table expected, got number)" },
	{ "('x'):rep(1 << 62)", "m.lua:1: error[lua]: resulting string too large" },
	{ "require('nowhere.cell')", "m.lua:1: error[file]: there is no nowhere/cell.lua" },
	{ "setmetatable({}, { __gc = function() end })", "m.lua:1: error[sandbox]: finalizers" },
	{ "getmetatable(x).__index = 3", "m.lua:1: error[sandbox]" },
	{ "string.dump(require)", "m.lua:1: error[sandbox]" },
	{ "pcall(function() return undefined_thing end) " H_GOOD END, "m.lua:1: error[undefined-name]" },
	/* arguments */
	{ "dim('2H')", "m.lua:1: error[argument]: the name of a dim must be a word, not 2H" },
	{ "dim('K', 0)", "m.lua:1: error[dim-value]: the dim 'K' cannot be 0" },
	{ "dim('K', -1)", "m.lua:1: error[dim-value]: the dim 'K' cannot be -1" },
	{ "dim('K', 2.5)", "m.lua:1: error[dim-value]: the dim 'K' must be a whole number, not 2.5" },
	{ "dim('H', 7)", "m.lua:1: error[dim-value]: the dim 'H' is 7 here but 2 at m.lua:1" },
	{ "param('V', 'f32', {H})", "m.lua:1: error[argument]: the type of 'V' cannot be a string" },
	{ "param('V', f32, H)", "m.lua:1: error[argument]: the dims of 'V' cannot be '2'" },
	{ "param('V', f32, {1,1,1,1,1,1,1,1,1})", "m.lua:1: error[rank]: 'V' has 9 dims" },
	{ "param('V', f32, {H, 0})", "m.lua:1: error[dim-value]: dim 1 of 'V' cannot be 0" },
	{ "param('V', f32, {i})", "m.lua:1: error[argument]: dim 0 of 'V' cannot be 'i'" },
	{ "param('W', f32, {H})", "m.lua:1: error[redefinition]: 'W' is already the name of a tensor (m.lua:1)" },
	{ "sum(3, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum({k, k}, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(k)", "m.lua:1: error[argument]: sum takes axes and one expression" },
	{ "tanh(1, 2)", "m.lua:1: error[argument]: tanh takes 1 argument, not 2" },
	{ "tanh('a')", "m.lua:1: error[argument]: a string cannot be part of an expression" },
	{ "tanh(nil)", "m.lua:1: error[argument]: nil cannot be part of an expression" },
	{ "local y = t < 3", "m.lua:1: error[argument]: Lua's comparisons cannot make conditions" },
	{ "local y = x // 2", "m.lua:1: error[argument]: '//' is no operation of the language" },
	{ "h[t][n][i]()", "m.lua:1: error[argument]: 'h[t][n][i]' is called like a function" },
	{ "time('u', T, { lengths = x })", "m.lua:1: error[argument]: 'lengths' must be a tensor of integers" },
	{ "x[t][n][i] = 3", "m.lua:1: error[argument]: 'x' is an input and cannot be defined" },
	{ "local e = x[t][n][k] for s = 1, 3000 do e = e + 1 end",
	  "m.lua:1: error[argument]: the expression is too large" },
	{ "local e = x[t][n][k] for s = 1, 60 do e = e * e end", "m.lua:1: error[argument]: the expression is too large" },
	{ "local e = T for s = 1, 60 do e = e * T end", "m.lua:1: error[argument]: a product of more than four" },
	{ "local e = T for s = 1, 60 do e = e + e end", "m.lua:1: error[argument]: the number grows too large" },
	{ "dim('K', 1 << 40)", "m.lua:1: error[dim-value]: the dim 'K' cannot be 1099511627776" },
	{ "dim('N', 5)", "m.lua:1: error[dim-value]: the dim 'N' is 5 here but open at m.lua:1\n"
	  "  fix: give a dim its value in one place" },
	{ "dim()", "m.lua:1: error[argument]: the name of a dim must be a word, not no value" },
	{ "param('V', f32, {1 << 40})", "m.lua:1: error[dim-value]: dim 0 of 'V' cannot be 1099511627776" },
	{ "param('V', t, {H})", "m.lua:1: error[argument]: the type of 'V' cannot be 't'" },
	{ "param('V', f32, {f32})", "m.lua:1: error[argument]: dim 0 of 'V' cannot be a type" },
	{ "param('V', f32, {x})", "m.lua:1: error[argument]: dim 0 of 'V' cannot be the tensor 'x'" },
	{ "param('V', f32, {x[t][n][0] * 2})", "m.lua:1: error[argument]: dim 0 of 'V' cannot be an expression" },
	{ "time('u', T, 3)", "m.lua:1: error[argument]: the options of time are a table, not a number" },
	{ "time('u', T, { length = x })", "m.lua:1: error[argument]: time has no option 'length'" },
	{ "time('u', T, { b = 1, c = 1, a = 1 })", "m.lua:1: error[argument]: time has no option 'a'" },
	{ "time('u', T, { x })", "m.lua:1: error[argument]: time has no option '1'" },
	{ "time('u', T, { lengths = 3 })", "m.lua:1: error[argument]: 'lengths' must be a tensor of integers" },
	{ "time('u', T, { lengths = N })", "m.lua:1: error[argument]: 'lengths' must be a tensor of integers" },
	{ "local l = input('l', i64, {N}) time('u', T, { lengths = l[n] })",
	  "m.lua:1: error[argument]: 'lengths' must be a tensor of integers with 1 dim, not 'l[n]'" },
	{ "local l = input('l', bool, {N}) time('u', T, { lengths = l })",
	  "m.lua:1: error[argument]: 'lengths' must be a tensor of integers with 1 dim, not the tensor 'l'" },
	{ "local r = param('r', i32, {T, N}) time('u', T, { reset = r })",
	  "m.lua:1: error[argument]: 'reset' must be a tensor of integers with 2 dims, not the tensor 'r'\n"
	  "  fix: r = input(\"r\", i32, {T, N})" },
	{ "max(1)", "m.lua:1: error[argument]: max takes 2 arguments, not 1" },
	{ "sum({t, n, g, i, j, k, p, q, axis('r')}, 1)", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum({k, 3}, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum({}, x[t][n][0])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(k + 1, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(k * n, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(2 * k, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(N, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "sum(x, x[t][n][k])", "m.lua:1: error[argument]: sum runs over distinct axes" },
	{ "tanh(0/0)", "m.lua:1: error[argument]: not-a-number cannot be part of an expression" },
	{ "tanh(f32)", "m.lua:1: error[argument]: a type cannot be part of an expression" },
	{ "x.pad(3)", "m.lua:1: error[argument]: pad takes a tensor without indices and a value" },
	{ "x.pad(t, 0)", "m.lua:1: error[argument]: pad takes a tensor without indices and a value" },
	{ "x.pad(x[t], 0)", "m.lua:1: error[argument]: pad takes a tensor without indices and a value" },
	{ "x:pad()", "m.lua:1: error[argument]: pad takes a tensor without indices and a value" },
	{ "local y = t.pad", "m.lua:1: error[index]: 't' has no indices" },
	{ "local y = f32[0]", "m.lua:1: error[index]: a type has no indices" },
	{ "local y = x.name", "m.lua:1: error[argument]: 'x' has no 'name'" },
	{ "local y = x[t].name", "m.lua:1: error[argument]: 'x' has no 'name'" },
	{ "local y = x.pad.x", "m.lua:1: error[lua]: attempt to index a function value (field 'pad')" },
	{ "W[i][k] = 3", "m.lua:1: error[argument]: 'W' is a param and cannot be defined" },
	{ "define(3, 4)", "m.lua:1: error[argument]: define takes a tensor with its indices and an expression" },
	{ "define(t, 4)", "m.lua:1: error[argument]: define takes a tensor with its indices and an expression" },
	{ "define(h[t][n][i])", "m.lua:1: error[argument]: define takes a tensor with its indices and an expression" },
	{ "getmetatable(x)", "m.lua:1: error[sandbox]: the metatable of a value of the language is out of reach" },
	{ "getmetatable('')", "m.lua:1: error[sandbox]: the metatable of a string is out of reach; getmetatable" },
	{ "setmetatable(x, {})", "m.lua:1: error[sandbox]: the metatable of a value of the language is out of reach" },
	{ "setmetatable(3, {})", "m.lua:1: error[sandbox]: the metatable of a number is out of reach; setmetatable" },
	/* indices */
	{ "\nh[t][n][i] = x[t][n]" END, "m.lua:2: error[rank]: 'x[t][n]' has 2 of the 3 indices of 'x'" },
	{ "\nh[t][n][i] = x[t][n][i][0]" END, "m.lua:2: error[rank]: 'x' has 3 dims; 'x[t][n][i]' has an index too many" },
	{ "\nh[t][n] = 3", "m.lua:2: error[rank]: 'h' has 3 dims, the definition gives 2 indices" },
	{ "h[t][n][i] = x[t][n][i*n]" END, "m.lua:1: error[index]: the index '" },
	{ "h[t][n][i] = x[t][n][x[t][n][0]]" END, "m.lua:1: error[index]: 'x' cannot be an index: it is no tensor of" },
	{ "h[t][n][i] = x[t][n][1.5]" END, "m.lua:1: error[index]: a number cannot be an index" },
	{ "h[t][n][i] = x[t][n][h[t-1][n][i] * 2]" END, "m.lua:1: error[index]: an expression cannot be an index" },
	{ "h[t][n][i] = x[t][n][i * N * k]" END, "m.lua:1: error[index]: the index '" },
	{ "local c = input('c', i64, {N})\nh[c[n]][n][i] = 3",
	  "m.lua:2: error[index]: the definition of 'h' has 'c[n]' as an index\n"
	  "  fix: index the defined tensor with axes and constants" },
	{ "h[t][n][i+1] = 3" END, "m.lua:1: error[index]: the definition of 'h' is indexed by 'i + 1'" },
	{ "h[t][t][i] = 3" END, "m.lua:1: error[index]: the definition of 'h' has the axis 't' twice" },
	{ "h[t][n][i] = W[i][0] * x[t+1][n][0]" END,
	  "m.lua:1: error[out-of-range]: x[t + 1][n][0] reads a step after the last" },
	{ "h[t][n][i] = x[2*t][n][0]" END, "m.lua:1: error[out-of-range]: index 't * 2' is not known to stay inside dim 0" },
	{ "h[t][n][2] = 3" END,
	  "m.lua:1: error[out-of-range]: the definition of 'h' has index 2 in dim 2, which has 2 el" },
	{ "h[t][n][i] = W[i][3] * x[t][n][i+2]" END, "m.lua:1: error[out-of-range]: index '3' leaves dim 1 of 'W'" },
	{ H_GOOD "h[t][n][i] = W[i][0] * x[5][n][0]" END, "m.lua:1: error[redefinition]" },
	{ "h[t][n][i] = W[i][0] * x[5][n][0]" END,
	  "m.lua:1: error[out-of-range]: index '5' is not known to stay inside dim 0" },
	{ "h[t][n][i] = W[i][i-1] * x[t][n][0]" END, "m.lua:1: error[out-of-range]: index 'i - 1' leaves dim 1 of 'W'" },
	/* axes */
	{ "\nh[t][n][i] = sum(k, W[i][k] * x[t][n][i])" END,
	  "m.lua:2: error[shape-clash]: axis 'i' runs over 3 in dim 2 of 'x' "
	  "but over 2 in dim 2 of 'h'\n  m.lua:2: 'i' indexes 'h' here" },
	{ "\n" H_GOOD "\nlocal s = func('s', f32, {X})\ns[i] = 1" END,
	  "m.lua:4: error[axis-two-extents]: axis 'i' runs over 3 in "
	  "dim 0 of 's' but over 2 in dim 2 of 'h'\n  m.lua:2: 'i' indexes 'h' here" },
	{ "h[t][n][i] = W[i][k] * x[t][n][0]" END,
	  "m.lua:1: error[axis-unbound]: axis 'k' is neither on the left of 'h' nor" },
	{ "h[t][n][i] = sum(k, W[i][k] * x[t][n][k]) + x[t][n][k]" END,
	  "m.lua:1: error[axis-escapes]: axis 'k' is used outside" },
	{ "h[t][n][i] = sum(i, W[i][0] * x[t][n][0])" END,
	  "m.lua:1: error[axis-escapes]: the reduction runs over axis 'i'" },
	{ "h[t][n][i] = W[i][0] * sum(k, x[t][n][0])" END, "m.lua:1: error[axis-unbound]: axis 'k' has no extent" },
	{ "local m = axis('i') h[t][n][i] = sum(m, W[i][m] * x[t][n][m])" END,
	  "m.lua:1: error[redefinition]: two axes of this" },
	{ "h[t][n][i] = sum(k, W[i][k] * sum(p, x[t][n][p]))" END, "m.lua:1: error[nested-reduction]: a reduction inside" },
	/* definitions */
	{ "\nlocal y = func('y', f32, {H})" H_GOOD END,
	  "m.lua:2: error[missing-definition]: 'y' is declared but nowhere defined" },
	{ "\nlocal y = func('y', f32, {H}) y[1] = 3 " H_GOOD END,
	  "m.lua:2: error[missing-definition]: the definitions of 'y' "
	  "cover 1 of the 2 parts" },
	{ H_GOOD "\nh[t][n][1] = 3" END, "m.lua:2: error[redefinition]: 'h[t][n][1]' is already defined\n"
	  "  m.lua:1: 'h[t][n][i]' is defined here" },
	{ "h[t][n][i] = W[i][0]" END, "m.lua:1: error[unused]: the input 'x' is never read" },
	{ "h[t][n][i] = x[t][n][0]" END, "m.lua:1: error[unused]: the param 'W' is never read" },
	{ "local V = param('V', f32, {N, 3}) h[t][n][i] = W[i][0] * x[t][n][0] * V[n][0]" END,
	  "m.lua:1: error[open-dim]: dim 0 of the param 'V' is N, which has no value" },
	{ H_GOOD "\nh[-1][n][i] = 1" END, "m.lua:2: error[start]: 'h' has steps before the first, but nothing reads them" },
	{ H_GOOD "+ h[t-1][n][i]\nh[-2][n][i] = 1" END,
	  "m.lua:2: error[start]: 'h[-2][n][i]' is before the earliest step" },
	{ H_GOOD "+ h[t-1][n][i]\nh[t][-1][i] = 1" END, "m.lua:2: error[start]" },
	/* types */
	{ "local c = input('c', i32, {T}) h[t][n][i] = W[i][0] * x[t][n][0] + c[t]"
	  " return model { name = 'm', inputs = {x, c}, outputs = {h} }",
	  "m.lua:1: error[type-clash]: + mixes f32 and i32\n"
	  "  fix: convert one side: f32(c[t])" },
	{ "local c = input('c', i32, {T}) h[t][n][i] = W[i][0] * x[t][n][0] * tanh(c[t])"
	  " return model { name = 'm', inputs = {x, c}, outputs = {h} }",
	  "m.lua:1: error[type-clash]: tanh needs floating" },
	{ "h[t][n][i] = W[i][0] * x[t][n][0] + lt(t, 3)" END,
	  "m.lua:1: error[type-clash]: + meets the condition lt(t, 3)" },
	{ "h[t][n][i] = where(W[i][0], x[t][n][0], 0)" END,
	  "m.lua:1: error[type-clash]: where needs a condition, but W[i][0]" },
	{ "h[t][n][i] = lt(W[i][0], x[t][n][0])" END,
	  "m.lua:1: error[type-clash]: 'h' holds f32, but its definition is bool" },
	{ "local c = func('c', i32, {T}) c[t] = 2.5 h[t][n][i] = W[i][0] * x[t][n][0]" END,
	  "m.lua:1: error[type-clash]: 'c' holds i32" },
	/* cycles */
	{ "local a = func('a', f32, {T, N, H})\nh[t][n][i] = a[t][n][i] + W[i][0]\n"
	  "a[t][n][i] = h[t][n][i] * x[t][n][0]" END,
	  "m.lua:2: error[cycle]: 'h' needs itself in the same step: h -> a -> h\n"
	  "  m.lua:2: h[t][n][i] reads a[t][n][i]\n  m.lua:3: a[t][n][i] reads h[t][n][i]\n" },
	{ "local s = func('s', f32, {N, H}) h[t][n][i] = W[i][0] * x[t][n][0]\ns[n][i] = h[T-1][n][i]" END,
	  "m.lua:2: error[out-of-range]: index 'T - 1' is not known to stay inside dim 0 of 'h', which has T elements" },
	{ "local s = func('s', f32, {N, H})\nh[t][n][i] = h[t-1][n][i] + s[n][i] * W[i][0] * x[t][n][0]\n"
	  "s[n][i] = h[T-1][n][i]" END, "m.lua:2: error[cycle]: 'h' needs itself: h -> s -> h" },
	/* the end of the file */
	{ H_GOOD, "m.lua:1: error[model]: the file does not call model{ }" },
	{ H_GOOD "return model { name = 'm', inputs = {x} }", "m.lua:1: error[model]: the model has no outputs" },
	{ H_GOOD "return model { name = 'm', outputs = {h} }",
	  "m.lua:1: error[model]: the input 'x' is missing in inputs" },
	{ H_GOOD "return model { name = 'm', inputs = {W}, outputs = {h} }", "m.lua:1: error[model]: inputs lists 'W'" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {h}, ouputs = {h} }",
	  "m.lua:1: error[model]: model has no field 'ouputs'\n  fix: did you mean 'outputs'?" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {h[t]} }",
	  "m.lua:1: error[model]: outputs lists 'h[t]'" },
	{ H_GOOD "return model { h, name = 'm', inputs = {x}, outputs = {h} }",
	  "m.lua:1: error[model]: model has no field '1'\n" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {h}, version = 3, weights = {W} }",
	  "m.lua:1: error[model]: model has no field 'version'\n" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {t} }",
	  "m.lua:1: error[model]: outputs lists 't', which is no tensor" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {1} }",
	  "m.lua:1: error[model]: outputs lists a number, which is no tensor" },
	{ H_GOOD "return model { name = 'm', inputs = {x}, outputs = {h}, states = {h} }",
	  "m.lua:1: error[model]: states lists 'h', but nothing reads an earlier step of it" },
};

static void test_refused(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct ctx *c = load_with(prelude, refused[i].text, NULL);
		char *said = printed(c);
		if (strncmp(said, refused[i].says, strlen(refused[i].says))) {
			print_error("text: %s\nsays: %s\nnot:  %s\n", refused[i].text, said, refused[i].says);
			wrong++;
		}
		free(said);
		ctx_free(c);
	}
	assert_int_equal(wrong, 0);
}

static void test_several_at_once(void **state)
{
	(void)state;
	struct ctx *c = load_with(prelude,
		"\nlocal y = func('y', f32, {N})\ny[n] = W[i][0]\n"
		"h[t][n][i] = where(x[t][n][0], 1, 0)\nlocal z = func('z', f32, {N})" END, NULL);
	char *said = printed(c);
	assert_non_null(strstr(said, "m.lua:3: error[axis-unbound]"));
	assert_non_null(strstr(said, "m.lua:4: error[type-clash]"));
	assert_non_null(strstr(said, "m.lua:5: error[missing-definition]"));
	free(said);
	ctx_free(c);
}

static void test_errors_name_the_callers(void **state)
{
	(void)state;
	write_text("cells/bad.lua", "", "return function()\n  return tanh('x')\nend");
	struct ctx *c = load_with(prelude, "local bad = require('cells.bad')\nlocal y = bad()\n" H_GOOD END, NULL);
	char *said = printed(c);
	assert_string_equal(said, "cells/bad.lua:2: error[argument]: a string cannot be part of an expression\n"
	                          "  m.lua:2: called from here\n  fix: see the README's page on the language\n");
	free(said);
	ctx_free(c);
}

static void test_missing_file(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	assert_false(model_load(c, "/nowhere/m.lua"));
	char *said = printed(c);
	assert_string_equal(said, "error[file]: cannot read /nowhere/m.lua: No such file or directory\n"
	                          "  fix: check the path and its permissions\n");
	free(said);
	ctx_free(c);
}

/* ---- budgets ----------------------------------------------------------------------------------------------------- */

static void budget(const char *text, size_t memory, uint64_t steps, const char *says)
{
	struct ctx *c = ctx_new("test");
	struct sandbox_options o = { .memory = memory, .steps = steps };
	struct sandbox *s = sandbox_new(c, &o);
	bool ok = sandbox_run(s, write_text("s.lua", "", text), 0);
	sandbox_free(s);
	char *said = printed(c);
	if (strncmp(said, says, strlen(says)) || (!ok && !*said))
		print_error("text: %.200s\nsays: %s\n", text, said);
	assert_true(!strncmp(said, says, strlen(says)));
	assert_int_equal(ok, !*said);
	free(said);
	ctx_free(c);
}

static void test_budgets(void **state)
{
	(void)state;
	static const char steps[] = "s.lua:2: error[budget]: the file has used up its 100000 steps\n";
	static const char bytes[] = "s.lua:2: error[budget]: the file needs more than 8 MiB of memory\n";
	const size_t mib8 = (size_t)8 << 20;
	budget("for i = 1, 1000 do end", mib8, 100000, "");
	budget("\nwhile true do end", mib8, 100000, steps);
	budget("\nwhile true do pcall(function() while true do end end) end", mib8, 100000, steps);
	budget("\nlocal function f() return pcall(f) end while true do f() end", mib8, 100000, steps);
	budget("\ntable.sort({3, 1, 2}, function() while true do end end)", mib8, 100000, steps);
	budget("\nlocal s = ('x'):rep(1 << 30)", mib8, 100000, bytes);
	budget("\npcall(string.rep, 'x', 1 << 40, 'yz') error('not here')", mib8, 100000, bytes);
	budget("local s = string.rep('', 1 << 60); assert(s == '' and ('ab'):rep(3, '-') == 'ab-ab-ab')", mib8, 100000, "");
	budget("\nlocal s = 'x' while true do pcall(function() s = s .. s end) end", mib8, 10000000, "s.lua:");
	budget("\nlocal t = {} for i = 1, 1 << 30 do t[i] = {} end", mib8, 100000000, bytes);
	budget("\nlocal t = {} for i = 1, 1 << 30 do pcall(function() t[i] = {} end) end", mib8, 100000000, bytes);
}

static void test_pairs_in_order(void **state)
{
	(void)state;
	budget("local s = '' for k, v in pairs{ b = 1, 7, a = 2, [10] = 3, zz = 4, [2.5] = 5 } do s = s .. k .. v end\n"
	       "assert(s == '172.55103a2b1zz4', s)\n"
	       "local n = 0 for k in pairs{} do n = n + 1 end assert(n == 0)\n"
	       "local t = { a = 1, b = 2 } for k in pairs(t) do t[k] = nil end assert(next == nil or true)",
	       0, 0, "s.lua:4: error[sandbox]: 'next' of Lua");
}

/* What Lua's own functions do, where rnngen replaces them or counts what they do. */
static void test_lua_as_usual(void **state)
{
	(void)state;
	static const char *const text[] = {
		/* removed while they are visited: not seen */
		"local t, seen = { 1, 2, 3 }, 0 for k in pairs(t) do t[k + 1] = nil seen = seen + 1 end assert(seen == 2)",
		"local s = '' for k, v in pairs{ [true] = 1, [false] = 2, a = 3 } do s = s .. tostring(k) .. v end\n"
		"assert(s == 'a3false2true1', s)",
		"assert(getmetatable({}) == nil and getmetatable(setmetatable({}, { __metatable = 7 })) == 7)",
		"local m = {} local t = setmetatable({}, m) assert(getmetatable(t) == nil)",
		"local t = setmetatable({}, { __index = { a = 3 } }) assert(t.a == 3 and setmetatable(t, nil).a == nil)",
		"assert(tostring(setmetatable({}, { __tostring = function() return 'own' end })) == 'own')",
		"local ok, why = pcall(tostring, setmetatable({}, { __tostring = function() return {} end }))\n"
		"assert(not ok and why:find(\"'__tostring' must return a string\", 1, true))",
		"assert(tostring({}) == 'table' and tostring(nil) == 'nil')",
		"assert(not pcall(table.insert, { 1 }, 0, 2) and not pcall(table.insert, {}, 3, 2))",
		"local ok, why = pcall(string.find, 'x', ('()'):rep(33)) assert(not ok and why == 'too many captures', why)",
		"local ok, why = pcall(string.find, 'x', '%0') assert(not ok and why:find('invalid capture index', 1, true))",
		"assert(('f(a(b)c)'):match('%b()') == '(a(b)c)' and ('xabxc'):match('%bxx') == 'xabx')",
		"local ok, why = pcall(string.gsub, 'x', 'x', '%a') assert(not ok and why:find('invalid use of', 1, true))",
		"local ok, why = pcall(string.gsub, 'x', 'x', '%') assert(not ok and why:find('invalid use of', 1, true))",
		"local ok, why = pcall(string.gsub, 'x', 'x', true)\n"
		"assert(not ok and why:find('string/function/table expected, got boolean', 1, true), why)",
		"assert(('abc'):gsub('b', 7) == 'a7c' and ('abc'):gsub('', '-') == '-a-b-c-')",
		"assert(not pcall(string.format, '%') and not pcall(string.format, '%d') and ('%%'):format() == '%')",
		"assert(('%5.1f|%s|%q'):format(2.25, { 1 } and 'x', 'y') == '  2.2|x|\"y\"')",
		/* strings and comments of all kinds in a file that does not name _ENV */
		"local s = [==[ _ENV ]] ]=] ]==] .. '_ENV \\' _ENV' .. \"_ENV\" --[[ _ENV\n_ENV ]] assert(#s == 28, #s)",
		"local ENVY, _ENV_, a_ENV, Name = 1, 2, 3, 4 assert(ENVY + _ENV_ + a_ENV + Name == 10) -- _ENV",
		"local t = { 5 } local u = { [t[1]] = 6 } assert(u[5] == 6) --[",
		"assert(true) --[==",
		"assert(true) --",
		"#! /usr/bin/env _ENV\nassert(true)",
		"# no newline",
		"",
	};
	for (size_t i = 0; i < COUNT(text); i++)
		budget(text[i], 0, 0, "");
}

static void test_env_is_found(void **state)
{
	(void)state;
	static const char says[] = "s.lua:3: error[sandbox]: '_ENV' is not available";
	budget("local s = [=[\n]=] .. '\\'' .. \"\\\\\"\nlocal e = _ENV", 0, 0, says);
	budget("--[[\n--]] local a = 1 --[=\nlocal function f(_ENV) end", 0, 0, says);
	budget("#!x\n\n_ENV = {}", 0, 0, says);
}

/* Files that are no text, no file, or too large. */
static void test_odd_files(void **state)
{
	(void)state;
	struct ctx *c = ctx_new("test");
	assert_false(model_load(c, folder));
	char *said = printed(c);
	assert_non_null(strstr(said, "error[file]: cannot read "));
	free(said);
	ctx_free(c);
	char *large = malloc((1 << 20) + 2);
	memset(large, ' ', (1 << 20) + 1);
	large[(1 << 20) + 1] = 0;
	budget(large, 0, 0, "error[file]: s.lua is larger than 1 MiB");
	large[1 << 20] = 0;
	budget(large, 0, 0, "");
	for (size_t i = 0; i + 2 < 1 << 20; i += 2)        /* takes Lua more memory than there is, before it runs */
		memcpy(large + i, i ? "1," : "x{", 2);
	memcpy(large, "x={", 3);
	budget(large, (size_t)1 << 20, 0, "s.lua:1: error[budget]: the file needs more than 1 MiB of memory");
	free(large);
	budget("\033Lua", 0, 0, "s.lua:1: error[sandbox]: this is no text file");
}

/* Names that look like the places in Lua's messages. */
static void test_odd_names(void **state)
{
	(void)state;
#define LONG "a_name_that_is_longer_than_what_Lua_shows_of_names_in_its_messages.lua"
	static const struct { const char *name, *text, *says; } row[] = {
		{ "a:1:b.lua", "\n\nlocal = 3", "a:1:b.lua:3: error[lua]: <name> expected near '='\n" },
		{ "a:1:b.lua", "\n\nerror('own')", "a:1:b.lua:3: error[lua]: own\n" },
		{ "a:1:b.lua", "\n\nlocal s = ':7: x\n", "a:1:b.lua:3: error[lua]: unfinished string near '':7: x'\n" },
		{ LONG, "\n\nlocal = 3", LONG ":3: error[lua]: <name> expected near '='\n" },
		{ LONG, "\n\nerror('own')", LONG ":3: error[lua]: own\n" },
	};
	for (size_t i = 0; i < COUNT(row); i++) {
		struct ctx *c = ctx_new("test");
		const char *path = write_text(row[i].name, "", row[i].text);
		assert_false(model_load(c, path));
		char *said = printed(c);
		assert_memory_equal(said, row[i].says, strlen(row[i].says));
		free(said);
		ctx_free(c);
		assert_int_equal(unlink(path), 0);
	}
#undef LONG
}

/* require: from a file that is no folder; twice; of a file that returns nothing; without shipped models. */
static void test_require(void **state)
{
	(void)state;
	write_text("cells/nothing.lua", "", "local x = 3");
	write_text("cells/once.lua", "", "return {}");
	budget("local a, b = require('cells.once'), require('cells.once')\n"
	       "assert(a == b and require('cells.nothing') == true and require('cells.nothing') == true)", 0, 0, "");
	write_text("cells/a.lua", "", "return require('cells.b')");
	write_text("cells/b.lua", "", "\nlocal a = require('cells.a')");
	budget("require('cells.a')", 0, 0, "cells/b.lua:2: error[lua]: 'cells.a' requires itself\n"
	       "  cells/a.lua:1: called from here\n  s.lua:1: called from here\n  fix: break the circle");
	budget("\nrequire('s.x')", 0, 0, "s.lua:2: error[file]: there is no s/x.lua, and no models/s/x.lua");
	write_text("plain", "", "");
	budget("\nrequire('plain.x')", 0, 0, "s.lua:2: error[file]: cannot read plain/x.lua: Not a directory");
	setenv("RNNGEN_SHARE", folder, 1);
	budget("\nrequire('cells.rnn')", 0, 0,
	       "s.lua:2: error[file]: there is no cells/rnn.lua, and no models/cells/rnn.lua");
	unsetenv("RNNGEN_SHARE");
}

/* ---- what the equations compute ---------------------------------------------------------------------------------- */

struct job { struct ctx *c; struct equations_run r; int64_t dim[16]; };

static struct job job(struct ctx *c, int64_t T, int64_t N)
{
	struct job j = { .c = c };
	for (uint32_t d = 1; d < c->dim.n; d++)
		j.dim[d] = !strcmp(c->dim.at[d].name, "T") ? T : !strcmp(c->dim.at[d].name, "N") ? N : c->dim.at[d].value;
	j.r.value = base_alloc(c, c->tensor.n * sizeof *j.r.value);
	j.r.state = base_alloc(c, c->tensor.n * sizeof *j.r.state);
	return j;
}

static void give(struct job *j, const char *name, double *f) { j->r.value[tensor_find(j->c, name)].f = f; }
static void carry(struct job *j, const char *name, double *f) { j->r.state[tensor_find(j->c, name)].f = f; }

static const double *compute(struct job *j, const char *name)
{
	j->r.dim = j->dim;
	if (!equations_run(j->c, &j->r))
		fail_msg("%s", j->r.error);
	return j->r.value[tensor_find(j->c, name)].f;
}

static void assert_numbers(const double *got, const double *want, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (got[i] != want[i])
			fail_msg("element %zu is %.17g, not %.17g", i, got[i], want[i]);
}

static const char small[] =
	"local T, N = dims('T', 'N'); local t = time('t', T); local n, i, j, k = axes('n', 'i', 'j', 'k'); "
	"local x = input('x', f32, {T, N}); local y = func('y', f32, {T, N}); ";
#define SMALL_END " return model { name = 'm', inputs = {x}, outputs = {y} }"

/* y = 2 y' + x, from 0 and from a start, whole and in two parts. */
static void test_recurrence(void **state)
{
	(void)state;
	double x[] = { 1, 10, 2, 20, 3, 30 };
	struct ctx *c = good(small, "y[t][n] = 2 * y[t-1][n] + x[t][n]" SMALL_END);
	struct job j = job(c, 3, 2);
	give(&j, "x", x);
	assert_numbers(compute(&j, "y"), (double[]){ 1, 10, 4, 40, 11, 110 }, 6);
	double s[] = { 100, 0 };
	struct job first = job(c, 1, 2), rest = job(c, 2, 2);
	give(&first, "x", x);
	carry(&first, "y", s);
	assert_numbers(compute(&first, "y"), (double[]){ 201, 10 }, 2);
	give(&rest, "x", x + 2);
	carry(&rest, "y", s);
	assert_numbers(compute(&rest, "y"), (double[]){ 404, 40, 811, 110 }, 4);
	assert_numbers(s, (double[]){ 811, 110 }, 2);
	struct job none = job(c, 0, 2);
	carry(&none, "y", s);
	compute(&none, "y");
	assert_numbers(s, (double[]){ 811, 110 }, 2);
	ctx_free(c);
}

/* Two steps back, starts for both, a carried input, time as the second dim. */
static void test_history(void **state)
{
	(void)state;
	double x[] = { 1, 2, 3, 4 }, sf[2] = { 0, 1 }, sx[1] = { 7 };
	struct ctx *c = good(small,
		"local f = func('f', f32, {N, T, 2}) f[n][-1][i] = 1 f[n][-2][0] = 0 f[n][-2][1] = 10\n"
		"f[n][t][i] = f[n][t-1][i] + f[n][t-2][i] y[t][n] = x[t-1][n] + 100 * f[n][t][1]" SMALL_END);
	struct job j = job(c, 4, 1);
	give(&j, "x", x);
	assert_numbers(compute(&j, "f"), (double[]){ 1, 11, 2, 12, 3, 23, 5, 35 }, 8);
	assert_numbers(compute(&j, "y"), (double[]){ 1100, 1201, 2302, 3503 }, 4);
	double sf4[4] = { sf[0], 20, sf[1], 30 };
	for (int t = 0; t < 4; t++) {
		struct job step = job(c, 1, 1);
		static const double want[] = { 5007, 8001, 13002, 21003 };
		give(&step, "x", x + t);
		carry(&step, "x", sx);
		carry(&step, "f", sf4);
		assert_numbers(compute(&step, "y"), &want[t], 1);
	}
	assert_numbers(sf4, (double[]){ 3, 130, 5, 210 }, 4);
	assert_numbers(sx, (double[]){ 4 }, 1);
	assert_int_equal(c->states.n, 2);
	ctx_free(c);
}

/* A start computed from an input; the last step read by name; a sum over all steps. */
static void test_start_and_end(void **state)
{
	(void)state;
	double x[] = { 1, 2, 3 }, s0[] = { 5 };
	struct ctx *c = good(small,
		"local s0 = input('s0', f32, {N}); local e, m = func('e', f32, {N}), func('m', f32, {N})\n"
		"y[-1][n] = s0[n] * 10 y[t][n] = y[t-1][n] + x[t][n] e[n] = y[T-1][n] m[n] = sum(t, y[t][n]) / T\n"
		"return model { name = 'm', inputs = {x, s0}, outputs = {y, e, m} }");
	struct job j = job(c, 3, 1);
	give(&j, "x", x);
	give(&j, "s0", s0);
	assert_numbers(compute(&j, "y"), (double[]){ 51, 53, 56 }, 3);
	assert_numbers(compute(&j, "e"), (double[]){ 56 }, 1);
	assert_numbers(compute(&j, "m"), (double[]){ 160.0 / 3 }, 1);
	ctx_free(c);
}

/* One accumulator for a sum of terms: terms without reduction, then each reduction in order. */
static void test_left_fold(void **state)
{
	(void)state;
	double v[] = { 1e16, 1, -1e16, 2 }, x[] = { 1 };
	static const struct { const char *rhs; double want; } fold[] = {
		{ "x[t][n] + sum(i, v[i])", 1 + 1e16 + 1 - 1e16 + 2 },
		{ "sum(i, v[i]) + x[t][n]", 1 + 1e16 + 1 - 1e16 + 2 },          /* the init first, wherever it is written */
		{ "x[t][n] - sum(i, v[i])", 1 - 1e16 - 1 + 1e16 - 2 },
		{ "sum(i, v[i]) - (sum(j, v[j]) - x[t][n])",                    /* signs reach into parentheses */
		  1 + 1e16 + 1 - 1e16 + 2 - 1e16 - 1 + 1e16 - 2 },
		{ "prod(i, v[i] + x[t][n]) * 0 + amax(i, v[i]) - 1e16", 0 },
		{ "amin(i, v[i]) + 1e16", 0 },
		{ "sum(i, v[i] * v[i]) * 0 + 3", 3 },
		{ "sum({i, j}, v[i] * v[j]) * 0 + sum({i, j}, i * 10 + j)", 264 },
		{ "max(x[t][n], 2) + min(x[t][n], 0.5) * abs(-4) + relu(-3 * x[t][n]) + floor(2.75)", 6 },
		{ "where(land(lt(t, 1), lnot(ne(x[t][n], 1))), 3, 4) / 4", 0.75 },
		{ "sum(i, where(gt(v[i], 0), 1, 0)) / T + (T * N + t) * 2", 5 },
		{ "f32(i32(x[t][n] * 2.75)) + v[3]", 4 },
		{ "exp(log(4 * x[t][n])) * sqrt(4) - 8 + sigmoid(0 * x[t][n])", 0.5 },
	};
	for (size_t i = 0; i < COUNT(fold); i++) {
		char text[512];
		snprintf(text, sizeof text, "local v = param('v', f32, {4}) y[t][n] = %s + v[0] * x[t][n] * 0" SMALL_END,
		         fold[i].rhs);
		struct ctx *c = good(small, text);
		struct job j = job(c, 1, 1);
		give(&j, "x", x);
		give(&j, "v", v);
		double got = *compute(&j, "y");
		if (fabs(got - fold[i].want) > 1e-15)
			fail_msg("%s is %.17g, not %.17g", fold[i].rhs, got, fold[i].want);
		ctx_free(c);
	}
}

static void test_gather_and_window(void **state)
{
	(void)state;
	double tok[] = { 2, 0 }, E[] = { 1, 2, 3, 4, 5, 6 }, v[] = { 1, 2, 3, 4, 5 };
	struct ctx *c = good("",
		"local T = dim('T'); local t = time('t', T); local d, p, q = axes('d', 'p', 'q')\n"
		"local tok, E, v = input('tok', i32, {T}), param('E', f32, {3, 2}), param('v', f32, {5})\n"
		"local x, w, u = func('x', f32, {T, 2}), func('w', f32, {T, 2}), param('u', f32, {2})\n"
		"x[t][d] = E[tok[t]][d] w[t][p] = sum(q, v[2*p+q] * x[t][1-q] * u[q]) + p\n"
		"return model { name = 'm', inputs = {tok}, outputs = {x, w} }");
	double one[] = { 1, 1 };
	struct job j = job(c, 2, 0);
	give(&j, "tok", tok);
	give(&j, "E", E);
	give(&j, "v", v);
	give(&j, "u", one);
	assert_numbers(compute(&j, "x"), (double[]){ 5, 6, 1, 2 }, 4);
	assert_numbers(compute(&j, "w"), (double[]){ 1*6 + 2*5, 3*6 + 4*5 + 1, 1*2 + 2*1, 3*2 + 4*1 + 1 }, 4);
	tok[1] = 3;
	assert_false(equations_run(c, &j.r));
	assert_non_null(strstr(j.r.error, "m.lua:4: the id 3 from tok[t] is outside 'E', which has 3 rows"));
	tok[1] = -1;
	assert_false(equations_run(c, &j.r));
	ctx_free(c);
}

static double sigm(double a) { return 1 / (1 + exp(-a)); }

/* Two units, three inputs, two sequences, four steps, against the formulas in C. */
static void test_lstm_numbers(void **state)
{
	(void)state;
	enum { T = 4, N = 2, X = 3, H = 2 };
	double W[4][H][X], U[4][H][H], b[4][H], x[T][N][X], h[N][H] = { { 0 } }, c[N][H] = { { 0 } }, want[T][N][H];
	double hs[N * H] = { 0 }, cs[N * H] = { 0 }, *all[] = { &W[0][0][0], &U[0][0][0], &b[0][0], &x[0][0][0] };
	size_t count[] = { 4 * H * X, 4 * H * H, 4 * H, T * N * X };
	unsigned seed = 1;
	for (int a = 0; a < 4; a++)
		for (size_t i = 0; i < count[a]; i++)
			all[a][i] = (double)((seed = seed * 1103515245 + 12345) >> 16 & 1023) / 512 - 1;
	for (int t = 0; t < T; t++) {
		for (int n = 0; n < N; n++) {
			double a[4][H];
			for (int g = 0; g < 4; g++) {
				for (int i = 0; i < H; i++) {
					a[g][i] = b[g][i];
					for (int k = 0; k < X; k++)
						a[g][i] += W[g][i][k] * x[t][n][k];
					for (int j = 0; j < H; j++)
						a[g][i] += U[g][i][j] * h[n][j];
				}
			}
			for (int i = 0; i < H; i++) {
				c[n][i] = sigm(a[1][i]) * c[n][i] + sigm(a[0][i]) * tanh(a[2][i]);
				want[t][n][i] = h[n][i] = sigm(a[3][i]) * tanh(c[n][i]);
			}
		}
	}
	struct ctx *m = load_with("", lstm, two_units);
	struct job j = job(m, T, N);
	give(&j, "W", &W[0][0][0]);
	give(&j, "U", &U[0][0][0]);
	give(&j, "b", &b[0][0]);
	give(&j, "x", &x[0][0][0]);
	carry(&j, "h", hs);
	carry(&j, "c", cs);
	assert_numbers(compute(&j, "h"), &want[0][0][0], T * N * H);
	assert_numbers(hs, &h[0][0], N * H);
	assert_numbers(cs, &c[0][0], N * H);
	ctx_free(m);
}

/* ---- the harness ------------------------------------------------------------------------------------------------- */

static int make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	char cells[256];
	snprintf(folder, sizeof folder, "%s/rnngen_model_XXXXXX", tmp && strlen(tmp) < 150 ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return 1;
	snprintf(cells, sizeof cells, "%s/cells", folder);
	return mkdir(cells, 0700);
}

static int remove_folder(void **state)
{
	(void)state;
	static const char *const file[] = { "m.lua", "s.lua", "plain", "cells/half.lua", "cells/bad.lua",
	                                    "cells/nothing.lua", "cells/once.lua", "cells/a.lua", "cells/b.lua", "cells", "" };
	for (size_t i = 0; i < COUNT(file); i++) {
		char path[256];
		snprintf(path, sizeof path, "%s/%s", folder, file[i]);
		remove(path);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lstm_as_written), cmocka_unit_test(test_print_reads_back), cmocka_unit_test(test_hash),
		cmocka_unit_test(test_scopes_and_require), cmocka_unit_test(test_settings),
		cmocka_unit_test(test_values_in_words), cmocka_unit_test(test_time_options),
		cmocka_unit_test(test_functions_are_documented), cmocka_unit_test(test_shipped_models),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_several_at_once),
		cmocka_unit_test(test_errors_name_the_callers), cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_budgets), cmocka_unit_test(test_pairs_in_order),
		cmocka_unit_test(test_lua_as_usual), cmocka_unit_test(test_env_is_found), cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_odd_names), cmocka_unit_test(test_require), cmocka_unit_test(test_recurrence),
		cmocka_unit_test(test_history), cmocka_unit_test(test_start_and_end), cmocka_unit_test(test_left_fold),
		cmocka_unit_test(test_gather_and_window), cmocka_unit_test(test_lstm_numbers),
	};
	return cmocka_run_group_tests_name("model", tests, make_folder, remove_folder);
}
