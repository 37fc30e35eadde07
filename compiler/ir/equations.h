/* equations.h · what the files equations*.c share: checks of a model as a whole, and the graph of its definitions
 *
 *   equations.c         equations_infer: the checks in order; left sides, missing and unused things, carried history
 *   equations_index.c   extents of axes, where axes are bound, reads inside their extents
 *   equations_types.c   types of expressions, conversions
 *   equations_graph.c   who reads whom at which distance; groups in order of evaluation; cycles
 *   equations_sugar.c   pad and argmax, written out
 *   equations_time.c    lengths, reset and backward recurrences, written out
 *   equations_print.c   the model as text; the hash */
#ifndef RNNGEN_IR_EQUATIONS_H
#define RNNGEN_IR_EQUATIONS_H

#include "ir/ir.h"

#define EQ_ALL UINT32_MAX       /* a distance: some or all steps, not a fixed number of steps back */

/* Definition `from` reads what definition `to` defines, `distance` steps back; 0: in the same step. */
struct eq_edge { def_id from, to; uint32_t distance; expr_id read; };

/* Definitions that need each other through time, in the order in which one step evaluates them; or a single one. */
struct eq_group { idvec def; bool recurrent; var_id time; };

struct eq_graph {
	VEC(struct eq_edge) edge;
	VEC(struct eq_group) group;    /* each after all that it reads */
	uint32_t *group_of;            /* [def_id] */
};

struct eq_graph *equations_graph(struct ctx *c);
bool equations_cycles(struct ctx *c, struct eq_graph *g);        /* reports them; false: there is one */

void equations_extents(struct ctx *c);
void equations_binding(struct ctx *c);
void equations_ranges(struct ctx *c);                            /* sets tensor.history too */
void equations_types(struct ctx *c);
void equations_sugar(struct ctx *c);
void equations_time(struct ctx *c);

/* Tensors that the compiler adds to a model (equations_sugar.c). */
tensor_id equations_derive(struct ctx *c, tensor_id like, const char *suffix, enum rnn_type type, const var_id *axes,
                           uint32_t n, loc_t loc);
def_id equations_define(struct ctx *c, tensor_id t, const var_id *axes, uint32_t n, expr_id rhs);
expr_id equations_read(struct ctx *c, tensor_id t, const var_id *axes, uint32_t n, loc_t loc);

var_id equations_axis(struct ctx *c, poly_id p);                 /* p is this single axis; 0: it is more or none */
const char *equations_left(struct ctx *c, const struct def *d);  /* "h[t][n][i]" */
const char *type_name(enum rnn_type type);

#endif
