/* base.h · what every part of the compiler stands on: the compilation, memory, names, text, diagnostics
 *
 * One `struct ctx` is one compilation: a model, at most one schedule, and all that is made of them. Memory comes
 * from the arena of the compilation and goes with it in one step, so nothing below is ever freed by hand. The only
 * exit for allocation failure is base_oom(): callers never see NULL.
 *
 * Things in the IR are named by 32-bit handles; 0 is "none" in every table. */
#ifndef RNNGEN_BASE_H
#define RNNGEN_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct ctx;

#if defined(__GNUC__)
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN __attribute__((noreturn))
#else
#define PRINTF_LIKE(f, a)
#define NORETURN
#endif

/* ---- memory ------------------------------------------------------------------------------------------------ */

void *base_alloc(struct ctx *c, size_t bytes);            /* zeroed, aligned to 16 bytes */
size_t base_used(const struct ctx *c);                    /* bytes so far */
NORETURN void base_oom(size_t bytes);                     /* says so and exits with 3 */

/* A growable array in the arena: VEC(int) v = {0}; VEC_PUSH(c, v, 7); v.at[i], v.n */
#define VEC(T) struct { T *at; uint32_t n, cap; }
#define VEC_PUSH(c, v, ...) ((v).n == (v).cap ? (v).at = base_grow((c), (v).at, &(v).cap, sizeof *(v).at) : (v).at, \
                             (v).at[(v).n++] = (__VA_ARGS__))
void *base_grow(struct ctx *c, void *at, uint32_t *cap, size_t size);
typedef VEC(uint32_t) idvec;                              /* a list of handles */
bool idvec_has(const idvec *v, uint32_t x);

/* ---- text -------------------------------------------------------------------------------------------------- */

const char *base_intern(struct ctx *c, const char *s);    /* equal text, equal pointer */
const char *base_internf(struct ctx *c, const char *fmt, ...) PRINTF_LIKE(2, 3);

const char *base_ident(struct ctx *c, const char *name);  /* "layer1.W" as a C name, interned: layer1_W */
const char *base_vformat(struct ctx *c, const char *fmt, va_list ap);  /* not interned */

/* A growing text in the arena; always terminated. */
struct text { struct ctx *c; char *s; size_t n, cap; };
void text_putn(struct text *t, const char *s, size_t n);
void text_puts(struct text *t, const char *s);
void text_printf(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_vprintf(struct text *t, const char *fmt, va_list ap);

/* ---- places and diagnostics -------------------------------------------------------------------------------- */

typedef uint32_t loc_t;                                   /* file and line of the user's text; 0: none */
loc_t loc_make(struct ctx *c, const char *file, int line);
const char *loc_file(struct ctx *c, loc_t l);
int loc_line(loc_t l);
const char *loc_text(struct ctx *c, loc_t l);             /* "models/lstm.lua:15", "-" for none */

/* The ids of user-facing errors; texts in front/errors.def. */
enum diag_id {
#define ERR(id, name, fix) ERR_##id,
#include "front/errors.def"
#undef ERR
	ERR_COUNT
};

/* Reports an error; the compilation goes on where it can, so that one run shows several. `fmt` is the reason, in
 * the user's words; the fix comes from errors.def unless diag_fix() gives a better one, diag_note() adds lines. */
void diag(struct ctx *c, enum diag_id id, loc_t at, const char *fmt, ...) PRINTF_LIKE(4, 5);
void diag_note(struct ctx *c, loc_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);  /* belongs to the last diag */
void diag_fix(struct ctx *c, const char *fmt, ...) PRINTF_LIKE(2, 3);             /* replaces the last one's fix */
void diag_forget(struct ctx *c);                          /* all that have not been printed: a trial failed */
void diag_print(struct ctx *c, FILE *out);                /* all, in order of place; then forgets them */
const char *diag_name(enum diag_id id);                   /* "shape-clash" */
const char *base_nearest(struct ctx *c, const char *word, const char *const *words, size_t n); /* did you mean; NULL */

#endif
