/* oracle.h · is a loop program what the equations ask for? Judged by enumeration, on tiny sizes
 *
 *   value.c      symbolic values: two are equal if they were computed alike, whatever the numbers are
 *   meaning.c    the value that each element of each tensor must have, straight from the definitions
 *   steps.c      every statement instance of the loops: who runs it, in which phase, which cells it touches, what they hold
 *
 * It shares the two IRs with the compiler, with polynomials and expressions, and no more: neither dependences, stages,
 * places nor the interpreters. Data do not matter, but for integers, which index: an element is right if it was computed
 * from the right elements, which no lucky number can hide. So one run with one team says what all data would say; the loops
 * run in order, and two threads that meet in a cell between two barriers are found in whatever order they come.
 *
 *   illegal      an output or end state is another value than the equations'; a cell is read that holds nothing; an index is
 *                outside; threads meet; an element is computed again, though nothing asks for that
 *   unknown      an index depends on a symbolic value */
#ifndef RNNGEN_ORACLE_H
#define RNNGEN_ORACLE_H

#include "ir/loops.h"

#include <setjmp.h>

enum oracle_verdict { ORACLE_LEGAL, ORACLE_ILLEGAL, ORACLE_UNKNOWN };

struct oracle_run {
	const int64_t *dim;                            /* of each dim of the model */
	const struct array *value, *state;             /* [tensor]; of integers only are the numbers looked at; state NULL: none given */
	int threads;
	bool reassoc;                                  /* sums may change their order, scans their form */
};
enum oracle_verdict oracle_judge(struct ctx *c, const struct oracle_run *r, char *why, size_t size);

/* ---- value.c ------------------------------------------------------------------------------------------------------- */

/* Known: a number that follows from integers and literals. h names the value, modulo 2^61 - 1: -x is the negative of x. With
 * reassoc, sums, products and quotients are those of that field, so that all ways to compute a polynomial are one. truth: it is 0 or 1. from: cells
 * of the running stage's own tensor that it was computed from, a bit each; no part of the value. */
struct sym { uint64_t h; double num; bool known, truth; uint64_t from; };

struct sym sym_number(double v);
struct sym sym_place(uint32_t of, uint64_t at);    /* a number that is given: an element of an input, of a start */
struct sym sym_op(bool reassoc, enum op op, struct sym a, struct sym b, struct sym d);
struct sym sym_cast(uint8_t type, struct sym a);

/* ---- meaning.c, steps.c -------------------------------------------------------------------------------------------- */

struct oracle {
	struct ctx *c;
	const struct oracle_run *r;
	int64_t *value;                                /* of each var */
	struct element **element;                      /* [tensor]: its elements, those of steps before 0 first */
	char *why; size_t size;
	enum oracle_verdict verdict;
	jmp_buf out;
};

NORETURN void oracle_end(struct oracle *o, enum oracle_verdict v, const char *fmt, ...) PRINTF_LIKE(3, 4);
int64_t oracle_index(struct oracle *o, struct sym v, const char *of);  /* a whole number, or the end */
struct sym meaning_of(struct oracle *o, tensor_id t, const int64_t *idx);
/* Calls fn for each element of steps `from`, from + 1 ... (0 where the tensor has no time). */
void meaning_each(struct oracle *o, tensor_id t, int64_t from, void (*fn)(struct oracle *, tensor_id, const int64_t *, void *),
                  void *arg);
void steps_run(struct oracle *o);

#endif
