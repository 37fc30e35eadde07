/* laws.c · the attack on laws: each rule of schedule/laws.def is switched off until a pair comes out wrong
 *
 *   laws [--law ID] [--seeds N] [--pairs DIR] [--keep DIR]
 *
 * For each law: the pair of DIR/ID first, where there is one, then random pairs. A pair counts
 * where the interpreter finds a wrong value, a race, an index outside, a cell never written. An abort of rnngen is noticed,
 * too, but proves no law. Built with RNNGEN_LAWS, so that law_holds below decides.
 *
 * Fails where a law is not caught: then it is dead, or the attack is too weak. --keep writes the pairs that were caught,
 * made small. */
#include "child.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_A_PAIR = 8, TRIES = 600, SEEDS = 3000 };

static const struct { const char *id, *without; } laws[] = {
#define LAW_ROW(id, without) { #id, without },
#include "schedule/laws.def"
#undef LAW_ROW
};

struct options { const char *law, *pairs, *keep; uint64_t seeds; };

static enum law off;
static uint64_t broken;                            /* how often the law that is off would have decided */

bool law_holds(enum law id)
{
	broken += id == off;
	return id != off;
}

static bool is_broken(void) { return broken != 0; }

/* ---- in the child ------------------------------------------------------------------------------------------------ */

static struct job job_without(const char *model, const char *schedule)
{
	struct job j = job_of(model, schedule, false);
	j.seed = now->seed * 8 + 1;                    /* never printed and loaded again: it is no matter of laws */
	j.passes = false;
	j.worth = is_broken;
	broken = 0;
	return j;
}

static void wrong(void)
{
	if (strncmp(now->failure, "after ", 6))        /* the loops are right */
		return;
	now->failed = true;
	_exit(1);
}

struct range { uint64_t from, to; };

static void run_range(void *arg)
{
	static char text[1 << 16];
	struct range *x = arg;
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	struct plan *p = &now->pair.plan;
	for (now->seed = x->from; now->seed < x->to; now->seed++) {
		struct rng r;
		rng_seed(&r, now->seed);
		limit_seconds(SECONDS_A_PAIR);
		if (!make_pair(&r, model, schedule, false))
			continue;
		for (int tries = 0; tries < 6; tries++) {  /* without the lines that are refused */
			int line = 0;
			struct job j = job_without(model, schedule);
			j.line = &line;
			enum verdict v = judge(&j);
			if (v == FAILED)
				wrong();
			if (v != REFUSED || line < 2 || line - 2 >= p->lines)
				break;
			memmove(p->line[line - 2], p->line[line - 1], (size_t)(p->lines - line + 1) * sizeof *p->line);
			p->lines--;
			plan_text(p, text, sizeof text);
			write_text(schedule, text);
		}
	}
}

static void judge_files(void *arg)
{
	char *const *path = arg;
	limit_seconds(SECONDS_A_PAIR);
	for (now->seed = 1; now->seed < 5; now->seed++) {
		struct job j = job_without(path[0], path[1]);
		if (judge(&j) == FAILED)
			wrong();
	}
}

static void judge_again(void *arg)
{
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	(void)arg;
	limit_seconds(SECONDS_A_PAIR);
	write_pair(&now->pair, "m", model, schedule);
	struct job j = job_without(model, schedule);
	if (judge(&j) == FAILED)
		wrong();
}

/* ---- in the parent ----------------------------------------------------------------------------------------------- */

static bool still_wrong(const struct pair *p, void *arg)
{
	(void)p;                                       /* it is the shared one */
	(void)arg;
	return !in_child(judge_again, NULL) && now->failed;
}

/* The pair that was caught, made small, in DIR/ID. */
static void keep_pair(const struct options *o)
{
	char dir[4000], model[4100], schedule[4100];
	mkdir(o->keep, 0777);
	snprintf(dir, sizeof dir, "%s/%s", o->keep, laws[off].id);
	snprintf(model, sizeof model, "%s/model.lua", dir);
	snprintf(schedule, sizeof schedule, "%s/schedule.lua", dir);
	mkdir(dir, 0777);
	shrink(&now->pair, still_wrong, NULL, TRIES);
	write_pair(&now->pair, laws[off].id, model, schedule);
}

/* The pair of the law in DIR/ID: wrong without it, and with it refused or right. */
static bool given_pair(const struct options *o, bool *found)
{
	char model[4100], schedule[4100], *path[] = { model, schedule };
	snprintf(model, sizeof model, "%s/%s/model.lua", o->pairs, laws[off].id);
	snprintf(schedule, sizeof schedule, "%s/%s/schedule.lua", o->pairs, laws[off].id);
	*found = o->pairs && !access(model, R_OK);
	snprintf(now->target, sizeof now->target, "generic");
	return *found && !in_child(judge_files, path) && now->failed;
}

/* How many random pairs it takes; 0: none was wrong. */
static uint64_t random_pairs(const struct options *o, uint64_t *aborts)
{
	uint64_t first = 1, end = 1 + o->seeds;
	for (struct range r = { first, end }; r.from < end; r.from = now->seed + 1) {
		if (in_child(run_range, &r))
			return 0;
		if (now->failed)
			return now->seed - first + 1;
		++*aborts;
	}
	return 0;
}

static bool attack(const struct options *o)
{
	bool given, caught;
	uint64_t aborts = 0, pairs = 1;
	double begin = seconds();
	caught = given_pair(o, &given);
	if (!caught) {
		pairs = random_pairs(o, &aborts);
		caught = pairs != 0;
	}
	if (caught && o->keep)
		keep_pair(o);
	printf("%-17s ", laws[off].id);
	if (caught)
		printf("%6llu pairs  %5.1f s  %s\n", (unsigned long long)pairs, seconds() - begin, now->failure);
	else
		printf("NOT CAUGHT by %llu pairs, %llu aborts, %.1f s: %s\n", (unsigned long long)o->seeds, (unsigned long long)aborts,
		       seconds() - begin, laws[off].without);
	if (given && pairs != 1)
		printf("%-17s        its own pair is right without it\n", "");
	fflush(stdout);
	return caught;
}

int main(int argc, char **argv)
{
	struct options o = { .seeds = SEEDS };
	int missed = 0, tried = 0;
	for (int i = 1; i + 1 < argc; i += 2) {
		const char *a = argv[i], *v = argv[i + 1];
		if (!strcmp(a, "--law"))
			o.law = v;
		else if (!strcmp(a, "--pairs"))
			o.pairs = v;
		else if (!strcmp(a, "--keep"))
			o.keep = v;
		else if (!strcmp(a, "--seeds"))
			o.seeds = strtoull(v, NULL, 10);
		else {
			fprintf(stderr, "usage: laws [--law ID] [--seeds N] [--pairs DIR] [--keep DIR]\n");
			return 2;
		}
	}
	child_begin();
	for (int i = 0; i < LAW_COUNT; i++) {
		if (o.law && strcmp(o.law, laws[i].id))
			continue;
		off = (enum law)i;
		tried++;
		missed += !attack(&o);
	}
	child_end();
	printf("%d laws, %d not caught\n", tried, missed);
	return missed || !tried;
}
