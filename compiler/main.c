/* main.c · the command line: what to do, with which files and options
 *
 *   rnngen MODEL [SCHEDULE] [options]            emit C
 *   rnngen check|run|bench|profile|show ... MODEL [SCHEDULE] [options]
 *   rnngen machine [options]
 *
 * Exit codes: 0 done, 1 the user's files or data are at fault, 2 the command line is, 3 rnngen itself is. */
#include "driver/machine.h"
#include "front/sandbox.h"
#include "pipeline.h"
#include "schedule/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERSION "0.1"

enum command { CMD_EMIT, CMD_CHECK, CMD_RUN, CMD_BENCH, CMD_SHOW, CMD_MACHINE, CMD_PROFILE };
static const char *const commands[] = { "check", "run", "bench", "show", "machine", "profile" };  /* from CMD_CHECK on */

enum { MOST_TARGETS = 16 };  /* rows of target.c */

struct options {
	enum command command;
	const char *what;                   /* of show: model, nest, schedule, c */
	const char *model, *schedule, *out, *cc, *target;
	const char *weights, *map, *input, *output, *state, *end_state;
	const char *dump_after, *stop_after, *machine, *vs;
	const struct target *each[MOST_TARGETS];  /* of --target, best first */
	size_t targets;
	int threads;
	double seconds;
	bool bisect, build, json, verbose, loops_only, interpret, plain, quick, pin;
};

static const char help[] =
	"rnngen " VERSION ": recurrent networks to C, by a model file and a schedule file\n"
	"\n"
	"  rnngen MODEL [SCHEDULE] [-o DIR] [--build]     emit NAME.c and NAME.h; --build: compile NAME.so too\n"
	"  rnngen check MODEL [SCHEDULE]                  compare emitted code, loops and equations on random data\n"
	"  rnngen run MODEL [SCHEDULE] --weights W.safetensors --input X.safetensors --output Y.safetensors\n"
	"  rnngen bench MODEL [SCHEDULE] --set T=64 ...   time one call: median, p99, worst, GFLOP/s, percent of the limit\n"
	"  rnngen profile MODEL [SCHEDULE] --set T=64 ... where the time of a call goes, stage by stage\n"
	"  rnngen show model|nest|schedule|c MODEL [SCHEDULE]\n"
	"  rnngen machine [--quick] [-o FILE]             measure this machine: multiply-adds, caches, memory, barriers\n"
	"  rnngen stubs [-o DIR]                          write what editors need to know of both languages (LuaCATS)\n"
	"\n"
	"Without SCHEDULE rnngen makes one by rule: show schedule prints it. --plain: none, loops as the model has them.\n"
	"\n"
	"  --set NAME=VALUE     the value of a dim or setting of the model (any number of times)\n"
	"  --knob NAME=VALUE    the value of a knob of the schedule, one of its choices\n"
	"  --plan NAME=VALUE    a usual size of a run-time dim, for the schedule by rule; others are as right (bench: --set)\n"
	"  --reassoc            the schedule by rule may change the order of sums; a file says m:math { reassoc = true } for it\n"
	"  --map MAP            run: which tensors of the weights make which param (README: Weights of other frameworks)\n"
	"  --target NAME        host (default), %s; several, as in avx2,avx512: one library that picks at load\n"
	"  -o DIR               where files go; made if missing (default: the current folder)\n"
	"  --cc COMMAND         C compiler for --build, and for all that runs code (default: $RNNGEN_CC, $CC, clang)\n"
	"  --threads N          OpenMP threads of run, bench and profile\n"
	"  --pin                run, bench, profile: each of these threads on a core of its own (OMP_PROC_BIND and OMP_PLACES, where not set)\n"
	"  --state S --end-state E   run: states to start from, and where the last ones go (safetensors)\n"
	"  --interpret          run: evaluate the equations in float64 instead of the emitted code\n"
	"  --vs SCHEDULE        bench: another schedule, in turns with the first; rule and plain: what rnngen makes itself\n"
	"  --seconds S          bench, profile: how long to measure\n"
	"  --machine FILE       a machine's figures as kept by rnngen machine -o FILE, for the schedule by rule and for the limits of\n"
	"                       bench and profile (default: this machine's, for the rule if --target names no other); none: those of\n"
	"                       a typical one; machine: show them\n"
	"  --quick              machine: in a hurry\n"
	"  --json               bench, profile, machine: print JSON\n"
	"  --loops              check: leave the emitted code out\n"
	"  --bisect             check: the loops after each pass; names the first that makes them wrong\n"
	"  --max-steps N        what a model or schedule file may use up: steps of Lua (default: %llu),\n"
	"  --max-memory MIB     memory (default: %zu),\n"
	"  --max-declarations N dims, axes, tensors, definitions and directives (default: %llu)\n"
	"  --dump-after=PASS    print what a pass leaves; --stop-after=PASS ends there (check: checks the loops that it\n"
	"                       leaves). Passes:\n"
	"                       ";

static int usage(const char *fmt, const char *what)
{
	fprintf(stderr, "rnngen: ");
	fprintf(stderr, fmt, what);
	fprintf(stderr, "\nTry 'rnngen --help'.\n");
	return 2;
}

static void print_help(void)
{
	size_t n;
	char names[256] = "";
	const struct target *t = target_list(&n);
	for (size_t i = 0; i < n; i++)
		snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "", t[i].name);
	printf(help, names, (unsigned long long)sandbox_defaults.steps, sandbox_defaults.memory >> 20,
	       (unsigned long long)sandbox_defaults.declarations);
	const struct pass *p = pipeline_passes(&n);
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? " " : "", p[i].name);
	printf("\n");
}

static settings *settings_of(struct ctx *c, const char *option)
{
	return !strcmp(option, "--set") ? &c->set : !strcmp(option, "--knob") ? &c->knob : !strcmp(option, "--plan") ? &c->plan : NULL;
}

/* --set, --knob or --plan NAME=VALUE. 0, or the exit code. */
static int add_setting(struct ctx *c, const char *option, const char *text)
{
	settings *list = settings_of(c, option);
	const char *eq = strchr(text, '=');
	char *end;
	if (!eq || eq == text)
		return usage(base_internf(c, "%s takes NAME=VALUE, not '%%s'", option), text);
	errno = 0;
	long long v = strtoll(eq + 1, &end, 10);
	if (*end || end == eq + 1 || errno || v < 1 || v > INT64_C(1) << 40)
		return usage("'%s': the value must be a positive whole number", text);
	const char *name = base_internf(c, "%.*s", (int)(eq - text), text);
	for (uint32_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i].name, name))
			return usage("'%s' is set twice", name);
	VEC_PUSH(c, *list, (struct setting){ name, v, false, false });
	return 0;
}

static int number(const char *text, double *out)
{
	char *end;
	*out = strtod(text, &end);
	return *end || end == text || !(*out > 0) || *out > 1e6 ? usage("'%s' is no positive number", text) : 0;
}

/* What a model or schedule file may use up. 0, or the exit code. */
static int budget(const char *name, const char *text)
{
	char *end;
	errno = 0;
	unsigned long long v = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || !v || v > UINT64_C(1) << 40)
		return usage("'%s' is no positive whole number", text);
	if (!strcmp(name, "--max-steps"))
		sandbox_defaults.steps = v;
	else if (!strcmp(name, "--max-memory"))
		sandbox_defaults.memory = v < SIZE_MAX >> 21 ? (size_t)v << 20 : SIZE_MAX >> 1;
	else
		sandbox_defaults.declarations = v;
	return 0;
}

static const char *value_of(const char *arg, const char *name)
{
	size_t n = strlen(name);
	return !strncmp(arg, name, n) && arg[n] == '=' ? arg + n + 1 : NULL;
}

static enum command command_named(const char *word)
{
	for (size_t k = 0; k < sizeof commands / sizeof *commands; k++)
		if (!strcmp(word, commands[k]))
			return (enum command)(CMD_CHECK + k);
	return CMD_EMIT;
}

/* --target NAME, or NAME,NAME,... for one library that picks at load; best first then. 0, or the exit code. */
static int read_targets(struct ctx *c, struct options *o)
{
	size_t all;
	const struct target *list = target_list(&all);
	bool asked[MOST_TARGETS] = { false };
	c->target_given = o->target && strcmp(o->target, "host");
	for (const char *word = o->target ? o->target : "host"; word; ) {
		const char *end = strchr(word, ',');
		const char *name = end ? base_internf(c, "%.*s", (int)(end - word), word) : word;
		c->target = target_find(name);
		if (!c->target)
			return usage("no target is called '%s'", name);
		if (asked[c->target - list])
			return usage("the target '%s' is there twice", c->target->name);
		asked[c->target - list] = true;
		word = end ? end + 1 : NULL;
	}
	for (size_t i = all; i-- > 0;)
		if (asked[i])
			o->each[o->targets++] = &list[i];
	if (o->targets > 1 && o->command != CMD_EMIT)
		return usage("%s takes one target", commands[o->command - CMD_CHECK]);
	return 0;
}

/* Reads the command line. -1: go on, else the exit code. */
static int parse(struct ctx *c, int argc, char **argv, struct options *o)
{
	const struct { const char *name; const char **to; } texts[] = {
		{ "-o", &o->out }, { "--cc", &o->cc }, { "--target", &o->target }, { "--weights", &o->weights },
		{ "--map", &o->map }, { "--input", &o->input }, { "--output", &o->output }, { "--state", &o->state },
		{ "--end-state", &o->end_state },
		{ "--dump-after", &o->dump_after }, { "--stop-after", &o->stop_after },
		{ "--machine", &o->machine }, { "--vs", &o->vs },
	};
	const struct { const char *name; bool *to; } flags[] = {
		{ "--build", &o->build }, { "--json", &o->json }, { "--verbose", &o->verbose }, { "--loops", &o->loops_only }, { "--bisect", &o->bisect },
		{ "--interpret", &o->interpret }, { "--plain", &o->plain }, { "--quick", &o->quick },
		{ "--pin", &o->pin }, { "--reassoc", &c->reassoc },
	};
	int files = 0;
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		bool done = false;
		if (!strcmp(a, "--help") || !strcmp(a, "-h")) {
			print_help();
			return 0;
		}
		if (!strcmp(a, "--version")) {
			printf("rnngen %s\n", VERSION);
			return 0;
		}
		for (size_t k = 0; k < sizeof flags / sizeof *flags && !done; k++)
			if (!strcmp(a, flags[k].name))
				done = *flags[k].to = true;
		for (size_t k = 0; k < sizeof texts / sizeof *texts && !done; k++) {
			const char *v = value_of(a, texts[k].name);
			if (!v && strcmp(a, texts[k].name))
				continue;
			if (!v && ++i == argc)
				return usage("%s needs a value", a);
			*texts[k].to = v ? v : argv[i];
			done = true;
		}
		if (done)
			continue;
		static const char *const budgets[] = { "--max-steps", "--max-memory", "--max-declarations" };
		for (size_t k = 0; k < sizeof budgets / sizeof *budgets && !done; k++) {
			const char *v = value_of(a, budgets[k]);
			if (!v && strcmp(a, budgets[k]))
				continue;
			if (!v && ++i == argc)
				return usage("%s needs a value", a);
			int bad = budget(budgets[k], v ? v : argv[i]);
			if (bad)
				return bad;
			done = true;
		}
		if (done)
			continue;
		bool setting = settings_of(c, a) != NULL;
		if (setting || !strcmp(a, "--threads") || !strcmp(a, "--seconds")) {
			double v = 0;
			int bad = ++i == argc ? usage("%s needs a value", a) : setting ? add_setting(c, a, argv[i]) : number(argv[i], &v);
			if (bad)
				return bad;
			if (a[2] == 't')
				o->threads = (int)v;
			else if (a[4] == 'c')
				o->seconds = v;
		} else if (a[0] == '-' && a[1]) {
			return usage("no option is called '%s'", a);
		} else if (i == 1 && (o->command = command_named(a)) != CMD_EMIT) {
			if (o->command == CMD_SHOW) {
				if (++i == argc)
					return usage("show %s", "needs one of model, nest, schedule, c");
				o->what = argv[i];
				if (strcmp(o->what, "model") && strcmp(o->what, "nest") && strcmp(o->what, "schedule") && strcmp(o->what, "c"))
					return usage("show model, nest, schedule or c, not '%s'", o->what);
			}
		} else if (files++ == 0) {
			o->model = a;
		} else if (files == 2) {
			o->schedule = a;
		} else {
			return usage("'%s' is one file too many", a);
		}
	}
	if (o->command == CMD_MACHINE && files)
		return usage("machine measures this machine, not '%s'", o->model);
	if (!o->model && o->command != CMD_MACHINE)
		return argc == 1 ? (print_help(), 2) : usage("%s", "no model file is given");
	const char *passes[] = { o->dump_after, o->stop_after };
	for (int i = 0; i < 2; i++)
		if (passes[i] && !pipeline_find(passes[i]))
			return usage("no pass is called '%s'", passes[i]);
	int bad = read_targets(c, o);
	if (bad)
		return bad;
	if (!o->cc)
		o->cc = getenv("RNNGEN_CC") ? getenv("RNNGEN_CC") : getenv("CC");
	return -1;
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

static bool write_model(struct ctx *c, const char *dir, const struct emitted *e)
{
	if (mkdir(dir, 0777) && errno != EEXIST)
		return files_error(c, dir, "cannot make the folder");
	return files_write(c, dir, base_internf(c, "%s.h", emitted_name(c)), &e->h) &&
	       files_write(c, dir, base_internf(c, "%s.c", emitted_name(c)), &e->c);
}

static void remove_dir(struct ctx *c, const char *dir)
{
	static const char *const ends[] = { "c", "h", "so" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		remove(base_internf(c, "%s/%s.%s", dir, emitted_name(c), ends[i]));
	rmdir(dir);
}

/* The fix for a name that is none of n words: the nearest of them, or all. */
static void fix_name(struct ctx *c, const char *name, const char *const *words, size_t n, const char *they_are, const char *none)
{
	const char *near = base_nearest(c, name, words, n);
	struct text all = { .c = c };
	for (size_t i = 0; i < n; i++)
		text_printf(&all, "%s%s", i ? ", " : "", words[i]);
	if (near)
		diag_fix(c, "did you mean %s?", near);
	else
		diag_fix(c, "%s%s", n ? they_are : none, all.s ? all.s : "");
}

/* Names of the command line, and those of them that mean something. */
struct named { const char *option, *of, *lacks, *they_are, *none; enum diag_id id; };

/* What the command line names and nothing has is a mistake. */
static void check_names(struct ctx *c, const struct named *m, const struct setting *given, uint32_t n, const char *const *words, uint32_t words_n)
{
	for (uint32_t i = 0; i < n; i++) {
		bool known = given[i].used;
		for (uint32_t k = 0; k < words_n && !known; k++)
			known = !strcmp(words[k], given[i].name);
		if (known)
			continue;
		diag(c, m->id, 0, "%s %s: %s has no %s", m->option, given[i].name, m->of, m->lacks);
		fix_name(c, given[i].name, words, words_n, m->they_are, m->none);
	}
}

static void check_given(struct ctx *c, const struct options *o)
{
	const struct named set = { "--set", o->model, "dim or setting of that name", "its dims are ", "its dims are all numbers", ERR_dim_value };
	const struct named plan = { "--plan", o->model, "run-time dim of that name", "its run-time dims are ", "its dims are all numbers", ERR_dim_value };
	const struct named knob = { "--knob", o->schedule ? o->schedule : "the schedule by rule", "such knob", "its knobs are ", "it has none", ERR_knob };
	const char **dims = base_alloc(c, 2 * c->dim.n * sizeof *dims), **open = dims + c->dim.n;
	uint32_t all = 0, opened = 0, knobs = c->sched ? c->sched->knobs.n : 0;
	const char **knob_names = base_alloc(c, (knobs + 1) * sizeof *knob_names);
	for (uint32_t d = 1; d < c->dim.n; d++) {
		dims[all++] = c->dim.at[d].name;
		if (c->dim.at[d].var)
			open[opened++] = c->dim.at[d].name;
	}
	for (uint32_t k = 0; k < knobs; k++)
		knob_names[k] = c->sched->knobs.at[k].name;
	check_names(c, &set, c->set.at, c->set.n, dims, all);
	check_names(c, &plan, c->plan.at, c->plan.n, open, opened);
	check_names(c, &knob, c->knob.at, c->sched ? c->knob.n : 0, knob_names, knobs);
}

/* What --reassoc permits, a file says itself. 0, or the exit code. */
static int check_reassoc(struct ctx *c, const struct options *o)
{
	bool vs_rule = o->command == CMD_BENCH && o->vs && !strcmp(o->vs, "rule");
	if (!c->reassoc || vs_rule || (!o->schedule && !o->plain))
		return 0;
	diag(c, ERR_math, 0, "--reassoc is for the schedule by rule, but %s", o->schedule ?
	     base_internf(c, "%s is the schedule here", o->schedule) : "--plain asks for none");
	diag_fix(c, o->schedule ? "say m:math { reassoc = true } in the schedule" : "leave one of the two out");
	return 2;
}

/* ---- commands ------------------------------------------------------------------------------------------------------ */

static int show(struct ctx *c, const struct options *o, const struct pipeline *p)
{
	struct text t = { .c = c };
	if (!strcmp(o->what, "schedule") && p->rule && !p->schedule)
		rule_limits_print(c, &t);
	if (!strcmp(o->what, "model"))
		equations_print(c, &t);
	else if (!strcmp(o->what, "schedule"))
		sched_print(c, &t);
	else if (!strcmp(o->what, "nest"))
		driver_nest(c, &t);
	else
		text_puts(&t, p->out.c.s);
	if (t.s)
		fputs(t.s, stdout);
	return 0;
}

/* bench and check: --set of a dim that the model leaves open is a size of the run, unless a param needs it. */
static void sizes_of_run(struct ctx *c, const struct options *o)
{
	for (uint32_t i = 0; i < c->set.n; i++)
		c->set.at[i].run_time = true;
	struct ctx *trial = ctx_again(c);
	bool loaded = model_load(trial, o->model);
	for (uint32_t i = 0; loaded && i < c->set.n; i++) {
		bool open = false, param = false;
		for (uint32_t d = 1; d < trial->dim.n; d++) {
			if (strcmp(trial->dim.at[d].name, c->set.at[i].name) || trial->dim.at[d].value >= 0)
				continue;
			open = true;
			for (tensor_id t = 1; t < trial->tensor.n; t++)
				for (uint32_t k = 0; trial->tensor.at[t].role == ROLE_PARAM && k < trial->tensor.at[t].rank; k++)
					param |= poly_uses(trial, trial->tensor.at[t].extent[k], trial->dim.at[d].var);
		}
		c->set.at[i].run_time = open && !param;
	}
	ctx_free(trial);
	for (uint32_t i = 0; i < c->set.n && o->command != CMD_CHECK; i++)
		if (c->set.at[i].run_time)
			VEC_PUSH(c, c->plan, c->set.at[i]);
}

/* Whose figures the rule goes by: those that are given, or this machine's where code is for it. 0, or the exit code. */
static int machine_of_rule(struct ctx *c, const struct options *o)
{
	struct machine *m = base_alloc(c, sizeof *m);
	const char *usual = machine_path(c), *why;
	bool none = o->machine && !strcmp(o->machine, "none");
	if (o->command == CMD_MACHINE || none || (!o->machine && !o->vs && (o->schedule || o->plain)))
		return 0;
	if (o->machine) {
		int code = machine_given(c, o->machine, m);
		c->machine = code ? NULL : m;
		return code;
	}
	if (!c->target_given && usual && machine_read(c, usual, m, &why) && machine_is_here(c, m))
		c->machine = m;
	return 0;
}

static struct sizes sizes_given(struct ctx *c)
{
	VEC(struct setting) sizes = { 0 };
	for (uint32_t i = 0; i < c->set.n; i++)
		if (c->set.at[i].run_time)
			VEC_PUSH(c, sizes, c->set.at[i]);
	return (struct sizes){ sizes.at, sizes.n };
}

/* check --bisect: the loops that each pass leaves. */
struct bisect { struct sizes dims; bool wrong; };

static bool bisect(struct ctx *c, const char *pass, void *arg)
{
	struct bisect *b = arg;
	const char *why = driver_check_loops(c, b->dims);
	printf("  %-10s %s%s\n", pass, why ? "WRONG: " : "right", why ? why : "");
	if (why)
		printf("check %s: the pass '%s' is guilty: %s\n", c->model_name, pass, strcmp(pass, "nests") ?
		       "what it was given is right, what it leaves is not" : "it, or a schedule that should have been refused");
	b->wrong = why != NULL;
	return !b->wrong;
}

/* A new folder for what is compiled and run. NULL: see diags. */
static const char *temporary_dir(struct ctx *c)
{
	const char *tmp = getenv("TMPDIR");
	char made[4096];
	snprintf(made, sizeof made, "%s/rnngen.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(made))
		return base_internf(c, "%s", made);
	files_error(c, made, "cannot make the folder");
	return NULL;
}

/* bench --vs: the model again, under another schedule, "rule" and "plain" for what rnngen makes of it without a file; profile: under
 * the same, with laps. */
static int bench_two(struct ctx *c, const struct options *o, struct bench_options *b)
{
	struct ctx *vs = ctx_again(c);
	bool profile = o->command == CMD_PROFILE, rule = profile ? !o->plain : !strcmp(o->vs, "rule");
	const char *schedule = profile ? o->schedule : rule || !strcmp(o->vs, "plain") ? NULL : o->vs;
	struct pipeline p = { .model = o->model, .schedule = schedule, .rule = rule };
	int code = 1;
	vs->profile = profile;
	const char *dir = NULL;
	if (pipeline_run(vs, &p) && !vs->errors && (dir = temporary_dir(vs)) && write_model(vs, dir, &p.out)) {
		b->vs = vs;
		b->vs_name = o->vs;
		b->vs_build = (struct build_options){ .dir = dir, .cc = o->cc, .verbose = o->verbose };
		code = (profile ? driver_profile : driver_bench)(c, b);
	}
	diag_print(vs, stderr);
	if (dir)
		remove_dir(c, dir);
	ctx_free(vs);
	return code;
}

static int bench(struct ctx *c, const struct options *o, struct bench_options *b)
{
	return o->vs || o->command == CMD_PROFILE ? bench_two(c, o, b) : driver_bench(c, b);
}

static int machine(struct ctx *c, const struct options *o)
{
	const char *dir = temporary_dir(c);
	if (!dir)
		return 1;
	int code = driver_machine(c, &(struct machine_options){ { .dir = dir, .cc = o->cc, .verbose = o->verbose }, o->machine, o->out, o->quick, o->json });
	rmdir(dir);
	return code;
}

/* One of several targets of a library: the whole compilation once more. */
struct variant { struct ctx *c; struct emitted out; };

static bool compile_variant(struct ctx *c, const struct options *o, const struct target *t, struct variant *v)
{
	struct pipeline p = { .model = o->model, .schedule = o->schedule, .rule = !o->plain };
	v->c = ctx_again(c);
	v->c->target = t;
	v->c->target_given = true;
	v->c->variant = t->name;
	bool good = pipeline_run(v->c, &p) && !v->c->errors;
	v->out = p.out;
	return good;
}

/* NAME.c and NAME.h, with --build NAME.so; of several targets all files, or none where one refuses. */
static int emit_files(struct ctx *c, const struct options *o, struct emitted *out)
{
	const char *dir = o->out ? o->out : ".";
	const bool several = o->targets > 1;
	struct build_part parts[1 + MOST_TARGETS] = { { emitted_name(c), several ? NULL : c->target } };
	struct variant each[MOST_TARGETS];
	size_t n = 0;
	bool good = true;
	while (several && good && n < o->targets) {
		good = compile_variant(c, o, o->each[n], &each[n]);
		n++;
	}
	if (good && several)
		emit_choice(c, o->each, o->targets, out);
	for (size_t i = 0; i < n; i++) {
		good = good && write_model(each[i].c, dir, &each[i].out);
		parts[1 + i] = (struct build_part){ good ? base_internf(c, "%s", emitted_name(each[i].c)) : NULL, o->each[i] };
		diag_print(each[i].c, stderr);
		ctx_free(each[i].c);
	}
	if (!good || !write_model(c, dir, out))
		return 1;
	struct build_options b = { .dir = dir, .cc = o->cc, .verbose = o->verbose };
	return o->build ? driver_build(c, &b, parts, 1 + n) : 0;
}

static int command(struct ctx *c, const struct options *o, struct pipeline *p)
{
	int bad = check_reassoc(c, o);
	if (!bad)
		bad = machine_of_rule(c, o);
	if (bad)
		return bad;
	if (o->pin) {                                   /* OpenMP reads them when the first library that uses it is loaded */
		setenv("OMP_PROC_BIND", "close", 0);
		setenv("OMP_PLACES", "cores", 0);
	}
	if (o->command == CMD_BENCH || o->command == CMD_CHECK || o->command == CMD_PROFILE)
		sizes_of_run(c, o);
	if (o->command == CMD_RUN)
		driver_run_sizes(c, o->model, o->weights, o->map);
	struct bisect found = { .dims = sizes_given(c) };
	if (o->bisect && o->command == CMD_CHECK) {
		p->after = bisect;
		p->after_arg = &found;
	}
	if (!pipeline_run(c, p))
		return 1;
	if (found.wrong)
		return EXIT_FAULT;
	check_given(c, o);
	if (c->errors)
		return 1;
	if (o->stop_after && strcmp(o->stop_after, "emit")) {
		if (o->command != CMD_CHECK)
			return 0;
		if (!c->body)
			return usage("there are no loops to check after the pass '%s'", o->stop_after);
		return driver_check(c, &(struct check_options){ .dims = sizes_given(c) });
	}
	if (o->command == CMD_SHOW)
		return show(c, o, p);
	if (o->command == CMD_EMIT)
		return emit_files(c, o, &p->out);
	bool runs = o->command != CMD_CHECK || !o->loops_only;
	if (runs && !o->interpret && !target_runs_here(c->target)) {
		diag(c, ERR_target, 0, "this CPU does not run %s code (%s)", c->target->name, c->target->about);
		diag_fix(c, c->target_given ? "use --target host, or emit here and run elsewhere" :
		         "use a schedule without m:target, or emit here and run elsewhere");
		return 1;
	}
	const char *dir = o->out ? o->out : temporary_dir(c);
	int code = 1;
	if (!dir)
		return 1;
	struct build_options b = { .dir = dir, .cc = o->cc, .verbose = o->verbose };
	if (write_model(c, dir, &p->out)) {
		struct sizes dims = sizes_given(c);
		if (o->command == CMD_CHECK) {
			code = driver_check(c, &(struct check_options){ b, !o->loops_only, dims });
			if (o->bisect && code == EXIT_FAULT)
				printf("check %s: what all passes leave is right: emit is guilty, or the C compiler\n", c->model_name);
		} else if (o->command == CMD_RUN) {
			code = driver_run(c, &(struct run_options){ b, o->weights, o->input, o->output, o->map, o->state, o->end_state,
			                                              o->threads, o->interpret });
		} else {
			code = bench(c, o, &(struct bench_options){ b, dims, o->threads, o->seconds, o->json, .machine = o->machine });
		}
	}
	if (!o->out)
		remove_dir(c, dir);
	return code;
}

/* rnngen stubs [-o DIR] */
static int stubs(struct ctx *c, int argc, char **argv)
{
	if (argc != 2 && (argc != 4 || strcmp(argv[2], "-o")))
		return usage("stubs takes no %s", "more than -o DIR");
	const char *dir = argc == 4 ? argv[3] : ".";
	struct text model = { .c = c }, schedule = { .c = c };
	stubs_model(c, &model);
	stubs_schedule(&schedule);
	if (mkdir(dir, 0777) && errno != EEXIST)
		return files_error(c, dir, "cannot make the folder"), 1;
	return !(files_write(c, dir, "model.lua", &model) && files_write(c, dir, "schedule.lua", &schedule));
}

int main(int argc, char **argv)
{
	struct ctx *c = ctx_new("rnngen");
	struct options o = { .command = CMD_EMIT };
	if (argc > 1 && !strcmp(argv[1], "stubs")) {
		int done = stubs(c, argc, argv);
		diag_print(c, stderr);
		ctx_free(c);
		return done;
	}
	int code = parse(c, argc, argv, &o);
	if (code < 0 && o.command == CMD_MACHINE) {
		code = machine(c, &o);
		diag_print(c, stderr);
	} else if (code < 0) {
		struct pipeline p = { .model = o.model, .schedule = o.schedule, .rule = !o.plain,
		                      .dump_after = o.dump_after, .stop_after = o.stop_after };
		code = command(c, &o, &p);
		diag_print(c, stderr);
	}
	ctx_free(c);
	return code;
}
