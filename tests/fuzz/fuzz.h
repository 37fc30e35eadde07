/* fuzz.h · differential fuzzing of the compiler: random models x random schedules
 *
 *   random.c     a generator of numbers: the seed decides everything, no time, no address
 *   model.c      random models as trees, valid by construction
 *   text.c       such a tree as a model file
 *   plan.c       random schedules for a loaded model, line by line: sensible.c, wild.c, legal.c
 *   judge.c      one pair of files: refused with a diagnostic, or right; anything else is a failure
 *   data.c       data for the runs, comparing, two halves against one
 *   shrink.c     a smaller pair that fails in the same way
 *   emit.c       --emit: C files, and what they must compute, for compiled.sh
 *   child.c      pairs run in forked children, so that a crash has a seed
 *   fuzz.c       the command line
 *   laws.c       another program: rules switched off one by one
 *
 * A failure has a signature: what went wrong, without numbers and names. Two failures of one signature are taken for
 * one bug. */
#ifndef RNNGEN_FUZZ_H
#define RNNGEN_FUZZ_H

#include "ir/loops.h"
#include "oracle/oracle.h"

/* ---- random.c ---------------------------------------------------------------------------------------------------- */

struct emitted;
struct rng { uint64_t s[4]; };
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
int rng_below(struct rng *r, int n);               /* 0..n-1; n < 1 gives 0 */
int rng_from(struct rng *r, int lo, int hi);       /* lo..hi */
bool rng_chance(struct rng *r, int percent);

/* ---- model.c: models as trees ------------------------------------------------------------------------------------ */

enum { FZ_DIMS = 8, FZ_TENSORS = 72, FZ_DEFS = 48, FZ_NODES = 1200, FZ_RANK = 4 };
enum { DIM_T, DIM_N, DIM_FIXED };                  /* the first two dims are steps and sequences */

/* An axis is a dim and a letter: dim * 4 + letter. Letter 0 of T is the time axis. */
#define AXIS(dim, letter) ((dim) * 4 + (letter))
#define AXIS_DIM(axis) ((axis) / 4)

struct fz_dim { char name[8]; int value; };        /* value -1: run-time */

struct fz_tensor {
	char name[16], scope[16];
	uint8_t role;                                  /* enum role */
	bool ids, output, listed;                      /* ids: i32, indices for a gather; listed: in states = { } */
	int rank, dim[FZ_RANK];
	/* while the model is made */
	bool defined, ahead;                           /* ahead: read at an earlier step before it was defined */
	int layer, history, kept;                      /* kept: history of what is settled so far */
	double bound;                                  /* exact models: the largest absolute value */
};

enum { IX_AXIS, IX_CONST, IX_BACK, IX_LAST, IX_AFFINE, IX_GATHER };
struct fz_index {
	uint8_t kind;
	int axis, other, factor, plus;                 /* BACK: axis - plus; AFFINE: factor * axis + other + plus; CONST: plus */
	int node;                                      /* GATHER: the read that gives the id */
};

enum { E_NUM, E_INT, E_READ, E_OP, E_REDUCE };
struct fz_node {
	uint8_t kind, n;                               /* n: arguments; REDUCE: axes */
	const char *op;                                /* "+", "tanh", "sum" */
	int arg[3], axis[2];                           /* INT: axis[0], or the dim axis[1] where axis[0] < 0 */
	int tensor;
	struct fz_index idx[FZ_RANK];
	double num;
};

struct fz_def { int tensor, rhs; struct fz_index left[FZ_RANK]; bool dead; };

struct fz_model {
	int dims, tensors, defs, nodes;
	bool exact;                                    /* small integers, + - * max min: every value is exact in f32 */
	bool smooth;                                   /* no jumps: rounding moves results a little only */
	struct fz_dim dim[FZ_DIMS];
	struct fz_tensor tensor[FZ_TENSORS];
	struct fz_def def[FZ_DEFS];
	struct fz_node node[FZ_NODES];
};

void model_random(struct fz_model *m, struct rng *r, bool emit);  /* emit: only what can be judged in f32 */
void model_text(const struct fz_model *m, const char *name, char *out, size_t size);
bool model_reads(const struct fz_model *m, int tensor);           /* by a definition that lives */
const char *axis_name(int axis, char buf[16]);

/* ---- plan.c, sensible.c, wild.c, legal.c: schedules ------------------------------------------------------------------------------------------- */

enum directive_kind {
	DO_SPLIT, DO_TILE, DO_ORDER, DO_REORDER, DO_UNROLL, DO_VECTORIZE, DO_PARALLEL, DO_AT, DO_ROOT, DO_WITH, DO_EXTRACT,
	DO_PACK, DO_PACK_FUNC, DO_PACK_MANY, DO_PERSISTENT, DO_REASSOC, DO_ULP, DO_CHUNK, DO_IN_TIME, DO_ALTERNATE,
	DO_PREFETCH, DO_SCAN, DO_WAVE, DO_TARGET, DO_SHARED, DO_FUSE, DO_RFACTOR, DO_PRECOMPUTE, DO_TAIL, DO_FOLD, DO_STORE, DO_WEIGHTS, DO_BOUND,
	DO_STORE_AT, DO_STORE_ROOT, DO_SPECIALIZE,
	DO_KINDS
};
extern const char *const directive_kind_name[DO_KINDS];

enum { LINES = 160, LINE = 240 };
struct plan { int lines; char line[LINES][LINE]; };

/* Fills `p` with a schedule for the model in c, which has been through the pass "dependences". Directives are tried on
 * c itself; what c refuses is left out, or in a wild plan left in now and then. Each line is in p before it is tried. */
void plan_random(struct ctx *c, struct rng *r, struct plan *p, bool wild);
/* A schedule that must be accepted. false: a directive of it, the last line of p, was refused; `why` says so. */
bool plan_legal(struct ctx *c, struct rng *r, struct plan *p, char *why, size_t size);
/* What rnngen makes without a schedule file, and with some --plan; legal, too. */
void plan_by_rule(struct ctx *c, struct rng *r, struct plan *p);
void plan_text(const struct plan *p, char *out, size_t size);

/* ---- judge.c ----------------------------------------------------------------------------------------------------- */

enum verdict { RIGHT, REFUSED, FAILED };

struct counts {
	uint64_t pairs, accepted, refused, runs, halves, printed;
	uint64_t refusal[ERR_COUNT];
	uint64_t directive[DO_KINDS], plans_with[DO_KINDS];   /* in accepted schedules: lines, schedules */
	uint64_t tail_kind[TAILS], padded, skewed;                               /* splits by enum tail */
	uint64_t tails, lane_tails, barriers[BARRIER_FLAG + 1], regions, pinned, registers, locals, work_locals, in_storage, rings, in_place, packs, shared_packs,
	         func_packs, gathers, vectors, teams, together, carried, slices, wide_rings, fixed, specials, partitioned;
	uint64_t store[STORES];                               /* stages by enum store */
	uint64_t judged[ORACLE_UNKNOWN + 1];           /* by the oracle, runs of accepted pairs */
};

struct job {
	const char *model, *schedule;                  /* paths; schedule NULL: none */
	const char *target;
	uint64_t seed;                                 /* of data, sizes, orders of threads */
	bool exact;
	bool passes;                                   /* run the loops after every pass, not only the last */
	struct counts *count;                          /* NULL: not counted */
	char *failure; size_t failure_size;            /* what is wrong, or why it is refused; one line */
	int *line;                                     /* of the schedule that is refused; NULL: not asked for */
	bool (*worth)(void);                           /* asked when all passes are done: run the loops? NULL: yes */
};

enum verdict judge(const struct job *j);
/* A compilation of the pair up to the pass `stop` (NULL: all); NULL where it is refused, `why` then says so. */
struct ctx *judge_compile(const char *model, const char *schedule, const char *target, const char *stop,
                          struct emitted *out, char *why, size_t size);
void judge_signature(const char *failure, char *out, size_t size);  /* without numbers and names */

/* ---- data.c ------------------------------------------------------------------------------------------------------ */

struct outcome { struct array *value, *state; };   /* [tensor]; state NULL: the model's own start */
struct sizes_of_run { int64_t dim[16]; bool states; };

void data_sizes(struct ctx *c, struct rng *r, struct sizes_of_run *out);
/* Inputs, params and, where states are given, starts. exact: small integers. */
struct outcome data_random(struct ctx *c, const struct sizes_of_run *s, bool exact, struct rng *r);
struct outcome data_copy(struct ctx *c, const struct outcome *x);
bool data_halves(struct ctx *c, const struct sizes_of_run *s, const struct outcome *from, struct outcome *out,
                 char *error, size_t size);        /* false and no error: the model cannot be run in halves */
/* Outputs and end states: the largest difference, relative to the largest value; 0: the same bits. */
double data_compare(struct ctx *c, const struct outcome *a, const struct outcome *b, const char **tensor);

/* ---- shrink.c, emit.c -------------------------------------------------------------------------------------------- */

struct pair { struct fz_model model; struct plan plan; };
/* Makes the pair smaller while `fails` holds for it; at most `tries` calls. */
void shrink(struct pair *p, bool (*fails)(const struct pair *, void *), void *arg, int tries);

bool emit_pair(const char *dir, const char *name, const struct job *j);   /* false: refused */

void write_text(const char *path, const char *text);   /* exits on failure */

#endif
