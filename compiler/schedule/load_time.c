/* load_time.c · the schedule language: directives of a recurrence, which owns its time loop (m.time, m:recurrence("layer2.h")) */
#include "schedule/load.h"
#include "schedule/stages.h"

static int l_persistent(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	const char *barrier = load_option_text(L, 2, "barrier", "omp");
	bool pin = load_option_boolean(L, 2, "pin", ERR_persistent,
	                               "the options are: barrier = \"omp\", \"spin\" or \"flag\", pin = true or false");
	if (sched_persistent(c, r, barrier, pin, sandbox_where(L)))
		sched_log(c, rec_lua(c, r), base_internf(c, "persistent { barrier = \"%s\"%s }", barrier, pin ? ", pin = true" : ""), sandbox_where(L));
	return load_done(L);
}

static int l_chunk(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	lua_Integer steps = luaL_checkinteger(L, 2);
	if (sched_chunk(c, r, steps, sandbox_where(L)))
		sched_log(c, rec_lua(c, r), base_internf(c, "chunk(%lld)", (long long)steps), sandbox_where(L));
	return load_done(L);
}

static int l_scan(lua_State *L)
{
	struct ctx *c = sandbox_ctx(L);
	rec_id r = *(rec_id *)luaL_checkudata(L, 1, RECURRENCE);
	const char *method = load_option_text(L, 2, "method", "reduce-expand");
	int64_t chunk = load_option_integer(L, 2, "chunk"), block = load_option_integer(L, 2, "block");
	bool overlap = load_option_boolean(L, 2, "overlap", ERR_scan, "the options are: method, chunk, block, overlap = true or false");
	if (!sched_scan(c, r, method, chunk, block, overlap, sandbox_where(L)))
		return load_done(L);
	struct text t = { .c = c };
	const struct recurrence *x = &c->rec.at[r];
	text_printf(&t, "scan { method = \"%s\"", scan_name[x->scan]);
	if (x->scan_chunk)
		text_printf(&t, ", chunk = %lld", (long long)x->scan_chunk);
	if (x->scan_block)
		text_printf(&t, ", block = %lld", (long long)x->scan_block);
	text_puts(&t, x->scan_overlap ? ", overlap = true }" : " }");
	sched_log(c, rec_lua(c, r), t.s, sandbox_where(L));
	return load_done(L);
}

const struct method load_of_time[] = {
	{ "scan", l_scan, "(options?: { method: \"sequential\"|\"reduce-expand\"|\"one-pass\", chunk: integer, block: integer, overlap?: boolean }): "
	  "rnn.recurrence",
	  "h = a h' + b over a long time: in registers, or by chunks of time in parallel; these need m:math { reassoc = true }" },
	{ "chunk", l_chunk, "(steps: integer): rnn.recurrence",
	  "time in chunks of so many steps; stages with compute_at(m.time) are computed for each" },
	{ "persistent", l_persistent, "(options?: { barrier: \"omp\"|\"spin\"|\"flag\", pin?: boolean }): rnn.recurrence",
	  "one team of threads for the whole sequence; pin: each on a core of its own" },
	{ NULL, NULL, NULL, NULL },
};
