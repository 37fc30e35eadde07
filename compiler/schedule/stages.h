/* stages.h · inside schedule/: what its files share */
#ifndef RNNGEN_STAGES_H
#define RNNGEN_STAGES_H

#include "schedule/schedule.h"

void stage_default_loops(struct ctx *c, stage_id s);
/* Calls fn(c, s, read, arg) on each X_READ in the stage: init, updates, epilogue. */
void stage_reads(struct ctx *c, stage_id s, void (*fn)(struct ctx *, stage_id, expr_id, void *), void *arg);
expr_id stage_value(struct ctx *c, stage_id s);            /* of one whose sums extract has taken: what they began with */
const char *dep_text(struct ctx *c, const struct dep *d);  /* "distance: t=+1 n=0 i=any" */
const char *order_text(struct ctx *c, stage_id s);         /* "n > io > j > ii" */
/* Does s, outside the time loop of r, need anything made there (only: made by this stage, where it is not 0)? What runs in the
 * same time loop as s is computed with it. */
bool sched_needs(struct ctx *c, stage_id s, rec_id r, stage_id only);
/* affine.c: e, a stage's value, as a * h' + b with h' its own element of the step before. Returns what is in the way; 0: nothing. */
expr_id sched_affine(struct ctx *c, tensor_id own, expr_id e, expr_id *a, expr_id *b);
void sched_log(struct ctx *c, const char *on, const char *call, loc_t l);
const char *stage_lua(struct ctx *c, stage_id s);          /* m.h, m["layer1.h"] */
const char *rec_lua(struct ctx *c, rec_id r);              /* m.time, m:recurrence("layer2.h") */

#endif
