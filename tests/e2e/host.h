/* host.h · what host.c tests: tests/e2e/run writes a file that defines it, so that host.c is compiled once for many models */
#ifndef HOST_H
#define HOST_H

#include "rnn_model.h"

struct tested {
	const struct rnn_model *model;
	uint32_t ids;               /* integer inputs are ids of a table that large; 0: numbers below 8 */
	int whole;                  /* the model counts steps or looks at all of them: it cannot run in two halves */
	int64_t least, most, multiple;   /* what the schedule promises of N, 0: nothing; other sizes are tried as they are, too */
};
extern const struct tested tested;

#endif
