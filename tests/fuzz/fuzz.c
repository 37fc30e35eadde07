/* fuzz.c · the command line of the fuzzer (see fuzz.h)
 *
 *   fuzz --seed S --count N [--minutes M] [--keep DIR] [--target NAME]    pairs S .. S+N-1; --all-fired: nothing may stay untried
 *   fuzz --pair MODEL.lua SCHEDULE.lua [--seed S] [--exact]               one pair, several sets of data
 *   fuzz --regress DIR                                                    all pairs below DIR
 *   fuzz --emit DIR --seed S --count N                                    C files and data, for compiled.sh
 *
 * Pairs run in a forked child, which takes many; what it works on lies in memory that it shares with the parent. Where it
 * fails, aborts or hangs, the parent knows the seed and the pair, makes it smaller, and goes on with the next seed in a new
 * child. */
#include "child.h"

#include "target/target.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIGNATURES = 400, TRIES = 1500, TRIES_HANGING = 120, CHILD = 4000 };
enum { SECONDS_A_PAIR = 8, SECONDS_AGAIN = 3 };

struct options {
	uint64_t seed, count;
	double minutes;
	const char *keep, *emit, *regress, *target, *model, *schedule;
	bool exact, quick, all;                        /* all: a counter that stays 0 is a failure */
};

struct signature { char text[400]; uint64_t times, seed; };

static struct signature seen[SIGNATURES];
static int signatures;

static void run_seed(uint64_t seed)
{
	struct rng r;
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	now->seed = seed;
	*now->failure = 0;
	limit_seconds(SECONDS_A_PAIR);
	rng_seed(&r, seed);
	bool good = make_pair(&r, model, schedule, false);
	judge_mended(good, model, schedule);
	if (ftruncate(2, 0))
		_exit(1);
	lseek(2, 0, SEEK_SET);
}

struct range { uint64_t from, to; double until; };

static void run_range(void *arg)
{
	const struct range *r = arg;
	for (uint64_t s = r->from; s < r->to && seconds() < r->until; s++)
		run_seed(s);
}

static void judge_again(void *arg)
{
	(void)arg;
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	limit_seconds(SECONDS_AGAIN);
	write_pair(&now->pair, "m", model, schedule);
	struct job j = job_of(model, schedule, false);
	char why[400];
	struct ctx *c = judge_compile(model, NULL, now->target, "dependences", NULL, why, sizeof why);
	if (!c) {
		snprintf(now->failure, sizeof now->failure, "the model is refused: %s", why);
		now->failed = true;
		_exit(1);
	}
	ctx_free(c);
	if (judge_legal(&j) == FAILED) {
		now->failed = true;
		_exit(1);
	}
}

static bool same_failure(const struct pair *p, void *arg)
{
	char sig[400];
	(void)p;  /* it is the shared one */
	if (in_child(judge_again, NULL))
		return false;
	judge_signature(now->failure, sig, sizeof sig);
	return !strcmp(sig, arg);
}

static void keep_pair(const struct options *o, const struct signature *s, int number, const char *prefix)
{
	char dir[4000], path[4200], text[2600];
	if (!o->keep)
		return;
	mkdir(o->keep, 0777);
	snprintf(dir, sizeof dir, "%s/%03d-%llu", o->keep, number, (unsigned long long)now->seed);
	mkdir(dir, 0777);
	char schedule[4200];
	snprintf(path, sizeof path, "%s/%smodel.lua", dir, prefix);
	snprintf(schedule, sizeof schedule, "%s/%sschedule.lua", dir, prefix);
	write_pair(&now->pair, "m", path, schedule);
	snprintf(text, sizeof text, "%s\nsignature: %s\nseed %llu%s, target %s\n", now->failure, s->text,
	         (unsigned long long)now->seed, now->pair.model.exact ? ", exact" : "", now->target);
	snprintf(path, sizeof path, "%s/failure.txt", dir);
	write_text(path, text);
}

static void failed_seed(const struct options *o)
{
	char sig[400], failure[1024];
	judge_signature(now->failure, sig, sizeof sig);
	memcpy(failure, now->failure, sizeof failure);
	int k = 0;
	while (k < signatures && strcmp(seen[k].text, sig))
		k++;
	if (k == SIGNATURES)
		return;
	if (k == signatures) {
		signatures++;
		snprintf(seen[k].text, sizeof seen[k].text, "%s", sig);
		seen[k].seed = now->seed;
	}
	if (++seen[k].times > 2)
		return;
	printf("seed %llu: %s\n", (unsigned long long)now->seed, failure);
	keep_pair(o, &seen[k], k, "large.");
	if (!same_failure(&now->pair, sig)) {
		printf("  does not fail again on its own: %s\n", now->failure);
		memcpy(now->failure, failure, sizeof failure);
	} else if (!o->quick) {
		shrink(&now->pair, same_failure, sig, strcmp(sig, "hangs") ? TRIES : TRIES_HANGING);
		same_failure(&now->pair, sig);
	}
	keep_pair(o, &seen[k], k, "");
	fflush(stdout);
}

/* How many counters are 0. */
static int summary(double took)
{
	const struct counts *n = &now->counts;
	printf("%llu pairs in %.0f s: %llu accepted, %llu refused; %llu runs of loops, %llu in halves, %llu printed and loaded\n",
	       (unsigned long long)n->pairs, took, (unsigned long long)n->accepted, (unsigned long long)n->refused,
	       (unsigned long long)n->runs, (unsigned long long)n->halves, (unsigned long long)n->printed);
	printf("oracle: %llu runs legal, %llu illegal, %llu not known\n", (unsigned long long)n->judged[ORACLE_LEGAL],
	       (unsigned long long)n->judged[ORACLE_ILLEGAL], (unsigned long long)n->judged[ORACLE_UNKNOWN]);
	printf("refused by:");
	for (int i = 0; i < ERR_COUNT; i++)
		if (n->refusal[i])
			printf(" %s %llu", diag_name((enum diag_id)i), (unsigned long long)n->refusal[i]);
	printf("\ndirectives in accepted schedules (lines, schedules):");
	for (int i = 0; i < DO_KINDS; i++)
		printf(" %s %llu %llu%s", directive_kind_name[i], (unsigned long long)n->directive[i],
		       (unsigned long long)n->plans_with[i], i + 1 < DO_KINDS ? "," : "\n");
	const struct { const char *name; uint64_t n; } fired[] = {
		{ "left-over tiles", n->tails }, { "guarded splits", n->tail_kind[TAIL_GUARD] }, { "masked splits", n->tail_kind[TAIL_MASK] },
		{ "shifted splits", n->tail_kind[TAIL_SHIFT] }, { "padded splits", n->padded }, { "waves of larger skew", n->skewed }, { "vectors", n->vectors }, { "parallel loops", n->teams }, { "regions", n->regions }, { "pinned teams", n->pinned },
		{ "vectors of fewer elements", n->lane_tails }, { "omp barriers", n->barriers[BARRIER_OMP] },
		{ "spin barriers", n->barriers[BARRIER_SPIN] }, { "flag barriers", n->barriers[BARRIER_FLAG] }, { "promoted registers", n->registers }, { "local buffers", n->locals },
		{ "local buffers in the workspace", n->work_locals }, { "sums in storage", n->in_storage }, { "rings", n->rings },
		{ "states in place", n->in_place }, { "packs", n->packs }, { "shared packs", n->shared_packs },
		{ "packs of funcs", n->func_packs }, { "gathers", n->gathers }, { "computed together", n->together },
		{ "loops cut at conditions", n->partitioned }, { "states in registers over time", n->carried }, { "slices that run alone", n->slices },
		{ "rings with more rows than are read", n->wide_rings },
		{ "registers by hand", n->store[STORE_REGISTERS] }, { "stacks by hand", n->store[STORE_STACK] },
		{ "workspace by hand", n->store[STORE_WORKSPACE] }, { "stores past the caches", n->store[STORE_STREAM] },
		{ "dims of one value", n->fixed }, { "cases of sizes", n->specials },
	};
	printf("fired:");
	for (size_t i = 0; i < sizeof fired / sizeof *fired; i++)
		printf(" %s %llu%s", fired[i].name, (unsigned long long)fired[i].n, i + 1 < sizeof fired / sizeof *fired ? "," : "\n");
	int silent = 0;
	for (size_t i = 0; i < sizeof fired / sizeof *fired; i++)
		if (!fired[i].n)
			silent++, printf("never fired: %s\n", fired[i].name);
	for (int i = 0; i < DO_KINDS; i++)
		if (!n->directive[i])
			silent++, printf("never accepted: %s\n", directive_kind_name[i]);
	for (int i = 0; i < signatures; i++)
		printf("FAILED %llu times (first seed %llu, case %03d): %s\n", (unsigned long long)seen[i].times,
		       (unsigned long long)seen[i].seed, i, seen[i].text);
	return silent;
}

static int fuzz(const struct options *o)
{
	double begin = seconds(), until = o->minutes > 0 ? begin + 60 * o->minutes : 1e300;
	uint64_t s = o->seed, end = o->seed + o->count;
	while (s < end && seconds() < until) {
		struct range r = { s, s + CHILD < end ? s + CHILD : end, until };
		if (in_child(run_range, &r)) {
			s = now->seed + 1;
			continue;
		}
		s = now->seed + 1;
		failed_seed(o);
	}
	int silent = summary(seconds() - begin);
	return signatures || (o->all && silent) ? 1 : 0;
}

/* ---- given pairs ------------------------------------------------------------------------------------------------- */

struct given { const char *model, *schedule; enum verdict v; };

static void judge_given(void *arg)
{
	const struct given *g = arg;
	limit_seconds(SECONDS_A_PAIR);
	struct job j = job_of(g->model, g->schedule, true);
	j.exact = now->exact;
	if (judge(&j) == FAILED) {
		now->failed = true;
		_exit(1);
	}
}

/* The pair on every target with a few sets of data. */
static int one_pair(const struct options *o, const char *model, const char *schedule)
{
	struct given g = { model, schedule, RIGHT };
	size_t n;
	const struct target *t = target_list(&n);
	for (size_t i = 0; i < n; i++) {
		for (uint64_t s = 0; s < 6; s++) {
			if (o->target && strcmp(o->target, t[i].name))
				continue;
			memset(&now->counts, 0, sizeof now->counts);
			snprintf(now->target, sizeof now->target, "%s", t[i].name);
			now->seed = o->seed + s;
			now->exact = o->exact;
			*now->failure = 0;
			if (!in_child(judge_given, &g)) {
				printf("%s, target %s, data %llu: FAILED: %s\n", model, t[i].name, (unsigned long long)now->seed, now->failure);
				return 1;
			}
		}
	}
	printf("%s: %s%s\n", model, now->counts.refused ? "refused: " : "right", now->counts.refused ? now->failure : "");
	return 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* DIR/NAME/model.lua with schedule.lua: right, or refused where DIR/NAME/refused names the id. */
static int regress(const struct options *o)
{
	char *name[512];
	int n = 0, failed = 0;
	DIR *d = opendir(o->regress);
	if (!d) {
		perror(o->regress);
		return 2;
	}
	for (struct dirent *e = readdir(d); e && n < 512; e = readdir(d))
		if (*e->d_name != '.')
			name[n++] = strdup(e->d_name);
	closedir(d);
	qsort(name, (size_t)n, sizeof *name, by_name);
	for (int i = 0; i < n; i++) {
		char model[4200], schedule[4200], expect[4200], id[64] = "";
		snprintf(model, sizeof model, "%s/%s/model.lua", o->regress, name[i]);
		snprintf(schedule, sizeof schedule, "%s/%s/schedule.lua", o->regress, name[i]);
		snprintf(expect, sizeof expect, "%s/%s/refused", o->regress, name[i]);
		free(name[i]);
		if (access(model, R_OK))
			continue;
		FILE *f = fopen(expect, "r");
		if (f && fgets(id, sizeof id, f))
			id[strcspn(id, "\n")] = 0;
		if (f)
			fclose(f);
		bool bad = one_pair(o, model, schedule);
		size_t len = strcspn(now->failure, ":");
		bool other = !bad && (now->counts.refused ? strlen(id) != len || strncmp(id, now->failure, len) : *id != 0);
		if (other)
			printf("  should be %s\n", *id ? id : "right");
		failed += bad || other;
	}
	printf("%d of %d failed\n", failed, n);
	return failed ? 1 : 0;
}

/* ---- emitted code ------------------------------------------------------------------------------------------------ */

struct emission { const struct options *o; uint64_t from, to, written; };

/* Pairs that the interpreters find right; model.lua and schedule.lua of each stay beside its C. */
static void emit_range(void *arg)
{
	struct emission *e = arg;
	char name[32], model[4200], schedule[4200], list[4200];
	snprintf(list, sizeof list, "%s/models.inc", e->o->emit);
	for (uint64_t s = e->from; s < e->to; s++) {
		struct rng r;
		rng_seed(&r, s);
		now->seed = s;
		snprintf(name, sizeof name, "m%llu", (unsigned long long)s);
		snprintf(model, sizeof model, "%s/%s.model.lua", e->o->emit, name);
		snprintf(schedule, sizeof schedule, "%s/%s.schedule.lua", e->o->emit, name);
		limit_seconds(SECONDS_A_PAIR);
		bool good = make_pair(&r, model, schedule, true);
		if (e->o->target) {
			struct plan *p = &now->pair.plan;
			snprintf(now->target, sizeof now->target, "%s", e->o->target);
			if (p->lines && strstr(p->line[0], "m:target(")) {  /* the pair's own, which is always the first line */
				memmove(p->line[0], p->line[1], (size_t)--p->lines * sizeof *p->line);
				write_pair(&now->pair, name, model, schedule);
			}
		}
		struct job j = job_of(model, schedule, true);
		good = good && judge_mended(good, model, schedule) == RIGHT && emit_pair(e->o->emit, name, &j);
		if (!good) {
			unlink(model);
			unlink(schedule);
			continue;
		}
		FILE *f = fopen(list, "a");
		if (!f || fprintf(f, "MODEL(%s)\n", name) < 0 || fclose(f))
			_exit(2);
	}
}

/* Seeds S .. S+N-1; those that are refused or fail give nothing. */
static int emit(const struct options *o)
{
	char list[4200];
	mkdir(o->emit, 0777);
	snprintf(list, sizeof list, "%s/models.inc", o->emit);
	write_text(list, "");
	for (uint64_t s = o->seed; s < o->seed + o->count; s = now->seed + 1) {
		struct emission e = { o, s, o->seed + o->count, 0 };
		if (!in_child(emit_range, &e))
			printf("seed %llu: %s\n", (unsigned long long)now->seed, now->failure);
	}
	printf("%llu pairs, %llu accepted\n", (unsigned long long)now->counts.pairs, (unsigned long long)now->counts.accepted);
	return 0;
}

/* ---- command line ------------------------------------------------------------------------------------------------ */

static int usage(void)
{
	fprintf(stderr, "usage: fuzz --seed S --count N [--minutes M] [--keep DIR] [--quick] [--all-fired]\n"
	                "       fuzz --pair MODEL.lua SCHEDULE.lua [--seed S] [--exact] [--target NAME]\n"
	                "       fuzz --regress DIR\n       fuzz --emit DIR --seed S --count N\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .count = 1000 };
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;
		if (!strcmp(a, "--exact"))
			o.exact = true;
		else if (!strcmp(a, "--quick"))
			o.quick = true;
		else if (!strcmp(a, "--all-fired"))
			o.all = true;
		else if (!v)
			return usage();
		else if (!strcmp(a, "--seed"))
			o.seed = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(a, "--count"))
			o.count = strtoull(argv[++i], NULL, 10);
		else if (!strcmp(a, "--minutes"))
			o.minutes = strtod(argv[++i], NULL);
		else if (!strcmp(a, "--keep"))
			o.keep = argv[++i];
		else if (!strcmp(a, "--emit"))
			o.emit = argv[++i];
		else if (!strcmp(a, "--regress"))
			o.regress = argv[++i];
		else if (!strcmp(a, "--target"))
			o.target = argv[++i];
		else if (!strcmp(a, "--pair") && i + 2 < argc) {
			o.model = argv[++i];
			o.schedule = argv[++i];
		} else {
			return usage();
		}
	}
	child_begin();
	int code = o.model ? one_pair(&o, o.model, o.schedule) : o.regress ? regress(&o) : o.emit ? emit(&o) : fuzz(&o);
	child_end();
	return code;
}
