/* file.h · what the files that print whole files share (file.c, signatures.c, weights.c, run.c, describe.c) */
#ifndef RNNGEN_EMIT_FILE_H
#define RNNGEN_EMIT_FILE_H

#include "emit/emit.h"

#define VERSION "0.1"

/* Where each part of the workspace is. */
struct part { const char *to, *type; poly_id elements; };
/* What NAME_run does, in order: functions that it calls (team: they take one), the team's barriers, choices by sizes. */
enum step_kind { STEP_CALL, STEP_BARRIER, STEP_IF, STEP_ELSE_IF, STEP_ELSE, STEP_END };
struct step { uint8_t kind; bool team; const char *text; };
struct file {
	struct emit e;
	const char *name;          /* of the model, as a C name */
	const char *targets;       /* that the code is for: "avx2", "avx512,avx2" */
	const char **tensor_c;     /* [tensor]: its name in signatures */
	VEC(struct part) parts;
	VEC(struct step) steps;
	VEC(const char *) starts;  /* functions, one for each of program.starts */
	VEC(struct rnn_extent) extents; /* of shapes, computed from run-time dims */
	VEC(struct carried) states; /* program.carried that callers may pass: what runs forwards */
};

/* file.c */
void put_text(struct text *out, const char *name);                        /* a text of emit/text/ or runtime/ */
poly_id elements(struct ctx *c, const struct buf *b, uint32_t from);      /* the product of extents from that dim on */
const char *param_c(struct file *f, tensor_id t);                         /* a tensor's name in signatures */

/* signatures.c */
const char *run_signature(struct file *f);
const char *pack_signature(struct file *f);
const char *dims_signature(struct file *f);                               /* "int64_t T, int64_t N", or "void" */
const char *dims_call(struct file *f, const char *fmt);                   /* "T, N", with fmt "dims[0], dims[1]" */
void print_header(struct file *f, struct text *out);

/* weights.c */
int64_t param_bytes(struct ctx *c, buf_id b);
void print_weights(struct file *f);

/* run.c */
void list_parts(struct file *f);
void print_frame(struct file *f);
void print_workspace(struct file *f);
void print_run(struct file *f);

/* choose.c */
void print_choice(struct file *f, const struct target *const *targets, size_t n);

/* describe.c */
void print_model(struct file *f);

#endif
