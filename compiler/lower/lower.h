/* lower.h · inside lower/: what the passes from stages to loops share */
#ifndef RNNGEN_LOWER_H
#define RNNGEN_LOWER_H

#include "ir/loops.h"
#include "schedule/stages.h"

/* Where a stage runs inside the loops around it: for each of its own axes, first element and how many. */
struct place { poly_id base[8], extent[8]; };

/* One stage being turned into loops. Indexed by loop of the stage. */
struct inst {
	stage_id s;
	struct place place;
	var_id *var;               /* counter of a leaf; 0: the loop runs once and is left out */
	var_id *tree;              /* of an unrolled loop over partial sums that is no loop but one expression; 0: a loop as others */
	poly_id *val, *ext;        /* value (from the leaves) and extent */
	bool *asked;               /* while extents are found: this one has been asked for */
	buf_id *acc;               /* register tile of each accumulator */
	expr_id *acc_idx; uint32_t acc_n;
	const struct inst *outside;/* whose counters its loops outside time take; NULL: it makes its own */
	int acc_now, update_now;   /* whose reduction axes are meant while a body is converted; -1: none */
};

/* A tensor kept in a local buffer while the loops around its stage run. */
struct binding { tensor_id tensor; buf_id buf; poly_id origin[8]; };

struct nest {
	struct ctx *c;
	buf_id *tensor_buf;        /* [tensor]: buffer that holds it whole; 0: local, or a param */
	VEC(struct binding) local;
	VEC(struct inst *) inside; /* stages whose loops are open, outermost first */
	bool *emitted;             /* [stage] */
	var_id now;                /* counter of the time loop around; 0: none */
	var_id time;               /* counter of a time loop that will lie inside (carry.c), its first value and how many; 0: all */
	poly_id from, steps;
	const struct inst *outside;/* the stage whose loops outside time are those of all stages in the steps (outside.c); or NULL */
	bool failed;
};

struct gang { struct inst *m[64]; uint32_t n; };

/* gang.c */
struct inst *inst_new(struct nest *n, stage_id id, const struct place *p, const struct inst *leader);
bool in_order(struct nest *n, const struct inst *i);          /* no extent counts with a loop inside; or a diagnostic */
stmt_id wrap(struct nest *n, const struct inst *i, int l, stmt_id body);
stmt_id core(struct nest *n, struct gang *g, uint32_t first);  /* the loops from number `first` on */

stmt_id store_result(struct nest *n, struct inst *i, expr_id value);
/* The loops of order from `from` on over the result, around one statement; reductions are passed over. */
stmt_id pure_loops(struct nest *n, const struct inst *i, uint32_t from, stmt_id body);
/* Appends to b a dim for each loop of order from `tile` on, and to idx the loop's value. false: see diags. */
bool tile_shape(struct nest *n, const struct inst *i, uint32_t tile, struct buf *b, expr_id *idx);

/* carry.c: a recurrence whose state lies in registers while time runs */
struct regs { buf_id buf; expr_id idx[9]; uint32_t n; };  /* values of a tile; of several chunks, where `side` counts them */
struct carry {
	struct nest *n;
	rec_id rec;
	struct inst *inst[64];     /* of each member; all share the loops of inst[lead] */
	uint32_t lead, at;         /* the first `at` loops of order lie outside time */
	struct slots slots;
	uint32_t member[SLOTS];    /* whose value a slot is */
	var_id t;                  /* stands for the step in what is converted */
	bool lanes;                /* chunks side by side are lanes of a vector, not variables of their own */
};
void carry_init(struct carry *k, struct nest *n, const struct gang *g, var_id t);
struct regs carry_regs(struct carry *k, uint32_t member, const char *name, var_id side);
stmt_id carry_declare(struct carry *k, const struct regs *r, uint32_t count, stmt_id body);
expr_id carry_get(struct carry *k, const struct regs *r);
stmt_id carry_set(struct carry *k, const struct regs *r, expr_id value, var_id side);
expr_id carry_start(struct carry *k, uint32_t slot, poly_id step);  /* what the slot holds before the step */
stmt_id carry_step(struct carry *k, poly_id step, const struct regs *last, var_id side);
stmt_id carry_beside(struct carry *k, var_id side, stmt_id body);
stmt_id carry_steps(struct nest *n, const struct gang *g);
/* scan.c */
stmt_id scan_build(struct nest *n, const struct gang *g);

/* storage.c */
void storage_buffers(struct nest *n);
buf_id storage_param(struct ctx *c, stage_id s, tensor_id t);
/* lanes.c */
const char *lanes_split(struct ctx *c, stmt_id body, var_id v, poly_id count, int64_t width, stmt_id *before, idvec *made,
                        loc_t *at);
expr_id access_read(struct nest *n, struct inst *i, expr_id read);
expr_id convert(struct nest *n, struct inst *i, expr_id e);  /* a stage's expression as a loop's */
/* What one iteration of loop `level` of host, and all inside, reads of s. */
void place_region(struct nest *n, stage_id s, struct inst *host, int level, struct place *out);
bool place_inside(struct nest *n, stage_id p, struct inst *host, int level, struct place *out);
int axis_index(const struct stage *s, var_id axis);

/* unused.c */
void registers_drop_unused(struct ctx *c);

#endif
