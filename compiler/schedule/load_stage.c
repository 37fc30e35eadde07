/* load_stage.c · the schedule language: directives of stages
 *
 * Each reads its arguments, asks the directive (schedule.h), and writes what was done into the log in canonical form. An error is
 * recorded and the schedule goes on, so that one run shows several. */
#include "schedule/load.h"
#include "schedule/stages.h"

static void log_call(lua_State *L, stage_id s, const char *fmt, ...)
{
	struct ctx *c = sandbox_ctx(L);
	va_list ap;
	va_start(ap, fmt);
	const char *text = base_vformat(c, fmt, ap);
	va_end(ap);
	sandbox_directive(L);
	sched_log(c, stage_lua(c, s), text, sandbox_where(L));
	VEC_PUSH(c, c->stage.at[s].lines, sandbox_where(L));
}

static void log_split(lua_State *L, stage_id s, const char *loop, const char *outer, const char *inner, lua_Integer k, const char *tail)
{
	const char *how = tail ? base_internf(sandbox_ctx(L), ", \"%s\"", tail) : "";
	log_call(L, s, "split(\"%s\", \"%s\", \"%s\", %lld%s)", loop, outer, inner, (long long)k, how);
}

static bool split(lua_State *L, stage_id s, const char *loop, const char *outer, const char *inner, lua_Integer k, const char *tail)
{
	bool good = sched_split_tail(sandbox_ctx(L), s, loop, outer, inner, k, tail, sandbox_where(L));
	if (good)
		log_split(L, s, loop, outer, inner, k, tail);
	return good;
}

static int l_split(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *outer = luaL_checkstring(L, 3), *inner = luaL_checkstring(L, 4);
	split(L, s, loop, outer, inner, luaL_checkinteger(L, 5), luaL_optstring(L, 6, NULL));
	return load_done(L);
}

static int l_tile(lua_State *L)
{
	/* tile(x, y, xo, yo, xi, yi, fx, fy): two splits, and order yo > xo > yi > xi, as in Halide */
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1);
	const char *n[6];
	for (int i = 0; i < 6; i++)
		n[i] = luaL_checkstring(L, i + 2);
	lua_Integer fx = luaL_checkinteger(L, 8), fy = luaL_checkinteger(L, 9);
	const char *tail = luaL_optstring(L, 10, NULL);
	loc_t l = sandbox_where(L);
	const char *inner_first[] = { n[4], n[5], n[2], n[3] };
	if (sched_split_tail(c, s, n[0], n[2], n[4], fx, tail, l) && sched_split_tail(c, s, n[1], n[3], n[5], fy, tail, l) &&
	    sched_reorder(c, s, inner_first, 4, l)) {
		log_split(L, s, n[0], n[2], n[4], fx, tail);
		log_split(L, s, n[1], n[3], n[5], fy, tail);
		log_call(L, s, "reorder(%s)", load_quoted(c, inner_first, 4));
	}
	return load_done(L);
}

static int l_fuse(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *outer = luaL_checkstring(L, 2), *inner = luaL_checkstring(L, 3), *fused = luaL_checkstring(L, 4);
	if (sched_fuse(sandbox_ctx(L), s, outer, inner, fused, sandbox_where(L)))
		log_call(L, s, "fuse(\"%s\", \"%s\", \"%s\")", outer, inner, fused);
	return load_done(L);
}

static int l_order(lua_State *L)
{
	const char *names[64];
	stage_id s = load_stage(L, 1);
	uint32_t n = load_names(L, 2, names, 64);
	if (sched_order(sandbox_ctx(L), s, names, n, sandbox_where(L)))
		log_call(L, s, "order(%s)", load_quoted(sandbox_ctx(L), names, n));
	return load_done(L);
}

static int l_reorder(lua_State *L)
{
	const char *names[64];
	stage_id s = load_stage(L, 1);
	uint32_t n = load_names(L, 2, names, 64);
	if (sched_reorder(sandbox_ctx(L), s, names, n, sandbox_where(L)))
		log_call(L, s, "reorder(%s)", load_quoted(sandbox_ctx(L), names, n));
	return load_done(L);
}

static int mark(lua_State *L, enum flavor f)
{
	const char *names[64];
	stage_id s = load_stage(L, 1);
	uint32_t n = load_names(L, 2, names, 64);
	for (uint32_t i = 0; i < n; i++)
		if (sched_flavor(sandbox_ctx(L), s, names[i], f, sandbox_where(L)))
			log_call(L, s, "%s(\"%s\")", flavor_name[f], names[i]);
	return load_done(L);
}

static int l_unroll(lua_State *L) { return mark(L, LOOP_UNROLL); }
static int l_vectorize(lua_State *L)
{
	/* vectorize("i", 8) splits by 8 and vectorizes the inner part, as in Halide */
	if (lua_type(L, 3) == LUA_TNUMBER) {
		struct ctx *c = sandbox_ctx(L);
		stage_id s = load_stage(L, 1);
		const char *name = luaL_checkstring(L, 2);
		const char *outer = base_internf(c, "%so", name), *inner = base_internf(c, "%si", name);
		if (split(L, s, name, outer, inner, luaL_checkinteger(L, 3), luaL_optstring(L, 4, NULL)) &&
		    sched_flavor(c, s, inner, LOOP_VECTOR, sandbox_where(L)))
			log_call(L, s, "vectorize(\"%s\")", inner);
		return load_done(L);
	}
	return mark(L, LOOP_VECTOR);
}

/* parallel("io", "jo"), parallel("io", { schedule = "dynamic", chunk = 2 }) */
static int l_parallel(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	if (lua_type(L, 3) != LUA_TTABLE)
		return mark(L, LOOP_PARALLEL);
	stage_id s = load_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *clause = load_option_text(L, 3, "schedule", "static");
	int64_t part = load_option_integer(L, 3, "chunk");
	if (sched_share(c, s, loop, clause, part, sandbox_where(L)))
		log_call(L, s, part ? "parallel(\"%s\", { schedule = \"%s\", chunk = %lld })" : "parallel(\"%s\", { schedule = \"%s\" })", loop,
		         clause, (long long)part);
	return load_done(L);
}

static int l_alternate(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2);
	if (sched_alternate(sandbox_ctx(L), s, loop, sandbox_where(L)))
		log_call(L, s, "alternate(\"%s\")", loop);
	return load_done(L);
}

static int l_prefetch(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *tensor = luaL_checkstring(L, 2), *loop = luaL_checkstring(L, 3);
	lua_Integer ahead = luaL_checkinteger(L, 4);
	if (sched_prefetch(sandbox_ctx(L), s, tensor, loop, ahead, sandbox_where(L)))
		log_call(L, s, "prefetch(\"%s\", \"%s\", %lld)", tensor, loop, (long long)ahead);
	return load_done(L);
}

static int l_compute_at(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1);
	const rec_id *time = luaL_testudata(L, 2, RECURRENCE);
	if (time) {
		if (sched_compute_in_time(c, s, *time, sandbox_where(L)))
			log_call(L, s, "compute_at(%s)", rec_lua(c, *time));
		return load_done(L);
	}
	stage_id host = load_stage(L, 2);
	const char *loop = luaL_checkstring(L, 3);
	if (host && sched_compute_at(c, s, host, loop, sandbox_where(L)))
		log_call(L, s, "compute_at(%s, \"%s\")", stage_lua(c, host), loop);
	return load_done(L);
}

static int l_compute_root(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	if (sched_compute_root(sandbox_ctx(L), s, sandbox_where(L)))
		log_call(L, s, "compute_root()");
	return load_done(L);
}

static int l_compute_with(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1), leader = load_stage(L, 2);
	const char *loop = luaL_checkstring(L, 3);
	if (leader && sched_compute_with(c, s, leader, loop, sandbox_where(L)))
		log_call(L, s, "compute_with(%s, \"%s\")", stage_lua(c, leader), loop);
	return load_done(L);
}

/* Returns the stage that a directive has made of s; 0: it was refused. */
static int stage_made(lua_State *L, stage_id s, stage_id made, const char *directive, const char *a, const char *b)
{
	if (made) {
		log_call(L, s, "%s(\"%s\", \"%s\")", directive, a, b);
		VEC_PUSH(sandbox_ctx(L), sandbox_ctx(L)->stage.at[made].lines, sandbox_where(L));
		load_push(L, STAGE, made);
		return 1;
	}
	/* what is chained was meant for the stage that could not be made: it does nothing, and the file goes on */
	load_push(L, NOTHING, 0);
	return 1;
}

static int l_extract(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *name = luaL_checkstring(L, 2), *tensor = luaL_checkstring(L, 3);
	return stage_made(L, s, sched_extract(sandbox_ctx(L), s, name, tensor, sandbox_where(L)), "extract", name, tensor);
}

static int l_precompute(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *name = luaL_checkstring(L, 2), *tensor = luaL_checkstring(L, 3);
	return stage_made(L, s, sched_precompute(sandbox_ctx(L), s, name, tensor, sandbox_where(L)), "precompute", name, tensor);
}

static int l_rfactor(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *axis = luaL_checkstring(L, 3);
	return stage_made(L, s, sched_rfactor(sandbox_ctx(L), s, loop, axis, sandbox_where(L)), "rfactor", loop, axis);
}

static int l_pack(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1);
	const char *tensors[64], *parts[64];
	uint32_t nt = load_add_names(L, 2, tensors, 0, 64), np = load_names(L, 3, parts, 64);
	if (np > 9)
		sandbox_error(L, ERR_pack, NULL, "a storage order lists at most 9 indices");
	if (sched_pack(c, s, tensors, nt, parts, np, sandbox_where(L)))
		log_call(L, s, nt > 1 ? "pack({ %s }, %s)" : "pack(%s, %s)", load_quoted(c, tensors, nt), load_quoted(c, parts, np));
	return load_done(L);
}

static int l_fold_storage(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *dim = luaL_checkstring(L, 2);
	lua_Integer rows = luaL_checkinteger(L, 3);
	if (sched_fold_storage(sandbox_ctx(L), s, dim, rows, sandbox_where(L)))
		log_call(L, s, "fold_storage(\"%s\", %lld)", dim, (long long)rows);
	return load_done(L);
}

static int l_store_at(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1), host = load_stage(L, 2);
	const char *loop = luaL_checkstring(L, 3);
	if (host && sched_store_at(c, s, host, loop, sandbox_where(L)))
		log_call(L, s, "store_at(%s, \"%s\")", stage_lua(c, host), loop);
	return load_done(L);
}

static int l_store_root(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	if (sched_store_root(sandbox_ctx(L), s, sandbox_where(L)))
		log_call(L, s, "store_root()");
	return load_done(L);
}

static int l_store_in(lua_State *L)
{
	stage_id s = load_stage(L, 1);
	const char *where = luaL_checkstring(L, 2);
	if (sched_store_in(sandbox_ctx(L), s, where, sandbox_where(L)))
		log_call(L, s, "store_in(\"%s\")", where);
	return load_done(L);
}

static int l_extent(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = load_stage(L, 1);
	const char *name = luaL_checkstring(L, 2);
	const struct stage *x = &c->stage.at[s];
	for (uint32_t i = 0; i < x->loop.n; i++) {
		int64_t v;
		if (loop_is_axis(&x->loop.at[i]) && !strcmp(x->loop.at[i].name, name)) {
			if (!poly_const(c, c->var.at[x->loop.at[i].axis].extent, &v))
				lua_pushnil(L);
			else
				lua_pushinteger(L, v);
			return 1;
		}
	}
	sandbox_error(L, ERR_no_loop, NULL, "%s has no axis '%s'; its loops are %s", x->name, name, order_text(c, s));
}

#define TAIL "\"guard\"|\"mask\"|\"shift\"|\"pad\""

const struct method load_of_stage[] = {
	{ "split", l_split, "(loop: string, outer: string, inner: string, factor: integer, tail?: " TAIL "): rnn.stage",
	  "loop = outer * factor + inner; tail: what is done where the factor does not divide" },
	{ "tile", l_tile,
	  "(x: string, y: string, xo: string, yo: string, xi: string, yi: string, fx: integer, fy: integer, tail?: " TAIL "): rnn.stage",
	  "two splits and a reorder, as in Halide: yo > xo > yi > xi" },
	{ "fuse", l_fuse, "(outer: string, inner: string, fused: string): rnn.stage", "two neighbouring loops become one" },
	{ "order", l_order, "(...: string|string[]): rnn.stage", "the whole nest, outermost first; a table lists siblings" },
	{ "reorder", l_reorder, "(...: string|string[]): rnn.stage", "some loops, innermost first" },
	{ "unroll", l_unroll, "(...: string): rnn.stage", "iterations one after another; constant extent" },
	{ "vectorize", l_vectorize, "(loop: string, factor?: integer, tail?: " TAIL "): rnn.stage",
	  "vectors of the target; with a factor: split by it, the inner part vectorized" },
	{ "parallel", l_parallel, "(loop: string, ...: string|{ schedule: \"static\"|\"dynamic\"|\"guided\", chunk: integer? }): rnn.stage",
	  "shared out among threads; with options: as OpenMP's clauses say" },
	{ "prefetch", l_prefetch, "(tensor: string, loop: string, ahead: integer): rnn.stage",
	  "asks for what the loop reads of the tensor so many iterations early" },
	{ "alternate", l_alternate, "(loop: string): rnn.stage", "every other step of time runs the loop backwards" },
	{ "compute_at", l_compute_at, "(host: rnn.stage|rnn.recurrence, loop?: string): rnn.stage",
	  "computed inside a loop of host, as much as is read there; with a recurrence: chunk by chunk of its time" },
	{ "compute_root", l_compute_root, "(): rnn.stage", "back to the root" },
	{ "compute_with", l_compute_with, "(sibling: rnn.stage, loop: string): rnn.stage",
	  "shares all loops down to this one with a sibling" },
	{ "extract", l_extract, "(name: string, tensor: string): rnn.stage",
	  "the summand that reads the tensor becomes a stage outside the recurrence; that stage is returned" },
	{ "precompute", l_precompute, "(name: string, tensor: string): rnn.stage",
	  "what a sum reads of the tensor, or makes of it for all elements alike, becomes a stage; that stage is returned" },
	{ "rfactor", l_rfactor, "(loop: string, axis: string): rnn.stage",
	  "the loop of a reduction becomes an axis of a stage of partial sums; that stage is returned" },
	{ "pack", l_pack, "(tensors: string|string[], ...: string): rnn.stage",
	  "storage order of params for this use: indices, or i/B with i%B" },
	{ "fold_storage", l_fold_storage, "(dim: string, rows: integer): rnn.stage", "keeps so many steps of time, in turn" },
	{ "store_at", l_store_at, "(host: rnn.stage, loop: string): rnn.stage",
	  "what is computed inside lives in a loop further out, as much as one iteration of that needs" },
	{ "store_root", l_store_root, "(): rnn.stage", "what is computed inside lives in the workspace, whole" },
	{ "store_in", l_store_in, "(where: \"registers\"|\"stack\"|\"workspace\"|\"stream\"): rnn.stage",
	  "where an intermediate is kept; stream: vectors are written past the caches" },
	{ "extent", l_extent, "(axis: string): integer?", "of an axis; nil where it is known at run time only" },
	{ NULL, NULL, NULL, NULL },
};
