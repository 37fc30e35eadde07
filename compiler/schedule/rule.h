/* rule.h · inside the rule that makes schedules: rule.c decides what runs where, rule_sums.c which sums are taken out or apart,
 * rule_loops.c how the loops of a step look, rule_root.c those of stages outside recurrences */
#ifndef RNNGEN_RULE_H
#define RNNGEN_RULE_H

#include "schedule/stages.h"
#include "target/machine.h"

enum {
	RULE_STEPS = 64,           /* what an extent known at run time counts as */
	RULE_AXES = 8,
	RULE_ROWS = 6              /* of a tile of sums by two vectors, of 16 registers */
};

struct rule {
	struct ctx *c;
	const struct rule_limits *limits;
	var_id *vector;            /* [stage]: the axis that vectors run along; 0: none */
	stage_id *host;            /* [stage]: in whose loops it runs; its own number where in its own */
	stage_id *with;            /* [stage]: whose loops it shares */
	stage_id *follow;          /* [host] of elements alone: of sums whose slices it takes, so that no barrier lies between; 0: none */
	var_id (*as)[RULE_AXES];   /* [stage]: its axes that stand for the axes of its host, in the host's order */
	bool *parallel;            /* [recurrence] */
	int64_t *slice;            /* [recurrence]: units that a thread keeps from the sums before to what is made of them; 0: not so */
};

/* Logs a directive that was accepted, and forgets the errors of one that was not. */
bool rule_said(struct rule *r, const char *on, bool ok, const char *fmt, ...) PRINTF_LIKE(4, 5);
int64_t rule_extent(struct ctx *c, var_id v, int64_t unknown);
int64_t rule_usual(struct ctx *c, var_id v, int64_t unknown); /* the same, but a run-time size is that of --plan */
double rule_bytes(struct ctx *c, tensor_id t);               /* of a tensor; of one step, where it has time */
double rule_work(struct ctx *c, stage_id id);                /* multiply-adds of one step, or of a stage outside time */
/* For stage_reads: bytes of a step of what is read, each tensor once. */
struct traffic { double weights, others; idvec seen; };
void rule_add_traffic(struct ctx *c, stage_id s, expr_id e, void *arg);
var_id rule_vector_axis(struct ctx *c, stage_id id);          /* that vectors can run along; 0: none */
/* Is e, over neighbouring v, made of vectors and of values that are one for all? parts: where the loop over v is cut, too. */
bool rule_even(struct ctx *c, expr_id e, var_id v, bool parts);
uint32_t rule_axes(struct rule *r, stage_id s, var_id *out);  /* its own axes but time, that of vectors last; how many */

/* The axis of sequences, where it is known that there are several: the first one that no weights of the stage depend on; or, of
 * windows, the last one. v: that of vectors. 0: none. */
var_id rule_batch_axis(struct ctx *c, stage_id host, var_id v, bool last);

/* Directives in short: what is refused is left out. split names both loops. */
struct names { const char *at[64]; uint32_t n; };
void rule_add(struct names *l, const char *name);
bool rule_split(struct rule *r, stage_id s, const char *loop, const char **outer, const char **inner, int64_t k);
bool rule_mark(struct rule *r, stage_id s, const char *loop, enum flavor f);
bool rule_order(struct rule *r, stage_id s, const struct names *l);
const char *rule_loop(struct ctx *c, stage_id s, var_id axis);  /* over the whole axis; NULL: it is split */
/* Slices of v: its outer loop > the other axes, time of a recurrence behind them > its inner loop, as vectors. */
void rule_in_slices(struct rule *r, stage_id s, var_id v, const char *outer, const char *inner);
void rule_add_sums(struct ctx *c, stage_id s, struct names *l);
/* How a stage's sums run: `rows` iterations of one axis and those of small axes side by side, by vectors of v. */
struct tile { var_id row; int64_t rows; idvec unrolled; int64_t sums; /* at a time, for one vector */ };
int64_t rule_rows(struct ctx *c);                             /* of a tile of sums by two vectors, of the target's registers */
struct tile rule_tile(struct rule *r, stage_id s, var_id v, var_id row, int64_t rows, int64_t most);
void rule_add_tile(struct ctx *c, stage_id s, const struct tile *t, const char *row_loop, bool rows_first, struct names *l);
void rule_unroll_tile(struct rule *r, stage_id s, const struct tile *t, const char *row_loop);
/* For stage_reads: params that depend on v, each once. */
struct weights { var_id v; idvec seen; expr_id at[64], others[64]; uint32_t n, more; };  /* others: of one seen */
void rule_find_weights(struct ctx *c, stage_id s, expr_id e, void *arg);
int rule_sum_of(struct ctx *c, const struct stage *s, expr_id read);
void rule_pack(struct rule *r, stage_id s, var_id v, int64_t by);
void rule_pack_own(struct rule *r, stage_id s, var_id v, bool first, const struct tile *t, int64_t by);
const char *rule_scalar_sums(struct rule *r, stage_id s);

/* A name for what is taken out of s and reads t, which no tensor has yet. */
const char *rule_name_of(struct ctx *c, stage_id s, tensor_id t);
void rule_hoist(struct rule *r);                           /* sums that need no state of their recurrence */
/* Where the order of sums is free: those without vectors along their result become partial sums along memory, in vectors, with their
 * loops; nothing else is left to do for both stages but to share them out. */
void rule_partial(struct rule *r);
bool rule_in_parts(struct ctx *c, stage_id s);             /* are partial sums made inside s? */

/* A group: slices of the host's last axis, everything else inside. */
bool rule_group_sums(struct rule *r, stage_id host);
bool rule_beside_rows(struct rule *r, stage_id host);       /* is a group of lone sums, which threads share by rows, read or fed by it? */
void rule_group(struct rule *r, stage_id host, bool team);
/* Elements that stand alone and are few in a step: time inside their loops, the state in registers, in chunks of steps, so that sequences that
 * share lines of memory find them in cache. false: it is no such recurrence. */
bool rule_inside(struct rule *r, rec_id k, int64_t chunk);
/* Elements that stand alone and are many: time inside slices of them, the state in registers. Stages of the recurrence's chunks get the
 * same slices (rule_root), so that threads hand over nothing but what sums are over. false: it is no such recurrence. */
bool rule_slices(struct rule *r, rec_id k);
/* A long recurrence of elements that stand alone, where sums may change their order: chunks of steps in parallel, one block of them
 * expanded while the next is reduced where a tile is a whole row, as in schedules/linear.scan.lua. false: it is no such recurrence. */
bool rule_scan(struct rule *r, rec_id k);
/* A stage outside recurrences: tiles of rows and vectors where it sums, vectors where not. copy: the stage that packs a matrix for
 * it in panels, or 0. */
void rule_root(struct rule *r, stage_id s, stage_id copy);
/* The matrix along whose axis v the vectors of s run that is worth such a copy, since many tiles of rows read it. 0: none. */
tensor_id rule_matrix(struct rule *r, stage_id s, var_id v);

#endif
