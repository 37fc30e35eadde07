/* bound.c · m:bound: what a run-time dim is promised to be
 *
 *   m:bound("N", { min = 16, max = 64, multiple = 16 })
 *
 * The promise lies at the dim's variable, where ranges, divisions and constants (ir/poly.c) find it, and with them every pass; what
 * is lowered is right for these sizes only. Therefore the library refuses other sizes (emit/run.c), both interpreters do, and all
 * that chooses sizes asks here. */
#include "schedule/stages.h"

static uint32_t dim_named(struct ctx *c, const char *name, loc_t l)
{
	const char **words = base_alloc(c, c->dim.n * sizeof *words);
	for (uint32_t d = 1; d < c->dim.n; d++) {
		words[d - 1] = c->dim.at[d].name;
		if (!strcmp(name, words[d - 1]))
			return d;
	}
	const char *near = base_nearest(c, name, words, c->dim.n - 1);
	diag(c, ERR_undefined_name, l, "the model has no dim '%s'", name);
	if (near)
		diag_fix(c, "did you mean '%s'?", near);
	return 0;
}

const char *sched_bound_text(struct ctx *c, const char *name, const struct bound *b)
{
	struct text t = { .c = c };
	text_printf(&t, "bound(\"%s\", {", name);
	const char *comma = "";
	if (b->min > 0) {
		text_printf(&t, " min = %lld", (long long)b->min);
		comma = ",";
	}
	if (b->max < INT64_MAX) {
		text_printf(&t, "%s max = %lld", comma, (long long)b->max);
		comma = ",";
	}
	if (b->multiple > 1)
		text_printf(&t, "%s multiple = %lld", comma, (long long)b->multiple);
	text_puts(&t, " })");
	return t.s;
}

static bool within(const struct bound *b, int64_t v) { return v >= b->min && v <= b->max && v % b->multiple == 0; }

bool sched_bound(struct ctx *c, const char *name, struct bound b)
{
	uint32_t d = dim_named(c, name, b.loc);
	if (!d)
		return false;
	const char *why = b.min < 0 ? "no size is negative" : b.max < 1 ? "its largest size would be 0" : b.multiple < 1 || b.multiple > 1 << 20 ?
	                  "multiples are of 1 to 2^20" : !b.min && b.max == INT64_MAX && b.multiple == 1 ? "nothing is promised" : NULL;
	if (why) {
		diag(c, ERR_bound, b.loc, "'%s' cannot be bound so: %s", name, why);
		return false;
	}
	struct bound tight = b;
	tight.min = b.min > INT64_MAX - b.multiple ? INT64_MAX : (b.min + b.multiple - 1) / b.multiple * b.multiple;
	tight.max = b.max == INT64_MAX ? b.max : b.max / b.multiple * b.multiple;
	if (tight.min > tight.max) {
		const char *what = b.multiple > 1 ? base_internf(c, "multiple of %lld", (long long)b.multiple) : "size";
		diag(c, ERR_bound, b.loc, "no %s lies between %lld and %lld", what, (long long)b.min, (long long)b.max);
		return false;
	}
	const struct dim *x = &c->dim.at[d];
	if (!x->var) {
		if (within(&tight, x->value))
			return true;
		diag(c, ERR_bound, b.loc, "'%s' is %lld, which m:%s excludes", name, (long long)x->value, sched_bound_text(c, name, &b));
		diag_fix(c, "give it a size that keeps the promise, or leave it open");
		return false;
	}
	struct bound *to = &c->var.at[x->var].bound;
	if (to->multiple) {
		diag(c, ERR_bound, b.loc, "'%s' is bound already, at %s", name, loc_text(c, to->loc));
		diag_fix(c, "say all of it in one call");
		return false;
	}
	*to = tight;
	c->fixed |= tight.min == tight.max;
	return true;
}

const struct bound *sched_bound_of(struct ctx *c, uint32_t d)
{
	const struct bound *b = c->dim.at[d].var ? &c->var.at[c->dim.at[d].var].bound : NULL;
	return b && b->multiple ? b : NULL;
}

const char *sched_bound_breaks(struct ctx *c, uint32_t d, int64_t v)
{
	const struct bound *b = sched_bound_of(c, d);
	return !b || within(b, v) ? NULL : base_internf(c, "%s is %lld, which m:%s at %s excludes", c->dim.at[d].name, (long long)v,
	                                                sched_bound_text(c, c->dim.at[d].name, b), loc_text(c, b->loc));
}

int64_t sched_bound_near(struct ctx *c, uint32_t d, int64_t v)
{
	const struct bound *b = sched_bound_of(c, d);
	if (!b)
		return v;
	int64_t up = (v + b->multiple - 1) / b->multiple * b->multiple;
	return up < b->min ? b->min : up > b->max ? b->max : up;
}

const char *sched_bound_broken(struct ctx *c, const int64_t *dim)
{
	const char *why = NULL;
	for (uint32_t d = 1; d < c->dim.n && !why; d++)
		why = sched_bound_breaks(c, d, dim[d]);
	return why;
}
