/* pins.c · where the threads of a team may run: in a call of an emitted LSTM, and after it
 *
 *   cc -fopenmp -include pins.c lstm.c -DPINS_MAIN pins.c     ./pins THREADS
 *
 * tests/e2e/run pins puts see(me) in front of every barrier. Each thread must be on the CPU that is its own of those that the caller
 * may use, or, where there are too few or OpenMP places threads, where it was before; after a call all are where they were. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>

enum { MOST = 64 };
extern cpu_set_t seen[MOST];
#define see(me) sched_getaffinity(0, sizeof *seen, &seen[(me)->thread])

#ifdef PINS_MAIN
#include "lstm.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

cpu_set_t seen[MOST];

static void *memory(size_t n)
{
	void *p = aligned_alloc(64, (n + 63) / 64 * 64);
	if (!p)
		exit(2);
	return memset(p, 0, n);
}

static void where(cpu_set_t *of, int threads)
{
#pragma omp parallel num_threads(threads)
	sched_getaffinity(0, sizeof *of, &of[omp_get_thread_num()]);
}

static int numbered(const cpu_set_t *of, int k)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, of) && !k--)
			return cpu;
	return -1;
}

int main(int argc, char **argv)
{
	enum { T = 5, N = 2, X = 40, H = 72 };
	const int threads = argc > 1 ? atoi(argv[1]) : 2;
	cpu_set_t before[MOST], after[MOST], caller;
	void *const w = memory(lstm_weights_size()), *const space = memory(lstm_workspace_size(T, N));
	float *const x = memory(sizeof(float[T * N * X])), *const h = memory(sizeof(float[T * N * H]));
	omp_set_dynamic(0);
	omp_set_num_threads(threads);
	where(before, threads);
	sched_getaffinity(0, sizeof caller, &caller);
	const int pinned = threads > 1 && CPU_COUNT(&caller) >= threads && omp_get_proc_bind() == omp_proc_bind_false;
	for (int call = 0; call < 3; call++) {
		memset(seen, 0, sizeof seen);
		if (lstm_run(w, T, N, x, h, NULL, space))
			return 2;
		where(after, threads);
		for (int k = 0; k < threads; k++) {
			const int cpu = numbered(&seen[k], 0);
			if (!CPU_EQUAL(&before[k], &after[k]))
				return printf("after call %d thread %d is not where it was\n", call, k), 1;
			if (pinned ? CPU_COUNT(&seen[k]) != 1 || cpu != numbered(&caller, k) : cpu >= 0 && !CPU_EQUAL(&seen[k], &before[k]))
				return printf("in call %d thread %d may use %d CPUs from %d on\n", call, k, CPU_COUNT(&seen[k]), cpu), 1;
		}
	}
	printf("%d threads, %d CPUs: %s\n", threads, CPU_COUNT(&caller), pinned ? "pinned" : "left alone");
	return 0;
}
#endif
