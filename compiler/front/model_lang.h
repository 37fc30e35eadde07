/* model_lang.h · what the files of the model language share: the values that Lua sees, the table of functions
 *
 *   model.c          the functions of the language, loading of a model file
 *   model_value.c    the values: dims and axes, tensors with some of their indices, expressions, types; their operators
 *
 * All values are one userdata. A tensor collects indices: h (n = 0), h[t-1] (n = 1), h[t-1][n][j] (n = rank), and
 * with the last one it is a number like any expression. */
#ifndef RNNGEN_FRONT_MODEL_LANG_H
#define RNNGEN_FRONT_MODEL_LANG_H

#include "front/sandbox.h"
#include "ir/ir.h"

enum value_kind {
	VALUE_INT,                /* a dim, an axis, or arithmetic on them: .poly */
	VALUE_EXPR,               /* .expr */
	VALUE_TENSOR,             /* .tensor with the first .n of its indices */
	VALUE_TYPE                /* f32 ...: .type */
};

/* How large the tree below an expression is; bounded, because walks of it recurse and code is written from it. */
struct weight { uint32_t depth; double nodes; };

struct value {
	uint8_t kind, type;
	poly_id poly;
	expr_id expr;
	tensor_id tensor;
	uint32_t n;
	expr_id idx[8];
	expr_id pad;              /* TENSOR: what holds outside its extents; 0: nothing does */
	struct weight weight;
	loc_t loc;                /* of the first index */
};

/* What the language keeps while a model file runs. */
struct model_front {
	struct ctx *c;
	const char *scope;        /* "layer1", "" outside every scope */
	bool finished;            /* model{ } has been called */
};

struct model_function { const char *name; lua_CFunction f; int op; const char *signature, *doc; };
/* All functions of the language, the elementwise ones of ops.def among them; editor stubs are written from this. */
const struct model_function *model_functions(struct ctx *c, uint32_t *n);

struct model_front *model_front(lua_State *L);
void value_register(lua_State *L);                               /* makes the metatable */
struct value *value_push(lua_State *L, enum value_kind kind);
struct value *value_test(lua_State *L, int i);                   /* NULL: no value of the language */
const char *value_what(lua_State *L, int i);                     /* for messages: "a table", "the tensor 'h'" */
void value_push_int(lua_State *L, poly_id p);
void value_push_expr(lua_State *L, expr_id e, struct weight w);  /* w: of the parts */
poly_id value_poly(lua_State *L, int i);                         /* an integer, dim or axis; 0: it is none */
var_id value_axis(lua_State *L, int i);                          /* a single axis; 0: it is none */
int value_define(lua_State *L);                                  /* define(tensor, expression) */
expr_id value_expr(lua_State *L, int i, struct weight *w);       /* anything that is a number; adds to w; may raise */
const char *tensor_indexed(struct ctx *c, const struct value *v);   /* "h[t - 1][n]" */

#endif
