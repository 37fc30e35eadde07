/* rule_limits.c · from which sizes on the rule's means pay, by what the machine was measured to do
 *
 * Without figures those of a typical machine: a core with 16 floats of multiply-adds a cycle at 3 GHz, 512 KiB of cache of its
 * own, a barrier of 200 ns. So what is emitted for a target by name is the same everywhere.
 *
 * Guarantees: any limits make right schedules; only their speed differs. */
#include "schedule/rule.h"
#include "target/target.h"

static const struct rule_limits typical = { .team = 1 << 14, .threads = 1 << 18, .far = 1 << 20, .near = 1 << 19, .matrix = 1 << 15,
                                           .slices = 4 };

/* Where teams of all cores are the ones that will run; of one core there is nothing to gain, so two stand for them. */
static const struct machine_team *team_of(const struct machine *m)
{
	const struct machine_team *t = NULL;
	for (int i = 0; i < m->teams; i++)
		if (!t || (m->team[i].threads <= m->cores && m->team[i].threads > t->threads))
			t = &m->team[i];
	return t;
}

/* Multiply-adds a nanosecond of one core at its peak, with the target's vectors. */
static double peak_of(struct ctx *c)
{
	size_t n;
	return c->machine->peak[c->target - target_list(&n)].core / 2;
}

struct rule_limits rule_limits_of(struct ctx *c)
{
	struct rule_limits l = typical;
	const struct machine *m = c->machine;
	const struct machine_team *team = m ? team_of(m) : NULL;
	if (!m)
		return l;
	double rate = peak_of(c);
	if (team && team->threads > 1 && rate > 0 && team->flag > 0 && team->omp > 0) {
		double saved = 1 - 1.0 / team->threads;         /* of the time that one thread takes, most likely at half its peak */
		l.team = 3 * team->flag * rate / saved;         /* lines that others wrote come late, too: measured to cost twice the barrier */
		l.threads = 4 * team->omp * rate / saved;       /* to wake a team and to let it go */
		l.slices = team->threads < l.slices ? team->threads : l.slices;
	}
	for (int i = 0; i < m->caches; i++)
		if (m->cache[i].cores == 1) {
			l.near = (double)m->cache[i].bytes;
			l.far = 2 * l.near;
		}
	if (m->caches > 0)
		l.matrix = (double)m->cache[0].bytes;
	return l;
}

double rule_limits_load(struct ctx *c, double bytes)
{
	const struct machine *m = c->machine;
	if (!m)
		return 0;
	const int level = machine_level(m, bytes, 1);
	const double rate = machine_rate(m, m->read[level], 1) / (level ? 2 : 1);    /* a step's loops are short: half of a stream's */
	return rate > 0 ? bytes / rate * peak_of(c) : 0;
}

void rule_limits_print(struct ctx *c, struct text *out)
{
	if (!c->machine && !c->plan.n)
		return;
	struct rule_limits l = rule_limits_of(c);
	text_printf(out, "-- by rule for %s", c->machine ? c->machine->cpu : "a typical machine");
	for (uint32_t i = 0; i < c->plan.n; i++)
		text_printf(out, ", %s=%lld", c->plan.at[i].name, (long long)c->plan.at[i].value);
	text_printf(out, ": a team from %.0f multiply-adds a step on, threads outside of time from %.0f; weights are far from %.0f KiB on, "
	            "chunks stay in %.0f KiB\n", l.team, l.threads, l.far / 1024, l.near / 1024);
}
