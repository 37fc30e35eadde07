/* load.c · the schedule language: Lua calls become directives
 *
 * A schedule file returns function(m). What m offers:
 *   m.NAME, m:stage("layer1.h")      a stage, by its tensor's name
 *   m.layers[i].NAME                 the stages of a scope with a recurrence, by local name; in order of the model. A model
 *                                    without scopes is one layer
 *   m.time, m:recurrence("layer2.h"), m.recurrences[i]     time loops
 *   knob("B", 16, { 8, 16, 32 })   a number that --knob B=32 changes
 *   m:math { ... }, m:expects { ... }, m.target.lanes (of f32), m.target.registers, m.dims.H (nil: run-time),
 *   m.settings.L
 *   m:target("avx2")         the target that the schedule is made for
 * Methods of stages and recurrences are rows of the tables below. Each returns its stage, so calls chain. */
#include "front/sandbox.h"
#include "schedule/load.h"
#include "schedule/stages.h"

#define STAGE "rnngen.stage"
#define RECURRENCE "rnngen.recurrence"
#define NOTHING "rnngen.nothing"

static stage_id check_stage(lua_State *L, int i)
{
	if (luaL_testudata(L, i, NOTHING))
		return 0;  /* only as an argument: a directive that refers to it does nothing */
	return *(stage_id *)luaL_checkudata(L, i, STAGE);
}

static void push_handle(lua_State *L, const char *type, uint32_t id)
{
	*(uint32_t *)lua_newuserdatauv(L, sizeof id, 0) = id;
	luaL_setmetatable(L, type);
}

/* Errors of directives are recorded; the schedule goes on, so that one run shows several. */
static int done(lua_State *L) { lua_settop(L, 1); return 1; }

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

/* Adds the names of argument i: one, or a table of them. */
static uint32_t add_names(lua_State *L, int i, const char **names, uint32_t n, uint32_t max)
{
	lua_Integer many = lua_istable(L, i) ? luaL_len(L, i) : 1;
	for (lua_Integer k = 1; k <= many; k++) {
		if (lua_istable(L, i))
			lua_geti(L, i, k);
		else
			lua_pushvalue(L, i);
		const char *s = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
		if (!s || n == max)
			sandbox_error(L, ERR_argument, NULL, s ? "too many names" : "argument %d is not a name", i - 1);
		names[n++] = base_intern(sandbox_ctx(L), s);
		lua_pop(L, 1);
	}
	return n;
}

/* The names from argument i on; a table {"k", "j"} lists siblings in order, an empty one none. */
static uint32_t names_from(lua_State *L, int i, const char **names, uint32_t max)
{
	uint32_t n = 0;
	for (int top = lua_gettop(L); i <= top; i++)
		n = add_names(L, i, names, n, max);
	return n;
}

static const char *quoted(struct ctx *c, const char *const *names, uint32_t n)
{
	struct text t = { .c = c };
	for (uint32_t i = 0; i < n; i++)
		text_printf(&t, "%s\"%s\"", i ? ", " : "", names[i]);
	return t.s ? t.s : "";
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
	stage_id s = check_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *outer = luaL_checkstring(L, 3), *inner = luaL_checkstring(L, 4);
	split(L, s, loop, outer, inner, luaL_checkinteger(L, 5), luaL_optstring(L, 6, NULL));
	return done(L);
}

static int l_tile(lua_State *L)
{
	/* tile(x, y, xo, yo, xi, yi, fx, fy): two splits, and order yo > xo > yi > xi, as in Halide */
	struct ctx *c = sandbox_ctx(L);
	stage_id s = check_stage(L, 1);
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
		log_call(L, s, "reorder(%s)", quoted(c, inner_first, 4));
	}
	return done(L);
}

static int l_fuse(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	const char *outer = luaL_checkstring(L, 2), *inner = luaL_checkstring(L, 3), *fused = luaL_checkstring(L, 4);
	if (sched_fuse(sandbox_ctx(L), s, outer, inner, fused, sandbox_where(L)))
		log_call(L, s, "fuse(\"%s\", \"%s\", \"%s\")", outer, inner, fused);
	return done(L);
}

static int l_order(lua_State *L)
{
	const char *names[64];
	stage_id s = check_stage(L, 1);
	uint32_t n = names_from(L, 2, names, 64);
	if (sched_order(sandbox_ctx(L), s, names, n, sandbox_where(L)))
		log_call(L, s, "order(%s)", quoted(sandbox_ctx(L), names, n));
	return done(L);
}

static int l_reorder(lua_State *L)
{
	const char *names[64];
	stage_id s = check_stage(L, 1);
	uint32_t n = names_from(L, 2, names, 64);
	if (sched_reorder(sandbox_ctx(L), s, names, n, sandbox_where(L)))
		log_call(L, s, "reorder(%s)", quoted(sandbox_ctx(L), names, n));
	return done(L);
}

static int mark(lua_State *L, enum flavor f)
{
	const char *names[64];
	stage_id s = check_stage(L, 1);
	uint32_t n = names_from(L, 2, names, 64);
	for (uint32_t i = 0; i < n; i++)
		if (sched_flavor(sandbox_ctx(L), s, names[i], f, sandbox_where(L)))
			log_call(L, s, "%s(\"%s\")", flavor_name[f], names[i]);
	return done(L);
}

static int l_unroll(lua_State *L) { return mark(L, LOOP_UNROLL); }
static int l_vectorize(lua_State *L)
{
	/* vectorize("i", 8) splits by 8 and vectorizes the inner part, as in Halide */
	if (lua_type(L, 3) == LUA_TNUMBER) {
		struct ctx *c = sandbox_ctx(L);
		stage_id s = check_stage(L, 1);
		const char *name = luaL_checkstring(L, 2);
		const char *outer = base_internf(c, "%so", name), *inner = base_internf(c, "%si", name);
		if (split(L, s, name, outer, inner, luaL_checkinteger(L, 3), luaL_optstring(L, 4, NULL)) &&
		    sched_flavor(c, s, inner, LOOP_VECTOR, sandbox_where(L)))
			log_call(L, s, "vectorize(\"%s\")", inner);
		return done(L);
	}
	return mark(L, LOOP_VECTOR);
}

/* parallel("io", "jo"), parallel("io", { schedule = "dynamic", chunk = 2 }) */
static int l_parallel(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	if (lua_type(L, 3) != LUA_TTABLE)
		return mark(L, LOOP_PARALLEL);
	stage_id s = check_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *clause = "static";
	if (lua_getfield(L, 3, "schedule") != LUA_TNIL)
		clause = luaL_checkstring(L, -1);
	if (lua_getfield(L, 3, "chunk") != LUA_TNIL && luaL_checkinteger(L, -1) < 1)
		sandbox_error(L, ERR_factor, NULL, "cannot hand out '%s' in parts of %lld iterations", loop, (long long)lua_tointeger(L, -1));
	int64_t part = lua_tointeger(L, -1);
	if (sched_share(c, s, loop, clause, part, sandbox_where(L)))
		log_call(L, s, part ? "parallel(\"%s\", { schedule = \"%s\", chunk = %lld })" : "parallel(\"%s\", { schedule = \"%s\" })", loop,
		         clause, (long long)part);
	return done(L);
}

static int l_alternate(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2);
	if (sched_alternate(sandbox_ctx(L), s, loop, sandbox_where(L)))
		log_call(L, s, "alternate(\"%s\")", loop);
	return done(L);
}

static int l_prefetch(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	const char *tensor = luaL_checkstring(L, 2), *loop = luaL_checkstring(L, 3);
	lua_Integer ahead = luaL_checkinteger(L, 4);
	if (sched_prefetch(sandbox_ctx(L), s, tensor, loop, ahead, sandbox_where(L)))
		log_call(L, s, "prefetch(\"%s\", \"%s\", %lld)", tensor, loop, (long long)ahead);
	return done(L);
}

static int l_compute_at(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = check_stage(L, 1);
	const rec_id *time = luaL_testudata(L, 2, RECURRENCE);
	if (time) {
		if (sched_compute_in_time(c, s, *time, sandbox_where(L)))
			log_call(L, s, "compute_at(%s)", rec_lua(c, *time));
		return done(L);
	}
	stage_id host = check_stage(L, 2);
	const char *loop = luaL_checkstring(L, 3);
	if (host && sched_compute_at(c, s, host, loop, sandbox_where(L)))
		log_call(L, s, "compute_at(%s, \"%s\")", stage_lua(c, host), loop);
	return done(L);
}

static int l_compute_root(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	if (sched_compute_root(sandbox_ctx(L), s, sandbox_where(L)))
		log_call(L, s, "compute_root()");
	return done(L);
}

static int l_compute_with(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = check_stage(L, 1), leader = check_stage(L, 2);
	const char *loop = luaL_checkstring(L, 3);
	if (leader && sched_compute_with(c, s, leader, loop, sandbox_where(L)))
		log_call(L, s, "compute_with(%s, \"%s\")", stage_lua(c, leader), loop);
	return done(L);
}

/* Returns the stage that a directive has made of s; 0: it was refused. */
static int stage_made(lua_State *L, stage_id s, stage_id made, const char *directive, const char *a, const char *b)
{
	if (made) {
		log_call(L, s, "%s(\"%s\", \"%s\")", directive, a, b);
		VEC_PUSH(sandbox_ctx(L), sandbox_ctx(L)->stage.at[made].lines, sandbox_where(L));
		push_handle(L, STAGE, made);
		return 1;
	}
	/* what is chained was meant for the stage that could not be made: it does nothing, and the file goes on */
	push_handle(L, NOTHING, 0);
	return 1;
}

static int l_extract(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	const char *name = luaL_checkstring(L, 2), *tensor = luaL_checkstring(L, 3);
	return stage_made(L, s, sched_extract(sandbox_ctx(L), s, name, tensor, sandbox_where(L)), "extract", name, tensor);
}

static int l_rfactor(lua_State *L)
{
	stage_id s = check_stage(L, 1);
	const char *loop = luaL_checkstring(L, 2), *axis = luaL_checkstring(L, 3);
	return stage_made(L, s, sched_rfactor(sandbox_ctx(L), s, loop, axis, sandbox_where(L)), "rfactor", loop, axis);
}

static int l_pack(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = check_stage(L, 1);
	const char *tensors[64], *parts[64];
	uint32_t nt = add_names(L, 2, tensors, 0, 64), np = names_from(L, 3, parts, 64);
	if (np > 9)
		sandbox_error(L, ERR_pack, NULL, "a storage order lists at most 9 indices");
	if (sched_pack(c, s, tensors, nt, parts, np, sandbox_where(L)))
		log_call(L, s, nt > 1 ? "pack({ %s }, %s)" : "pack(%s, %s)", quoted(c, tensors, nt), quoted(c, parts, np));
	return done(L);
}

static int l_extent(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	stage_id s = check_stage(L, 1);
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

static int64_t knob_value(lua_State *L, int i)
{
	if (!lua_isinteger(L, i))
		sandbox_error(L, ERR_argument, "knob(\"B\", 16, { 8, 16, 32 })", "a knob has whole numbers, not %s", luaL_tolstring(L, i, NULL));
	return lua_tointeger(L, i);
}

/* knob(name, usual value, choices): the usual value, or that of --knob. */
static int l_knob(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	struct knob k = { .name = base_intern(c, luaL_checkstring(L, 1)), .value = knob_value(L, 2), .loc = sandbox_where(L) };
	struct text choices = { .c = c };
	bool usual = false, among = false;
	luaL_checktype(L, 3, LUA_TTABLE);
	sandbox_directive(L);
	for (uint32_t i = 0; i < c->sched->knobs.n; i++)
		if (c->sched->knobs.at[i].name == k.name)
			sandbox_error(L, ERR_knob, "use the value of the first call", "knob '%s' is there already, at %s", k.name,
			              loc_text(c, c->sched->knobs.at[i].loc));
	const struct setting *given = NULL;
	for (uint32_t i = 0; i < c->knob.n; i++) {
		if (strcmp(c->knob.at[i].name, k.name))
			continue;
		given = &c->knob.at[i];
		c->knob.at[i].used = true;
	}
	for (lua_Integer i = 1; i <= luaL_len(L, 3); i++) {
		lua_geti(L, 3, i);
		int64_t v = knob_value(L, -1);
		lua_pop(L, 1);
		VEC_PUSH(c, k.choice, v);
		text_printf(&choices, "%s%lld", i > 1 ? ", " : "", (long long)v);
		usual |= v == k.value;
		among |= given && v == given->value;
	}
	if (!usual)
		sandbox_error(L, ERR_knob, NULL, "knob '%s' is %lld, which is none of its choices: %s", k.name, (long long)k.value,
		              choices.s ? choices.s : "there are none");
	if (given && !among)
		sandbox_error(L, ERR_knob, NULL, "--knob %s=%lld is none of its choices: %s", k.name, (long long)given->value, choices.s);
	k.value = given ? given->value : k.value;
	VEC_PUSH(c, c->sched->knobs, k);
	lua_pushinteger(L, k.value);
	return 1;
}

/* A method: its function, and what editors show of it (LuaCATS types). */
struct method { const char *name; lua_CFunction f; const char *signature, *doc; };

#define TAIL "\"guard\"|\"mask\"|\"shift\""

static const struct method stage_methods[] = {
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
	{ "rfactor", l_rfactor, "(loop: string, axis: string): rnn.stage",
	  "the loop of a reduction becomes an axis of a stage of partial sums; that stage is returned" },
	{ "pack", l_pack, "(tensors: string|string[], ...: string): rnn.stage",
	  "storage order of params for this use: indices, or i/B with i%B" },
	{ "extent", l_extent, "(axis: string): integer?", "of an axis; nil where it is known at run time only" },
	{ NULL, NULL, NULL, NULL },
};

static int l_persistent(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	const char *barrier = "omp";
	if (lua_istable(L, 2) && lua_getfield(L, 2, "barrier") == LUA_TSTRING)
		barrier = lua_tostring(L, -1);
	if (sched_persistent(c, r, barrier, sandbox_where(L)))
		sched_log(c, rec_lua(c, r), base_internf(c, "persistent { barrier = \"%s\" }", barrier), sandbox_where(L));
	return done(L);
}

static int l_chunk(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	lua_Integer steps = luaL_checkinteger(L, 2);
	if (sched_chunk(c, r, steps, sandbox_where(L)))
		sched_log(c, rec_lua(c, r), base_internf(c, "chunk(%lld)", (long long)steps), sandbox_where(L));
	return done(L);
}

/* Options of a directive's table, on the stack at 2. */
static const char *option_text(lua_State *L, const char *name, const char *usual)
{
	return lua_istable(L, 2) && lua_getfield(L, 2, name) != LUA_TNIL ? luaL_checkstring(L, -1) : usual;
}

static int64_t option_integer(lua_State *L, const char *name)
{
	int64_t v = lua_istable(L, 2) && lua_getfield(L, 2, name) != LUA_TNIL ? luaL_checkinteger(L, -1) : 0;
	return v || lua_isnil(L, -1) || !lua_istable(L, 2) ? v : -1;  /* 0: not given */
}

static int l_scan(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	const char *method = option_text(L, "method", "reduce-expand");
	int64_t chunk = option_integer(L, "chunk"), block = option_integer(L, "block");
	if (!sched_scan(c, r, method, chunk, block, sandbox_where(L)))
		return done(L);
	struct text t = { .c = c };
	const struct recurrence *x = &c->rec.at[r];
	text_printf(&t, "scan { method = \"%s\"", scan_name[x->scan]);
	if (x->scan_chunk)
		text_printf(&t, ", chunk = %lld", (long long)x->scan_chunk);
	if (x->scan_block)
		text_printf(&t, ", block = %lld", (long long)x->scan_block);
	text_puts(&t, " }");
	sched_log(c, rec_lua(c, r), t.s, sandbox_where(L));
	return done(L);
}

static const struct method recurrence_methods[] = {
	{ "scan", l_scan, "(options?: { method: \"sequential\"|\"reduce-expand\"|\"one-pass\", chunk: integer, block: integer }): rnn.recurrence",
	  "h = a h' + b over a long time: in registers, or by chunks of time in parallel; these need m:math { reassoc = true }" },
	{ "chunk", l_chunk, "(steps: integer): rnn.recurrence",
	  "time in chunks of so many steps; stages with compute_at(m.time) are computed for each" },
	{ "persistent", l_persistent, "(options?: { barrier: \"omp\"|\"spin\"|\"flag\" }): rnn.recurrence",
	  "one team of threads for the whole sequence" },
	{ NULL, NULL, NULL, NULL },
};

static int nothing_call(lua_State *L) { lua_settop(L, 1); return 1; }
static int nothing_index(lua_State *L) { lua_pushcfunction(L, nothing_call); return 1; }
static int unknown_call(lua_State *L) { push_handle(L, NOTHING, 0); return 1; }  /* what is chained counts on it */

/* A method that does not exist: did you mean. The file goes on, so that one run shows several errors. */
static int unknown(lua_State *L, const struct method *methods, const char *of)
{
	const char *words[32], *name = lua_tostring(L, 2);
	size_t n = 0;
	for (; methods[n].name; n++)
		words[n] = methods[n].name;
	struct ctx *c = sandbox_ctx(L);
	struct text all = { .c = c };
	for (size_t i = 0; i < n; i++)
		text_printf(&all, "%s%s", i ? ", " : "", words[i]);
	const char *near = name ? base_nearest(c, name, words, n) : NULL;
	diag(c, ERR_undefined_name, sandbox_where(L), "%s has no directive '%s'", of, name ? name : "?");
	diag_fix(c, near ? "did you mean '%s'?" : "its directives are %s", near ? near : all.s);
	sandbox_note_callers(L);
	lua_pushcfunction(L, unknown_call);
	return 1;
}

static int stage_index(lua_State *L)
{
	lua_getfield(L, lua_upvalueindex(1), luaL_checkstring(L, 2));
	return lua_isnil(L, -1) ? unknown(L, stage_methods, "a stage") : 1;
}

static int recurrence_index(lua_State *L)
{
	lua_getfield(L, lua_upvalueindex(1), luaL_checkstring(L, 2));
	return lua_isnil(L, -1) ? unknown(L, recurrence_methods, "a recurrence") : 1;
}

static void no_stage(lua_State *L, const char *name)
{
	struct ctx *c = sandbox_ctx(L);
	const char **words = base_alloc(c, c->stage.n * sizeof *words);
	for (stage_id s = 1; s < c->stage.n; s++)
		words[s - 1] = c->stage.at[s].name;
	const char *near = base_nearest(c, name, words, c->stage.n - 1);
	struct text all = { .c = c };
	for (stage_id s = 1; s < c->stage.n && s <= 12; s++)
		text_printf(&all, "%s%s", s > 1 ? ", " : "", words[s - 1]);
	sandbox_error(L, ERR_no_stage, near ? base_internf(c, "did you mean '%s'?", near) :
	              base_internf(c, "its stages are %s%s", all.s, c->stage.n > 13 ? ", ..." : ""), "the model has no stage '%s'", name);
}

static int l_stage(lua_State *L)
{
	const char *name = luaL_checkstring(L, 2);
	stage_id s = stage_find(sandbox_ctx(L), name, NULL);
	if (!s)
		no_stage(L, name);
	push_handle(L, STAGE, s);
	return 1;
}

static int l_recurrence(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *name = luaL_checkstring(L, 2);
	stage_id s = stage_find(c, name, NULL);
	if (!s || !c->stage.at[s].rec)
		sandbox_error(L, ERR_no_stage, NULL, "'%s' belongs to no recurrence", name);
	push_handle(L, RECURRENCE, c->stage.at[s].rec);
	return 1;
}

static int l_math(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	luaL_checktype(L, 2, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || strcmp(lua_tostring(L, -2), "reassoc") || !lua_isboolean(L, -1))
			sandbox_error(L, ERR_math, "the options are: reassoc = true or false", "math has no such option");
		if (c->sched->reassoc && !lua_toboolean(L, -1))
			sandbox_error(L, ERR_math, "leave this line out, or the one that allowed it",
			              "the order of sums was free until here; what used that cannot be taken back");
		c->sched->reassoc = lua_toboolean(L, -1);
		sched_log(c, "m", c->sched->reassoc ? "math { reassoc = true }" : "math { reassoc = false }", sandbox_where(L));
	}
	return done(L);
}

static int layer_index(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *scope = lua_tostring(L, lua_upvalueindex(1)), *name = luaL_checkstring(L, 2);
	const char *full = *scope ? base_internf(c, "%s.%s", scope, name) : name;
	stage_id s = stage_find(c, full, NULL);
	if (!strcmp(name, "time")) {
		for (s = 1; s < c->stage.n; s++) {
			const char *own = c->tensor.at[c->stage.at[s].tensor].scope;
			if (c->stage.at[s].rec && !strcmp(own ? own : "", scope)) {
				push_handle(L, RECURRENCE, c->stage.at[s].rec);
				return 1;
			}
		}
	}
	if (!s || s == c->stage.n)
		no_stage(L, full);
	push_handle(L, STAGE, s);
	return 1;
}

/* The scopes that hold a recurrence, in order of the model. */
static void push_layers(lua_State *L, struct ctx *c)
{
	VEC(const char *) seen = { 0 };
	lua_newtable(L);
	for (stage_id s = 1; s < c->stage.n; s++) {
		const char *scope = c->tensor.at[c->stage.at[s].tensor].scope;
		bool old = !c->stage.at[s].rec;
		for (uint32_t i = 0; i < seen.n; i++)
			old |= !strcmp(seen.at[i], scope ? scope : "");
		if (old)
			continue;
		VEC_PUSH(c, seen, scope ? scope : "");
		lua_newtable(L);
		lua_newtable(L);
		lua_pushstring(L, scope ? scope : "");
		lua_pushcclosure(L, layer_index, 1);
		lua_setfield(L, -2, "__index");
		lua_setmetatable(L, -2);
		lua_seti(L, -2, (lua_Integer)seen.n);
	}
}

static int model_index(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *name = luaL_checkstring(L, 2);
	stage_id s = stage_find(c, name, NULL);
	lua_getfield(L, lua_upvalueindex(1), name);
	if (!lua_isnil(L, -1))
		return 1;
	if (s) {
		push_handle(L, STAGE, s);
		return 1;
	}
	if (!strcmp(name, "time")) {
		if (c->rec.n != 2)
			sandbox_error(L, ERR_no_stage, "name one: m:recurrence(\"layer1.h\"), or go through m.recurrences",
			              "the model has %u recurrences", c->rec.n - 1);
		push_handle(L, RECURRENCE, 1);
		return 1;
	}
	no_stage(L, name);
	return 0;
}

/* What the signature of a method tells of a call: options by their names, and the colon that it needs. */
static void check_call(lua_State *L, const struct method *m)
{
	struct ctx *c = sandbox_ctx(L);
	const char *usage = base_internf(c, "%s%s", m->name, m->signature);
	if (!lua_isuserdata(L, 1) && !lua_istable(L, 1))
		sandbox_error(L, ERR_argument, base_internf(c, "write a colon before it, as in m.h:%s(...) or m:%s(...)", m->name, m->name),
		              "'%s' is called without what it belongs to", m->name);
	if ((!strncmp(m->signature, "(options", 8) || !strncmp(m->signature, "(model", 6)) && !lua_isnoneornil(L, 2) && !lua_istable(L, 2))
		sandbox_error(L, ERR_argument, usage, "%s takes a table of options, not a %s", m->name, luaL_typename(L, 2));
	for (int i = 2, top = lua_gettop(L); i <= top; i++) {
		if (!lua_istable(L, i))
			continue;
		for (lua_pushnil(L); lua_next(L, i); lua_pop(L, 1)) {
			const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
			if (key && !strstr(m->signature, base_internf(c, " %s: ", key)) && !strstr(m->signature, base_internf(c, " %s?: ", key)))
				sandbox_error(L, ERR_argument, usage, "%s has no option '%s'", m->name, key);
		}
	}
	sandbox_usage(L, usage);
}

/* A directive that is refused inside a file that others call: who called it. */
static int call_method(lua_State *L)
{
	const struct method *m = lua_touserdata(L, lua_upvalueindex(1));
	uint32_t before = sandbox_ctx(L)->errors;
	check_call(L, m);
	int n = m->f(L);
	sandbox_usage(L, NULL);
	if (sandbox_ctx(L)->errors > before)
		sandbox_note_callers(L);
	return n;
}

/* Puts methods into the table at the top. */
static void set_methods(lua_State *L, const struct method *methods)
{
	for (; methods->name; methods++) {
		lua_pushlightuserdata(L, (void *)(uintptr_t)methods);
		lua_pushcclosure(L, call_method, 1);
		lua_setfield(L, -2, methods->name);
	}
}

static void define_type(lua_State *L, const char *type, const struct method *methods, lua_CFunction index)
{
	luaL_newmetatable(L, type);
	lua_newtable(L);
	set_methods(L, methods);
	lua_pushcclosure(L, index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_pop(L, 1);
}

/* wavefront { chunk = 16, groups = 2, recurrences = { "layer1.h", "layer2.h" } } */
static int l_wavefront(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *names[64];
	uint32_t n = 0;
	luaL_checktype(L, 2, LUA_TTABLE);
	if (lua_getfield(L, 2, "chunk") != LUA_TNUMBER)
		sandbox_error(L, ERR_argument, "m:wavefront { chunk = 16 }", "wavefront needs the steps of a chunk");
	lua_Integer chunk = luaL_checkinteger(L, -1);
	bool given = lua_getfield(L, 2, "groups") != LUA_TNIL;
	lua_Integer groups = given ? luaL_checkinteger(L, -1) : 0;
	if (given && groups < 1)
		sandbox_error(L, ERR_factor, NULL, "cannot divide threads into %d groups", (int)groups);
	if (lua_getfield(L, 2, "recurrences") == LUA_TTABLE)
		n = names_from(L, lua_gettop(L), names, 64);
	if (sched_wavefront(c, names, n, chunk, groups, sandbox_where(L)))
		sched_log(c, "m", base_internf(c, "wavefront { chunk = %lld%s%s }", (long long)chunk,
		          given ? base_internf(c, ", groups = %lld", (long long)groups) : "",
		          n ? base_internf(c, ", recurrences = { %s }", quoted(c, names, n)) : ""), sandbox_where(L));
	return done(L);
}

static const struct method model_methods[] = {
	{ "wavefront", l_wavefront, "(options: { chunk: integer, groups: integer?, recurrences: string[]? }): rnn.scheduled",
	  "stacked recurrences side by side, on diagonals of layer and chunk of time; groups of threads share the loops of a layer" },
	{ "stage", l_stage, "(name: string): rnn.stage", "a stage by the name of its tensor, \"layer1.h\"" },
	{ "recurrence", l_recurrence, "(name: string): rnn.recurrence", "the time loop that the stage belongs to" },
	{ "math", l_math, "(options: { reassoc: boolean }): rnn.scheduled", "reassoc: sums may change their order" },
	{ "expects", load_expects, "(model: { version: integer?, model: string?, hash: string?, tensors: string[]? }): rnn.scheduled",
	  "the model that the schedule was made for" },
	{ NULL, NULL, NULL, NULL },
};

bool sched_doc(uint32_t i, struct sched_doc *d)
{
	static const struct { const char *type; const struct method *methods; } all[] = {
		{ "rnn.stage", stage_methods }, { "rnn.recurrence", recurrence_methods }, { "rnn.scheduled", model_methods },
	};
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		for (const struct method *m = all[k].methods; m->name; m++)
			if (i-- == 0)
				return *d = (struct sched_doc){ all[k].type, m->name, m->signature, m->doc }, true;
	return false;
}

/* m.dims.T is nil where T is known at run time only; what the model does not have is an error. */
static int dim_index(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *name = luaL_checkstring(L, 2), **words = base_alloc(c, c->dim.n * sizeof *words);
	for (uint32_t i = 1; i < c->dim.n; i++) {
		words[i - 1] = c->dim.at[i].name;
		if (!strcmp(name, words[i - 1]))
			return 0;
	}
	const char *near = base_nearest(c, name, words, c->dim.n - 1);
	sandbox_error(L, ERR_undefined_name, near ? base_internf(c, "did you mean '%s'?", near) : NULL, "the model has no dim '%s'", name);
}

static int setting_index(lua_State *L)
{
	sandbox_error(L, ERR_undefined_name, "rnngen MODEL --set NAME=VALUE is for what the model calls setting(\"NAME\", ...)",
	              "the model has no setting '%s'", luaL_checkstring(L, 2));
}

/* What the table at the top answers for names that it does not hold. */
static void set_known(lua_State *L, lua_CFunction index)
{
	lua_newtable(L);
	lua_pushcfunction(L, index);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
}

static void push_model(lua_State *L, struct ctx *c)
{
	lua_newtable(L);                                   /* m */
	lua_newtable(L);                                   /* its metatable */
	lua_newtable(L);                                   /* what m offers beside stages */
	set_methods(L, model_methods);
	load_target(L);
	lua_setfield(L, -2, "target");
	lua_newtable(L);
	for (uint32_t i = 1; i < c->dim.n; i++) {
		if (c->dim.at[i].value < 0)
			continue;
		lua_pushinteger(L, c->dim.at[i].value);
		lua_setfield(L, -2, c->dim.at[i].name);
	}
	set_known(L, dim_index);
	lua_setfield(L, -2, "dims");
	lua_newtable(L);
	for (uint32_t i = 0; i < c->asked.n; i++) {
		lua_pushinteger(L, c->asked.at[i].value);
		lua_setfield(L, -2, c->asked.at[i].name);
	}
	set_known(L, setting_index);
	lua_setfield(L, -2, "settings");
	lua_newtable(L);
	for (rec_id r = 1; r < c->rec.n; r++) {
		push_handle(L, RECURRENCE, r);
		lua_seti(L, -2, r);
	}
	lua_setfield(L, -2, "recurrences");
	push_layers(L, c);
	lua_setfield(L, -2, "layers");
	lua_pushcclosure(L, model_index, 1);
	lua_setfield(L, -2, "__index");
	lua_pushboolean(L, 0);
	lua_setfield(L, -2, "__metatable");
	lua_setmetatable(L, -2);
}

bool sched_load(struct ctx *c, const char *path)
{
	uint32_t before = c->errors;
	c->sched->file = path;
	if (!path)
		return true;
	struct sandbox_options o = sandbox_defaults;
	o.shipped = "schedules";
	struct sandbox *s = sandbox_new(c, &o);
	lua_State *L = sandbox_lua(s);
	define_type(L, STAGE, stage_methods, stage_index);
	lua_pushcfunction(L, l_knob);
	sandbox_define(s, "knob");
	define_type(L, RECURRENCE, recurrence_methods, recurrence_index);
	define_type(L, NOTHING, recurrence_methods, nothing_index);
	if (sandbox_run(s, path, 1)) {
		if (!lua_isfunction(L, -1)) {
			diag(c, ERR_schedule, loc_make(c, path, 1), "the file returns %s, not a function", luaL_typename(L, -1));
		} else {
			push_model(L, c);
			sandbox_call(s, 1, 0);
		}
	}
	sandbox_free(s);
	return c->errors == before;
}
