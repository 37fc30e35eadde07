/* build.c · rnngen build: emitted C becomes a shared object
 *
 *   $RNNGEN_CC or clang  -std=c11 -O3 -fPIC -shared ... [-fopenmp]  DIR/NAME.c  ->  DIR/NAME.so
 *
 * A library for several targets has a file for each, compiled by itself with the flags of that target.
 *
 * No shell is involved. -fopenmp is used where a probe with it links, so that a compiler without OpenMP builds code
 * for one thread; a single file is compiled with it at once, and the probe is for where that fails. The result appears
 * complete or not at all. */
#include "driver/host.h"
#include "emit/emit.h"

#include "target/target.h"
#include "target/text.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef VEC(char *) words;

/* Adds the words of a text, parted by spaces. */
static void add_words(struct ctx *c, words *v, const char *s)
{
	while (*(s += strspn(s, " \t"))) {
		size_t n = strcspn(s, " \t");
		char *w = base_alloc(c, n + 1);
		memcpy(w, s, n);
		VEC_PUSH(c, *v, w);
		s += n;
	}
}

/* Adds one word, spaces and all. */
static void add_word(struct ctx *c, words *v, const char *s)
{
	size_t n = strlen(s) + 1;
	char *w = base_alloc(c, n);
	memcpy(w, s, n);
	VEC_PUSH(c, *v, w);
}

static void read_all(int fd, struct text *out)
{
	char part[4096];
	for (;;) {
		ssize_t n = read(fd, part, sizeof part);
		if (n > 0)
			text_putn(out, part, (size_t)n);
		else if (n == 0 || errno != EINTR)
			return;
	}
}

/* Runs a program, its messages into `out`. Exit status, 128 + signal, or -errno where it does not start. */
static int run_tool(struct ctx *c, words v, bool verbose, struct text *out)
{
	posix_spawn_file_actions_t fa;
	int fd[2], status;
	pid_t pid;
	VEC_PUSH(c, v, NULL);
	for (uint32_t i = 0; verbose && v.at[i]; i++)
		fprintf(stderr, "%s%s", v.at[i], v.at[i + 1] ? " " : "\n");
	if (pipe(fd))
		return -errno;
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	if (posix_spawn_file_actions_init(&fa))
		base_oom(sizeof fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, fd[1], 1);
	posix_spawn_file_actions_adddup2(&fa, fd[1], 2);
	if (fd[1] > 2)
		posix_spawn_file_actions_addclose(&fa, fd[1]);
	int e = posix_spawnp(&pid, v.at[0], &fa, NULL, v.at, environ);
	posix_spawn_file_actions_destroy(&fa);
	close(fd[1]);
	if (!e)
		read_all(fd[0], out);
	close(fd[0]);
	if (e)
		return -e;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *compiler(const struct build_options *o)
{
	const char *cc = o->cc && *o->cc ? o->cc : getenv("RNNGEN_CC");
	return cc && *cc ? cc : "clang";
}

static int no_compiler(struct ctx *c, const char *cc, int e)
{
	diag(c, ERR_tool, 0, "the C compiler '%s' does not start: %s", cc, strerror(e));
	diag_fix(c, "install it (Debian and Ubuntu: apt-get install clang), or name another: --cc gcc, or RNNGEN_CC=gcc");
	return EXIT_USER;
}

/* Does the compiler find OpenMP, to include and to link? 1 yes, 0 no, -errno: no compiler */
static int has_openmp(struct ctx *c, const struct build_options *o, const char *so)
{
	words v = { 0 };
	struct text out = { .c = c };
	const char *probe = base_internf(c, "%s.%ld.probe", so, (long)getpid());
	add_words(c, &v, compiler(o));
	add_words(c, &v, "-fopenmp -fPIC -shared -include omp.h -x c /dev/null -o");
	add_word(c, &v, probe);
	int status = run_tool(c, v, false, &out);
	unlink(probe);
	return status < 0 ? status : status == 0;
}

enum { MAYBE = -1 };           /* with OpenMP; without, where the compiler turns out to lack it */

/* what: -shared, or -c for an object file; t NULL: with the flags of no target */
static int compile(struct ctx *c, const struct build_options *o, const struct target *t, const char *what, words from, const char *to,
                   int openmp)
{
	words v = { 0 };
	struct text out = { .c = c };
	const char *flags = text_flags(t ? t->name : "generic");
	add_words(c, &v, compiler(o));
	add_words(c, &v, o->asked ? "-std=c11 -O0 -fPIC" : "-std=c11 -O3 -fPIC -ffp-contract=off -fno-math-errno");
	add_word(c, &v, what);
	add_words(c, &v, flags ? flags : "");
	if (openmp)
		add_word(c, &v, "-fopenmp");
	add_word(c, &v, "-o");
	add_word(c, &v, to);
	for (uint32_t i = 0; i < from.n; i++)
		add_word(c, &v, from.at[i]);
	if (!strcmp(what, "-shared"))
		add_word(c, &v, "-lm");
	int status = run_tool(c, v, o->verbose, &out);
	if (status > 0 && openmp == MAYBE && has_openmp(c, o, to) == 0)
		return compile(c, o, t, what, from, to, 0);
	if (status < 0)
		return no_compiler(c, compiler(o), -status);
	if (status) {
		fprintf(stderr, "%s%s: %s does not compile %s (exit status %d)\n", out.s ? out.s : "", c->progname, compiler(o),
		        from.at[0], status);
		return EXIT_FAULT;
	}
	if (o->verbose && out.n)
		fputs(out.s, stderr);
	return EXIT_DONE;
}

int build_parts(struct ctx *c, const struct build_options *o, const struct build_part *parts, size_t n, const char **so)
{
	const char *dir = o->dir && *o->dir ? o->dir : ".";
	const char *to = base_internf(c, "%s/%s.so", dir, parts[0].name);
	const char *whole = base_internf(c, "%s.%ld.tmp", to, (long)getpid());
	words from = { 0 };
	int openmp = MAYBE, code = EXIT_DONE;
	for (size_t i = 0; i < n && !code; i++) {
		const char *source = base_internf(c, "%s/%s.c", dir, parts[i].name);
		if (access(source, R_OK)) {
			diag(c, ERR_file, 0, "%s: %s", source, strerror(errno));
			code = EXIT_USER;
			break;
		}
		if (n == 1) {
			add_word(c, &from, source);
			break;
		}
		openmp = i ? openmp : has_openmp(c, o, to);
		if (openmp < 0)
			return no_compiler(c, compiler(o), -openmp);
		const char *object = base_internf(c, "%s/%s.%ld.o", dir, parts[i].name, (long)getpid());
		words one = { 0 };
		add_word(c, &one, source);
		add_word(c, &from, object);
		code = compile(c, o, parts[i].target, "-c", one, object, openmp);
	}
	code = code ? code : compile(c, o, n == 1 ? parts->target : NULL, "-shared", from, whole, openmp);
	for (size_t i = 0; n > 1 && i < from.n; i++)
		unlink(from.at[i]);
	if (!code && rename(whole, to)) {
		diag(c, ERR_file, 0, "%s: %s", to, strerror(errno));
		code = EXIT_USER;
	}
	if (code)
		unlink(whole);
	*so = to;
	return code;
}

int build_file(struct ctx *c, const struct build_options *o, const char *name, const struct target *t, const char **so)
{
	struct build_part part = { name, t };
	return build_parts(c, o, &part, 1, so);
}

int build_shared(struct ctx *c, const struct build_options *o, const char **so)
{
	return build_file(c, o, emitted_name(c), c->target, so);
}

int driver_build(struct ctx *c, const struct build_options *o, const struct build_part *parts, size_t n)
{
	const char *so;
	int code = build_parts(c, o, parts, n, &so);
	if (!code)
		printf("%s\n", so);
	return code;
}
