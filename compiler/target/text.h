/* text.h · the support functions that emitted C carries along
 *
 * Emitted files need no header of rnngen's: what they use of vectors and maths is pasted into them from the texts
 * in text/, filled in for one vector width. A name such as `load` becomes `load8` for 8 lanes and `load1` for a
 * plain float. Legal order in an emitted file: text_head before any other line of code, text_functions once,
 * then the code that uses them.
 *
 *     struct text_use use[] = { { "load", 8 }, { "tanh", 8 }, { "tanh", 1 } };
 *     struct text_request ask = { "avx2", use, 3, 4 };
 *     text_head("avx2", put, file);
 *     if (text_functions(&ask, put, file, &which) != TEXT_OK) ... use[which] is to blame, nothing was put
 *
 * Functions (N lanes: vN the vector, float at N = 1; mN the mask of a comparison, int at N = 1; u32xN the bits):
 *
 *     vN    loadN(const float *p)                     void  storeN(float *p, vN a)          no alignment needed
 *     void  streamN(float *p, vN a), fenceN(void)     past the caches; before others see it
 *     vN    load_nN(const float *p, int n)            void  store_nN(float *p, vN a, int n)
 *               first n lanes, 0 <= n <= N: the rest reads as 0 and is not touched in memory
 *     vN    load_strideN(const float *p, ptrdiff_t s) void  store_strideN(float *p, ptrdiff_t s, vN a)
 *               lane i at p[i * s]
 *     void  turnN(vN *x)                              x[0..N-1] transposed: lane k of x[i] is lane i of x[k]
 *     void  load_turnedN(vN *x, const float *p, ptrdiff_t s)   x[k] has p[i * s + k] in lane i
 *     void  stream_lineN(float *p, const vN *x)       16 floats, N of each of x[0], x[N], ...; past the caches where p is a line's begin
 *     vN    splatN(float a)
 *     vN    fmaN(a, b, c)                             a * b + c; rounded once on avx2 and avx512, twice on generic
 *     vN    minN(a, b), maxN(a, b)                    a < b ? a : b and a > b ? a : b: a NaN in either gives b
 *     mN    ltN leN gtN geN eqN neN (a, b)            masks combine with & and |, and with notN(m)
 *     vN    selectN(mask, a, b)                       a where the mask is set, else b
 *     vN    absN sqrtN floorN reluN (a)               relu keeps NaN
 *     vN    expN logN tanhN sigmoidN (a)              NaN stays NaN; subnormals are kept, none is flushed; none falls
 *                                                     where it should rise, none leaves its range
 *     float hsumN(a), hmaxN(a)                        over all lanes, in halves: (a0 + a2) + (a1 + a3)
 *     u32xN bitsN(vN a)                               vN    unbitsN(u32xN u)
 *     type                                            only the typedefs vN, mN and u32xN
 *
 * + - * / and unary minus are C operators. On one target a lane and a scalar give the same bits, NaN payloads
 * aside. Link with -lm. */
#ifndef TARGET_TEXT_H
#define TARGET_TEXT_H

#include <stddef.h>

enum text_error {
	TEXT_OK = 0,
	TEXT_NO_TARGET,         /* no target of that name */
	TEXT_NO_LANES,          /* the target has no vector of so many lanes */
	TEXT_NO_FUNCTION        /* no function of that name */
};

struct text_use {
	const char *name;       /* without the suffix: "tanh" */
	int lanes;              /* 1 or a width of the target */
};

struct text_request {
	const char *target;             /* "generic", "avx2", "avx512" */
	const struct text_use *use;     /* any order, repeats allowed; clang warns of functions that stay unused */
	size_t uses;
	int ulp;                        /* 1: exp, log, tanh and sigmoid within about 1 ulp; else within 4 */
};

typedef void text_put(void *ctx, const char *s, size_t n);

/* Lanes of the target's widest vector, 0 if there is no such target. */
int text_lanes(const char *target);

/* Options that gcc and clang need for the target ("" for generic), NULL if there is no such target. */
const char *text_flags(const char *target);

/* Puts pragmas, the check of compiler options and the includes. TEXT_OK or TEXT_NO_TARGET. */
enum text_error text_head(const char *target, text_put *put, void *ctx);

/* Puts the functions asked for and all they need, each once, before its users. The text depends on the set asked
 * for, not on its order. On an error puts nothing and, unless which is NULL, stores the index of the culprit. */
enum text_error text_functions(const struct text_request *ask, text_put *put, void *ctx, size_t *which);

#endif
