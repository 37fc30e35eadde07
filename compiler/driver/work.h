/* work.h · inside driver/: the work of a model, counted from its equations, and the least time that a machine needs for it
 *
 *   work_count    operations and bytes of one call, part by part: a part is what a stage does in each step of its recurrence,
 *                 or what it can do for all steps at once, whether the schedule hoists it or not
 *   work_limit    for each part the larger of two times, to compute and to move bytes; their sum is the limit of the work
 *
 * Operations are those of the model; bytes are those that no schedule can avoid when every part runs by itself: each weight once
 * a step (once a call where the part needs no earlier step), from as near as it can be, what is read of states and gates and what is
 * written once an element.
 * What a schedule adds, sums of its own or tensors between, is no work. */
#ifndef RNNGEN_WORK_H
#define RNNGEN_WORK_H

#include "driver/host.h"
#include "target/machine.h"

struct work_part {
	stage_id stage;
	bool each_step;            /* inside its recurrence */
	double steps;              /* how often: the steps of the recurrence, or 1 */
	double multiply_adds;      /* of a call: terms of sums of products */
	double others;             /* all other operations of a call */
	double weights, state, io; /* bytes of a call: params; inputs and outputs; all else */
	/* by work_limit */
	int weights_from;          /* machine_level that they come from */
	double compute, traffic;   /* seconds */
};

struct work {
	uint32_t n;
	struct work_part *part;
	double operations, bytes;  /* of a call; a multiply-add is two operations */
	double limit;              /* seconds */
};

struct work work_count(struct ctx *c, const int64_t *dim);
/* false: the figures have none of the target. */
bool work_limit(struct ctx *c, struct work *w, const struct machine *m, int threads);
double work_part_limit(const struct work_part *p);
const char *work_bound(struct ctx *c, const struct machine *m, const struct work_part *p);  /* "compute", "L2", "traffic" */

#endif
