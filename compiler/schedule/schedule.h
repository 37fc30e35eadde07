/* schedule.h · stages, recurrences, dependences, and what a schedule says of them
 *
 * Order of calls: stages_build (equations -> stages, recurrences, dependences), then sched_load (runs the schedule
 * file, which calls the directives below; each is checked when called), then sched_check (everything once more). */
#ifndef RNNGEN_SCHEDULE_H
#define RNNGEN_SCHEDULE_H

#include "ir/ir.h"
#include "schedule/laws.h"

/* One reduction of a stage: acc = acc (+) body, over axes, first axis outermost. */
struct update {
	expr_id body;
	bool negate;               /* a subtracted sum: acc - body */
	idvec axes;                /* axes of the model (var_id) */
};

/* One value that a stage keeps while its reductions run. A sum of terms is one left fold: init, then each update. */
struct acc {
	uint8_t red, type;         /* enum reduce, enum rnn_type */
	expr_id init;
	VEC(struct update) update;
};

/* GROUPS is no mark of a schedule: layers of a wave, in turn to groups of the team's threads. Parallel loops and barriers inside it
 * are those of the group. */
enum flavor { LOOP_SERIAL, LOOP_UNROLL, LOOP_VECTOR, LOOP_PARALLEL, LOOP_TIME, LOOP_GROUPS };
extern const char *const flavor_name[];
/* How threads share the iterations of a parallel loop: EVEN, as many neighbouring ones for each; CYCLIC, so many at a time in
 * turn; DYNAMIC, so many at a time as they ask for them; GUIDED, the same, beginning with larger parts. OpenMP's schedule(static),
 * (static, n), (dynamic, n), (guided, n). */
enum sharing { SHARE_EVEN, SHARE_CYCLIC, SHARE_DYNAMIC, SHARE_GUIDED };

/* What is done where a split does not divide (lower/tails.c, lower/gang.c): PEEL, full tiles first, then cases for what is left;
 * GUARD, full tiles only, and a condition around what they compute; MASK, vectors of fewer lanes, and no second copy; SHIFT, the
 * last tile begins earlier and computes some elements again; PAD, the last tile reaches beyond the end, into storage (pad.c). */
enum tail { TAIL_PEEL, TAIL_GUARD, TAIL_MASK, TAIL_SHIFT, TAIL_PAD, TAILS };
extern const char *const tail_name[];

/* Where a tensor is kept, by hand (store.c). OPEN: as suits it; registers where they can hold it, an array of the loop
 * where a stack has room and no other thread reads it, else the workspace. STREAM: where it is, but its vectors are written past the
 * caches (non-temporal stores). */
enum store { STORE_OPEN, STORE_REGISTERS, STORE_STACK, STORE_WORKSPACE, STORE_STREAM, STORES };
extern const char *const store_name[];
enum { STACK_BYTES = 1 << 18 };    /* of an array that the schedule puts on the stack */

/* A loop of a stage, as the schedule names it. Splitting a loop makes two new ones and keeps the old as their sum; fusing two
 * makes a new one and keeps both, which follow from it:
 *   i: outer = io, inner = ii, factor = 16     i = io * 16 + ii
 *   f: fused = { n, io }                       n = f / extent(io), io = f % extent(io) */
struct loop {
	const char *name;
	var_id axis;               /* of the model; of the loop that was split, for parts */
	int acc, update;           /* a reduction's; -1 for loops over the result's own axes */
	uint8_t flavor, sharing;   /* sharing: of a parallel loop */
	int64_t part;              /* iterations at a time, where shared in parts */
	int outer, inner;          /* parts, -1 where not split */
	int parent;                /* the loop that was split; -1: none */
	int fused[2], into;        /* made of these two, -1 where not; the loop that this one was fused into, -1: none */
	int64_t factor;
	uint8_t tail;              /* enum tail, of a split */
	bool alternate;            /* every other step of time runs it backwards */
	tensor_id prefetch;        /* asks for what it reads of this tensor, `ahead` iterations early; ahead 0: of none */
	int64_t ahead;
	loc_t loc;                 /* of the directive that set the flavor, or made the loop */
};

enum pack_part_kind { PACK_WHOLE, PACK_DIV, PACK_MOD, PACK_AT, PACK_TENSOR };  /* PACK_AT: only index k is stored */
struct pack_part { uint8_t kind; uint32_t dim; int64_t k; };
/* Storage order of tensors: each part is one dim of the storage, outermost first. With several tensors they share
 * one buffer, and PACK_TENSOR is the dim that tells them apart. */
struct pack {
	idvec tensors;
	VEC(struct pack_part) part;
	const char *order;         /* as the schedule says it: "[i/16][j][g][i%16]" */
	loc_t loc;
};

struct stage {
	tensor_id tensor;
	def_id def;                /* 0 for stages made by extract and rfactor */
	bool partial;              /* made by rfactor: partial sums, the last axis of which is summed elsewhere */
	const char *name;          /* the tensor's */
	idvec axes;                /* own axes, in order of the definition's indices */
	poly_id idx[8]; uint32_t nidx;  /* where the stage writes: axes and constants */
	VEC(struct acc) acc;
	expr_id epilogue;          /* reads X_ACC and tensors */
	rec_id rec;                /* its recurrence; 0: none */
	var_id time;               /* the time axis among its axes; 0: none */
	/* schedule */
	VEC(struct loop) loop;
	VEC(int) order;            /* leaves, outermost first; a member of a recurrence does not list its time axis */
	int time_at;               /* how many of them lie outside time; -1: time is outermost (outside.c) */
	loc_t time_loc;            /* of the order that says so */
	stage_id at;               /* computed inside a loop of this stage; 0: at the root */
	const char *at_loop;
	stage_id with;             /* shares its loops with this stage (compute_with); 0: alone */
	const char *with_loop;
	rec_id in_time;            /* outside recurrences, computed for each chunk of this one's time; 0: for all steps at once */
	idvec packs;               /* indices into schedule.packs + 1 */
	loc_t loc;                 /* of the definition */
	loc_t at_loc, with_loc;
	int64_t fold;              /* steps of its tensor that are kept, by hand; 0: as many as are read (rows.c) */
	stage_id store_host;       /* its array lives in a loop of this stage, further out than it is computed; 0: where it is computed */
	const char *store_loop;
	bool store_root;           /* it lives as long as the program, as what is not computed inside does */
	loc_t fold_loc, store_loc, store_at_loc;
	uint8_t store;             /* enum store */
	VEC(loc_t) lines;          /* schedule lines that name it, for comments */
};

enum barrier { BARRIER_NONE, BARRIER_OMP, BARRIER_SPIN, BARRIER_FLAG };

enum scan_method { SCAN_NONE, SCAN_SEQUENTIAL, SCAN_REDUCE_EXPAND, SCAN_ONE_PASS };  /* see lower/scan.c */
extern const char *const scan_name[];

struct recurrence {
	const char *name;          /* of its first state */
	idvec members;             /* stages, in dependence order inside a step */
	var_id time;
	uint8_t persistent;        /* enum barrier */
	bool pinned;               /* its team: each thread on a core of its own */
	bool carried;              /* time lies inside loops and states in registers (lower/carry.c); the check finds it so */
	uint8_t scan;              /* enum scan_method */
	int64_t scan_chunk, scan_block;  /* steps of a chunk, chunks of a block */
	bool scan_overlap;               /* the next block is reduced while this one is expanded */
	loc_t scan_loc;
	int64_t chunk;             /* steps after which stages with in_time take their turn; 0: time is one piece */
	loc_t loc;
};

/* reader at time t reads what writer makes at time t - lag, or somewhere in t + first .. t + last (INT64_MIN, INT64_MAX: any number of
 * steps away). dim[d]: 0 where the reader's element is the writer's own along dim d of the tensor, else the read reaches others there. */
struct dep { stage_id writer, reader; tensor_id tensor; int64_t lag, first, last; uint32_t spread; expr_id read; loc_t loc; };

struct directive { const char *on, *call; loc_t loc; };  /* "m.h", "split(\"i\", \"io\", \"ii\", 16)" */

/* A choice that the schedule leaves open: knob("B", 16, { 8, 16, 32 }). */
struct knob { const char *name; int64_t value; VEC(int64_t) choice; loc_t loc; };

/* Sizes for which all loops are lowered again: m:specialize { N = 1, T = 4 }. */
struct special {
	VEC(struct size { uint32_t dim; int64_t value; }) sizes;  /* in the order of ctx->dim */
	loc_t loc;
};

struct schedule {
	const char *file;
	VEC(struct knob) knobs;
	VEC(struct directive) log;
	VEC(struct pack) packs;
	VEC(struct special) specials;  /* in the order in which they are tried */
	bool reassoc;
	int ulp;                   /* how exact exp, log, tanh and sigmoid are: 1, or 4 */
	bool huge_weights;         /* packed weights ask for pages of 2 MiB */
	loc_t expects;
	idvec wave;                /* recurrences whose chunks run on diagonals, each after those before it; empty: none */
	int64_t wave_groups;       /* at most so many layers at a time, each by a group of threads; 0: as many as there are */
	int64_t wave_skew;         /* layer k computes chunk d - skew * k at diagonal d; the least that is right, where not given */
	bool wave_skew_given;
	loc_t wave_loc;
};

bool stages_build(struct ctx *c);
stage_id stage_of_start(struct ctx *c, def_id d);  /* h[-1][n][i] = ...: a stage outside all recurrences */
void deps_compute(struct ctx *c);               /* again after extract */
bool sched_load(struct ctx *c, const char *path);  /* NULL: no schedule file */
/* Instead of sched_load: directives by rule, from shapes and reads. */
struct rule_limits {
	double team;               /* multiply-adds of a step from which a barrier costs less than it gains */
	double threads;            /* multiply-adds of a stage outside time, from which threads pay */
	double far;                /* bytes of weights that no core's cache keeps */
	double near;               /* bytes of the largest cache that a core has for itself */
	double matrix;             /* bytes of a matrix that many rows meet, from which a copy in panels pays */
	int slices;                /* of a step's units, at least, for a team */
};
struct rule_limits rule_limits_of(struct ctx *c);                /* by ctx->machine */
double rule_limits_load(struct ctx *c, double bytes);            /* multiply-adds in the time that one core takes to read them; 0: not measured */
void rule_limits_print(struct ctx *c, struct text *out);         /* as a comment; nothing, where nothing was given */
bool sched_rule(struct ctx *c, const struct rule_limits *limits);
/* The i-th of all methods of the schedule language, for editor stubs; false: there are no more. */
struct sched_doc { const char *type, *name, *signature, *doc; };
bool sched_doc(uint32_t i, struct sched_doc *d);
bool sched_check(struct ctx *c);
void sched_print(struct ctx *c, struct text *out); /* canonical Lua */
void stages_print(struct ctx *c, struct text *out);
void deps_print(struct ctx *c, struct text *out);

/* Directives: false and a diagnostic where refused; then nothing has changed. */
bool sched_split(struct ctx *c, stage_id s, const char *loop, const char *outer, const char *inner, int64_t k, loc_t l);
bool sched_fuse(struct ctx *c, stage_id s, const char *outer, const char *inner, const char *fused, loc_t l);  /* fuse.c */
/* The same with a tail strategy by name; NULL: the usual one. */
bool sched_split_tail(struct ctx *c, stage_id s, const char *loop, const char *outer, const char *inner, int64_t k, const char *tail,
                      loc_t l);
/* names: outermost first; groups[i] joins a name to the one before it ({"k", "j"}: siblings) */
bool sched_order(struct ctx *c, stage_id s, const char *const *names, uint32_t n, loc_t l);
bool sched_reorder(struct ctx *c, stage_id s, const char *const *names, uint32_t n, loc_t l);  /* innermost first */
bool sched_flavor(struct ctx *c, stage_id s, const char *loop, enum flavor f, loc_t l);
/* Parallel, and how it is shared, `part` iterations at a time. clause: "static", "dynamic", "guided"; part 0: the clause's own. */
bool sched_share(struct ctx *c, stage_id s, const char *loop, const char *clause, int64_t part, loc_t l);
bool sched_compute_at(struct ctx *c, stage_id s, stage_id host, const char *loop, loc_t l);
bool sched_compute_in_time(struct ctx *c, stage_id s, rec_id r, loc_t l);
bool sched_chunk(struct ctx *c, rec_id r, int64_t steps, loc_t l);
/* chunk, block 0: as suits the elements of a step; resolved numbers lie in the recurrence then. */
bool sched_scan(struct ctx *c, rec_id r, const char *method, int64_t chunk, int64_t block, bool overlap, loc_t l);
bool sched_scans(struct ctx *c);                    /* is there a scan? Its rounding depends on where a call begins */
/* names: recurrences by a stage of theirs; n 0: all, in the order in which they need each other. groups 0: as many as layers; skew 0:
 * the least. */
bool sched_wavefront(struct ctx *c, const char *const *names, uint32_t n, int64_t chunk, int64_t groups, int64_t skew, loc_t l);
int64_t sched_wave_distance(struct ctx *c, rec_id from, rec_id to);  /* how many diagonals later `to` computes a chunk; 0: no wave has both */
bool sched_wave_in_groups(struct ctx *c);           /* do groups of threads share what is inside a layer? */
bool sched_compute_root(struct ctx *c, stage_id s, loc_t l);
bool sched_compute_with(struct ctx *c, stage_id s, stage_id leader, const char *loop, loc_t l);
stage_id sched_extract(struct ctx *c, stage_id s, const char *name, const char *tensor, loc_t l);
/* What a sum of s reads of the tensor becomes a stage, which is returned (precompute.c); 0: refused. */
stage_id sched_precompute(struct ctx *c, stage_id s, const char *name, const char *tensor, loc_t l);
/* The loop of a reduction becomes an axis of a new stage of partial sums, which is returned; 0: refused. */
stage_id sched_rfactor(struct ctx *c, stage_id s, const char *loop, const char *axis, loc_t l);
bool sched_pack(struct ctx *c, stage_id s, const char *const *tensors, uint32_t nt,
                const char *const *parts, uint32_t np, loc_t l);
/* store.c: how its tensor is stored */
bool sched_fold_storage(struct ctx *c, stage_id s, const char *dim, int64_t rows, loc_t l);
bool sched_store_at(struct ctx *c, stage_id s, stage_id host, const char *loop, loc_t l);
bool sched_store_root(struct ctx *c, stage_id s, loc_t l);
bool sched_store_in(struct ctx *c, stage_id s, const char *where, loc_t l);
bool sched_weights_in(struct ctx *c, const char *where, loc_t l);
bool sched_alternate(struct ctx *c, stage_id s, const char *loop, loc_t l);
bool sched_prefetch(struct ctx *c, stage_id s, const char *tensor, const char *loop, int64_t ahead, loc_t l);
bool sched_target(struct ctx *c, const char *name, loc_t l);  /* load_target.c */
/* bound.c. b.max INT64_MAX: no limit. */
uint32_t sched_dim(struct ctx *c, const char *name, loc_t l);           /* the number of a dim; 0 and a diagnostic: there is none */
bool sched_bound(struct ctx *c, const char *dim, struct bound b);
const char *sched_bound_text(struct ctx *c, const char *dim, const struct bound *b);  /* bound("N", { min = 1 }) */
const struct bound *sched_bound_of(struct ctx *c, uint32_t d);         /* of dim number d; NULL: there is none */
const char *sched_bound_breaks(struct ctx *c, uint32_t d, int64_t v);  /* why dim number d may not be v; NULL: it may */
/* s: its sizes and place, dims in order. */
bool sched_specialize(struct ctx *c, struct special s);
const char *sched_special_text(struct ctx *c, const struct special *s);  /* specialize { N = 1 } */
int64_t sched_bound_near(struct ctx *c, uint32_t d, int64_t v);        /* a size that it may be, v where that is one */
const char *sched_bound_broken(struct ctx *c, const int64_t *dim);     /* which promise these sizes break; NULL: none */
bool sched_persistent(struct ctx *c, rec_id r, const char *barrier, bool pin, loc_t l);

/* rows.c: steps of a tensor that are kept at least; rows 0: all, and why. by: the read that asks for so many, as ctx->dep + 1;
 * chunk: steps that are computed before the next stage reads them. */
struct kept { int64_t rows, chunk; uint32_t by; const char *why; };
struct kept sched_kept(struct ctx *c, stage_id s);
bool sched_is_local(struct ctx *c, stage_id s);      /* kept inside the loop that it is computed in, or in registers */

stage_id stage_find(struct ctx *c, const char *name, const char *scope);
stage_id stage_root(struct ctx *c, stage_id s);      /* the stage at the root in whose loops s runs */
rec_id stage_unit(struct ctx *c, stage_id s);        /* the recurrence with whose time loop it runs; 0: none */
uint32_t stage_sums(const struct stage *s);          /* reductions that extract has left */
bool stage_is_kept(struct ctx *c, stage_id s);       /* an output, a state, or read outside its recurrence */
int stage_loop(struct ctx *c, stage_id s, const char *name);  /* index of a leaf or split loop by name, -1 */
const char *tensor_scoped(struct ctx *c, const char *scope, const char *name);  /* scope.name; name where there is no scope */
/* The next axis of a tensor that a directive makes, and of the stage that computes it. */
void stage_add_axis(struct ctx *c, struct tensor *t, struct stage *n, var_id v);
tensor_id tensor_near(struct ctx *c, stage_id s, const char *name); /* by local or full name, among all tensors */

#endif
