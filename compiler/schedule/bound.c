/* bound.c · m:bound, what a run-time dim is promised to be; m:specialize, sizes for which all loops are lowered again
 *
 *   m:bound("N", { min = 16, max = 64, multiple = 16 })
 *   m:specialize { N = 16 }
 *
 * The promise lies at the dim's variable, where ranges, divisions and constants (ir/poly.c) find it, and with them every pass; what
 * is lowered is right for these sizes only. Therefore the library refuses other sizes (emit/run.c), both interpreters do, and all
 * that chooses sizes asks here. Sizes of m:specialize promise nothing: for others there are the loops as they were
 * (lower/specialize.c). */
#include "schedule/stages.h"

uint32_t sched_dim(struct ctx *c, const char *name, loc_t l)
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
	uint32_t d = sched_dim(c, name, b.loc);
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
	if (tight.min > tight.max || tight.max < 1) {
		const char *what = b.multiple > 1 ? base_internf(c, "multiple of %lld", (long long)b.multiple) : "size";
		diag(c, ERR_bound, b.loc, "no %s lies between %lld and %lld", what, (long long)(b.min > 1 ? b.min : 1), (long long)b.max);
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
	for (uint32_t i = 0; i < c->sched->specials.n; i++) {
		const struct special *s = &c->sched->specials.at[i];
		for (uint32_t k = 0; k < s->sizes.n; k++) {
			if (s->sizes.at[k].dim != d || within(&tight, s->sizes.at[k].value))
				continue;
			diag(c, ERR_bound, b.loc, "m:%s, at %s, is for a size that m:%s excludes", sched_special_text(c, s), loc_text(c, s->loc),
			     sched_bound_text(c, name, &b));
			diag_fix(c, "leave one of them out");
			return false;
		}
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

const char *sched_special_text(struct ctx *c, const struct special *s)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; i < s->sizes.n; i++) {
		const char *name = c->dim.at[s->sizes.at[i].dim].name;
		text_printf(&t, lua_word(name) ? "%s %s = %lld" : "%s [\"%s\"] = %lld", i ? "," : "specialize {", name,
		            (long long)s->sizes.at[i].value);
	}
	text_puts(&t, " }");
	return t.s;
}

/* Is every size of a among those of b? Then b is never reached behind it. */
static bool covers(const struct special *a, const struct special *b)
{
	for (uint32_t i = 0; i < a->sizes.n; i++) {
		bool found = false;
		for (uint32_t k = 0; k < b->sizes.n; k++)
			found |= a->sizes.at[i].dim == b->sizes.at[k].dim && a->sizes.at[i].value == b->sizes.at[k].value;
		if (!found)
			return false;
	}
	return true;
}

bool sched_specialize(struct ctx *c, struct special s)
{
	enum { MOST = 8 };
	if (!s.sizes.n) {
		diag(c, ERR_specialize, s.loc, "no sizes are given");
		return false;
	}
	for (uint32_t i = 0; i < s.sizes.n; i++) {
		const struct dim *x = &c->dim.at[s.sizes.at[i].dim];
		int64_t v = s.sizes.at[i].value;
		const char *broken = sched_bound_breaks(c, s.sizes.at[i].dim, v);
		if (!x->var) {
			diag(c, ERR_specialize, s.loc, "'%s' is no run-time dim: it is %lld", x->name, (long long)x->value);
			diag_fix(c, "leave it out where m.dims.%s is a number, or leave the dim open", x->name);
			return false;
		}
		if (v < 1 || broken) {
			diag(c, ERR_specialize, s.loc, "%s", broken ? broken : base_internf(c, "'%s' cannot be %lld", x->name, (long long)v));
			diag_fix(c, "give a size that can be");
			return false;
		}
	}
	for (uint32_t i = 0; i < c->sched->specials.n; i++) {
		const struct special *before = &c->sched->specials.at[i];
		if (!covers(before, &s))
			continue;
		diag(c, ERR_specialize, s.loc, "m:%s, at %s, has these sizes already", sched_special_text(c, before), loc_text(c, before->loc));
		diag_fix(c, "leave one of them out, or call the one with more dims first");
		return false;
	}
	if (c->sched->specials.n == MOST) {
		diag(c, ERR_specialize, s.loc, "%d cases are there already, and each is a copy of all loops", MOST);
		diag_fix(c, "choose the sizes that matter most");
		return false;
	}
	VEC_PUSH(c, c->sched->specials, s);
	return true;
}
