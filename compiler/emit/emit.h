/* emit.h · inside emit/: what the files that print C share
 *
 *   names.c   C names for buffers, loops, components of register tiles
 *   value.c   expressions and addresses
 *   body.c    statements
 *   turn.c    small matrices that are loaded or stored whole
 *   share.c   parallel loops: which thread runs what
 *   choose.c  one library for several targets
 *   file.c    whole files: support functions, weights, workspace, entry points, self-description, header
 *
 * emit_model is the only entry from outside. */
#ifndef RNNGEN_EMIT_H
#define RNNGEN_EMIT_H

#include "ir/loops.h"
#include "target/target.h"
#include "target/text.h"

#define MAX_THREADS 64

struct emitted { struct text c, h; };

/* Prints the program of c as NAME.c and NAME.h. The text depends on the model, schedule and target alone. */
bool emit_model(struct ctx *c, struct emitted *out);
/* NAME.c that calls NAME_TARGET.c of the target that the CPU runs, best first; NAME.h. c has been through emit_model. */
void emit_choice(struct ctx *c, const struct target *const *targets, size_t n, struct emitted *out);
const char *emitted_name(struct ctx *c);  /* of files and functions: NAME, or NAME_TARGET for one of several targets */

/* ---- inside ---- */

struct row { buf_id buf; poly_id t; const char *name; };     /* a pointer to one time step of a buffer */
/* A load, and the name it has here; function: what it calls, where that is wanted only once it is printed. */
struct known { const char *text, *name; buf_id buf; uint32_t count, first; const char *function; };
struct anchor { const char *base; poly_id offset; const char *name; buf_id buf; uint32_t count; bool walked, write; };

/* From `first` to before `end`: a thread's share of n iterations; team: as team_of says. */
struct share { poly_id n; const char *team, *first, *end; };

/* A vector of a block whose lanes lie apart: from base + offset on, `lane` elements from one to the next. */
struct strided {
	const char *text, *base;   /* text: of a load */
	poly_id offset, lane, rest; /* rest: the offset without its constant `k` */
	int64_t k;
	buf_id buf;
	stmt_id store;             /* 0: a load */
	uint32_t at;               /* number of the statement that needs it first */
	bool streamed;
	uint32_t matrix;           /* the matrix that it is a row of, counted from 1; 0: none */
	int64_t row;
};
typedef VEC(struct strided) stridedvec;
/* `unit` of them that follow each other, `of` being the first; loaded before statement number `first`, stored when all `rows` are made. */
struct matrix { struct strided of; int64_t unit, rows; uint32_t first; const char *name; };
typedef VEC(struct matrix) matrixvec;

struct emit {
	struct ctx *c;
	struct text *out, nowhere; /* nowhere: what a look at a block prints */
	int depth;                 /* of indentation */
	const char **buf_c;        /* [buf]: C name */
	poly_id (*stride)[9];      /* [buf][dim]: elements from one index to the next */
	poly_id *offset;           /* [place in ctx->list]: of the access whose indices start there; 0: not known yet */
	uint32_t offsets;
	VEC(struct text_use) use;  /* support functions called so far */
	bool use_min, use_max;
	/* open scopes; what a block adds goes with it */
	idvec open;                /* loop counters */
	VEC(const char *) names;   /* every C name in scope */
	VEC(const char *) declared;/* registers that have their type */
	VEC(struct row) rows;
	VEC(struct known) known;   /* loads that have a name */
	VEC(struct anchor) anchors;/* pointers into buffers that have a name */
	/* a first look at a block counts what it repeats */
	bool look_anchors, look_loads;
	uint32_t looking_at;       /* number of the statement looked at */
	var_id walked;             /* looking into a loop from outside: its counter */
	VEC(struct known) seen_loads;
	VEC(struct anchor) seen_anchors;
	stridedvec seen_strided;
	stridedvec *turned; matrixvec *matrices;  /* stores of the block that are rows of matrices */
	/* the vector statement that is printed */
	var_id lane; int64_t lanes; poly_id active;   /* counter, lanes, how many are in use */
	bool masked;
	bool streams;              /* vectors are written past the caches somewhere */
	bool fences;               /* and it reads them: barriers wait for them; else the end of the call does */
	bool region;               /* the function runs in a team */
	bool starting;             /* it fills rows before time 0 */
	bool parallel;             /* inside a parallel loop */
	bool in_group;             /* inside a loop of groups of threads */
	VEC(struct share) shares;  /* of the function, found once, where it begins */
	VEC(const char *) handed;  /* variables of the function that count what loops have handed out before (share.c) */
	const struct special *special;  /* whose sizes the function is for; NULL: any */
	uint32_t tickets;          /* loops of the file that hand out parts in a team */
	stmt_id asks;              /* the loop whose body comes next prefetches; 0: it does not */
};

bool emit_streams(struct ctx *c, stmt_id list);                /* are vectors written past the caches in it? */
bool emit_reads_streamed(struct ctx *c, stmt_id list);         /* does it read what it writes so? */
void print_fence(struct emit *e);                             /* what was written past the caches comes before what follows */
const char *name_unique(struct emit *e, const char *want);    /* a C name that nothing in scope has; now in scope */
const char *name_component(struct emit *e, buf_id b, uint32_t idx);  /* a_sum_0_2 */
void names_prepare(struct emit *e);

const char *value_scalar(struct emit *e, expr_id x);          /* C text of an expression in a scalar statement */
const char *value_vector(struct emit *e, expr_id x);          /* the same as a vector of e->lanes */
const char *address(struct emit *e, buf_id b, uint32_t idx, bool write); /* "h_t + io * 16" */
bool is_vector(struct emit *e, expr_id x);
const char *call(struct emit *e, const char *function, int64_t lanes);  /* "fma8"; notes the use */
/* tidy.c: bool has_word: the word stands in the text, alone and not as a member; code_of: without comments */
bool has_word(const char *text, const char *word);
const char *code_of(struct ctx *c, const struct text *t);
void drop_unused(struct ctx *c, struct text *t);
/* Base pointer, offset without the lane, and elements from lane to lane (0: not in a vector statement). */
struct place_c { const char *base; poly_id offset; const char *gather; poly_id lane; };
struct place_c locate(struct emit *e, buf_id b, uint32_t idx, bool write);
const char *place_text(struct emit *e, const struct place_c *p);  /* "h_t + io * 16" */
const char *wrap_sum(struct emit *e, poly_id p);              /* in parentheses where it has several terms */
void print_share(struct emit *e, const struct stmt *x, const char *v, bool team);  /* the head of a parallel loop */
void print_shares(struct emit *e);                            /* e->shares */
const char *team_of(struct emit *e);                           /* "me->" or "group.team.": whose thread and threads share loops here */
void turn_loads(struct emit *e, stridedvec *v, matrixvec *out);
void print_turned_load(struct emit *e, struct matrix *m);
void turn_stores(struct emit *e, stridedvec *v, stmt_id block, matrixvec *out);
void print_turned_store(struct emit *e, struct matrix *m, const struct strided *s, const char *value);
void print_prefetch(struct emit *e, const struct stmt *loop, const idvec *body);
poly_id memory_row(struct ctx *c, const struct buf *b, poly_id t);
const char *c_type(enum rnn_type t);
const char *poly_c(struct emit *e, poly_id p);

/* Prints `static void NAME(...)` that runs the statements of `list`; needs_team says whether it takes one. */
void body_function(struct emit *e, const char *name, const stmt_id *list, uint32_t n, bool *needs_team);
void line(struct emit *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
