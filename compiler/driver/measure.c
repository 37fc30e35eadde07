/* measure.c · how fast this machine multiplies, reads, writes and waits
 *
 * For each target that the CPU runs, text/measure.txt becomes C with the vector functions and barriers of emitted code, is
 * compiled as emitted code is, and loaded. A figure is what one of four samples reaches, after some to get warm: many short samples,
 * since whatever else runs on the machine only takes away, and a limit that is too low would flatter. What is
 * read lies well inside one level: half of a core's own cache, of a shared one
 * the geometric mean of a core's share and the cache before it. */
#include "driver/host.h"
#include "driver/machine.h"
#include "emit/file.h"
#include "target/target.h"
#include "target/text.h"

#include <math.h>
#include <stdlib.h>

enum { CPUS = 256, SAMPLES = 33 };
#define MEMORY ((double)((int64_t)256 << 20))  /* bytes that no cache keeps: some are larger than what a guest is told */

#define KERNELS K(MULTIPLY_ADD) K(READ) K(COPY) K(COPY_PAST) K(TRIAD) K(TRIAD_PAST) K(WAIT_OMP) K(WAIT_SPIN) K(WAIT_FLAG)
#define K(name) name,
enum kernel { KERNELS };
#undef K

static void *kernels;                          /* loaded last; never unloaded, since OpenMP's threads outlive a run */

void machine_rest(void) { host_rest(kernels); }

struct measurer {
	struct ctx *c;
	struct machine *m;
	int cpu[CPUS];
	int samples;
	double least;                          /* seconds of a sample */
	int (*run)(int what, int threads, const int *cpu, size_t bytes, int64_t repeats, int samples, double *took);
	bool failed;
};

/* ---- the kernels as C -------------------------------------------------------------------------------------------- */

static void put(void *to, const char *s, size_t n) { text_putn(to, s, n); }

/* A text of emit/ with its barrier under a name of its own. */
static void put_barrier(struct text *out, const char *name)
{
	struct text t = { .c = out->c };
	const char *begin = "static void barrier(";
	put_text(&t, name);
	const char *at = strstr(t.s, begin);
	text_putn(out, t.s, (size_t)(at - t.s));
	text_printf(out, "static void barrier_%s(%s", name, at + strlen(begin));
}

static void write_kernels(struct ctx *c, const struct target *t, struct text *out)
{
	text_puts(out, "#define _GNU_SOURCE\n");
	text_head(t->name, put, out);
	text_puts(out, "#include <sched.h>\n#include <stdlib.h>\n#include <sys/mman.h>\n#include <time.h>\n"
	               "#ifdef _OPENMP\n#include <omp.h>\n#define OMP(...) _Pragma(#__VA_ARGS__)\n#else\n#define OMP(...)\n#endif\n");
#define K(name) "\t" #name ",\n"
	text_puts(out, "enum {\n" KERNELS "};\n");
#undef K
	put_text(out, "team");
	put_text(out, "wait");
	put_barrier(out, "omp");
	put_barrier(out, "spin");
	put_barrier(out, "flag");
	struct text_use use = { "measure", text_lanes(t->name) };
	text_functions(&(struct text_request){ t->name, &use, 1, 4 }, put, out, NULL);
}

/* ---- running them -------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* Seconds of one repeat. 0: it cannot run. */
static double seconds(struct measurer *k, enum kernel what, int threads, double bytes)
{
	double took[SAMPLES];
	size_t each = (size_t)bytes < 1 << 14 ? 1 << 14 : (size_t)bytes;
	int64_t repeats = 1;
	int samples = k->samples;
	if (bytes > MEMORY / 4) {                  /* takes long enough as it is */
		samples = k->m->quick ? 3 : 5;
	} else {
		do {                                   /* as many as a sample takes */
			if (!k->run(what, threads, k->cpu, each, repeats, 1, took))
				return 0;
		} while (took[0] < k->least / 2 && (repeats *= 2) < INT64_C(1) << 40);
		repeats = (int64_t)((double)repeats * k->least / took[0]) + 1;
	}
	if (!k->run(what, threads, k->cpu, each, repeats, samples, took))
		return 0;
	qsort(took, (size_t)samples, sizeof *took, ascending);
	return took[samples / 4] / (double)repeats;
}

/* `units` of one thread's repeat as a rate in 1e9/s, of one core and of all. */
static struct machine_rate rate(struct measurer *k, enum kernel what, double units, double bytes_one, double bytes_each)
{
	int cores = k->m->cores < CPUS ? k->m->cores : CPUS;
	double one = seconds(k, what, 1, bytes_one), all = cores > 1 ? seconds(k, what, cores, bytes_each) : one;
	k->failed |= one <= 0;
	if (one <= 0)
		return (struct machine_rate){ 0, 0 };
	struct machine_rate r = { units * (bytes_one > 0 ? bytes_one : 1) / one * 1e-9, 0 };
	r.all = cores > 1 && all > 0 ? cores * units * (bytes_each > 0 ? bytes_each : 1) / all * 1e-9 : r.core;
	return r;
}

static void measure_memory(struct measurer *k)
{
	struct machine *m = k->m;
	double total = MEMORY;
	for (int i = 0; i < m->caches; i++) {
		const struct machine_cache *x = &m->cache[i];
		double near = i ? (double)x[-1].bytes : 0, size = (double)x->bytes / 2;
		if (x->cores > 1)                      /* between the cache before it and a core's share of it */
			size = sqrt(near * (double)x->bytes / x->cores) > 2 * near ? sqrt(near * (double)x->bytes / x->cores) : 2 * near;
		m->read[i] = rate(k, READ, 1, size, size);
		if (4.0 * (double)x->bytes * x->instances > total)
			total = 4.0 * (double)x->bytes * x->instances;
	}
	double each = 2 * total / m->cores > MEMORY / 4 ? 2 * total / m->cores : MEMORY / 4;
	if (m->memory > 0 && each * m->cores > (double)m->memory / 4)
		each = (double)m->memory / 4 / m->cores;
	each = (double)((int64_t)each / 6144 * 6144);
	total = (double)((int64_t)(total < (double)m->memory / 4 ? total : each) / 6144 * 6144);
	m->read[m->caches] = rate(k, READ, 1, total, each);
	m->copy = rate(k, COPY, 1, total, each);
	m->copy_past = rate(k, COPY_PAST, 1, total, each);
	m->triad = rate(k, TRIAD, 1, total, each);
	m->triad_past = rate(k, TRIAD_PAST, 1, total, each);
}

static void measure_teams(struct measurer *k)
{
	int cores = k->m->cores < MAX_THREADS ? k->m->cores : MAX_THREADS;
	for (int n = 2; n <= cores && k->m->teams < MACHINE_TEAMS; n = n < cores && 2 * n > cores ? cores : 2 * n) {
		struct machine_team t = { n, seconds(k, WAIT_OMP, n, 0) * 1e9, seconds(k, WAIT_SPIN, n, 0) * 1e9, seconds(k, WAIT_FLAG, n, 0) * 1e9 };
		if (t.omp > 0)                         /* a compiler without OpenMP makes no teams */
			k->m->team[k->m->teams++] = t;
	}
}

static int measure_target(struct measurer *k, const struct build_options *o, size_t number, bool last)
{
	size_t n;
	struct ctx *c = k->c;
	const struct target *t = &target_list(&n)[number];
	struct text source = { .c = c };
	const char *name = base_internf(c, "measure_%s", t->name), *so;
	write_kernels(c, t, &source);
	if (!files_write(c, o->dir, base_internf(c, "%s.c", name), &source))
		return EXIT_USER;
	int code = build_file(c, o, name, t, &so);
	struct host h = { .c = c };
	if (!code && !host_load(&h, so))
		code = EXIT_FAULT;
	if (!code && !host_symbol(h.so, "measure", &k->run))
		code = EXIT_FAULT;
	if (!code) {
		k->m->peak[number] = rate(k, MULTIPLY_ADD, 2 * 12 * 1000.0 * text_lanes(t->name), 0, 0);
		if (last) {
			measure_memory(k);
			measure_teams(k);
		}
		k->run(READ, k->m->cores < CPUS ? k->m->cores : CPUS, k->cpu, 0, 0, 0, NULL);
	}
	kernels = h.so ? h.so : kernels;
	remove(base_internf(c, "%s/%s.c", o->dir, name));
	remove(base_internf(c, "%s/%s.so", o->dir, name));
	return code;
}

int machine_measure(struct ctx *c, const struct build_options *o, bool quick, struct machine *m)
{
	struct measurer k = { .c = c, .m = m, .samples = quick ? 9 : SAMPLES, .least = quick ? 0.5e-3 : 2e-3 };
	size_t n;
	const struct target *t = target_list(&n), *host = target_find("host");
	int code = EXIT_DONE;
	*m = (struct machine){ .quick = quick };
	machine_here(c, m);
	topology_find(m, k.cpu, CPUS);
	for (size_t i = 0; !code && i < n && i < MACHINE_TARGETS; i++)
		if (target_runs_here(&t[i]))
			code = measure_target(&k, o, i, &t[i] == host);
	if (!code && k.failed) {
		fprintf(stderr, "%s: there is no memory to measure with\n", c->progname);
		code = EXIT_FAULT;
	}
	return code;
}
