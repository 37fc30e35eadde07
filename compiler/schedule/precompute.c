/* precompute.c · what a sum reads, or makes of it, becomes a stage of its own: the inverse of writing it inline
 *
 *   C[i][j] = sum(k, A[i][k] * B[k][j])
 *   C:precompute("Bp", "B")  =>  Bp[k][j] = B[k][j]                       a copy, whose storage order pack gives
 *                                C[i][j]  = sum(k, A[i][k] * Bp[k][j])
 *
 *   g[t][n][i] = sum(j, U[i][j] * (r[t][n][j] * h[t-1][n][j]))
 *   g:precompute("rh", "r")  =>  rh[t][n][j] = r[t][n][j] * h[t-1][n][j]  once, and not for each i
 *                                g[t][n][i]  = sum(j, U[i][j] * rh[t][n][j])
 *
 * Taken is the largest part of the sum's terms that holds the tensor and is the same along one of the axes. The new stage belongs
 * to the recurrence of s where it reads of it, else it lies outside, and is scheduled as any other.
 *
 * Needs:      nothing that s reads packed or prefetched yet.
 * Guarantees: the same bits: a product that the target adds in one rounding stays with its sum. */
#include "schedule/stages.h"

struct taken {
	struct stage *s;
	const struct update *u;
	tensor_id tensor;
	expr_id at, read;          /* the part, and the tensor's first read in it; 0: none */
};

static bool reads(struct ctx *c, expr_id e, void *arg)
{
	struct taken *k = arg;
	if (c->expr.at[e].kind != X_READ || c->expr.at[e].of != k->tensor)
		return false;
	k->read = e;
	return true;
}

/* Is e the same along an axis of the result or of the sum? */
static bool is_same_along_one(struct ctx *c, const struct taken *k, expr_id e)
{
	for (uint32_t i = 0; i < k->s->axes.n; i++)
		if (!expr_uses_var(c, e, k->s->axes.at[i]))
			return true;
	for (uint32_t i = 0; i < k->u->axes.n; i++)
		if (!expr_uses_var(c, e, k->u->axes.at[i]))
			return true;
	return false;
}

/* The largest such part of e. added: its value is a summand, and a product there is rounded with its sum. */
static bool take(struct ctx *c, struct taken *k, expr_id e, bool added)
{
	const struct expr x = c->expr.at[e];
	k->read = 0;
	if (!expr_any(c, e, reads, k))
		return false;
	bool whole = x.type == RNN_F32 && is_same_along_one(c, k, e);
	if (x.kind == X_READ || (whole && !(added && x.kind == X_OP && x.op == OP_MUL))) {
		k->at = x.kind != X_READ || x.of == k->tensor ? e : 0;  /* the tensor may stand in another one's index */
		return k->at != 0;
	}
	bool sum = x.kind == X_OP && (x.op == OP_ADD || x.op == OP_SUB);
	for (int i = 0; i < (x.kind == X_OP ? op_info[x.op].arity : x.kind == X_CAST); i++)
		if (take(c, k, x.arg[i], sum))
			return true;
	return false;
}

static bool reads_recurrence(struct ctx *c, expr_id e, void *arg)
{
	const rec_id *r = arg;
	bool own = false;
	for (stage_id w = 1; w < c->stage.n && c->expr.at[e].kind == X_READ; w++)
		own |= c->stage.at[w].tensor == c->expr.at[e].of && c->stage.at[w].rec == *r;
	return own;
}

/* The axes that e uses: time, those of the tensor's read in its order, others. */
static idvec axes_of(struct ctx *c, const struct taken *k)
{
	idvec all = { 0 }, out = { 0 };
	const struct expr r = c->expr.at[k->read];
	if (k->s->time)
		VEC_PUSH(c, all, k->s->time);
	for (uint32_t d = 0; d < r.nidx; d++) {
		for (uint32_t i = 0; i < k->s->axes.n; i++)
			if (expr_uses_var(c, c->list.at[r.idx + d], k->s->axes.at[i]))
				VEC_PUSH(c, all, k->s->axes.at[i]);
		for (uint32_t i = 0; i < k->u->axes.n; i++)
			if (expr_uses_var(c, c->list.at[r.idx + d], k->u->axes.at[i]))
				VEC_PUSH(c, all, k->u->axes.at[i]);
	}
	for (uint32_t i = 0; i < k->s->axes.n; i++)
		VEC_PUSH(c, all, k->s->axes.at[i]);
	for (uint32_t i = 0; i < k->u->axes.n; i++)
		VEC_PUSH(c, all, k->u->axes.at[i]);
	for (uint32_t i = 0; i < all.n; i++)
		if (!idvec_has(&out, all.at[i]) && expr_uses_var(c, k->at, all.at[i]))
			VEC_PUSH(c, out, all.at[i]);
	return out;
}

struct swap { expr_id old, by; };

static expr_id swapped(struct ctx *c, expr_id e, void *arg)
{
	const struct swap *w = arg;
	return expr_equal(c, e, w->old) ? w->by : e;
}

/* Says why there is no such stage. own: it would belong to the recurrence of s. */
static bool refused(struct ctx *c, stage_id s, const struct taken *k, const idvec *axes, bool own, const char *tensor, loc_t l)
{
	const struct stage *x = &c->stage.at[s];
	bool ahead = false;
	for (uint32_t i = 0; i < x->loop.n; i++)
		ahead |= x->loop.at[i].ahead != 0;
	if (x->packs.n || ahead) {
		diag(c, ERR_precompute, l, "what %s reads was %s already", x->name, x->packs.n ? "packed" : "prefetched");
		diag_fix(c, "call precompute before pack and prefetch on %s", x->name);
		return true;
	}
	if (!k->at) {
		diag(c, ERR_precompute, l, "no sum of %s reads '%s'", x->name, tensor);
		return true;
	}
	if (own && !idvec_has(axes, x->time)) {
		diag(c, ERR_precompute, l, "what %s reads of '%s' is of the same recurrence, but not step by step", x->name, tensor);
		return true;
	}
	if (c->expr.at[k->at].type != RNN_F32 || !axes->n || axes->n > 8) {
		diag(c, ERR_precompute, l, axes->n ? "'%s' is no tensor of 1 to 8 dims of f32" : "'%s' is one number", expr_text(c, k->at));
		return true;
	}
	return false;
}

stage_id sched_precompute(struct ctx *c, stage_id s, const char *name, const char *tensor, loc_t l)
{
	struct stage x = c->stage.at[s];
	struct taken k = { .s = &x, .tensor = tensor_near(c, s, tensor) };
	const char *full = tensor_scoped(c, c->tensor.at[x.tensor].scope, name);
	if (!k.tensor) {
		diag(c, ERR_no_tensor, l, "the model has no tensor '%s'", tensor);
		return 0;
	}
	if (tensor_find(c, full)) {
		diag(c, ERR_precompute, l, "'%s' is already a tensor of the model", full);
		diag_fix(c, "choose another name");
		return 0;
	}
	for (uint32_t a = 0; a < x.acc.n && !k.at; a++) {
		for (uint32_t u = 0; u < x.acc.at[a].update.n && !k.at; u++) {
			k.u = &x.acc.at[a].update.at[u];
			take(c, &k, k.u->body, x.acc.at[a].red == RED_SUM);
		}
	}
	idvec axes = k.at ? axes_of(c, &k) : (idvec){ 0 };
	bool own = k.at && x.rec && expr_any(c, k.at, reads_recurrence, &x.rec);
	if (refused(c, s, &k, &axes, own, tensor, l))
		return 0;

	struct tensor t = { .name = full, .scope = c->tensor.at[x.tensor].scope, .local = base_intern(c, name), .role = ROLE_FUNC, .type = RNN_F32,
	                    .derived = true, .time = -1, .loc = l };
	struct stage n = { .name = full, .rec = own ? x.rec : 0, .time = idvec_has(&axes, x.time) ? x.time : 0, .loc = x.loc, .epilogue = k.at };
	expr_id idx[8];
	for (uint32_t i = 0; i < axes.n; i++) {
		var_id v = axes.at[i];
		idx[i] = expr_poly(c, poly_var(c, v), l);
		if (!idvec_has(&x.axes, v)) {                  /* of a sum: an axis of its own */
			v = var_new(c, VAR_AXIS, c->var.at[v].name, c->var.at[v].extent, l);
			n.epilogue = expr_subst(c, n.epilogue, axes.at[i], poly_var(c, v));
		}
		stage_add_axis(c, &t, &n, v);
	}
	VEC_PUSH(c, c->tensor, t);
	n.tensor = c->tensor.n - 1;
	VEC_PUSH(c, c->stage, n);
	struct swap w = { k.at, expr_read(c, n.tensor, idx, n.nidx, x.loc) };
	for (uint32_t a = 0; a < x.acc.n; a++)
		for (uint32_t u = 0; u < x.acc.at[a].update.n; u++)
			x.acc.at[a].update.at[u].body = expr_map(c, x.acc.at[a].update.at[u].body, swapped, &w);
	stage_default_loops(c, c->stage.n - 1);
	deps_compute(c);
	return c->stage.n - 1;
}
