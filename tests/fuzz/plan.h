/* plan.h · what the makers of schedules share
 *
 *   plan.c        a directive: tried on the compilation, written as a line; what a stage is like
 *   sensible.c    schedules as people write them
 *   wild.c        anything
 *   legal.c       schedules that must be accepted */
#ifndef RNNGEN_FUZZ_PLAN_H
#define RNNGEN_FUZZ_PLAN_H

#include "fuzz.h"

#include "schedule/stages.h"

enum { NAMES = 16, NAME = 40 };
struct directive_made {
	enum directive_kind kind;
	stage_id s, other;
	rec_id rec;
	int names, tensors;                            /* PACK: the first `tensors` names are tensors */
	char name[NAMES][NAME];
	int64_t k[3];
	uint32_t joined;                               /* ORDER: bit i: name i stands in one list with name i-1 */
};

struct planner {
	struct ctx *c;
	struct rng *r;
	struct plan *p;
	bool wild;
	bool legal;                                    /* only what must be accepted */
	int fresh;                                     /* loops and tensors named so far */
	char *why; size_t size;                        /* of the last refusal; NULL: not asked for */
};

struct key { int loop, key; };                     /* loops of a nest are ordered by key */

void plan_add_name(struct directive_made *d, const char *name);
bool plan_apply(struct planner *q, const struct directive_made *d);   /* adds it to the plan; false: refused */
bool plan_bounds(struct planner *q);               /* now and then promises for run-time dims, and cases; false: refused */

struct stage *plan_stage_at(struct planner *q, stage_id s);
bool plan_reachable(struct planner *q, stage_id s);                  /* by its name */
stage_id plan_some_stage(struct planner *q);
int plan_some_leaf(struct planner *q, const struct stage *s);         /* -1: it has none */
int64_t plan_some_factor(struct planner *q);
const char *plan_fresh_name(struct planner *q, const char *suffix);
int64_t plan_upper(struct planner *q, const struct stage *s, int l);  /* largest extent of a loop; -1: not known */
bool plan_contiguous(struct planner *q, const struct stage *s, int l);/* steps through the result one by one */
bool plan_outer_part(const struct stage *s, int a, int b);            /* a from the outer part of a split, b the inner */
int plan_by_key(const void *a, const void *b);
bool plan_fuse(struct planner *q, stage_id s, int at);                /* loop number `at` of the nest with the next one */
bool plan_split(struct planner *q, stage_id s, int l, int64_t k);
bool plan_reads_now(struct planner *q, stage_id writer, stage_id reader);
bool plan_alike(struct planner *q, stage_id a, stage_id b);           /* the same axes, the same reductions */

/* Puts a loop over axis v, its outer part by k where k > 0, outside time in every stage of r that is not inside another; nothing
 * where one has no such loop left whole and unmarked. false: refused. */
bool plan_outside(struct planner *q, rec_id r, var_id v, int64_t k, bool parallel);

struct reads_found { expr_id read[64]; int n; };
void plan_note_read(struct ctx *c, stage_id s, expr_id e, void *arg); /* for stage_reads; arg: struct reads_found */
const char *plan_read_axis(struct ctx *c, expr_id read, uint32_t d);  /* the axis that indexes dim d alone; NULL */
/* A storage order: dims shuffled, some divided; false: a dim has no name. */
bool plan_pack_parts(struct planner *q, struct directive_made *d, const char *const *axis, uint32_t rank);

/* Single directives with random arguments (sensible.c, wild.c). */
void plan_tile(struct planner *q, stage_id s);
void plan_pack(struct planner *q, stage_id s);
void plan_pack_own(struct planner *q, stage_id s);
void plan_extract(struct planner *q, stage_id s);
void plan_precompute(struct planner *q, stage_id s);                /* where s has its first loops */
bool plan_rfactor(struct planner *q, stage_id s, bool legal);        /* legal where s has its first loops; false: refused */
bool plan_fold(struct planner *q, stage_id s);                       /* false: refused */
bool plan_store(struct planner *q, stage_id s);
bool plan_store_at(struct planner *q, stage_id s);
void plan_anything(struct planner *q);

#endif
