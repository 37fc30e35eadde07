/* loops.h · the loop IR: buffers and statements, what runs
 *
 * lower/nest.c makes it from stages; the passes of lower/ rewrite it; interp/loops.c runs it after any of them;
 * emit/ prints it as C. Loads and stores name storage dims, so bounds are checked dim by dim.
 *
 * Statements of a list are linked by `next`. Every loop runs from 0 in steps of 1, but loops over a chunk of time run from
 * its first step. */
#ifndef RNNGEN_LOOPS_H
#define RNNGEN_LOOPS_H

#include "ir/ir.h"
#include "schedule/schedule.h"

enum buf_kind {
	BUF_INPUT,    /* the caller's, read only */
	BUF_OUTPUT,   /* the caller's, written */
	BUF_PARAM,    /* a part of the packed weights, in the order of .pack */
	BUF_WORK,     /* a part of the workspace */
	BUF_LOCAL,    /* an array of the loop body that declares it, constant extents */
	BUF_REG       /* the same, as named variables; all indices constant once loops are unrolled */
};

struct buf {
	const char *name;          /* as emitted; unique */
	uint8_t kind, type;
	uint32_t rank;             /* of the storage */
	poly_id extent[9];
	tensor_id tensor;
	uint32_t pack;             /* index into schedule.packs + 1; 0: the tensor's own order */
	bool backward;             /* rows lie in memory last step first */
	bool timed;                /* extent[0] is time: rows are found by time, before 0 from the start */
	uint32_t history;          /* rows before time 0 that can be read */
	int64_t fold;              /* timed WORK: rows kept, used in turn; 0: all */
	bool guarded;              /* REG: some are stored under a condition only; C compilers want a value before */
	int64_t lanes;             /* REG: lanes of each variable, set by vectorise */
	uint8_t store;             /* LOCAL: enum store, the schedule's word; OPEN or STACK otherwise */
	bool per_thread;           /* WORK: one for each thread */
};

enum stmt_kind {
	S_FOR,        /* var, extent, flavor, body */
	S_STORE,      /* of[idx] = value */
	S_DECLARE,    /* buffers LOCAL and REG (.of) live in .body */
	S_IF,         /* where poly > 0: body, else other */
	S_REGION,     /* one team of threads runs body; parallel loops are shared out, other stores are the first's; likewise in each
	               * group of threads, inside a loop of flavor GROUPS */
	S_BARRIER,    /* of the team, or of the group; note says why */
	S_LAP,        /* a stamp of time (lower/laps.c), by the first thread: number .of; flavor 0: extent times since the last one; 1: of a
	               * step of time; 2: a step of that time loop begins */
	S_NOTE        /* a comment: the equation and schedule lines behind what follows */
};

struct stmt {
	uint8_t kind, flavor;
	stmt_id body, other, next;
	var_id var;
	poly_id extent;            /* FOR; IF: the condition */
	poly_id from;              /* FOR of flavor TIME: the counter's first value; 0: none, it begins at 0 */
	var_id alternate;          /* FOR: runs backwards where this counter (of time) is odd; 0: never */
	tensor_id prefetch;        /* FOR: asks for what it loads of this tensor `ahead` iterations later; ahead 0: no */
	int64_t ahead;
	uint8_t sharing;           /* FOR of flavor PARALLEL: enum sharing, and how many iterations at a time */
	int64_t part;              /* FOR of flavor GROUPS: how many groups, where there are as many threads */
	bool masked;               /* FOR of flavor VECTOR: counts its lanes at run time, nothing is peeled for it */
	bool apart;                /* FOR of flavor VECTOR: what it stores in memory need not lie next to each other */
	bool choice;               /* IF: both branches do the same; the body is for sizes that are known to be such (specialize.c) */
	int64_t lanes;             /* FOR of flavor VECTOR after vectorise: lanes of the vector; extent may be less */
	uint8_t special;           /* IF: the sizes of this m:specialize, counted from 1; 0: another condition */
	uint32_t of;               /* STORE: buffer; DECLARE: buffer */
	uint32_t idx, nidx;        /* STORE: run of expr_ids in ctx->list */
	expr_id value;
	stage_id stage;            /* whose code this is */
	rec_id rec;                /* FOR of flavor TIME */
	uint8_t barrier;           /* REGION, BARRIER: enum barrier */
	const char *note;
	loc_t loc;
};

stmt_id stmt_new(struct ctx *c, struct stmt s);
stmt_id stmt_join(struct ctx *c, stmt_id a, stmt_id b);     /* list a, then list b; either may be 0 */
/* The table of statements moves when it grows: what makes statements must not stand on the right of an assignment into
 * it. These take their value first. */
void stmt_set_body(struct ctx *c, stmt_id s, stmt_id body);
void stmt_set_other(struct ctx *c, stmt_id s, stmt_id other);
stmt_id stmt_for(struct ctx *c, var_id v, poly_id extent, enum flavor f, stmt_id body, stage_id s, loc_t loc);
stmt_id stmt_store(struct ctx *c, buf_id b, const expr_id *idx, uint32_t n, expr_id value, stage_id s, loc_t loc);
/* A copy of the list in which v stands for `by` (0: only a copy); loops inside get counters of their own, declared
 * buffers too. */
stmt_id stmt_clone(struct ctx *c, stmt_id s, var_id v, poly_id by);
/* The same where f * v is `by`; 0: some place has another multiple of v. */
stmt_id stmt_clone_multiple(struct ctx *c, stmt_id s, int64_t f, var_id v, poly_id by);
/* Is s itself for several threads: a loop that they share, or a barrier? */
bool stmt_is_shared(struct ctx *c, stmt_id s, void *arg);
bool stmt_uses_var(struct ctx *c, stmt_id s, var_id v);
/* Calls fn on each statement of the list and below, parents first; stops and returns true where fn does. */
bool stmt_any(struct ctx *c, stmt_id s, bool (*fn)(struct ctx *, stmt_id, void *), void *arg);
/* Calls fn on each load and store of the list: index run, and whether it is a store. */
void stmt_accesses(struct ctx *c, stmt_id s, void (*fn)(struct ctx *, buf_id, uint32_t idx, bool write, void *), void *arg);
buf_id buf_new(struct ctx *c, struct buf b);
bool row_wanted(struct ctx *c, const struct buf *b, poly_id t);  /* is row t addressed through a pointer of its own? */
void loops_print(struct ctx *c, stmt_id s, int depth, struct text *out); /* show nest, --dump-after */
void loops_print_program(struct ctx *c, struct text *out);
bool loops_verify(struct ctx *c);                           /* after every pass; aborts on our own bugs */

struct program {
	idvec works;               /* WORK buffers, in the order of the workspace */
	idvec params;              /* PARAM buffers, in the order of the packed weights */
	VEC(struct check) checks;  /* integer inputs that index: ids are checked before anything runs */
	VEC(struct carried) carried;
	VEC(struct start) starts;
	bool parallel;             /* any parallel loop */
	uint8_t barrier;
	bool pinned;               /* threads of the team stay on a core each for a call */
	VEC(struct lap) laps;      /* by number; none where there is no profile */
	uint32_t partitioned;      /* loops that were cut where a condition changes */
	int64_t groups;            /* of threads, at most, that share the layers of a wave; 0: none */
};
/* What a stamp of time is for: the stages that it computes, none for a barrier; in: the time loop, itself a lap, that it is in a step
 * of, 0: none; rec: of a time loop. */
struct lap { idvec stages; uint32_t in; rec_id rec; bool barrier, steps; };
/* Loops that fill the rows before time 0, where the model says how and the caller gives no state. */
struct start { tensor_id tensor; stmt_id body; };
struct check { buf_id buf; poly_id limit; loc_t loc; };
/* A tensor with history: where its rows before time 0 come from and go to. */
struct carried { tensor_id tensor; buf_id buf; uint32_t steps; uint32_t state; /* number in the state list */ };

/* Passes, in order (pipeline.c). */
bool nest_build(struct ctx *c);
bool loops_specialize(struct ctx *c);
bool tails_peel(struct ctx *c);
bool loops_unroll(struct ctx *c);
bool loops_partition(struct ctx *c);
bool loops_vectorise(struct ctx *c);
bool registers_promote(struct ctx *c);
bool regions_build(struct ctx *c);
bool laps_add(struct ctx *c);

/* Running loops in double (interp/loops.c). Race and bounds errors are found, not only wrong values. */
struct loops_run {
	const int64_t *dim;        /* value of each dim, by index in ctx->dim */
	struct array *value;       /* [ctx->tensor.n]: inputs and params given, outputs filled */
	struct array *state;       /* as in struct equations_run */
	int threads;               /* pretended, for the race check */
	uint64_t order;            /* seed: parallel loops run their iterations in this order; 0: in sequence */
	char error[256];
};
bool loops_run(struct ctx *c, struct loops_run *r);

#endif
