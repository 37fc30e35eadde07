/* stages.h · inside schedule/: what its files share */
#ifndef RNNGEN_STAGES_H
#define RNNGEN_STAGES_H

#include "schedule/schedule.h"

/* Does the loop run over one whole axis: no part of a split, not made of others? Its value is the axis'. */
static inline bool loop_is_axis(const struct loop *l) { return l->parent < 0 && l->fused[0] < 0; }
static inline bool loop_is_leaf(const struct loop *l) { return l->outer < 0 && l->into < 0; }
int stage_leaf(struct ctx *c, stage_id s, const char *name, loc_t l);       /* a loop of the nest; -1 and a diagnostic: none */
bool stage_name_free(struct ctx *c, stage_id s, const char *name, loc_t l); /* for a new loop; or a diagnostic */
void stage_default_loops(struct ctx *c, stage_id s);
/* Calls fn(c, s, read, arg) on each X_READ in the stage: init, updates, epilogue. */
void stage_reads(struct ctx *c, stage_id s, void (*fn)(struct ctx *, stage_id, expr_id, void *), void *arg);
expr_id stage_value(struct ctx *c, stage_id s);            /* of one whose sums extract has taken: what they began with */
int64_t dep_lag(struct ctx *c, const struct expr *read);    /* of a read t - k: k; else INT64_MIN */
const char *dep_text(struct ctx *c, const struct dep *d);  /* "distance: t=+1 n=0 i=any" */
const char *order_text(struct ctx *c, stage_id s);         /* "n > io > j > ii" */
/* Does s, outside the time loop of r, need anything made there (only: made by this stage, where it is not 0)? What runs in the
 * same time loop as s is computed with it. */
bool sched_needs(struct ctx *c, stage_id s, rec_id r, stage_id only);
/* affine.c: the state of a recurrence whose elements stand alone. Slot j is the value of a stage `lag` steps ago; slots of one
 * stage follow each other, lag 1 first. */
enum { SLOTS = 4 };
struct slots { uint32_t n; struct slot { stage_id s; int64_t lag; } at[SLOTS]; };
const char *sched_slots(struct ctx *c, rec_id r, struct slots *out);  /* NULL, or why elements need each other */
int sched_slot(struct ctx *c, const struct slots *k, expr_id read);   /* the slot that a read of a member takes; -1: none */
/* The value of stage s as sum over j of coef[j] * slot j, + coef[n]; 0 for what is not there. Returns what is in the way; 0: nothing. */
expr_id sched_affine(struct ctx *c, const struct slots *k, stage_id s, expr_id *coef);
stage_id sched_inside(struct ctx *c, rec_id r);            /* the member whose loops lie outside time; 0: time is outermost */
/* outside.c: loops outside time */
bool sched_may_be_outside(struct ctx *c, stage_id s, int loop, const char *const *order, uint32_t n, loc_t l);
void sched_check_outside(struct ctx *c, rec_id r);
void sched_check_wave(struct ctx *c);                      /* check.c */
void sched_check_fold(struct ctx *c, stage_id s);          /* store.c */
void sched_check_store(struct ctx *c, stage_id s);
void sched_check_store_at(struct ctx *c, stage_id s);
int sched_position(const struct stage *s, const char *loop);  /* of a loop in the nest, outermost 0; -1: it is none (check.c) */
/* check.c: equal chains of splits make equal loops. */
bool same_loop(struct ctx *c, const struct stage *x, int a, const struct stage *y, int b);
/* pad.c: splits whose last tile reaches beyond the end. */
int64_t pad_of(struct ctx *c, const struct stage *s, int loop);  /* its factor, where it is padded and may not divide; else 0 */
int64_t pad_along(struct ctx *c, const struct stage *s, var_id axis);  /* the same, of an axis of the stage */
poly_id pad_extent(struct ctx *c, const struct stage *s, var_id axis, poly_id extent);  /* rounded up, where that axis is padded */
poly_id pad_storage(struct ctx *c, tensor_id t, uint32_t d);  /* how many elements of a func are stored along dim d */
void pad_check(struct ctx *c, stage_id s);                 /* gives params room, too */
void expects_print(struct ctx *c, struct text *out);       /* load_expects.c: m:expects { ... }, the first line of a schedule */
/* Is the loop l, or one of those that it was made of, a part of `of`? */
bool loop_is_part(const struct stage *s, int l, int of);
bool lua_word(const char *s);                              /* print.c: a name that stands in Lua without quotes */
void sched_log(struct ctx *c, const char *on, const char *call, loc_t l);
const char *stage_lua(struct ctx *c, stage_id s);          /* m.h, m["layer1.h"] */
const char *rec_lua(struct ctx *c, rec_id r);              /* m.time, m:recurrence("layer2.h") */

#endif
