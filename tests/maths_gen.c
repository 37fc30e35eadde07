/* maths_gen.c · print a target's support text with wrappers that tests can call: see maths_table.h
 *
 * maths_gen avx2 1 > maths_avx2_1ulp.c
 * maths_gen avx512 1 avx512_emulated > maths_avx512_emulated_1ulp.c     under a name of its own */
#include <stdio.h>
#include <stdlib.h>

#include "maths_table.h"
#include "target/text.h"

static const char *const names[] = {
	"load", "store", "load_n", "store_n", "load_stride", "store_stride", "splat", "fma", "min", "max", "lt", "le",
	"gt", "ge", "eq", "ne", "not", "select", "bits", "unbits", "abs", "sqrt", "floor", "relu", "exp", "log",
	"tanh", "sigmoid", "hsum", "hmax"
};
static const char *const of_vectors[] = { "turn", "load_turned", "stream_line", "fence" };
enum { NAMES = sizeof names / sizeof *names, OF_VECTORS = sizeof of_vectors / sizeof *of_vectors };

/* Array functions: the expression for one vector, $ for the suffix. The first MATHS_TIMED are those of two accuracies. */
static const struct { const char *name, *value; } maps[] = {
	{ "exp", "exp$(a)" }, { "log", "log$(a)" }, { "tanh", "tanh$(a)" }, { "sigmoid", "sigmoid$(a)" },
	{ "relu", "relu$(a)" }, { "abs", "abs$(a)" }, { "sqrt", "sqrt$(a)" }, { "floor", "floor$(a)" },
	{ "fma", "fma$(a, b, c)" }, { "min", "min$(a, b)" }, { "max", "max$(a, b)" },
	{ "lt", "select$(lt$(a, b), a, c)" }, { "le", "select$(le$(a, b), a, c)" },
	{ "gt", "select$(gt$(a, b), a, c)" }, { "ge", "select$(ge$(a, b), a, c)" },
	{ "eq", "select$(eq$(a, b), a, c)" }, { "ne", "select$(ne$(a, b), a, c)" },
	{ "not", "select$(not$(lt$(a, b)), a, c)" },
	{ "mask", "select$(lt$(a, b) & not$(eq$(b, c)), a, splat$(1.5f))" },
	{ "unbits", "unbits$(bits$(a) ^ bits$(b))" },
	{ "gates", "b * c + a * b - c" },       /* bare operators: must round alike, contracted nowhere */
};

static void put(void *ctx, const char *s, size_t n)
{
	fwrite(s, 1, n, (FILE *)ctx);
}

static void map(const char *name, const char *value, char kind, int lanes)
{
	printf("static void %c_%s(float *y, const float *pa, const float *pb, const float *pc, size_t n)\n{\n",
		kind, name);
	printf("\tfor (size_t i = 0; i < n; i += %d) {\n\t\tconst %s%.0d a = load%d(pa + i), b = load%d(pb + i), "
		"c = load%d(pc + i);\n\t\t(void)a, (void)b, (void)c;\n\t\tstore%d(y + i, ", lanes,
		lanes == 1 ? "float" : "v", lanes == 1 ? 0 : lanes, lanes, lanes, lanes, lanes);
	for (; *value; value++)
		if (*value == '$')
			printf("%d", lanes);
		else
			putchar(*value);
	printf(");\n\t}\n}\n\n");
}

/* Each call waits for the one before: what a function takes, with one addition. */
static void chain(const char *name, int lanes)
{
	printf("static void l_%s(float *p, size_t n)\n{\n\tconst v%d h = splat%d(0.3f);\n\tv%d a = load%d(p);\n\n"
		"\twhile (n-- > 0)\n\t\ta = %s%d(a) + h;\n\tstore%d(p, a);\n}\n\n",
		name, lanes, lanes, lanes, lanes, name, lanes, lanes);
}

int main(int argc, char **argv)
{
	const char *target = argc >= 3 ? argv[1] : "", *name = argc == 4 ? argv[3] : target;
	const int lanes = text_lanes(target), ulp = argc >= 3 ? atoi(argv[2]) : 0;
	struct text_use use[2 * NAMES + OF_VECTORS];
	const struct text_request ask = { target, use, 2 * NAMES + OF_VECTORS, ulp };
	size_t which;

	for (int i = 0; i < NAMES; i++) {
		use[i] = (struct text_use){ names[i], lanes };
		use[NAMES + i] = (struct text_use){ names[i], 1 };
	}
	for (int i = 0; i < OF_VECTORS; i++)
		use[2 * NAMES + i] = (struct text_use){ of_vectors[i], lanes };
	if (text_head(target, put, stdout) != TEXT_OK) {
		fprintf(stderr, "usage: maths_gen generic|avx2|avx512 1|4 [NAME]\n");
		return 2;
	}
	if (text_functions(&ask, put, stdout, &which) != TEXT_OK) {
		fprintf(stderr, "no function %s%d\n", use[which].name, use[which].lanes);
		return 1;
	}
	printf("#include \"maths_table.h\"\n\n");
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		map(maps[i].name, maps[i].value, 's', 1);
		map(maps[i].name, maps[i].value, 'v', lanes);
	}
	for (size_t i = 0; i < MATHS_TIMED; i++)
		chain(maps[i].name, lanes);
	printf("static const struct maths_function functions[] = {\n");
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		printf("\t{ \"%s\", s_%s, v_%s, ", maps[i].name, maps[i].name, maps[i].name);
		printf(i < MATHS_TIMED ? "l_%s },\n" : "NULL },\n", maps[i].name);
	}
	printf("};\n\n"
		"static void head_load(float *y, const float *p, int n) { store%d(y, load_n%d(p, n)); }\n"
		"static void head_store(float *p, const float *a, int n) { store_n%d(p, load%d(a), n); }\n"
		"static void step_load(float *y, const float *p, ptrdiff_t s)\n"
		"{\n\tstore%d(y, load_stride%d(p, s));\n}\n"
		"static void step_store(float *p, ptrdiff_t s, const float *a)\n"
		"{\n\tstore_stride%d(p, s, load%d(a));\n}\n"
		"static void turned(float *y, const float *p, ptrdiff_t s, int from_memory)\n"
		"{\n\tv%d x[16];\n\tfor (int i = 0; i < %d; i++)\n\t\tx[i] = load%d(p + i * s);\n"
		"\tif (from_memory)\n\t\tload_turned%d(x, p, s);\n\telse\n\t\tturn%d(x);\n"
		"\tfor (int i = 0; i < %d; i++)\n\t\tstore%d(y + i * %d, x[i]);\n}\n"
		"static void line(float *p, const float *a)\n"
		"{\n\tv%d x[16];\n\tfor (int i = 0; i < 16; i += %d)\n\t\tx[i] = load%d(a + i);\n"
		"\tstream_line%d(p, x);\n\tfence%d();\n}\n"
		"static float sum(const float *a) { return hsum%d(load%d(a)); }\n"
		"static float top(const float *a) { return hmax%d(load%d(a)); }\n\n",
		lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes,
		lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes);
	printf("float maths_%s_%dulp_tail(float *p, int n);\n"
		"float maths_%s_%dulp_tail(float *p, int n)\n{\n"
		"\tconst float a = load_n1(p, n) + load_stride1(p, 1);\n"
		"\tstore_n1(p, a, n);\n\tstore_stride1(p, 1, a);\n\treturn hsum1(a) + hmax1(a);\n}\n\n",
		name, ulp, name, ulp);
	printf("#ifdef __cplusplus\nextern \"C\"\n#endif\n"
		"const struct maths_table maths_%s_%dulp = {\n"
		"\t\"%s\", %d, %d, functions, sizeof functions / sizeof *functions,\n"
		"\thead_load, head_store, step_load, step_store, turned, line, sum, top\n};\n", name, ulp, name, ulp, lanes);
	return 0;
}
