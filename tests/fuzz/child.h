/* child.h · pairs run in forked children, so that one which aborts or hangs has a seed
 *
 * What the child works on lies in memory that it shares with the parent: where it dies, the parent knows the seed and the
 * pair. The fuzzer (fuzz.c) and the attack on laws (laws.c) are built on this. */
#ifndef RNNGEN_FUZZ_CHILD_H
#define RNNGEN_FUZZ_CHILD_H

#include "fuzz.h"

struct shared {
	uint64_t seed;
	struct pair pair;
	struct counts counts;
	bool failed, exact, legal;                     /* legal: the schedule must be accepted */
	bool wild;                                     /* only plans of anything at all are made */
	char target[16], failure[1024];
};
extern struct shared *now;

void child_begin(void);                            /* the shared memory, a folder for files; exits on failure */
void child_end(void);
double seconds(void);
const char *in_folder(const char *name);           /* the path of a file there */
void limit_seconds(int cpu);                       /* ends the process after so much of its own time: a machine that sleeps is no hang */

/* A random pair into now->pair and the two files. emit: only what can be judged in f32. false: now->failure says why. */
bool make_pair(struct rng *r, const char *model, const char *schedule, bool emit);
void write_pair(const struct pair *p, const char *name, const char *model, const char *schedule);
struct job job_of(const char *model, const char *schedule, bool counted);
enum verdict judge_legal(const struct job *j);     /* a legal schedule that is refused is a failure */
/* Judges the pair; where a line of the schedule is refused, once more without it, a few times. Exits where it fails. */
enum verdict judge_mended(bool good, const char *model, const char *schedule);
/* Runs fn in a child; false: it died, and now->failure says how. */
bool in_child(void (*fn)(void *), void *arg);

#endif
