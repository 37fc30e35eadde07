/* load_model.c · the schedule language: what m offers beside directives of stages and recurrences, and knobs */
#include "schedule/load.h"
#include "schedule/stages.h"

static int64_t knob_value(lua_State *L, int i)
{
	if (!lua_isinteger(L, i))
		sandbox_error(L, ERR_argument, "knob(\"B\", 16, { 8, 16, 32 })", "a knob has whole numbers, not %s", luaL_tolstring(L, i, NULL));
	return lua_tointeger(L, i);
}

int load_knob(lua_State *L)
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
	load_push(L, STAGE, s);
	return 1;
}

static int l_recurrence(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *name = luaL_checkstring(L, 2);
	stage_id s = stage_find(c, name, NULL);
	if (!s || !c->stage.at[s].rec)
		sandbox_error(L, ERR_no_stage, NULL, "'%s' belongs to no recurrence", name);
	load_push(L, RECURRENCE, c->stage.at[s].rec);
	return 1;
}

static int l_math(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	static const char *const options = "the options are: reassoc = true or false, ulp = 1 or 4";
	luaL_checktype(L, 2, LUA_TTABLE);
	bool reassoc = lua_getfield(L, 2, "reassoc") != LUA_TNIL, ulp = lua_getfield(L, 2, "ulp") != LUA_TNIL;
	if (!reassoc && !ulp)
		sandbox_error(L, ERR_math, options, "math has no such option");
	if (reassoc && !lua_isboolean(L, -2))
		sandbox_error(L, ERR_math, options, "reassoc cannot be a %s", luaL_typename(L, -2));
	if (ulp && !(lua_isinteger(L, -1) && (lua_tointeger(L, -1) == 1 || lua_tointeger(L, -1) == 4)))
		sandbox_error(L, ERR_math, options, "functions are exact to 1 ulp or to 4");
	if (reassoc) {
		if (c->sched->reassoc && !lua_toboolean(L, -2))
			sandbox_error(L, ERR_math, "leave this line out, or the one that allowed it",
			              "the order of sums was free until here; what used that cannot be taken back");
		c->sched->reassoc = lua_toboolean(L, -2);
		sched_log(c, "m", c->sched->reassoc ? "math { reassoc = true }" : "math { reassoc = false }", sandbox_where(L));
	}
	if (ulp) {
		c->sched->ulp = (int)lua_tointeger(L, -1);
		sched_log(c, "m", c->sched->ulp == 1 ? "math { ulp = 1 }" : "math { ulp = 4 }", sandbox_where(L));
	}
	return load_done(L);
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
				load_push(L, RECURRENCE, c->stage.at[s].rec);
				return 1;
			}
		}
	}
	if (!s || s == c->stage.n)
		no_stage(L, full);
	load_push(L, STAGE, s);
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
		load_push(L, STAGE, s);
		return 1;
	}
	if (!strcmp(name, "time")) {
		if (c->rec.n != 2)
			sandbox_error(L, ERR_no_stage, "name one: m:recurrence(\"layer1.h\"), or go through m.recurrences",
			              "the model has %u recurrences", c->rec.n - 1);
		load_push(L, RECURRENCE, 1);
		return 1;
	}
	no_stage(L, name);
	return 0;
}

/* wavefront { chunk = 16, groups = 2, skew = 1, recurrences = { "layer1.h", "layer2.h" } } */
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
	bool skewed = lua_getfield(L, 2, "skew") != LUA_TNIL;
	lua_Integer skew = skewed ? luaL_checkinteger(L, -1) : 0;
	if (skewed && skew < 1)
		sandbox_error(L, ERR_factor, NULL, "layers cannot follow each other %d diagonals apart", (int)skew);
	if (lua_getfield(L, 2, "recurrences") == LUA_TTABLE)
		n = load_names(L, lua_gettop(L), names, 64);
	if (sched_wavefront(c, names, n, chunk, groups, skew, sandbox_where(L)))
		sched_log(c, "m", base_internf(c, "wavefront { chunk = %lld%s%s%s }", (long long)chunk,
		          given ? base_internf(c, ", groups = %lld", (long long)groups) : "",
		          skewed ? base_internf(c, ", skew = %lld", (long long)skew) : "",
		          n ? base_internf(c, ", recurrences = { %s }", load_quoted(c, names, n)) : ""), sandbox_where(L));
	return load_done(L);
}

/* bound("N", { min = 16, max = 64, multiple = 16 }), bound("N", 1, 64) */
static int l_bound(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *dim = luaL_checkstring(L, 2);
	struct bound b = { .max = INT64_MAX, .multiple = 1, .loc = sandbox_where(L) };
	const struct { const char *name; int64_t *to; } option[] = { { "min", &b.min }, { "max", &b.max }, { "multiple", &b.multiple } };
	bool table = lua_istable(L, 3);
	lua_settop(L, table ? 3 : 5);
	for (int k = 0; k < 3; k++) {
		if (table)
			lua_getfield(L, 3, option[k].name);
		else
			lua_pushvalue(L, 3 + k);
		if (!lua_isnil(L, -1))
			*option[k].to = luaL_checkinteger(L, -1);
	}
	if (sched_bound(c, dim, b))
		sched_log(c, "m", sched_bound_text(c, dim, &b), b.loc);
	return load_done(L);
}

/* specialize { N = 1, T = 4 } */
static int l_specialize(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	struct special s = { .loc = sandbox_where(L) };
	luaL_checktype(L, 2, LUA_TTABLE);
	for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
		if (lua_type(L, -2) != LUA_TSTRING || !lua_isinteger(L, -1))
			sandbox_error(L, ERR_argument, "m:specialize { N = 1 }", "specialize takes dims and their sizes, whole numbers");
		if (!sched_dim(c, lua_tostring(L, -2), s.loc))
			return load_done(L);
	}
	for (uint32_t d = 1; d < c->dim.n; d++)
		if (lua_getfield(L, 2, c->dim.at[d].name) != LUA_TNIL)
			VEC_PUSH(c, s.sizes, (struct size){ d, lua_tointeger(L, -1) });
	if (sched_specialize(c, s))
		sched_log(c, "m", sched_special_text(c, &s), s.loc);
	return load_done(L);
}

const struct method load_of_model[] = {
	{ "bound", l_bound, "(dim: string, min: integer|{ min: integer?, max: integer?, multiple: integer? }, max?: integer): rnn.scheduled",
	  "what a run-time dim is promised to be; the library refuses other sizes" },
	{ "specialize", l_specialize, "(sizes: { [string]: integer }): rnn.scheduled",
	  "all loops once more for these sizes of run-time dims, chosen when called; several calls: the first that fits" },
	{ "wavefront", l_wavefront, "(options: { chunk: integer, groups: integer?, skew: integer?, recurrences: string[]? }): rnn.scheduled",
	  "stacked recurrences side by side, on diagonals of layer and chunk of time; groups of threads share the loops of a layer" },
	{ "stage", l_stage, "(name: string): rnn.stage", "a stage by the name of its tensor, \"layer1.h\"" },
	{ "recurrence", l_recurrence, "(name: string): rnn.recurrence", "the time loop that the stage belongs to" },
	{ "math", l_math, "(options: { reassoc?: boolean, ulp?: 1|4 }): rnn.scheduled",
	  "reassoc: sums may change their order; ulp: how exact exp, log, tanh and sigmoid are, 4 if nothing is said" },
	{ "expects", load_expects, "(model: { version: integer?, model: string?, hash: string?, tensors: string[]? }): rnn.scheduled",
	  "the model that the schedule was made for" },
	{ NULL, NULL, NULL, NULL },
};

/* m.weights:store_in("huge-pages") */
static int l_weights_in(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	const char *where = luaL_checkstring(L, 2);
	sandbox_directive(L);
	if (sched_weights_in(c, where, sandbox_where(L)))
		sched_log(c, "m.weights", base_internf(c, "store_in(\"%s\")", where), sandbox_where(L));
	return load_done(L);
}

const struct method load_of_weights[] = {
	{ "store_in", l_weights_in, "(where: \"huge-pages\"): rnn.scheduled.weights", "weights_pack asks the system for pages of 2 MiB" },
	{ NULL, NULL, NULL, NULL },
};

static int weights_index(lua_State *L)
{
	sandbox_error(L, ERR_undefined_name, "use m.weights:store_in(\"huge-pages\")", "weights have no '%s'", luaL_checkstring(L, 2));
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

void load_model(lua_State *L, struct ctx *c)
{
	lua_newtable(L);                                   /* m */
	lua_newtable(L);                                   /* its metatable */
	lua_newtable(L);                                   /* what m offers beside stages */
	load_methods(L, load_of_model);
	load_target(L);
	lua_setfield(L, -2, "target");
	lua_newtable(L);
	load_methods(L, load_of_weights);
	load_answer(L, weights_index, NULL);
	lua_setfield(L, -2, "weights");
	lua_newtable(L);
	for (uint32_t i = 1; i < c->dim.n; i++) {
		if (c->dim.at[i].value < 0)
			continue;
		lua_pushinteger(L, c->dim.at[i].value);
		lua_setfield(L, -2, c->dim.at[i].name);
	}
	load_answer(L, dim_index, NULL);
	lua_setfield(L, -2, "dims");
	lua_newtable(L);
	for (uint32_t i = 0; i < c->asked.n; i++) {
		lua_pushinteger(L, c->asked.at[i].value);
		lua_setfield(L, -2, c->asked.at[i].name);
	}
	load_answer(L, setting_index, NULL);
	lua_setfield(L, -2, "settings");
	lua_newtable(L);
	for (rec_id r = 1; r < c->rec.n; r++) {
		load_push(L, RECURRENCE, r);
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
