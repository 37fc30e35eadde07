/* topology.c · cores, SMT, memory and caches of this machine: through hwloc, or as far as the C library knows them */
#include "driver/machine.h"

#include <unistd.h>
#ifdef RNNGEN_HWLOC
#include <hwloc.h>
#include <stdlib.h>

static int count(hwloc_topology_t t, hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_by_type(t, type);
	return n > 0 ? n : 1;
}

static void find_caches(hwloc_topology_t t, struct machine *m)
{
	static const hwloc_obj_type_t type[] = { HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L4CACHE };
	for (int i = 0; i < MACHINE_CACHES; i++) {
		hwloc_obj_t x = hwloc_get_obj_by_type(t, type[i], 0);
		if (!x || !x->attr->cache.size)
			continue;
		int cores = hwloc_get_nbobjs_inside_cpuset_by_type(t, x->cpuset, HWLOC_OBJ_CORE);
		m->cache[m->caches++] = (struct machine_cache){ i + 1, (int64_t)x->attr->cache.size, x->attr->cache.linesize,
			cores > 0 ? cores : 1, count(t, type[i]) };
	}
}

static bool find(struct machine *m, int *cpu, int most)
{
	hwloc_topology_t t;
	setenv("HWLOC_HIDE_ERRORS", "2", 0);  /* without /sys it would say so on stderr; then we ask the C library */
	if (hwloc_topology_init(&t))
		return false;
	if (hwloc_topology_load(t)) {
		hwloc_topology_destroy(t);
		return false;
	}
	m->packages = count(t, HWLOC_OBJ_PACKAGE);
	m->nodes = count(t, HWLOC_OBJ_NUMANODE);
	m->threads = count(t, HWLOC_OBJ_PU);
	bool known = hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_CORE) > 0;
	m->cores = known ? count(t, HWLOC_OBJ_CORE) : m->threads;
	m->memory = (int64_t)hwloc_get_root_obj(t)->total_memory;
	find_caches(t, m);
	for (int i = 0; i < m->cores && i < most; i++) {
		hwloc_obj_t x = hwloc_get_obj_by_type(t, known ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU, (unsigned)i);
		cpu[i] = hwloc_bitmap_first(x->cpuset);
	}
	hwloc_topology_destroy(t);
	return m->memory > 0 && m->caches > 0;
}
#else
static bool find(struct machine *m, int *cpu, int most)
{
	(void)m, (void)cpu, (void)most;
	return false;
}
#endif

static int64_t asked(int name)
{
	long v = sysconf(name);
	return v > 0 ? v : 0;
}

/* Without hwloc: every CPU is a core of its own, caches up to L2 are a core's, and L3 is everybody's. */
static void guess(struct machine *m, int *cpu, int most)
{
	m->packages = m->nodes = 1;
	m->cores = m->threads = asked(_SC_NPROCESSORS_ONLN) > 0 ? (int)asked(_SC_NPROCESSORS_ONLN) : 1;
	m->memory = asked(_SC_PHYS_PAGES) * asked(_SC_PAGESIZE);
#ifdef _SC_LEVEL1_DCACHE_SIZE
	const struct { int size, line; } level[] = { { _SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL1_DCACHE_LINESIZE },
		{ _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL2_CACHE_LINESIZE }, { _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL3_CACHE_LINESIZE } };
	for (int i = 0; i < 3; i++)
		if (asked(level[i].size) > 0)
			m->cache[m->caches++] = (struct machine_cache){ i + 1, asked(level[i].size), asked(level[i].line),
				i < 2 ? 1 : m->cores, i < 2 ? m->cores : 1 };
#endif
	for (int i = 0; i < most; i++)
		cpu[i] = i;
}

void topology_find(struct machine *m, int *cpu, int most)
{
	if (find(m, cpu, most))
		return;
	m->caches = 0;
	guess(m, cpu, most);
}
