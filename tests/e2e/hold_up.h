/* hold_up.h · threads that are held up now and then, as on a busy machine
 *
 * tests/e2e/run teams puts a call in front of every barrier of emitted code and behind it. Most calls do nothing; some give the core
 * away, some sleep for a millisecond. Which do is drawn anew for each thread, so who comes first changes all the time. */
#ifndef HOLD_UP_H
#define HOLD_UP_H

#include <sched.h>
#include <stdint.h>
#include <time.h>

static inline void hold_up(void)
{
	static uint32_t threads;
	static _Thread_local uint32_t draw;
	if (!draw)
		draw = __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED) * 2654435761u | 1;
	draw ^= draw << 13;
	draw ^= draw >> 17;
	draw ^= draw << 5;
	if (draw % 64 == 0)
		nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	else if (draw % 8 == 0)
		sched_yield();
}

#endif
