/* pipeline.h · the passes, in order; pipeline.c is the map of the compiler */
#ifndef RNNGEN_PIPELINE_H
#define RNNGEN_PIPELINE_H

#include "base.h"
#include "emit/emit.h"

struct pass { const char *name; bool (*run)(struct ctx *); bool (*verify)(struct ctx *);
              void (*dump)(struct ctx *, struct text *); const char *about; };

struct pipeline {
	const char *model, *schedule;      /* paths; schedule NULL: none, or one made by rule */
	bool rule;
	const char *dump_after, *stop_after;
	/* Called with the loops that each pass leaves; false: stop there. NULL: not called. */
	bool (*after)(struct ctx *c, const char *pass, void *arg);
	void *after_arg;
	struct emitted out;
};

const struct pass *pipeline_passes(size_t *n);
const struct pass *pipeline_find(const char *name);
/* Runs all passes up to emit. false: diagnostics are waiting in c. */
bool pipeline_run(struct ctx *c, struct pipeline *p);

#endif
