/* gen.h · a model in the making: what model.c and terms.c share */
#ifndef RNNGEN_FUZZ_GEN_H
#define RNNGEN_FUZZ_GEN_H

#include "fuzz.h"

#define CLAMP 8.0                                  /* exact models keep what they carry within +-8 */

struct gen {
	struct rng *r;
	struct fz_model *m;
	bool emit;
	int bound[16], nbound;                         /* axes that indices may use now */
	int self, layer;                               /* the tensor being defined; its layer, 0: none */
	int reductions;                                /* made for this definition */
	bool inside;                                   /* inside a reduction */
	int used[8], nused;                            /* axes of reductions of this definition */
};

/* Parts; each returns the number of the node. Nodes come after their parts. */
int gen_add_node(struct gen *g, struct fz_node n);
int gen_number(struct gen *g, double v);
int gen_op1(struct gen *g, const char *op, int a);
int gen_op2(struct gen *g, const char *op, int a, int b);
int gen_op3(struct gen *g, const char *op, int a, int b, int c);

int gen_add_tensor(struct gen *g, const char *prefix, uint8_t role, const char *scope, int rank, const int *dim);
bool gen_is_fixed(const struct fz_model *m, int dim);      /* a feature dim that is known */
bool gen_is_bound(const struct gen *g, int axis);
double gen_bound_of(const struct fz_model *m, int e);      /* exact models: the largest absolute value of e */

/* Reads by axes that are bound; with `must` >= 0 that axis stands alone in one index. -1: there is no such read. */
int gen_read_of(struct gen *g, int tensor, int must);
int gen_read_any(struct gen *g, int must);                 /* of a new param where nothing else will do */
int gen_fresh_param(struct gen *g, int must, int most);    /* of at most `most` dims; a number where no axis is fixed */

int gen_leaf(struct gen *g);
int gen_elementwise(struct gen *g, int depth);
int gen_reduction(struct gen *g);                          /* -1: none fits */
int gen_some_source(struct gen *g);                        /* a tensor that can be read; -1 */
int gen_fold(struct gen *g, int first, int second);        /* bias + sum over first - sum over second; -1: any */

#endif
