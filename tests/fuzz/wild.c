/* wild.c · any directive with any arguments: must be refused with a diagnostic, or be right */
#include "plan.h"

static const char *some_name(struct planner *q, const struct stage *s)
{
	static const char *const odd[] = { "t", "n", "i0", "j1", "no_such", "", "i0o", "tensor", "x y" };
	if (s->loop.n && !rng_chance(q->r, 15))
		return s->loop.at[rng_below(q->r, (int)s->loop.n)].name;
	return odd[rng_below(q->r, 9)];
}

void plan_anything(struct planner *q)
{
	struct ctx *c = q->c;
	stage_id s = plan_some_stage(q);
	const struct stage *x = plan_stage_at(q, s);
	struct directive_made d = { .kind = (enum directive_kind)rng_below(q->r, DO_KINDS), .s = s };
	static const int64_t factors[] = { -1, 0, 1, 2, 3, 4, 8, 16, 100, 1 << 20, INT64_C(1) << 40 };
	static const char *const barrier[] = { "omp", "spin", "flag", "none", "grid" };
	d.k[0] = factors[rng_below(q->r, 11)];
	d.k[1] = factors[rng_below(q->r, 11)];
	d.other = plan_some_stage(q);
	switch (d.kind) {
	case DO_SPLIT: case DO_TAIL:
		plan_add_name(&d, some_name(q, x));
		plan_add_name(&d, rng_chance(q->r, 80) ? plan_fresh_name(q, "o") : some_name(q, x));
		plan_add_name(&d, rng_chance(q->r, 80) ? plan_fresh_name(q, "i") : some_name(q, x));
		if (d.kind == DO_SPLIT)
			break;
		plan_add_name(&d, rng_chance(q->r, 90) ? tail_name[rng_below(q->r, TAILS)] : some_name(q, x));
		d.k[0] += d.k[0] == 1 << 20;                   /* one less is accepted, and padding by so many elements takes GiBs */
		break;
	case DO_FUSE:
		for (int i = 0; i < 2; i++)
			plan_add_name(&d, some_name(q, x));
		plan_add_name(&d, rng_chance(q->r, 80) ? plan_fresh_name(q, "f") : some_name(q, x));
		break;
	case DO_TILE:
		plan_tile(q, s);
		return;
	case DO_ORDER: case DO_REORDER:
		for (uint32_t i = 0; i < x->order.n; i++)
			if (d.kind == DO_ORDER ? !rng_chance(q->r, 3) : rng_chance(q->r, 50))
				plan_add_name(&d, rng_chance(q->r, 97) ? x->loop.at[x->order.at[i]].name : some_name(q, x));
		for (int i = d.names - 1; i > 0; i--) {
			char swap[NAME];
			int k = rng_below(q->r, i + 1);
			memcpy(swap, d.name[i], NAME);
			memcpy(d.name[i], d.name[k], NAME);
			memcpy(d.name[k], swap, NAME);
		}
		if (!d.names)
			return;
		break;
	case DO_FOLD:
		plan_add_name(&d, rng_chance(q->r, 50) && x->time ? c->var.at[x->time].name : some_name(q, x));
		break;
	case DO_WEIGHTS:
		plan_add_name(&d, rng_chance(q->r, 80) ? "huge-pages" : store_name[rng_below(q->r, STORES)]);
		break;
	case DO_STORE:
		plan_add_name(&d, rng_chance(q->r, 90) ? store_name[rng_below(q->r, STORES)] : "huge-pages");
		break;
	case DO_PREFETCH:
		plan_add_name(&d, c->tensor.at[1 + rng_below(q->r, (int)c->tensor.n - 1)].name);
		plan_add_name(&d, some_name(q, x));
		break;
	case DO_UNROLL: case DO_VECTORIZE: case DO_PARALLEL: case DO_ALTERNATE:
		plan_add_name(&d, some_name(q, x));
		break;
	case DO_AT: case DO_WITH: case DO_STORE_AT:
		plan_add_name(&d, some_name(q, plan_stage_at(q, d.other)));
		break;
	case DO_BOUND:
		d.k[0] = factors[rng_below(q->r, 8)];      /* sizes that somebody will run */
		d.k[2] = factors[rng_below(q->r, 8)];
		plan_add_name(&d, rng_chance(q->r, 80) ? c->dim.at[1 + rng_below(q->r, (int)c->dim.n - 1)].name : some_name(q, x));
		break;
	case DO_SPECIALIZE:
		for (int i = rng_below(q->r, 3); i >= 0; i--)
			plan_add_name(&d, c->dim.at[1 + rng_below(q->r, (int)c->dim.n - 1)].name);
		for (int i = 0; i < 3; i++)
			d.k[i] = factors[rng_below(q->r, 8)];
		break;
	case DO_ROOT: case DO_STORE_ROOT: case DO_REASSOC:
		d.k[0] = rng_chance(q->r, 50);
		break;
	case DO_ULP:
		d.k[0] = rng_chance(q->r, 50) ? 1 : 4;
		break;
	case DO_EXTRACT: case DO_PRECOMPUTE:
		plan_add_name(&d, rng_chance(q->r, 80) ? base_internf(c, "e%d", q->fresh++) : some_name(q, x));
		plan_add_name(&d, c->tensor.at[1 + rng_below(q->r, (int)c->tensor.n - 1)].name);
		break;
	case DO_RFACTOR:
		plan_add_name(&d, some_name(q, x));
		plan_add_name(&d, rng_chance(q->r, 80) ? plan_fresh_name(q, "v") : some_name(q, x));
		break;
	case DO_PACK: case DO_PACK_MANY:
		plan_pack(q, s);
		return;
	case DO_PACK_FUNC:
		plan_pack_own(q, s);
		return;
	default:
		d.k[0] += d.kind == DO_CHUNK && d.k[0] == 1 << 20;  /* one less is accepted, and a ring of so many steps takes GiBs */
		if (c->rec.n < 2)
			return;
		d.rec = 1 + (rec_id)rng_below(q->r, (int)c->rec.n - 1);
		plan_add_name(&d, barrier[rng_below(q->r, 5)]);
	}
	plan_apply(q, &d);
}
