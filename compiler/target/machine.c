/* machine.c · the machine as a file, and questions to it (see machine.h) */
#include "target/machine.h"
#include "target/target.h"

#include <jansson.h>
#include <stdlib.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

enum { SCHEMA = 1 };

/* ---- which CPU ------------------------------------------------------------------------------------------------- */

void machine_here(struct ctx *c, struct machine *m)
{
	m->cpu = "unknown";
#if defined(__x86_64__) || defined(__i386__)
	unsigned r[12] = { 0 }, b, d, e;
	if (__get_cpuid(0x80000000u, &r[0], &b, &d, &e) && r[0] >= 0x80000004u) {
		for (unsigned i = 0; i < 3; i++)
			__get_cpuid(0x80000002u + i, &r[4 * i], &r[4 * i + 1], &r[4 * i + 2], &r[4 * i + 3]);
		char name[49] = "";
		memcpy(name, r, sizeof r);
		const char *s = name + strspn(name, " ");
		size_t n = strlen(s);
		while (n && s[n - 1] == ' ')
			n--;
		m->cpu = base_internf(c, "%.*s", (int)n, s);
	}
	unsigned a = 0;
	if (__get_cpuid(1, &a, &b, &d, &e)) {
		m->stepping = (int)(a & 15);
		m->family = (int)(a >> 8 & 15);
		m->model = (int)(a >> 4 & 15);
		if (m->family == 6 || m->family == 15)
			m->model += (int)(a >> 16 & 15) << 4;
		if (m->family == 15)
			m->family += (int)(a >> 20 & 255);
	}
#endif
}

bool machine_is_here(struct ctx *c, const struct machine *m)
{
	struct machine here = { 0 };
	machine_here(c, &here);
	return !strcmp(here.cpu, m->cpu) && here.family == m->family && here.model == m->model && here.stepping == m->stepping;
}

const char *machine_path(struct ctx *c)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && *cache == '/')
		return base_internf(c, "%s/rnngen/machine.json", cache);
	return home && *home ? base_internf(c, "%s/.cache/rnngen/machine.json", home) : NULL;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static json_t *need(json_t *j)
{
	if (!j)
		base_oom(0);
	return j;
}

static double digits(double v)
{
	char text[32];
	snprintf(text, sizeof text, "%.4g", v);
	return strtod(text, NULL);
}

static json_t *rate_json(struct machine_rate r) { return need(json_pack("{s:f, s:f}", "core", digits(r.core), "all", digits(r.all))); }

static json_t *caches_json(const struct machine *m)
{
	json_t *all = need(json_array());
	for (int i = 0; i < m->caches; i++) {
		const struct machine_cache *x = &m->cache[i];
		json_array_append_new(all, need(json_pack("{s:i, s:I, s:I, s:i, s:i}", "level", x->level, "bytes", (json_int_t)x->bytes,
		                                          "line", (json_int_t)x->line, "cores", x->cores, "instances", x->instances)));
	}
	return all;
}

static json_t *peaks_json(const struct machine *m)
{
	size_t n;
	const struct target *t = target_list(&n);
	json_t *all = need(json_object());
	for (size_t i = 0; i < n && i < MACHINE_TARGETS; i++)
		if (m->peak[i].core > 0)
			json_object_set_new(all, t[i].name, rate_json(m->peak[i]));
	return all;
}

static json_t *reads_json(struct ctx *c, const struct machine *m)
{
	json_t *all = need(json_object());
	for (int i = 0; i <= m->caches; i++)
		json_object_set_new(all, machine_level_name(c, m, i), rate_json(m->read[i]));
	return all;
}

static json_t *teams_json(const struct machine *m)
{
	json_t *all = need(json_array());
	for (int i = 0; i < m->teams; i++) {
		const struct machine_team *t = &m->team[i];
		json_array_append_new(all, need(json_pack("{s:i, s:f, s:f, s:f}", "threads", t->threads, "omp", digits(t->omp), "spin",
		                                          digits(t->spin), "flag", digits(t->flag))));
	}
	return all;
}

void machine_json(struct ctx *c, const struct machine *m, struct text *out)
{
	json_t *all = need(json_pack("{s:i, s:{s:s, s:i, s:i, s:i}, s:i, s:i, s:i, s:i, s:I, s:o, s:b, s:o, s:o, s:{s:o, s:o, s:o, s:o}, s:o}",
		"schema", SCHEMA, "cpu", "name", m->cpu, "family", m->family, "model", m->model, "stepping", m->stepping,
		"packages", m->packages, "nodes", m->nodes, "cores", m->cores, "threads", m->threads, "memory_bytes", (json_int_t)m->memory,
		"caches", caches_json(m), "quick", m->quick, "multiply_add_gflops", peaks_json(m), "read_gbs", reads_json(c, m),
		"memory_gbs", "copy", rate_json(m->copy), "copy_nontemporal", rate_json(m->copy_past), "triad", rate_json(m->triad),
		"triad_nontemporal", rate_json(m->triad_past), "barrier_ns", teams_json(m)));
	char *s = json_dumps(all, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	if (!s)
		base_oom(0);
	text_puts(out, s);
	text_puts(out, "\n");
	free(s);
	json_decref(all);
}

static bool rate_of(json_t *in, const char *key, struct machine_rate *r)
{
	json_t *x = json_object_get(in, key);
	return x && !json_unpack(x, "{s:F, s:F}", "core", &r->core, "all", &r->all) && r->core > 0 && r->all > 0;
}

static bool lists_of(struct ctx *c, json_t *caches, json_t *peaks, json_t *reads, json_t *teams, struct machine *m)
{
	size_t n;
	const struct target *t = target_list(&n);
	if (!json_is_array(caches) || json_array_size(caches) > MACHINE_CACHES || !json_is_array(teams) ||
	    json_array_size(teams) > MACHINE_TEAMS)
		return false;
	for (m->caches = 0; m->caches < (int)json_array_size(caches); m->caches++) {
		struct machine_cache *x = &m->cache[m->caches];
		json_int_t bytes, line;
		if (json_unpack(json_array_get(caches, (size_t)m->caches), "{s:i, s:I, s:I, s:i, s:i}", "level", &x->level, "bytes", &bytes,
		                "line", &line, "cores", &x->cores, "instances", &x->instances) || bytes <= 0 || x->cores <= 0)
			return false;
		x->bytes = bytes;
		x->line = line;
	}
	for (size_t i = 0; i < n && i < MACHINE_TARGETS; i++)
		rate_of(peaks, t[i].name, &m->peak[i]);
	for (int i = 0; i <= m->caches; i++)
		if (!rate_of(reads, machine_level_name(c, m, i), &m->read[i]))
			return false;
	for (m->teams = 0; m->teams < (int)json_array_size(teams); m->teams++) {
		struct machine_team *x = &m->team[m->teams];
		if (json_unpack(json_array_get(teams, (size_t)m->teams), "{s:i, s:F, s:F, s:F}", "threads", &x->threads, "omp", &x->omp,
		                "spin", &x->spin, "flag", &x->flag))
			return false;
	}
	return m->peak[0].core > 0;
}

bool machine_read(struct ctx *c, const char *path, struct machine *m, const char **why)
{
	json_error_t e;
	json_t *all = json_load_file(path, 0, &e), *caches, *peaks, *reads, *memory, *teams;
	const char *cpu;
	int schema = 0, quick;
	json_int_t bytes;
	*m = (struct machine){ 0 };
	*why = base_internf(c, "%s", e.text);
	if (!all)
		return false;
	bool ok = !json_unpack_ex(all, &e, 0, "{s:i}", "schema", &schema) && schema == SCHEMA;
	*why = schema && !ok ? base_internf(c, "it is of version %d, this rnngen reads %d", schema, SCHEMA) : base_internf(c, "%s", e.text);
	if (ok && json_unpack_ex(all, &e, 0, "{s:{s:s, s:i, s:i, s:i}, s:i, s:i, s:i, s:i, s:I, s:o, s:b, s:o, s:o, s:o, s:o}", "cpu", "name",
		&cpu, "family", &m->family, "model", &m->model, "stepping", &m->stepping, "packages", &m->packages, "nodes", &m->nodes,
		"cores", &m->cores, "threads", &m->threads, "memory_bytes", &bytes, "caches", &caches, "quick", &quick,
		"multiply_add_gflops", &peaks, "read_gbs", &reads, "memory_gbs", &memory, "barrier_ns", &teams)) {
		*why = base_internf(c, "%s", e.text);
		ok = false;
	} else if (ok) {
		m->cpu = base_intern(c, cpu);
		m->memory = bytes;
		m->quick = quick;
		ok = m->cores > 0 && lists_of(c, caches, peaks, reads, teams, m) && rate_of(memory, "copy", &m->copy) &&
		     rate_of(memory, "copy_nontemporal", &m->copy_past) && rate_of(memory, "triad", &m->triad) &&
		     rate_of(memory, "triad_nontemporal", &m->triad_past);
		*why = ok ? NULL : "a figure is missing, or not positive";
	}
	json_decref(all);
	return ok;
}

/* ---- questions ------------------------------------------------------------------------------------------------- */

double machine_rate(const struct machine *m, struct machine_rate r, int threads)
{
	double sum = threads * r.core;
	return threads <= 1 ? r.core : threads >= m->cores || sum > r.all ? r.all : sum;
}

double machine_holds(const struct machine *m, int cache, int threads)
{
	int used = (threads + m->cache[cache].cores - 1) / m->cache[cache].cores;
	if (used > m->cache[cache].instances)
		used = m->cache[cache].instances;
	return (double)m->cache[cache].bytes * (used > 0 ? used : 1);
}

int machine_level(const struct machine *m, double bytes, int threads)
{
	int i = 0;
	while (i < m->caches && bytes > machine_holds(m, i, threads))
		i++;
	return i;
}

const char *machine_level_name(struct ctx *c, const struct machine *m, int level)
{
	return level == m->caches ? "memory" : base_internf(c, "L%d", m->cache[level].level);
}
