/* deps.c · who reads whom, at which distance
 *
 * A flow dependence goes from the stage that writes a tensor to each that reads it: at the same step (lag 0), or k
 * steps later (lag k > 0). Along the tensor's other dims the reader takes its own element, or reaches others
 * (a sum over j reads h[t-1][n][j] for every j): the bits of `spread`. Members of each recurrence are put in the
 * order of their lag-0 dependences here, too. */
#include "schedule/stages.h"

#include <stdlib.h>

int64_t dep_lag(struct ctx *c, const struct expr *x)
{
	const struct tensor *t = &c->tensor.at[x->of];
	const struct expr *i = &c->expr.at[c->list.at[x->idx + (uint32_t)t->time]];
	int64_t v;
	if (i->kind != X_POLY)
		return INT64_MIN;
	uint32_t n;
	const struct term *p = poly_terms(c, i->poly, &n);
	for (uint32_t k = 0; k < n; k++)
		if (p[k].n == 1 && p[k].factor == 1 && c->var.at[p[k].var[0]].is_time &&
		    poly_const(c, poly_without(c, i->poly, p[k].var[0]), &v))
			return -v;
	return INT64_MIN;
}

/* The index of a step lies how far from step t: in first .. last. min(t + 1, T - 1) is t + 0 or t + 1. */
static void steps_away(struct ctx *c, poly_id p, var_id t, int64_t *first, int64_t *last)
{
	poly_id away = poly_sub(c, p, poly_var(c, t)), extent = c->var.at[t].extent;
	uint32_t n;
	const struct term *q = poly_terms(c, p, &n);
	const struct var v = n == 1 && q->n == 1 && q->factor == 1 ? c->var.at[q->var[0]] : (struct var){ .kind = VAR_DIM };
	int64_t k, lo, hi;
	*first = INT64_MIN;
	*last = INT64_MAX;
	if (poly_const(c, away, &k)) {
		*first = *last = k;
	} else if (v.kind == VAR_MIN || v.kind == VAR_MAX) {
		steps_away(c, v.a, t, first, last);
		steps_away(c, v.b, t, &lo, &hi);
		*first = (v.kind == VAR_MIN) == (lo < *first) ? lo : *first;
		*last = (v.kind == VAR_MIN) == (hi < *last) ? hi : *last;
	} else if (poly_const(c, p, &k)) {               /* no step lies before 0, ... */
		*last = k;
	} else if (poly_const(c, poly_sub(c, p, extent), &k)) {
		*first = k + 1;                              /* ... none behind T - 1 */
	} else if (poly_range(c, away, &lo, &hi)) {
		*first = lo;
		*last = hi;
	}
}

/* Is the index one of the stage's own axes; the one of dim d, where d >= 0? */
static bool own_axis(struct ctx *c, const struct stage *s, expr_id e, int d)
{
	const struct expr *x = &c->expr.at[e];
	if (x->kind != X_POLY || d >= 0)
		return x->kind == X_POLY && x->poly == s->idx[d];
	for (uint32_t i = 0; i < s->axes.n; i++)
		if (x->poly == poly_var(c, s->axes.at[i]))
			return true;
	return false;
}

/* The read x and the writer w have different constants in the same dim: a[t][n][0][i] and a[t][n][1][i]. */
static bool apart(struct ctx *c, const struct expr *x, stage_id w)
{
	const struct stage *s = &c->stage.at[w];
	int64_t read, written;
	for (uint32_t i = 0; i < x->nidx; i++) {
		const struct expr *p = &c->expr.at[c->list.at[x->idx + i]];
		if (p->kind == X_POLY && poly_const(c, p->poly, &read) && s->idx[i] && poly_const(c, s->idx[i], &written) &&
		    read != written)
			return true;
	}
	return false;
}

static void add_dep(struct ctx *c, stage_id reader, expr_id e, void *arg)
{
	struct expr x = c->expr.at[e];
	const struct tensor t = c->tensor.at[x.of];
	(void)arg;
	for (stage_id w = 1; w < c->stage.n; w++) {
		if (c->stage.at[w].tensor != x.of || apart(c, &x, w))
			continue;
		struct dep d = { .writer = w, .reader = reader, .tensor = x.of, .read = e, .loc = x.loc };
		if (t.time >= 0) {
			const struct expr *i = &c->expr.at[c->list.at[x.idx + (uint32_t)t.time]];
			d.lag = dep_lag(c, &x);
			d.first = INT64_MIN;
			d.last = INT64_MAX;
			if (i->kind == X_POLY && c->stage.at[reader].time)
				steps_away(c, i->poly, c->stage.at[reader].time, &d.first, &d.last);
		}
		for (uint32_t i = 0; i < x.nidx; i++)
			if ((int)i != t.time && !own_axis(c, &c->stage.at[reader], c->list.at[x.idx + i], w == reader ? (int)i : -1))
				d.spread |= 1u << i;
		VEC_PUSH(c, c->dep, d);
	}
}

/* Members in dependence order; stages in order of their definition where nothing decides. */
static void order_members(struct ctx *c, rec_id r)
{
	idvec out = { 0 };
	bool *done = base_alloc(c, c->stage.n);
	for (bool more = true; more;) {
		more = false;
		for (stage_id s = 1; s < c->stage.n && !more; s++) {
			if (c->stage.at[s].rec != r || done[s])
				continue;
			bool ready = true;
			for (uint32_t i = 0; i < c->dep.n; i++) {
				const struct dep *d = &c->dep.at[i];
				ready &= d->reader != s || d->lag != 0 || c->stage.at[d->writer].rec != r || done[d->writer];
			}
			if (ready) {
				done[s] = more = true;
				VEC_PUSH(c, out, s);
			}
		}
	}
	for (stage_id s = 1; s < c->stage.n; s++)
		if (c->stage.at[s].rec == r && !done[s]) {
			fprintf(stderr, "rnngen: internal error: stage %s needs itself within a step\n", c->stage.at[s].name);
			exit(3);
		}
	c->rec.at[r].members = out;
}

void deps_compute(struct ctx *c)
{
	c->dep.n = 0;
	for (stage_id s = 1; s < c->stage.n; s++)
		stage_reads(c, s, add_dep, NULL);
	for (rec_id r = 1; r < c->rec.n; r++)
		order_members(c, r);
}

const char *dep_text(struct ctx *c, const struct dep *d)
{
	struct text t = { .c = c };
	const struct tensor *x = &c->tensor.at[d->tensor];
	text_printf(&t, "distance:");
	for (uint32_t i = 0; i < x->rank; i++) {
		if ((int)i == x->time) {
			if (d->lag == INT64_MIN)
				text_puts(&t, " t=any");
			else
				text_printf(&t, " t=%s%lld", d->lag > 0 ? "+" : "", (long long)d->lag);
		} else {
			poly_id p = c->stage.at[d->writer].idx[i];
			text_printf(&t, " %s=%s", p ? poly_text(c, p) : "?", d->spread >> i & 1 ? "any" : "0");
		}
	}
	return t.s;
}

void deps_print(struct ctx *c, struct text *out)
{
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		text_printf(out, "%s -> %s  %s  %s\n", c->stage.at[d->writer].name, c->stage.at[d->reader].name,
		            dep_text(c, d), loc_text(c, d->loc));
	}
}
