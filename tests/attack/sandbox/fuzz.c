/* fuzz.c · libFuzzer: bytes as a model file, and after a line "--8<--" as a schedule; no file is written
 *
 * The model goes through the sandbox, equations, stages and dependences, the schedule through its directives and
 * checks: all that user text reaches before loops are made. Files are memory, seen as /proc/self/fd/N. What must hold: no
 * crash, no leak, no hang; and a compilation that fails says why. */
#define _GNU_SOURCE
#include "front/sandbox.h"
#include "ir/ir.h"
#include "schedule/schedule.h"
#include "target/target.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const char divider[] = "\n--8<--\n";

/* Memory as a file, made once and filled anew. */
static const char *file_of(struct ctx *c, int *fd, const uint8_t *bytes, size_t n)
{
	if (*fd < 0)
		*fd = memfd_create("fuzz", 0);
	if (*fd < 0 || ftruncate(*fd, 0) || pwrite(*fd, bytes, n, 0) != (ssize_t)n)
		abort();
	return base_internf(c, "/proc/self/fd/%d", *fd);
}

static void compile(struct ctx *c, const uint8_t *bytes, size_t n)
{
	static int model = -1, schedule = -1;
	const uint8_t *cut = memmem(bytes, n, divider, sizeof divider - 1);
	size_t first = cut ? (size_t)(cut - bytes) : n, rest = cut ? first + sizeof divider - 1 : n;
	bool good = model_load(c, file_of(c, &model, bytes, first)) && equations_infer(c) && !c->errors;
	if (good) {
		equations_verify(c);
		equations_hash(c);
		good = stages_build(c) && !c->errors;
	}
	if (good)
		good = sched_load(c, cut ? file_of(c, &schedule, bytes + rest, n - rest) : NULL) && !c->errors;
	if (good)
		good = sched_check(c);
	if (!good && !c->errors)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static FILE *nowhere;
	nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
	sandbox_defaults.steps = 100000;
	sandbox_defaults.memory = (size_t)32 << 20;
	sandbox_defaults.declarations = 200;
	struct ctx *c = ctx_new("fuzz");
	c->target = target_find("generic");
	compile(c, bytes, n);
	diag_print(c, nowhere);
	ctx_free(c);
	return 0;
}
