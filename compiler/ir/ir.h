/* ir.h · the two intermediate representations, and the tables they share
 *
 *   equations   what the model computes: tensors and definitions over axes (front/ makes them, nothing changes them)
 *   stages      a definition cut into init, updates and epilogue, with what the schedule says of it (schedule/)
 *   loops       what runs: buffers and statements (lower/ makes and rewrites them, emit/ prints them as C)
 *
 * Equations and loops share scalar expressions (struct expr) and integer index arithmetic (polynomials, poly.c).
 * All of it lives in tables of struct ctx and is named by handles; 0 is "none".
 *
 *   equation    h[t][n][i] = tanh(b[i] + sum(j, U[i][j] * h[t-1][n][j]))
 *   stage h     axes t n i; acc0: init b[i]; update over j: U[i][j] * h[t-1][n][j]; epilogue tanh(acc0)
 *   loops       for t: for n: for i: { r = b[i]; for j: r = fma(U[i][j], h[t-1][n][j], r); h[t][n][i] = tanh(r) } */
#ifndef RNNGEN_IR_H
#define RNNGEN_IR_H

#include "base.h"
#include "rnn_model.h"

typedef uint32_t var_id, poly_id, expr_id, tensor_id, def_id, stage_id, buf_id, stmt_id, rec_id;

enum op {
#define OP(name, text, arity, kind, c) OP_##name,
#include "ir/ops.def"
#undef OP
	OP_COUNT
};
struct op_info { const char *name, *text; int arity; char kind; const char *c; };
extern const struct op_info op_info[OP_COUNT];

/* ---- integers that index: variables and polynomials over them (poly.c) --------------------------------------- */

enum var_kind {
	VAR_DIM,      /* a run-time dim; dims with a value never become variables */
	VAR_AXIS,     /* an axis of the model */
	VAR_LOOP,     /* a loop's counter; loops run from 0 */
	VAR_DIV,      /* a / k rounded down, a >= 0, k > 0 constant */
	VAR_MOD,      /* a mod k in 0..k-1 */
	VAR_MIN,      /* min(a, b) */
	VAR_MAX
};

/* What m:bound promises of a run-time dim: min..max, inclusive, and a multiple of that. multiple 0: nothing is promised. */
struct bound { int64_t min, max, multiple; loc_t loc; };

struct var {
	uint8_t kind;
	bool is_time;             /* AXIS: declared by time() */
	uint32_t lengths, reset;  /* AXIS of time: tensors that say where sequences end and start anew; 0: none */
	const char *name;
	poly_id extent;           /* AXIS, LOOP: runs over 0..extent-1; 0: not known yet */
	poly_id a, b;             /* DIV MOD: a, and k in k; MIN MAX: a, b */
	int64_t k;
	struct bound bound;       /* DIM */
	loc_t loc;
};

/* Polynomials are interned: equal values, equal handles. poly 0 is "none", poly_int(c, 0) is zero. */
poly_id poly_int(struct ctx *c, int64_t v);
poly_id poly_var(struct ctx *c, var_id v);
poly_id poly_add(struct ctx *c, poly_id a, poly_id b);
poly_id poly_sub(struct ctx *c, poly_id a, poly_id b);
poly_id poly_mul(struct ctx *c, poly_id a, poly_id b);
poly_id poly_scale(struct ctx *c, poly_id a, int64_t k);
poly_id poly_div(struct ctx *c, poly_id a, int64_t k);        /* floor; simplified by the ranges of the variables */
poly_id poly_mod(struct ctx *c, poly_id a, int64_t k);
poly_id poly_min(struct ctx *c, poly_id a, poly_id b);
poly_id poly_max(struct ctx *c, poly_id a, poly_id b);
poly_id poly_ceildiv(struct ctx *c, poly_id a, int64_t k);
bool    poly_const(struct ctx *c, poly_id p, int64_t *v);     /* is it a constant? So are dims that are bound to one value */
bool    poly_is(struct ctx *c, poly_id p, int64_t v);
int64_t poly_coef(struct ctx *c, poly_id p, var_id v);        /* of the linear term; meaningful if poly_linear_in */
bool    poly_linear_in(struct ctx *c, poly_id p, var_id v);   /* v only in linear terms with constant factors */
bool    poly_uses(struct ctx *c, poly_id p, var_id v);        /* anywhere, inside div mod min max too */
bool    poly_of_dims(struct ctx *c, poly_id p);               /* made of run-time dims and numbers alone */
poly_id poly_subst(struct ctx *c, poly_id p, var_id v, poly_id by);
poly_id poly_subst_multiple(struct ctx *c, poly_id p, int64_t f, var_id v, poly_id by);  /* f * v is by; 0: p has another multiple of v */
poly_id poly_without(struct ctx *c, poly_id p, var_id v);     /* p with v = 0 */
bool    poly_range(struct ctx *c, poly_id p, int64_t *lo, int64_t *hi); /* inclusive, from extents; false: unbounded */
bool    poly_upper(struct ctx *c, poly_id p, int64_t *hi);     /* largest value; false: unbounded */
/* The same, but dims that are bound to more than one value have none: for those who count on all of the largest. */
bool    poly_upper_exact(struct ctx *c, poly_id p, int64_t *hi);
int64_t poly_multiple(struct ctx *c, poly_id p);               /* the largest number known to divide all its values; 0: it is 0 */
bool    poly_tiled(struct ctx *c, poly_id extent, int64_t k);  /* is it at least k, or none, and made of whole tiles of k? */
poly_id poly_fixed(struct ctx *c, poly_id p);                  /* dims that are bound to one value are that value */
int64_t poly_eval(struct ctx *c, poly_id p, const int64_t *value); /* value[var_id] for dims, axes and loops */
void    poly_sides(struct ctx *c, poly_id p, poly_id *more, poly_id *less); /* p = more - less, each with factors > 0 */
void    poly_print(struct ctx *c, poly_id p, struct text *out); /* C syntax: "(t * N + n) * 1024 + io * 16" */
const char *poly_text(struct ctx *c, poly_id p);
/* The terms, for printers and analyses: factor * product of vars. */
struct term { int64_t factor; uint8_t n; var_id var[4]; };
const struct term *poly_terms(struct ctx *c, poly_id p, uint32_t *n);

var_id var_new(struct ctx *c, enum var_kind kind, const char *name, poly_id extent, loc_t loc);

/* ---- scalar expressions ---------------------------------------------------------------------------------------- */

enum expr_kind {
	X_NUM,        /* number; the value in .num */
	X_POLY,       /* an integer: .poly; a dim, an axis, or arithmetic on them */
	X_READ,       /* equations: .of = tensor, .idx */
	X_LOAD,       /* loops: .of = buffer, .idx */
	X_OP,         /* .op, .arg[0..arity-1] */
	X_REDUCE,     /* equations: .of = enum reduce, .idx = list of axes (var_id), .arg[0] = body */
	X_ACC,        /* stages: .of = number of the accumulator */
	X_CAST        /* .arg[0] to .type */
};

enum reduce { RED_SUM, RED_PROD, RED_AMAX, RED_AMIN, RED_ARGMAX /* until equations_sugar */ };

struct expr {
	uint8_t kind, op, type;   /* type: enum rnn_type of the value */
	uint32_t of;              /* tensor, buffer, accumulator, enum reduce */
	uint32_t idx, nidx;       /* a run in ctx->list: expr_ids (READ, LOAD) or var_ids (REDUCE) */
	expr_id arg[3];
	poly_id poly;
	double num;
	loc_t loc;
};

expr_id expr_num(struct ctx *c, double v, enum rnn_type type, loc_t loc);
expr_id expr_poly(struct ctx *c, poly_id p, loc_t loc);                     /* type i64 */
expr_id expr_op(struct ctx *c, enum op op, expr_id a, expr_id b, expr_id d, loc_t loc); /* folds numbers; checks nothing */
expr_id expr_read(struct ctx *c, tensor_id t, const expr_id *idx, uint32_t n, loc_t loc);
expr_id expr_load(struct ctx *c, buf_id b, const expr_id *idx, uint32_t n, loc_t loc);
expr_id expr_reduce(struct ctx *c, enum reduce r, const var_id *axes, uint32_t n, expr_id body, loc_t loc);
double  reduce_identity(enum reduce r, enum rnn_type type);                  /* what a reduction over nothing is */
expr_id expr_cast(struct ctx *c, expr_id a, enum rnn_type type, loc_t loc);
expr_id expr_acc(struct ctx *c, uint32_t acc, enum rnn_type type, loc_t loc);
void    expr_print(struct ctx *c, expr_id e, struct text *out);             /* as the model writes it */
const char *expr_text(struct ctx *c, expr_id e);
/* Rebuilds e bottom-up: fn may return another expression for a node whose children are done, or the node itself. */
expr_id expr_map(struct ctx *c, expr_id e, expr_id (*fn)(struct ctx *, expr_id, void *), void *arg);
/* Visits e and all below, parents first, index expressions too; stops and returns true where fn does. */
bool    expr_any(struct ctx *c, expr_id e, bool (*fn)(struct ctx *, expr_id, void *), void *arg);
expr_id expr_subst(struct ctx *c, expr_id e, var_id v, poly_id by);         /* inside all polynomials of e */
bool    expr_equal(struct ctx *c, expr_id a, expr_id b);
bool    expr_uses_var(struct ctx *c, expr_id e, var_id v);

const char *buf_name(struct ctx *c, buf_id b);                              /* loops.c */
uint32_t list_put(struct ctx *c, const uint32_t *items, uint32_t n);        /* a run in ctx->list */

/* ---- equations ------------------------------------------------------------------------------------------------- */

enum role { ROLE_INPUT, ROLE_PARAM, ROLE_FUNC, ROLE_STATE };

struct dim { const char *name; int64_t value; /* -1: run-time */ var_id var; loc_t loc; };

struct tensor {
	const char *name, *scope, *local;  /* "layer1.h", "layer1", "h"; scope "" at the top */
	uint8_t role, type;
	bool is_output, is_state;  /* listed in model{ outputs=, states= } */
	bool derived;              /* made by the compiler (extract), not by the model */
	bool backward;             /* its recurrence runs backwards: index 0 is the last step (equations_time.c) */
	const char *shown;         /* an output's name for callers, where it differs */
	uint32_t rank;
	poly_id extent[8];
	int time;                  /* which dim is indexed by time axis, -1: none */
	idvec defs;                /* its definitions (def_id); starts apart */
	idvec starts;              /* definitions of steps before the first: h[-1][n][i] = ... */
	uint32_t history;          /* carried steps: the largest k of all reads at t-k; 0: none */
	uint32_t ahead;            /* the largest k of all reads at t+k, until equations_time turns them round */
	loc_t loc;
};

struct def {
	tensor_id tensor;
	uint32_t nidx;
	poly_id idx[8];            /* an axis, or a constant */
	expr_id rhs;
	loc_t loc;
};

/* ---- the compilation ------------------------------------------------------------------------------------------- */

struct stage; struct buf; struct stmt; struct recurrence; struct dep; struct schedule;
struct poly; struct arena; struct interner;

struct setting {
	const char *name; int64_t value;
	bool used;                 /* the model or schedule asked for it */
	bool run_time;             /* bench and check: a dim without a value of its own stays open, this is its size */
};
typedef VEC(struct setting) settings;

struct ctx {
	struct arena *arena;
	struct interner *names;
	const char *progname;
	/* diagnostics */
	VEC(struct diag_item) diags;
	uint32_t errors;
	/* what the command line gave */
	settings set, knob, plan;            /* --set, --knob, --plan NAME=VALUE */
	bool reassoc;                        /* --reassoc: the schedule by rule may change the order of sums */
	const struct machine *machine;       /* whose figures the schedule by rule goes by; NULL: a typical one */
	settings asked;                      /* what setting() was called for: names, and the values that it gave */
	const struct target *target;
	bool target_given;                   /* by --target */
	/* shared tables */
	VEC(const char *) files;             /* loc_t's files */
	VEC(struct var) var;
	VEC(struct poly) poly;
	VEC(struct expr) expr;
	idvec list;
	uint32_t *poly_hash; uint32_t poly_hash_cap;
	bool fixed;                          /* some dim is bound to one value */
	bool no_bounds;                      /* in poly_upper_exact */
	/* equations */
	const char *model_name, *model_file;
	const char *variant;       /* one of several targets of a library: its name, part of the emitted ones; NULL: the only one */
	VEC(struct dim) dim;
	VEC(struct tensor) tensor;
	VEC(struct def) def;
	idvec inputs, outputs, states, params;  /* tensor_ids, in order of declaration or of model{} */
	/* stages and schedule (schedule/schedule.h) */
	VEC(struct stage) stage;
	VEC(struct recurrence) rec;
	VEC(struct dep) dep;
	struct schedule *sched;
	/* loops (ir/loops.h) */
	VEC(struct buf) buf;
	VEC(struct stmt) stmt;
	bool profile;                        /* stamps of time in what runs (lower/laps.c) */
	bool emitting;                       /* polynomials are printed as C: min_i, not min */
	stmt_id body;                        /* the run function */
	struct program *program;
};

struct diag_note_item { loc_t at; const char *text; };
struct diag_item {
	enum diag_id id; loc_t at; const char *reason, *fix; uint32_t seq;
	VEC(struct diag_note_item) notes;
};

struct ctx *ctx_new(const char *progname);
struct ctx *ctx_again(struct ctx *c);  /* a compilation of its own with the target, settings and knobs of c, unused as yet */
void ctx_free(struct ctx *c);

/* Equations: what front/ calls while the model file runs, and what checks and prints them (equations.c). */
bool model_load(struct ctx *c, const char *path);             /* front/model.c: runs the Lua file; false: see diags */
bool equations_infer(struct ctx *c);                          /* extents of axes, types, history; checks all of it */
bool equations_verify(struct ctx *c);                         /* internal consistency; aborts on our own bugs */
void equations_print(struct ctx *c, struct text *out);        /* the model as text, in the language's notation */
uint64_t equations_hash(struct ctx *c);                       /* of the normalised equations, names of axes aside */
uint64_t equations_hash_of(struct ctx *c, tensor_id t);       /* of the definitions of one tensor */
tensor_id tensor_find(struct ctx *c, const char *name);
bool tensor_in_recurrence(struct ctx *c, tensor_id t);

/* The reference: equations evaluated in double, ignoring every schedule (interp/equations.c). */
struct array { enum rnn_type type; uint32_t rank; int64_t shape[8]; double *f; }; /* row major, values as double */
double op_eval(enum op op, double a, double b, double d);     /* interp/ops.c; shared by both interpreters */
struct equations_run {
	const int64_t *dim;       /* value of each dim, by index in ctx->dim */
	struct array *value;      /* [ctx->tensor.n]; inputs, params filled by the caller, the rest allocated by the run */
	struct array *state;      /* [ctx->tensor.n]; .f NULL: default start; else [history][...] read as start, overwritten */
	bool fresh;               /* states are only written: the run begins as the model says */
	char error[256];
};
bool equations_run(struct ctx *c, struct equations_run *r);   /* false: r->error (bad id in a gather) */

#endif
