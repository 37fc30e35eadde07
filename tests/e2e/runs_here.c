/* runs_here.c · runs_here TARGET: exit code 0 where this processor can run emitted code of that target */
#include "target/target.h"

int main(int argc, char **argv)
{
	const struct target *t = argc == 2 ? target_find(argv[1]) : NULL;
	return t ? !target_runs_here(t) : 2;
}
