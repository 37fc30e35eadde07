/* driver.h · what rnngen does with emitted code: build, check, run, bench, machine
 *
 * Each function is one subcommand. It needs a compilation that has been through the whole pipeline, with
 * DIR/NAME.c emitted where the options say; it prints results on stdout and returns the exit code:
 *   0 done, 1 the user's error, in ctx->diags, for the caller to print, 3 a fault of rnngen's, already on stderr. */
#ifndef RNNGEN_DRIVER_H
#define RNNGEN_DRIVER_H

#include "ir/loops.h"

enum { EXIT_DONE = 0, EXIT_USER = 1, EXIT_FAULT = 3 };

struct build_options {
	const char *dir;           /* holds NAME.c; NAME.so is put beside it */
	const char *cc;            /* --cc: a compiler, with arguments if need be; NULL: $RNNGEN_CC, else clang */
	bool verbose;              /* show the compiler's command on stderr */
	bool asked;                /* what is built is only asked what it is: nothing is optimized */
};

/* A file DIR/NAME.c and what it is for. */
struct build_part { const char *name; const struct target *target; };

/* A size of run-time dims: struct setting of ir.h, name and value. */
struct sizes { const struct setting *at; uint32_t n; };

struct check_options {
	struct build_options build;
	bool emitted;              /* build and check the emitted code too, not only the loops */
	struct sizes dims;         /* n = 0: a row of sizes with all tails */
};

struct run_options {
	struct build_options build;
	const char *params, *inputs, *outputs;  /* safetensors, npz or npy; params NULL: the model has none */
	const char *map;           /* whose tensors make which param; NULL: the names are the model's, or a shipped map's */
	const char *state;         /* start of the states; NULL: the model's own */
	const char *end_state;     /* where the end of the states goes; NULL: nowhere */
	int threads;               /* 0: as OpenMP likes */
	bool interpret;            /* evaluate the equations in float64 instead of running the emitted code */
};

struct bench_options {
	struct build_options build;
	struct sizes dims;         /* dims not named: 64 steps of time, 1 of all else */
	int threads;               /* 0: as OpenMP likes */
	double seconds;            /* of measuring each, at least; 0: 0.5 */
	bool json;
	const char *machine;       /* a file of figures; NULL: the usual one */
	struct ctx *vs;            /* the same model under another schedule, to take turns with; NULL: none */
	struct build_options vs_build;
	const char *vs_name;
};

struct machine_options {
	struct build_options build;   /* dir: where the measuring code goes while it runs */
	const char *file;             /* --machine: shown, and nothing measured; NULL: measures */
	const char *out;              /* where the figures are kept; NULL: the usual file */
	bool quick, json;
};

/* parts: one, or those of a library for several targets, the first of which gives its name */
int driver_build(struct ctx *c, const struct build_options *o, const struct build_part *parts, size_t n);
int driver_check(struct ctx *c, const struct check_options *o);
/* Compares the loops of the moment with the equations, printing nothing. NULL: they agree, else what does not. */
const char *driver_check_loops(struct ctx *c, struct sizes dims);
int driver_run(struct ctx *c, const struct run_options *o);
/* Before the pipeline: dims and a setting that --set leaves alone take the values that the weights show; told on stderr. */
void driver_run_sizes(struct ctx *c, const char *model, const char *weights, const char *map);
int driver_bench(struct ctx *c, const struct bench_options *o);
int driver_profile(struct ctx *c, const struct bench_options *o);  /* vs: the same model and schedule, compiled with ctx->profile */

int driver_machine(struct ctx *c, const struct machine_options *o);

/* Writes DIR/NAME beside its place, then renames. false: an error, in ctx->diags. */
bool files_write(struct ctx *c, const char *dir, const char *name, const struct text *t);
bool files_error(struct ctx *c, const char *path, const char *what);  /* errno as an error; false */

/* The loops as they will run: storage, nests, barriers with their cause, vectors. Needs the whole pipeline. */
void driver_nest(struct ctx *c, struct text *out);

/* Stubs for editors (LuaCATS); these need no compilation. */
void stubs_model(struct ctx *c, struct text *out);
void stubs_schedule(struct text *out);

#endif
