/* memory.h · what the loop interpreter (loops.c), its buffers (memory.c), their start (starts.c) and nests (walk.c) share
 *
 * A cell knows which writing it holds: its stamp is the life of its buffer (renewed by each declaration) and, for
 * rings, the time of the row. A stamp of another life or time means "not written" or "overwritten". */
#ifndef RNNGEN_MEMORY_H
#define RNNGEN_MEMORY_H

#include "ir/loops.h"

#include <setjmp.h>

/* Who touched a cell, in which epoch. Of the readers two different ones are kept: any writer is foreign to one. */
struct touch { uint64_t written, read; uint32_t writer, wstage, reader, rstage, reader2, rstage2; };

/* A buffer while loops run. Rows of a timed one are found by time t, -history <= t < extent[0]: row t + history, or
 * t mod fold in a ring. */
struct mem {
	const struct buf *is;
	int64_t extent[9];         /* indices of dim d: 0..extent[d]-1 */
	int64_t history, fold;
	size_t cells, row;         /* of one copy; of one row of a timed one */
	uint32_t copies;           /* one for each thread, where threads have their own */
	double *value;
	uint64_t *stamp;           /* life << 32 | time of the row + history + 1, in rings; NULL: all of it is valid */
	struct touch *touch;       /* NULL: no race is looked for */
	uint64_t life;
	bool live, shared;         /* declared now; one copy for all threads */
};

/* Of a timed buffer: the row of time t, what the stamps of its cells say beside the life, and (of any) the least index of dim d. */
static inline int64_t mem_row(const struct mem *b, int64_t t)
{
	return b->fold ? ((t % b->fold) + b->fold) % b->fold : t + b->history;
}
static inline uint64_t mem_time(const struct mem *b, int64_t t) { return b->fold ? (uint64_t)(t + b->history + 1) : 0; }
static inline int64_t mem_least(const struct mem *b, uint32_t d) { return d == 0 && b->is->timed ? -b->history : 0; }
/* The cell so far, when dim d has the index i. */
static inline size_t mem_cell(const struct mem *b, uint32_t d, size_t at, int64_t i)
{
	return d == 0 && b->is->timed ? (size_t)mem_row(b, i) : at * (size_t)b->extent[d] + (size_t)i;
}

enum { I_NUM, I_POLY, I_LOAD, I_OP, I_CAST, I_END };
struct ins { uint8_t kind, op, n; uint32_t of; double num; };       /* of: poly, or access */

enum { WALK = 8 };           /* loops inside each other, at most */

/* A load or a store: n indices from idx on in run.index, `given` of them on the stack. Where its nest walks (walk.c) it stands at
 * `cell`, in the row of `time`, and each iteration of the nest's loop number l takes it step[l] cells on. */
struct access {
	struct mem *in;
	uint32_t idx, n, given;
	bool walks;
	size_t cell;
	uint64_t time;
	int64_t step[WALK];
};
struct span { uint32_t first, n; };

enum { FORM_NEW, FORM_SHORT, FORM_LONG, FORM_OTHER };
struct factor { var_id v; int64_t k; };
/* SHORT: base + one.k * value[one.v]; LONG: the factors first .. first+n-1 too; OTHER: poly_eval */
struct form { int64_t base; struct factor one; uint32_t first, n; uint8_t kind; };

/* Where a statement stands: alone; in a region (or, there, in the part of a group of threads); in a loop that these share; in a
 * parallel loop that is a team of its own. */
enum place { ALONE, REGION, SHARED, TEAM };

struct run {
	struct ctx *c;
	struct loops_run *r;
	uint32_t threads;                      /* at least 1 */
	int64_t *value;                        /* of each var */
	struct mem *mem;                       /* of each buf */
	struct form *form;                     /* of each poly */
	VEC(struct factor) factor;
	VEC(struct ins) code;
	idvec index;                           /* poly_ids of accesses; 0: the value is on the stack */
	uint32_t *code_of, *access_of;         /* of each store statement */
	VEC(struct access) access;
	struct span *span;                     /* of each statement: the accesses in it and below */
	uint8_t *nest;                         /* of each loop: loops in its nest from here inwards; 0: not of a nest (walk.c) */
	int64_t *trips;                        /* of each loop of the nest that runs */
	double *stack;
	idvec around;                          /* counters of the loops around, for messages */
	idvec own;                             /* WORK buffers of which each thread has its own */
	int64_t *order; uint64_t order_cap;    /* iterations of a parallel loop, shuffled */
	enum place place;
	uint32_t thread, copy;                 /* who runs now, and which of the copies is its own */
	/* Barriers are numbered. since: the last of the whole team; epoch: the last that the running group has passed, of its own or
	 * the team's. The threads first .. first+count-1 run now: all, or a group's. */
	uint64_t epoch, since, barriers, random;
	uint32_t first, count, groups;
	uint64_t *passed;                      /* [group]: the last barrier of each, while groups run side by side */
	stage_id stage;
	void *blocks;                          /* memory of the run, freed as one */
	jmp_buf out;
};

void *run_take(struct run *m, size_t n, size_t size);              /* zeroed, until the run ends */
void run_push(struct run *m, idvec *v, uint32_t id);
/* Ends the run; the message goes on with the stage and where the loops stand. */
NORETURN void run_fail(struct run *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
int64_t run_value(struct run *m, poly_id p);
const struct form *run_form(struct run *m, poly_id p);
double run_cast(uint8_t type, double v);   /* of X_CAST */

/* The steps -history..-1 of a tensor whose time is its first dim, where the model defines them (starts.c). */
void starts_fill(struct run *m, tensor_id t, double *rows);

void walk_find(struct run *m, stmt_id s);  /* fills m->nest for the list and below */
/* Before the nest s runs: its accesses at their first cells. False: one of them would leave its buffer, and whoever goes iteration
 * by iteration will find where. */
bool walk_begin(struct run *m, stmt_id s);

void memory_make(struct run *m);           /* buffers, their inputs, params and start rows */
/* A local buffer's declaration: nothing in it is written. Declared by code that one thread runs it is shared by the
 * teams inside; in a region or a parallel loop each thread has its own. */
void memory_declare(struct run *m, struct mem *b);
void memory_end(struct run *m);            /* outputs and end states, to the caller */

#endif
