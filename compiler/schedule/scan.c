/* scan.c · the directive scan: which recurrences, in which chunks (lower/scan.c says what becomes of them)
 *
 * Needs:      elements that stand alone (sched_slots); for the parallel methods values that are affine in the state
 *             (sched_affine), and m:math { reassoc = true }, since products of a chunk are formed first. */
#include "schedule/stages.h"

const char *const scan_name[] = { "none", "sequential", "reduce-expand", "one-pass" };

/* Elements of a step as far as they are known here: dims of the call count as 1. */
static int64_t step_elements(struct ctx *c, rec_id r)
{
	const struct stage *s = &c->stage.at[c->rec.at[r].members.at[0]];
	int64_t n = 1, k;
	for (uint32_t a = 0; a < s->axes.n; a++)
		if (s->axes.at[a] != s->time && poly_const(c, c->var.at[s->axes.at[a]].extent, &k) && k > 0 && n < 1 << 20)
			n *= k < 1 << 20 ? k : 1 << 20;
	return n;
}

/* The value that is not affine, with what is in the way; false: all are. */
static bool refuse_function(struct ctx *c, const struct slots *k, loc_t l)
{
	for (uint32_t j = 0; j < k->n; j++) {
		const struct stage *x = &c->stage.at[k->at[j].s];
		expr_id coef[SLOTS + 1], bad = k->at[j].lag == 1 ? sched_affine(c, k, k->at[j].s, coef) : 0;
		if (!bad)
			continue;
		diag(c, ERR_scan, l, "%s is not affine in %s: %s is in the way", x->name,
		     k->n == 1 ? "its own value of the step before" : "the values of the steps before", expr_text(c, bad));
		diag_note(c, c->expr.at[bad].loc ? c->expr.at[bad].loc : x->loc, "here");
		return true;
	}
	return false;
}

bool sched_scan(struct ctx *c, rec_id r, const char *method, int64_t chunk, int64_t block, bool overlap, loc_t l)
{
	struct recurrence *x = &c->rec.at[r];
	const char *t = c->var.at[x->time].name, *why;
	uint8_t kind = SCAN_SEQUENTIAL;
	struct slots slots;
	while (kind <= SCAN_ONE_PASS && strcmp(scan_name[kind], method))
		kind++;
	if (kind > SCAN_ONE_PASS) {
		diag(c, ERR_scan, l, "no method of scan is called \"%s\"", method);
		diag_fix(c, "take \"sequential\", \"reduce-expand\" or \"one-pass\"");
		return false;
	}
	int64_t fits = 4096 / step_elements(c, r);
	chunk = chunk || kind == SCAN_SEQUENTIAL ? chunk : fits > 32 ? fits : 32;
	block = block || kind != SCAN_ONE_PASS ? block : 32;
	if ((chunk < 2 && (chunk || kind != SCAN_SEQUENTIAL)) || chunk > 1 << 20) {
		diag(c, ERR_factor, l, "cannot scan '%s' in chunks of %lld steps", t, (long long)chunk);
		return false;
	}
	if (block && (kind != SCAN_ONE_PASS || block < 4 || block % 4 || block > 1 << 20)) {
		diag(c, ERR_factor, l, "cannot scan '%s' in blocks of %lld chunks", t, (long long)block);
		diag_fix(c, kind == SCAN_ONE_PASS ? "give a multiple of 4, as chunks run four side by side" : "only \"one-pass\" has blocks");
		return false;
	}
	if (overlap && kind != SCAN_ONE_PASS) {
		diag(c, ERR_scan, l, "only \"one-pass\" has a next block to reduce while one is expanded");
		diag_fix(c, "take method = \"one-pass\", or leave overlap out");
		return false;
	}
	if ((why = sched_slots(c, r, &slots)) != NULL) {
		diag(c, ERR_scan, l, "the recurrence of %s is no chain of single values: %s", x->name, why);
		return false;
	}
	if (kind != SCAN_SEQUENTIAL && refuse_function(c, &slots, l))
		return false;
	if (LAW(scan_reassoc, kind != SCAN_SEQUENTIAL && !c->sched->reassoc)) {
		diag(c, ERR_scan, l, "a scan changes the order of operations, and with it the last bits");
		diag_fix(c, "allow it: m:math { reassoc = true }, or take method = \"sequential\"");
		return false;
	}
	x = &c->rec.at[r];
	x->scan = kind;
	x->scan_chunk = chunk;
	x->scan_block = block;
	x->scan_overlap = overlap;
	x->chunk = kind == SCAN_SEQUENTIAL && chunk ? chunk : x->chunk;
	x->scan_loc = l;
	return true;
}

bool sched_scans(struct ctx *c)
{
	for (rec_id r = 1; r < c->rec.n; r++)
		if (c->rec.at[r].scan > SCAN_SEQUENTIAL)
			return true;
	return false;
}
