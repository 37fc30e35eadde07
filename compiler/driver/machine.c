/* machine.c · rnngen machine: measures this machine, keeps the figures, prints them (see target/machine.h) */
#include "driver/machine.h"
#include "target/target.h"

#include <errno.h>
#include <sys/stat.h>

/* ---- keeping --------------------------------------------------------------------------------------------------- */

/* Makes the folders on the way to a file. */
static bool make_folders(struct ctx *c, const char *path)
{
	for (const char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		const char *dir = base_internf(c, "%.*s", (int)(at - path), path);
		if (mkdir(dir, 0777) && errno != EEXIST)
			return files_error(c, dir, "cannot make the folder");
	}
	return true;
}

static bool keep(struct ctx *c, const char *path, const struct machine *m)
{
	struct text t = { .c = c };
	const char *slash = strrchr(path, '/');
	machine_json(c, m, &t);
	return make_folders(c, path) && files_write(c, slash ? base_internf(c, "%.*s", (int)(slash - path), path) : ".",
	                                            slash ? slash + 1 : path, &t);
}

int machine_given(struct ctx *c, const char *path, struct machine *m)
{
	const char *why;
	if (machine_read(c, path, m, &why))
		return EXIT_DONE;
	diag(c, ERR_data, 0, "%s: these are no figures of a machine: %s", path, why);
	diag_fix(c, "measure them: rnngen machine -o %s", path);
	return EXIT_USER;
}

int machine_get(struct ctx *c, const struct build_options *o, const char *path, struct machine *m)
{
	const char *usual = machine_path(c), *why;
	if (path && !strcmp(path, "none")) {
		*m = (struct machine){ .cpu = "none" };
		return EXIT_DONE;
	}
	if (path)
		return machine_given(c, path, m);
	if (usual && machine_read(c, usual, m, &why) && machine_is_here(c, m))
		return EXIT_DONE;
	fprintf(stderr, "%s: measuring this machine first, in a hurry; 'rnngen machine' takes its time\n", c->progname);
	int code = machine_measure(c, o, true, m);
	if (!code && usual && !keep(c, usual, m)) {
		diag_forget(c);                        /* figures that cannot be kept are measured each time */
		fprintf(stderr, "%s: %s cannot be written\n", c->progname, usual);
	}
	return code;
}

/* ---- printing -------------------------------------------------------------------------------------------------- */

static const char *size_text(struct ctx *c, int64_t bytes)
{
	return bytes >= INT64_C(10) << 30 ? base_internf(c, "%lld GiB", (long long)(bytes >> 30)) :
	       bytes >= INT64_C(1) << 20 ? base_internf(c, "%.4g MiB", (double)bytes / (1 << 20)) :
	       base_internf(c, "%lld KiB", (long long)(bytes >> 10));
}

static void print_rate(const char *what, struct machine_rate r, const char *unit, const char *more)
{
	printf("  %-22s %9.1f %9.1f   %s%s\n", what, r.core, r.all, unit, more);
}

static void print_has(struct ctx *c, const struct machine *m)
{
	printf("%s: %d core%s, %d thread%s, %d package%s, %d memory node%s, %s\n", m->cpu, m->cores, m->cores == 1 ? "" : "s", m->threads,
	       m->threads == 1 ? "" : "s", m->packages, m->packages == 1 ? "" : "s", m->nodes, m->nodes == 1 ? "" : "s",
	       size_text(c, m->memory));
	for (int i = 0; i < m->caches; i++)
		printf("  L%d  %s for %d core%s, lines of %lld bytes\n", m->cache[i].level, size_text(c, m->cache[i].bytes), m->cache[i].cores,
		       m->cache[i].cores == 1 ? "" : "s", (long long)m->cache[i].line);
}

static void print_machine(struct ctx *c, const struct machine *m)
{
	size_t n;
	const struct target *t = target_list(&n);
	print_has(c, m);
	printf("  %-22s %9s %9s\n", "", "one core", "all");
	for (size_t i = 0; i < n && i < MACHINE_TARGETS; i++)
		if (m->peak[i].core > 0)
			print_rate(base_internf(c, "multiply-adds, %s", t[i].name), m->peak[i], "GFLOP/s", "");
	for (int i = 0; i <= m->caches; i++)
		print_rate(base_internf(c, "reads from %s", machine_level_name(c, m, i)), m->read[i], "GB/s", "");
	print_rate("copy in memory", m->copy, "GB/s", ", read and written");
	print_rate("  past the caches", m->copy_past, "GB/s", "");
	print_rate("triad in memory", m->triad, "GB/s", ", read and written");
	print_rate("  past the caches", m->triad_past, "GB/s", "");
	for (int i = 0; i < m->teams; i++)
		printf("  barrier of %d threads: omp %.0f, spin %.0f, flag %.0f ns\n", m->team[i].threads, m->team[i].omp, m->team[i].spin,
		       m->team[i].flag);
	if (m->quick)
		printf("  measured in a hurry\n");
}

int driver_machine(struct ctx *c, const struct machine_options *o)
{
	struct machine m;
	const char *path = o->file ? o->file : o->out ? o->out : machine_path(c);
	int code = o->file ? machine_given(c, o->file, &m) : machine_measure(c, &o->build, o->quick, &m);
	machine_rest();
	if (!code && !o->file && path && !keep(c, path, &m))
		code = EXIT_USER;
	if (code)
		return code;
	if (o->json) {
		struct text t = { .c = c };
		machine_json(c, &m, &t);
		fputs(t.s, stdout);
		return EXIT_DONE;
	}
	print_machine(c, &m);
	if (path)
		printf("  %s %s\n", o->file ? "read from" : "kept in", path);
	return EXIT_DONE;
}
