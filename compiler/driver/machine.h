/* machine.h · inside driver/: measuring this machine
 *
 *   topology.c  what it has
 *   measure.c   what it does: kernels of text/measure.txt, compiled for each target and run
 *   machine.c   rnngen machine, and the machine for commands that compare with its limits */
#ifndef RNNGEN_DRIVER_MACHINE_H
#define RNNGEN_DRIVER_MACHINE_H

#include "driver/driver.h"
#include "target/machine.h"

/* Fills in cores, memory and caches; cpu[i], i < most: a CPU of core i. */
void topology_find(struct machine *m, int *cpu, int most);

/* Fills in all of m. Exit code. OpenMP's threads stay for what runs next; where nothing does, machine_rest ends them. */
int machine_measure(struct ctx *c, const struct build_options *o, bool quick, struct machine *m);
void machine_rest(void);

/* The figures of a file, which must be there. Exit code. */
int machine_given(struct ctx *c, const char *path, struct machine *m);
/* The machine as it was measured: from `path`, or NULL: from its usual file, which is made, quickly, where it is missing or of
 * another CPU; "none": no figures. Exit code. */
int machine_get(struct ctx *c, const struct build_options *o, const char *path, struct machine *m);

#endif
