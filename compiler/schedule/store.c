/* store.c · how a tensor is stored, by hand: fold_storage, store_in, store_at
 *
 * Without these rows.c, place.c and nest.c decide. What a directive asks for depends on others that may follow (places, chunks), so
 * most of it is checked when all have been given. */
#include "schedule/stages.h"

static bool is_time(struct ctx *c, const struct stage *x, const char *dim)
{
	return x->time && !strcmp(dim, c->var.at[x->time].name);
}

bool sched_fold_storage(struct ctx *c, stage_id s, const char *dim, int64_t rows, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	const struct tensor *t = &c->tensor.at[x->tensor];
	bool axis = false;
	for (uint32_t a = 0; a < x->axes.n; a++)
		axis |= !strcmp(c->var.at[x->axes.at[a]].name, dim);
	if (!axis) {
		diag(c, ERR_fold_storage, l, "%s has no dim '%s'", x->name, dim);
		return false;
	}
	if (!is_time(c, x, dim)) {
		diag(c, ERR_fold_storage, l, "elements of %s along '%s' do not come one after another, as steps do: none makes room for the next",
		     x->name, dim);
		diag_fix(c, "fold '%s', or compute %s at an inner loop: it keeps what one iteration needs",
		         x->time ? c->var.at[x->time].name : "its time", x->name);
		return false;
	}
	if (rows < 1 || rows > 1 << 20) {
		diag(c, ERR_factor, l, "cannot keep %lld steps of %s", (long long)rows, x->name);
		return false;
	}
	if (t->is_output) {
		diag(c, ERR_fold_storage, l, "%s is an output: the caller's memory has a row for each step", x->name);
		diag_fix(c, "leave it as it is");
		return false;
	}
	for (stage_id o = 1; o < c->stage.n; o++) {  /* definitions of one tensor share its storage */
		if (c->stage.at[o].tensor != x->tensor)
			continue;
		c->stage.at[o].fold = rows;
		c->stage.at[o].fold_loc = l;
	}
	return true;
}

static const char *step_text(struct ctx *c, const char *name, const char *time, int64_t back)
{
	return base_internf(c, back ? "%s[%s-%lld]" : "%s[%s]", name, time, (long long)back);
}

/* Rows by hand: as many as are read at least. */
void sched_check_fold(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->packs.n; i++) {
		const struct pack *p = &c->sched->packs.at[x->packs.at[i] - 1];
		if (p->tensors.at[0] != x->tensor || (p->part.at[0].kind == PACK_WHOLE && (int)p->part.at[0].dim == c->tensor.at[x->tensor].time))
			continue;
		diag(c, ERR_fold_storage, x->fold_loc, "%s is stored as %s: its steps are no rows", x->name, p->order);
		return;
	}
	if (sched_is_local(c, s)) {
		diag(c, ERR_fold_storage, x->fold_loc, x->at || x->with ? "%s keeps no steps: it is computed inside a loop, for one of them" :
		     "%s keeps no steps in memory: they are in registers", x->name);
		return;
	}
	struct kept k = sched_kept(c, s);
	const struct dep *by = k.by ? &c->dep.at[k.by - 1] : NULL;
	const char *time = c->var.at[x->time].name;
	if (LAW(fold_all, !k.rows)) {
		diag(c, ERR_fold_storage, x->fold_loc, "all steps of %s are kept: %s", x->name, k.why);
		if (by)
			diag_note(c, by->loc, "here   %s", dep_text(c, by));
		stage_id later = !stage_unit(c, s) ? s : by && !stage_unit(c, by->reader) ? by->reader : 0;
		if (c->stage.at[later].time)
			diag_fix(c, "compute %s chunk by chunk: compute_at(m.time)", c->stage.at[later].name);
		else
			diag_fix(c, "leave it out");
	} else if (LAW(fold_rows, x->fold < k.rows)) {
		diag(c, ERR_fold_storage, x->fold_loc, "%lld row%s of %s %s too few: %lld are needed", (long long)x->fold,
		     x->fold == 1 ? "" : "s", x->name, x->fold == 1 ? "is" : "are", (long long)k.rows);
		if (k.chunk)
			diag_note(c, 0, "%lld steps are computed before the next stage reads them", (long long)k.chunk);
		if (by && by->lag > 0 && by->lag >= x->fold && stage_unit(c, by->reader) == stage_unit(c, s))
			diag_note(c, by->loc, "%s overwrites %s, which %s reads here in step %s   %s", step_text(c, x->name, time, by->lag - x->fold),
			          step_text(c, x->name, time, by->lag), c->stage.at[by->reader].name, time, dep_text(c, by));
		else if (by)
			diag_note(c, by->loc, "read here   %s", dep_text(c, by));
		diag_fix(c, "keep %lld or more, or leave it out", (long long)k.rows);
	}
}

bool sched_store_at(struct ctx *c, stage_id s, stage_id host, const char *loop, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	if (s == host) {
		diag(c, ERR_store_at, l, "%s cannot be stored inside itself", x->name);
		return false;
	}
	int k = stage_leaf(c, host, loop, l);
	if (k < 0)
		return false;
	if (stage_is_kept(c, s)) {
		diag(c, ERR_store_at, l, "%s is kept as output or state, or read outside: it lives longer than any loop", x->name);
		diag_fix(c, "leave it out");
		return false;
	}
	x->store_host = host;
	x->store_loop = c->stage.at[host].loop.at[k].name;
	x->store_root = false;
	x->store_at_loc = l;
	return true;
}

bool sched_store_root(struct ctx *c, stage_id s, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	x->store_host = 0;
	x->store_root = true;
	x->store_at_loc = l;
	return true;
}

/* The loop lies around the one that s is computed in, or is that loop.
 *
 * Threads need no rule of their own: all that read an element lie inside the loop that it is computed in, and no two iterations of
 * loops around compute the same (place.c), so threads that share the array use cells of their own. */
void sched_check_store_at(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s], *h = &c->stage.at[x->store_host];
	int level = sched_position(h, x->store_loop), inside = -1;
	for (stage_id k = x->with ? x->with : s, host; (host = c->stage.at[k].at) != 0; k = c->stage.at[host].with ? c->stage.at[host].with : host)
		if (host == x->store_host)
			inside = sched_position(h, c->stage.at[k].at_loop);
	if (stage_is_kept(c, s))
		diag(c, ERR_store_at, x->store_at_loc, "%s is kept as output or state, or read outside: it lives longer than any loop", x->name);
	else if (level < 0)
		diag(c, ERR_store_at, x->store_at_loc, "%s has no loop '%s' any more; its loops are %s", h->name, x->store_loop,
		     order_text(c, x->store_host));
	else if (inside < 0)
		diag(c, ERR_store_at, x->store_at_loc, "%s is not computed inside %s", x->name, h->name);
	else if (level > inside)
		diag(c, ERR_store_at, x->store_at_loc, "loop '%s' of %s lies inside the one that %s is computed in", x->store_loop, h->name, x->name);
	else if (level < h->time_at)
		diag(c, ERR_store_at, x->store_at_loc, "loop '%s' of %s lies outside '%s', and %s is computed in each step", x->store_loop, h->name,
		     c->var.at[x->time].name, x->name);
}

const char *const store_name[] = { "open", "registers", "stack", "workspace", "stream" };

bool sched_store_in(struct ctx *c, stage_id s, const char *where, loc_t l)
{
	struct stage *x = &c->stage.at[s];
	int k = STORE_REGISTERS;
	if (c->tensor.at[x->tensor].is_output && strcmp(where, "stream")) {
		diag(c, ERR_store_in, l, "%s is an output: it lies in the caller's memory", x->name);
		diag_fix(c, "leave it as it is, or write it past the caches: \"stream\"");
		return false;
	}
	if (!strcmp(where, "huge-pages")) {
		diag(c, ERR_store_in, l, "%s lies in the workspace, whose pages are its caller's to choose", x->name);
		diag_fix(c, "ask for huge pages for weights: m.weights:store_in(\"huge-pages\")");
		return false;
	}
	while (k < STORES && strcmp(where, store_name[k]))
		k++;
	if (k == STORES) {
		diag(c, ERR_argument, l, "no place is called \"%s\"", where);
		diag_fix(c, "use \"registers\", \"stack\", \"workspace\" or \"stream\"");
		return false;
	}
	x->store = (uint8_t)k;
	x->store_loc = l;
	return true;
}

/* What goes past the caches comes back from memory where it is read: not in the same turn, but where a state in registers stands for it. */
static void check_stream(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	if (sched_is_local(c, s)) {
		diag(c, ERR_store_in, x->store_loc, "%s is kept inside a loop, not in memory", x->name);
		return;
	}
	for (uint32_t i = 0; i < c->dep.n; i++) {
		const struct dep *d = &c->dep.at[i];
		rec_id unit = stage_unit(c, d->reader);
		if (d->tensor != x->tensor || !unit || unit != stage_unit(c, s) ||
		    (c->stage.at[d->reader].rec && c->rec.at[unit].carried))
			continue;
		diag(c, ERR_store_in, x->store_loc, "%s is written past the caches and read soon after, by %s", x->name,
		     c->stage.at[d->reader].name);
		diag_note(c, d->loc, "here   %s", dep_text(c, d));
		diag_fix(c, d->reader == s ? "keep it in registers meanwhile: time inside its loops; or leave it out" : "leave it out");
		return;
	}
}

/* Registers and stacks are of the loop that it is computed in; whether they can hold it is seen when that is made (nest.c,
 * vectorise.c). */
void sched_check_store(struct ctx *c, stage_id s)
{
	const struct stage *x = &c->stage.at[s];
	if (x->store == STORE_STREAM) {
		check_stream(c, s);
		return;
	}
	bool inside = x->at || x->with ? c->stage.at[x->with ? x->with : s].at != 0 : false;
	bool carried = c->rec.at[x->rec].carried, local = sched_is_local(c, s);
	if (x->store == STORE_WORKSPACE ? !(local && carried && !inside) : local && (x->store == STORE_REGISTERS || !carried || inside))
		return;
	if (local)
		diag(c, ERR_store_in, x->store_loc, "%s is in registers: time lies inside its loops", x->name);
	else if (stage_is_kept(c, s))
		diag(c, ERR_store_in, x->store_loc, "%s is read %s: it lies in memory that outlasts the loop", x->name,
		     c->tensor.at[x->tensor].history ? "at later steps" : "outside its recurrence");
	else if (x->store_root)
		diag(c, ERR_store_in, x->store_loc, "%s is stored at the root", x->name);
	else
		diag(c, ERR_store_in, x->store_loc, "%s is computed as a whole, not inside a loop of what reads it", x->name);
	if (!local && !stage_is_kept(c, s) && !x->store_root)
		diag_fix(c, "compute it inside: compute_at");
}

bool sched_weights_in(struct ctx *c, const char *where, loc_t l)
{
	if (strcmp(where, "huge-pages")) {
		diag(c, ERR_store_in, l, "weights lie in the memory that weights_pack is given, not in \"%s\"", where);
		diag_fix(c, "leave it out, or ask for \"huge-pages\"");
		return false;
	}
	if (!c->params.n) {
		diag(c, ERR_store_in, l, "the model has no weights");
		diag_fix(c, "leave it out");
		return false;
	}
	c->sched->huge_weights = true;
	return true;
}
