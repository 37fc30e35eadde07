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
	poly_id *val, *ext;        /* value (from the leaves below) and extent */
	buf_id *acc;               /* register tile of each accumulator */
	expr_id *acc_idx; uint32_t acc_n;
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

/* carry.c */
stmt_id carry_steps(struct nest *n, struct inst *i);
stmt_id carry_scan(struct nest *n, stage_id id);

/* storage.c */
void storage_buffers(struct nest *n);
buf_id storage_param(struct ctx *c, stage_id s, tensor_id t);
/* lanes.c */
const char *lanes_split(struct ctx *c, stmt_id body, var_id v, poly_id count, int64_t width, stmt_id *before, idvec *made,
                        loc_t *at);
bool storage_is_local(struct ctx *c, stage_id s);
expr_id access_read(struct nest *n, struct inst *i, expr_id read);
expr_id convert(struct nest *n, struct inst *i, expr_id e);  /* a stage's expression as a loop's */
bool place_inside(struct nest *n, stage_id p, struct inst *host, int level, struct place *out);
int axis_index(const struct stage *s, var_id axis);

#endif
