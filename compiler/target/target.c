/* target.c · one row an instruction set (see target.h); texts of their vector functions are in text/ */
#include "target/target.h"

/* One text, for rnngen itself and for code that picks at load. */
#define HAS(isa) __builtin_cpu_supports(isa)
#define AVX2 HAS("avx2") && HAS("fma")
#define AVX512 HAS("avx512f") && HAS("avx512dq") && HAS("avx512bw") && HAS("avx512vl") && HAS("fma")
#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...) TEXT_OF(__VA_ARGS__)

static const struct target targets[] = {
	{ "generic", 4,  16, "any CPU: vectors of four floats, no fused multiply-add", NULL },
	{ "avx2",    8,  16, "x86-64 with AVX2 and FMA", TEXT(AVX2) },
	{ "avx512",  16, 32, "x86-64 with AVX-512 F, DQ, BW, VL", TEXT(AVX512) },
};

const struct target *target_list(size_t *n)
{
	*n = sizeof targets / sizeof *targets;
	return targets;
}

int64_t target_row(const struct target *t, bool past_caches)
{
	enum { LINE = 16 };
	return past_caches && t->lanes < LINE ? LINE : t->lanes;
}

bool target_runs_here(const struct target *t)
{
#if defined(__x86_64__) && defined(__GNUC__)
	__builtin_cpu_init();
	if (!strcmp(t->name, "avx2"))
		return AVX2;
	if (!strcmp(t->name, "avx512"))
		return AVX512;
#endif
	return !strcmp(t->name, "generic");
}

const struct target *target_find(const char *name)
{
	size_t n = sizeof targets / sizeof *targets;
	if (!strcmp(name, "host")) {
		while (n > 1 && !target_runs_here(&targets[n - 1]))
			n--;
		return &targets[n - 1];
	}
	for (size_t i = 0; i < n; i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}
