/* pipeline.c · the whole compiler: from two Lua files to C, pass by pass
 *
 * Each pass is a file of its name. After each its verifier runs, in a release build only after the last that changes loops;
 * --dump-after=NAME prints what a pass left, --stop-after=NAME ends there. */
#include "pipeline.h"
#include "ir/loops.h"

#include <stdlib.h>

#ifdef NDEBUG
static const bool verify_each = false;
#else
static const bool verify_each = true;
#endif

static struct pipeline *now;  /* the run that passes belong to; one at a time */

static bool load_model(struct ctx *c) { return model_load(c, now->model) && equations_infer(c); }
static bool load_schedule(struct ctx *c)
{
	struct rule_limits limits = rule_limits_of(c);
	return now->rule && !now->schedule ? sched_rule(c, &limits) : sched_load(c, now->schedule);
}
static bool emit(struct ctx *c) { return emit_model(c, &now->out); }

/* RNNGEN_BREAK=PASS, in debug builds: what the pass leaves is damaged, so that tests see who notices. */
static bool store_of_output(struct ctx *c, stmt_id s, void *found)
{
	const struct stmt *x = &c->stmt.at[s];
	if (x->kind == S_STORE && c->buf.at[x->of].kind == BUF_OUTPUT)
		*(stmt_id *)found = s;
	return *(stmt_id *)found != 0;
}

static void damage(struct ctx *c, const char *pass)
{
	const char *name = verify_each ? getenv("RNNGEN_BREAK") : NULL;
	stmt_id s = 0;
	if (!name || strcmp(name, pass) || !stmt_any(c, c->body, store_of_output, &s))
		return;
	expr_id value = expr_op(c, OP_NEG, c->stmt.at[s].value, 0, 0, c->stmt.at[s].loc);
	c->stmt.at[s].value = value;
}

static const struct pass passes[] = {
	/* name          run               verify            dump                 what it leaves */
	{ "equations",   load_model,       equations_verify, equations_print,     "the model, extents and types of all tensors" },
	{ "stages",      stages_build,     NULL,             stages_print,        "definitions cut into init, updates, epilogue" },
	{ "dependences", NULL,             NULL,             deps_print,          "who reads whom, at which distance" },
	{ "schedule",    load_schedule,    NULL,             sched_print,         "directives, each checked when called" },
	{ "check",       sched_check,      NULL,             stages_print,        "the whole schedule, checked once more" },
	{ "nests",       nest_build,       loops_verify,     loops_print_program, "stages become loops over buffers" },
	{ "specialize",  loops_specialize, loops_verify,     loops_print_program, "dims of one value become that value" },
	{ "tails",       tails_peel,       loops_verify,     loops_print_program, "full tiles first, then what is left" },
	{ "unroll",      loops_unroll,     loops_verify,     loops_print_program, "unrolled loops become their iterations" },
	{ "partition",   loops_partition,  loops_verify,     loops_print_program, "loops are cut where conditions change" },
	{ "vectorise",   loops_vectorise,  loops_verify,     loops_print_program, "vectorized loops become vectors of the target" },
	{ "registers",   registers_promote,loops_verify,     loops_print_program, "small local arrays become named variables" },
	{ "regions",     regions_build,    loops_verify,     loops_print_program, "one team of threads, barriers where needed" },
	{ "laps",        laps_add,         NULL,             NULL,                "stamps of time, for rnngen profile only" },
	{ "emit",        emit,             NULL,             NULL,                "loops become C" },
};

const struct pass *pipeline_passes(size_t *n)
{
	*n = sizeof passes / sizeof *passes;
	return passes;
}

const struct pass *pipeline_find(const char *name)
{
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
		if (!strcmp(passes[i].name, name))
			return &passes[i];
	return NULL;
}

bool pipeline_run(struct ctx *c, struct pipeline *p)
{
	now = p;
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
		const struct pass *q = &passes[i];
		if ((q->run && !q->run(c)) || c->errors) {
			bool made = c->diags.n && !c->diags.at[0].at;  /* a directive by rule, which has no line */
			if (q > pipeline_find("schedule") && p->rule && !p->schedule && made) {
				diag(c, ERR_schedule, 0, "the schedule that rnngen made is refused, which is a fault of rnngen");
				diag_fix(c, "use --plain, or a schedule file; and report the model");
			}
			return false;
		}
		if (q->verify && (verify_each || !q[1].verify))
			q->verify(c);
		damage(c, q->name);
		if (p->after && c->body && q->dump == loops_print_program && !p->after(c, q->name, p->after_arg))
			return true;
		if (p->dump_after && q->dump && !strcmp(p->dump_after, q->name)) {
			struct text t = { .c = c };
			q->dump(c, &t);
			printf("%s", t.s ? t.s : "");
		}
		if (p->stop_after && !strcmp(p->stop_after, q->name))
			return true;
	}
	return true;
}
