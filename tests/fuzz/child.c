/* child.c · a random pair is made, and judged in a forked child (see child.h) */
#include "child.h"

#include "target/target.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 1 << 18 };

struct shared *now;
static char folder[64], errors_path[96];

void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f)) {
		fprintf(stderr, "fuzz: cannot write %s: %s\n", path, strerror(errno));
		exit(2);
	}
}

double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

const char *in_folder(const char *name)
{
	static char path[2][128];
	static int next;
	next = !next;
	snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
	return path[next];
}

void write_pair(const struct pair *p, const char *name, const char *model, const char *schedule)
{
	static char text[TEXT];
	model_text(&p->model, name, text, sizeof text);
	write_text(model, text);
	plan_text(&p->plan, text, sizeof text);
	write_text(schedule, text);
}

/* Ends the process after so much of its own time: a machine that sleeps is no hang. */
void limit_seconds(int cpu_seconds)
{
	struct itimerval t = { .it_value.tv_sec = cpu_seconds };
	setitimer(ITIMER_PROF, &t, NULL);
}

/* ---- in the child ------------------------------------------------------------------------------------------------ */

struct job job_of(const char *model, const char *schedule, bool counted)
{
	return (struct job){ .model = model, .schedule = schedule, .target = now->target, .seed = now->seed,
	                     .exact = now->pair.model.exact, .passes = true, .count = counted ? &now->counts : NULL,
	                     .failure = now->failure, .failure_size = sizeof now->failure };
}

/* A legal schedule that is refused is a failure. */
enum verdict judge_legal(const struct job *j)
{
	char why[500];
	enum verdict v = judge(j);
	if (!now->legal || v != REFUSED)
		return v;
	snprintf(why, sizeof why, "%.490s", now->failure);
	snprintf(now->failure, sizeof now->failure, "a legal schedule is refused: %s", why);
	return FAILED;
}

bool make_pair(struct rng *r, const char *model, const char *schedule, bool emit)
{
	static char text[TEXT];
	char why[400];
	struct pair *p = &now->pair;
	size_t n;
	const struct target *t = target_list(&n);
	p->plan.lines = 0;
	snprintf(now->target, sizeof now->target, "%s", t[rng_below(r, (int)n)].name);
	model_random(&p->model, r, emit);
	now->exact = p->model.exact;
	snprintf(text, sizeof text, "m%llu", (unsigned long long)now->seed);
	write_pair(p, text, model, schedule);
	struct ctx *c = judge_compile(model, NULL, now->target, "dependences", NULL, why, sizeof why);
	if (!c) {
		snprintf(now->failure, sizeof now->failure, "the model is refused: %s", why);
		return false;
	}
	now->legal = !now->wild && rng_chance(r, 20);
	bool good = true;
	if (now->seed % 4 == 3 && !now->wild) {
		now->legal = true;
		plan_by_rule(c, r, &p->plan);
	} else if (now->legal)
		good = plan_legal(c, r, &p->plan, why, sizeof why);
	else
		plan_random(c, r, &p->plan, now->wild || rng_chance(r, 35));
	ctx_free(c);
	if (!good)
		snprintf(now->failure, sizeof now->failure, "a legal schedule is refused: %s", why);
	snprintf(text, sizeof text, "m%llu", (unsigned long long)now->seed);
	write_pair(p, text, model, schedule);
	return good;
}

/* Judges the pair; where a line of the schedule is refused, once more without it, a few times. */
enum verdict judge_mended(bool good, const char *model, const char *schedule)
{
	static char text[TEXT];
	enum verdict v = good ? REFUSED : FAILED;
	for (int tries = 0; tries < 6 && v == REFUSED; tries++) {
		int line = 0;
		struct job j = job_of(model, schedule, true);
		struct plan *p = &now->pair.plan;
		j.line = &line;
		v = judge_legal(&j);
		int at = line - 2;                         /* the first line of the file is no directive */
		if (v != REFUSED || at < 0 || at >= p->lines)
			break;
		memmove(p->line[at], p->line[at + 1], (size_t)(p->lines - at - 1) * sizeof *p->line);
		p->lines--;
		plan_text(p, text, sizeof text);
		write_text(schedule, text);
	}
	if (v == FAILED) {
		now->failed = true;
		_exit(1);
	}
	return v;
}

static void child_begins(void)
{
	if (!freopen(errors_path, "w", stderr))
		_exit(2);
	setvbuf(stderr, NULL, _IONBF, 0);
}

/* ---- in the parent ----------------------------------------------------------------------------------------------- */

/* What a child that died has said: the line that names the error, and where. */
static void crash_reason(int status, char *out, size_t size)
{
	char line[600], first[300] = "", where[200] = "";
	FILE *f = fopen(errors_path, "r");
	while (f && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		char *in = strstr(line, " in "), *e = strstr(line, "runtime error:");
		if (!*first && e)
			snprintf(first, sizeof first, "%.250s", e);
		if (!*first && (strstr(line, "internal error") || strstr(line, "ERROR: ") || strstr(line, "Assertion")))
			snprintf(first, sizeof first, "%.250s", line);
		bool frame = strstr(line, "#") && in && strstr(line, "/compiler/");
		if (frame && !*where)
			snprintf(where, sizeof where, "%.*s", (int)strcspn(in + 4, " "), in + 4);
	}
	if (f)
		fclose(f);
	if (strstr(first, "ERROR: AddressSanitizer: "))
		memmove(first, strstr(first, "AddressSanitizer: "), strlen(strstr(first, "AddressSanitizer: ")) + 1);
	if (strstr(first, " on "))
		*strstr(first, " on ") = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
		snprintf(out, size, "hangs");
	else
		snprintf(out, size, "crash: %s%s%s", *first ? first : WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit",
		         *where ? " in " : "", where);
}

/* Runs fn in a child; false: it died, and now->failure says how. */
bool in_child(void (*fn)(void *), void *arg)
{
	int status = 0;
	fflush(stdout);
	now->failed = false;
	pid_t pid = fork();
	if (pid < 0) {
		perror("fuzz: fork");
		exit(2);
	}
	if (!pid) {
		child_begins();
		fn(arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (!now->failed)
		crash_reason(status, now->failure, sizeof now->failure);
	return false;
}

void child_begin(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%.40s/fuzz.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	now = mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!mkdtemp(folder) || now == MAP_FAILED) {
		perror("fuzz");
		exit(2);
	}
	snprintf(errors_path, sizeof errors_path, "%s/stderr", folder);
}

void child_end(void)
{
	static const char *const made[] = { "model.lua", "schedule.lua", "stderr", "schedule.lua.printed.lua" };
	for (size_t i = 0; i < sizeof made / sizeof *made; i++)
		unlink(in_folder(made[i]));
	rmdir(folder);
}
