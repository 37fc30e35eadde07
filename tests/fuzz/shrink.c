/* shrink.c · a smaller pair that fails in the same way
 *
 * Greedy: each change that keeps the failure is kept; rounds go on until none does. Lines of the schedule go first, then
 * definitions, outputs, parts of expressions, sizes. A change may make the model or the schedule invalid: then it does not
 * fail in the same way and is taken back. */
#include "fuzz.h"

struct shrinker { struct pair *p; struct pair kept; bool (*fails)(const struct pair *, void *); void *arg; int tries; };

/* Keeps p as it is now, or goes back to what was kept. */
static bool keep(struct shrinker *s)
{
	bool good = s->tries > 0 && s->fails(s->p, s->arg);
	s->tries--;
	if (good)
		s->kept = *s->p;
	else
		*s->p = s->kept;
	return good;
}

static bool lines(struct shrinker *s)
{
	bool any = false;
	for (int many = s->p->plan.lines; many > 0; many /= 2) {
		for (int at = s->p->plan.lines - many; at >= 0;) {
			struct plan *q = &s->p->plan;
			memmove(q->line[at], q->line[at + many], (size_t)(q->lines - at - many) * sizeof *q->line);
			q->lines -= many;
			any |= keep(s);
			at -= many;
			if (at > s->p->plan.lines - many)
				at = s->p->plan.lines - many;
		}
	}
	return any;
}

static bool definitions(struct shrinker *s)
{
	bool any = false;
	for (int d = s->p->model.defs - 1; d >= 0; d--) {
		struct fz_model *m = &s->p->model;
		if (m->def[d].dead)
			continue;
		bool start = false;
		for (int i = 0; i < FZ_RANK; i++)
			start |= m->def[d].left[i].kind == IX_CONST && m->def[d].left[i].plus < 0;
		for (int o = 0; o < m->defs; o++)
			if (o == d || (!start && m->def[o].tensor == m->def[d].tensor))
				m->def[o].dead = true;
		bool outputs = false;
		for (int t = 0; t < m->tensors; t++)
			for (int o = 0; o < m->defs; o++)
				outputs |= m->tensor[t].output && !m->def[o].dead && m->def[o].tensor == t;
		for (int o = m->defs - 1; o >= 0 && !outputs; o--) {
			if (!m->def[o].dead)
				outputs = m->tensor[m->def[o].tensor].output = true;
		}
		any |= keep(s);
	}
	return any;
}

static bool flags(struct shrinker *s)
{
	bool any = false;
	for (int t = 0; t < s->p->model.tensors; t++) {
		struct fz_tensor *x = &s->p->model.tensor[t];
		if (x->listed) {
			x->listed = false;
			any |= keep(s);
		}
		x = &s->p->model.tensor[t];
		if (x->output) {
			x->output = false;
			any |= keep(s);
		}
	}
	return any;
}

/* Is node e part of a definition that lives? */
static bool lives(const struct fz_model *m, int root, int e)
{
	const struct fz_node *x = &m->node[root];
	if (root == e)
		return true;
	for (int i = 0; i < (x->kind == E_OP ? x->n : x->kind == E_REDUCE); i++)
		if (lives(m, x->arg[i], e))
			return true;
	return false;
}

static bool nodes(struct shrinker *s)
{
	bool any = false;
	for (int e = s->p->model.nodes - 1; e >= 0 && s->tries > 0; e--) {
		bool live = false;
		for (int d = 0; d < s->p->model.defs && !live; d++)
			live = !s->p->model.def[d].dead && lives(&s->p->model, s->p->model.def[d].rhs, e);
		const struct fz_node x = s->p->model.node[e];
		if (!live || x.kind == E_NUM)
			continue;
		bool done = false;
		for (int i = 0; i < (x.kind == E_OP ? x.n : x.kind == E_REDUCE) && !done; i++) {
			s->p->model.node[e] = s->p->model.node[x.arg[i]];
			done = keep(s);
		}
		if (!done) {
			s->p->model.node[e] = (struct fz_node){ .kind = E_NUM, .num = 1 };
			done = keep(s);
		}
		for (int i = 0; !done && x.kind == E_READ && i < FZ_RANK; i++) {
			if (x.idx[i].kind != IX_AFFINE && x.idx[i].kind != IX_BACK)
				continue;
			s->p->model.node[e].idx[i] = x.idx[i].kind == IX_BACK && x.idx[i].plus > 1 ?
				(struct fz_index){ .kind = IX_BACK, .axis = x.idx[i].axis, .plus = 1 } :
				x.idx[i].kind == IX_BACK ? (struct fz_index){ .kind = IX_AXIS, .axis = x.idx[i].axis } :
				(struct fz_index){ .kind = IX_CONST };
			done = keep(s);
		}
		any |= done;
	}
	return any;
}

static bool sizes(struct shrinker *s)
{
	bool any = false;
	for (int d = 0; d < s->p->model.dims; d++) {
		static const int smaller[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
		for (int i = 0; i < 9 && smaller[i] < s->p->model.dim[d].value; i++) {
			s->p->model.dim[d].value = smaller[i];
			if (keep(s)) {
				any = true;
				break;
			}
		}
	}
	return any;
}

/* Factors in the schedule, one digit at a time: ", 16)" to ", 2)". */
static bool factors(struct shrinker *s)
{
	bool any = false;
	for (int i = 0; i < s->p->plan.lines; i++) {
		char *line = s->p->plan.line[i], *comma = strrchr(line, ',');
		if (!strstr(line, ":split(") || !comma || !strncmp(comma, ", 2)", 4) || !strncmp(comma, ", 1)", 4))
			continue;
		strcpy(comma, ", 2)");
		any |= keep(s);
	}
	return any;
}

void shrink(struct pair *p, bool (*fails)(const struct pair *, void *), void *arg, int tries)
{
	static struct shrinker s;
	s = (struct shrinker){ .p = p, .kept = *p, .fails = fails, .arg = arg, .tries = tries };
	bool more = true;
	while (more && s.tries > 0) {
		more = lines(&s);
		more |= definitions(&s);
		more |= flags(&s);
		more |= nodes(&s);
		more |= sizes(&s);
		more |= factors(&s);
	}
}
