/* laws.c · the attack on laws: each rule of schedule/laws.def is switched off until a pair comes out wrong
 *
 *   laws [--law ID] [--seeds N] [--pairs DIR] [--keep DIR]
 *   laws --caution N
 *
 * For each law: the pair of DIR/ID first, where there is one, then random pairs. A pair counts
 * where the interpreter finds a wrong value, a race, an index outside, a cell never written. An abort of rnngen is noticed,
 * too, but proves no law. Built with RNNGEN_LAWS, so that law_holds below decides.
 *
 * Fails where a law is not caught: then it is dead, or the attack is too weak; and where DIR has a folder that no law names.
 * --keep writes the pairs that were caught, made small.
 *
 * --caution takes N random pairs that break a law each, and counts those which the law refuses: wrong without it, or right, which
 * is caution. */
#include "child.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS_A_PAIR = 8, TRIES = 600, SEEDS = 3000 };

static const struct { const char *id, *without; } laws[] = {
#define LAW_ROW(id, without) { #id, without },
#include "schedule/laws.def"
#undef LAW_ROW
};

struct options { const char *law, *pairs, *keep; uint64_t seeds, caution; };

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

/* The schedule without its refused line; false: it is none of the schedule's. */
static bool without_line(const char *schedule, int line)
{
	static char text[1 << 16];
	struct plan *p = &now->pair.plan;
	if (line < 2 || line - 2 >= p->lines)          /* the first line of the file is no directive */
		return false;
	memmove(p->line[line - 2], p->line[line - 1], (size_t)(p->lines - line + 1) * sizeof *p->line);
	p->lines--;
	plan_text(p, text, sizeof text);
	write_text(schedule, text);
	return true;
}

static void wrong(void)
{
	if (strncmp(now->failure, "after ", 6))        /* the loops are right */
		return;
	now->failed = true;
	_exit(1);
}

/* Judges a pair, and while it is refused what the lines that are not leave, up to six times. */
static enum verdict judge_rest(const char *model, const char *schedule)
{
	enum verdict v = REFUSED;
	for (int tries = 0; tries < 6 && v == REFUSED; tries++) {
		int line = 0;
		struct job j = job_without(model, schedule);
		j.line = &line;
		v = judge(&j);
		if (v == REFUSED && !without_line(schedule, line))
			break;
	}
	return v;
}

struct range { uint64_t from, to; };

static void run_range(void *arg)
{
	struct range *x = arg;
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	for (now->seed = x->from; now->seed < x->to; now->seed++) {
		struct rng r;
		rng_seed(&r, now->seed);
		limit_seconds(SECONDS_A_PAIR);
		if (!make_pair(&r, model, schedule, false))
			continue;
		if (judge_rest(model, schedule) == FAILED)
			wrong();
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

/* Folders of pairs whose law is gone or goes by another name: nobody would miss them. */
static int stale_pairs(const char *pairs)
{
	DIR *d = opendir(pairs);
	int stale = 0;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
		int known = *e->d_name == '.';
		for (int i = 0; i < LAW_COUNT; i++)
			known |= !strcmp(e->d_name, laws[i].id);
		if (!known)
			printf("%s/%s: no law is called so\n", pairs, e->d_name);
		stale += !known;
	}
	if (d)
		closedir(d);
	return stale;
}

/* ---- caution ----------------------------------------------------------------------------------------------------- */

/* Of pairs that a law refuses: wrong without it, right without it; pairs that made rnngen end with an error. */
struct tally { uint64_t wrong, right, aborts; };
static struct { struct tally law[LAW_COUNT]; enum law off; } *tallies;  /* shared with the children */

/* Plans break the law of their seed; what comes out is judged without it, and with it must be refused to be counted. */
static void run_refused(void *arg)
{
	struct range *x = arg;
	const char *model = in_folder("model.lua"), *schedule = in_folder("schedule.lua");
	for (now->seed = x->from; now->seed < x->to; now->seed++) {
		struct rng r;
		rng_seed(&r, now->seed);
		limit_seconds(SECONDS_A_PAIR);
		enum law law = off = tallies->off = (enum law)(now->seed % LAW_COUNT);
		if (!make_pair(&r, model, schedule, false))
			continue;
		enum verdict v = judge_rest(model, schedule);
		if (v == REFUSED || !broken)
			continue;
		off = LAW_COUNT;
		struct job j = job_without(model, schedule);
		bool refused = judge(&j) == REFUSED;
		tallies->law[law].right += refused && v == RIGHT;
		tallies->law[law].wrong += refused && v == FAILED;
	}
}

static int caution(const struct options *o)
{
	uint64_t wrong = 0, right = 0, end = 1 + o->caution;
	now->wild = true;
	for (struct range r = { 1, end }; r.from < end; r.from = now->seed + 1) {
		if (in_child(run_refused, &r))
			break;
		tallies->law[tallies->off].aborts++;
	}
	printf("refused by           wrong without it   right without it   ends rnngen\n");
	for (int i = 0; i < LAW_COUNT; i++) {
		const struct tally *t = &tallies->law[i];
		if (t->wrong + t->right + t->aborts)
			printf("%-17s %19llu %18llu %13llu\n", laws[i].id, (unsigned long long)t->wrong, (unsigned long long)t->right,
			       (unsigned long long)t->aborts);
		wrong += t->wrong;
		right += t->right;
	}
	printf("refused out of caution: %llu of %llu\n", (unsigned long long)right, (unsigned long long)(right + wrong));
	return 0;
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
		else if (!strcmp(a, "--caution"))
			o.caution = strtoull(v, NULL, 10);
		else {
			fprintf(stderr, "usage: laws [--caution N] [--law ID] [--seeds N] [--pairs DIR] [--keep DIR]\n");
			return 2;
		}
	}
	child_begin();
	tallies = mmap(NULL, sizeof *tallies, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED)
		return 2;
	for (int i = 0; i < LAW_COUNT && !o.caution; i++) {
		if (o.law && strcmp(o.law, laws[i].id))
			continue;
		off = (enum law)i;
		tried++;
		missed += !attack(&o);
	}
	if (o.caution)
		caution(&o);
	child_end();
	if (o.caution)
		return 0;
	int stale = o.pairs ? stale_pairs(o.pairs) : 0;
	printf("%d laws, %d not caught\n", tried, missed);
	return missed || stale || !tried;
}
