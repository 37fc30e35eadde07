/* machine.h · what this machine was measured to do, and the file that keeps it
 *
 *   machine_path    where the file lies: $XDG_CACHE_HOME/rnngen/machine.json, else ~/.cache/rnngen/machine.json
 *   machine_read    from a file; machine_write, to one; machine_is_here: is it of this CPU?
 *
 * Rates are of one core and of all cores together, each with one thread: GFLOP/s count a multiply-add as two, GB/s are 1e9
 * bytes. The file is JSON, its keys always in the same order, without a date. */
#ifndef RNNGEN_MACHINE_H
#define RNNGEN_MACHINE_H

#include "base.h"

enum { MACHINE_CACHES = 4, MACHINE_TARGETS = 8, MACHINE_TEAMS = 64 };

struct machine_rate { double core, all; };
struct machine_cache { int level; int64_t bytes, line; int cores, instances; };  /* bytes of one, which `cores` cores share */
struct machine_team { int threads; double omp, spin, flag; };                    /* nanoseconds a barrier */

/* cpu "AMD EPYC" 25.1.1, 2 cores; caches L1 32 KiB, L2 512 KiB (1 core each), L3 32 MiB (2 cores) */
struct machine {
	const char *cpu;                    /* as the CPU calls itself */
	int family, model, stepping;
	int packages, nodes, cores, threads;/* nodes: of memory; threads: what the cores run at a time, with SMT more than cores */
	int64_t memory;                     /* bytes */
	int caches;
	struct machine_cache cache[MACHINE_CACHES];          /* of data, nearest first */
	bool quick;                         /* measured in a hurry */
	struct machine_rate peak[MACHINE_TARGETS];           /* GFLOP/s of multiply-adds by target; 0: this CPU does not run it */
	struct machine_rate read[MACHINE_CACHES + 1];        /* GB/s out of each cache, then out of memory */
	struct machine_rate copy, copy_past, triad, triad_past;  /* GB/s read and written; past: stores that go past the caches */
	int teams;
	struct machine_team team[MACHINE_TEAMS];             /* of 2, 4, 8 ... threads, and of all cores */
};

void machine_here(struct ctx *c, struct machine *m);     /* fills in which CPU this is */
bool machine_is_here(struct ctx *c, const struct machine *m);
const char *machine_path(struct ctx *c);                 /* NULL: neither XDG_CACHE_HOME nor HOME is set */
/* false: it is not there or not such a file; `why` says which. */
bool machine_read(struct ctx *c, const char *path, struct machine *m, const char **why);
void machine_json(struct ctx *c, const struct machine *m, struct text *out);

/* Of a team: so many cores, or all. */
double machine_rate(const struct machine *m, struct machine_rate r, int threads);
double machine_holds(const struct machine *m, int cache, int threads);  /* bytes, in as many as the threads have, side by side */
/* The nearest place that holds `bytes` shared out to the threads: number of a cache, or m->caches for memory. */
int machine_level(const struct machine *m, double bytes, int threads);
const char *machine_level_name(struct ctx *c, const struct machine *m, int level);  /* "L2", "memory" */

#endif
