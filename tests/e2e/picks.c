/* picks.c · which target does a library of several pick? Stands for the code of all of them, and prints the answer
 *
 *   cc -DHAS='"avx2 fma"' '-D__builtin_cpu_supports(isa)=picks_has(isa)' -include picks.c lstm.c      ./picks -> avx2 0
 *
 * lstm.c: as emitted for generic,avx2,avx512, or for some of them. HAS: what the processor is said to have. The number is the status
 * of run(), whose stand-in answers 0. */
#include "lstm.h"

#include <stdio.h>
#include <string.h>

static int picks_has(const char *isa)
{
	const char *at = strstr(HAS, isa);
	return at && (at[strlen(isa)] == ' ' || !at[strlen(isa)]);
}

static size_t none(const int64_t *dims) { (void)dims; return 64; }
static int pack(void *weights, const void *const *params) { (void)weights; (void)params; return RNN_OK; }
static int run(const void *weights, const int64_t *dims, const void *const *inputs, void *const *outputs, void *const *states, void *workspace)
{
	(void)weights, (void)inputs, (void)outputs, (void)workspace;
	return dims[0] == 3 && dims[1] == 2 && !states ? RNN_OK : RNN_ERROR_DIM;
}
static size_t size_generic(void) { return 1; }
static size_t size_avx2(void) { return 2; }
static size_t size_avx512(void) { return 3; }

#define STANDS_FOR(name) \
	const struct rnn_model lstm_##name##_model = { RNN_MODEL_ABI, "lstm", #name, 2, 1, 1, 3, 2, NULL, NULL, NULL, NULL, NULL, \
		size_##name, pack, none, run, 0, NULL };
STANDS_FOR(generic)
STANDS_FOR(avx2)
STANDS_FOR(avx512)

int main(void)
{
	static const char *const names[] = { "none", "generic", "avx2", "avx512" };
	printf("%s %d\n", names[lstm_weights_size()], lstm_run(NULL, 3, 2, NULL, NULL, NULL, NULL));
	return 0;
}
