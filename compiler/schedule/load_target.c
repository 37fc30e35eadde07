/* load_target.c · m.target in schedule files: what the target is like, and m:target("avx2"), which chooses it
 *
 * A schedule that counts on a number of lanes or registers can say which target it was made for. Then the command line may leave
 * --target out; one that asks for another target is refused, since it would run a schedule where it was not meant to.
 *
 * Needs:      called before any directive, since sizes that others took from m.target would be those of another one. */
#include "schedule/load.h"
#include "schedule/stages.h"
#include "target/target.h"

/* m.target.lanes, m.target.registers, m.target.name: of the target as it is now */
static int field(lua_State *L)
{
	const struct target *t = sandbox_ctx(L)->target;
	const char *name = luaL_checkstring(L, 2);
	if (!strcmp(name, "name"))
		lua_pushstring(L, t->name);
	else if (!strcmp(name, "lanes") || !strcmp(name, "registers"))
		lua_pushinteger(L, *name == 'l' ? t->lanes : t->registers);
	else
		sandbox_error(L, ERR_undefined_name, "use m.target.name, m.target.lanes, m.target.registers", "a target has no '%s'", name);
	return 1;
}

bool sched_target(struct ctx *c, const char *name, loc_t l)
{
	const struct target *t = target_find(name);
	if (!t || !strcmp(name, "host")) {
		size_t n;
		const struct target *all = target_list(&n);
		const char **words = base_alloc(c, n * sizeof *words);
		for (size_t i = 0; i < n; i++)
			words[i] = all[i].name;
		const char *near = base_nearest(c, name, words, n);
		diag(c, ERR_target, l, t ? "'%s' is no target of its own, but the best that this machine runs" : "no target is called '%s'", name);
		if (near)
			diag_fix(c, "did you mean '%s'?", near);
		return false;
	}
	if (c->target_given && t != c->target) {
		diag(c, ERR_target, l, "the schedule is for %s, but --target asks for %s", t->name, c->target->name);
		diag_fix(c, "leave --target out, or use a schedule for %s", c->target->name);
		return false;
	}
	if (c->sched->log.n && t != c->target) {
		diag(c, ERR_target, l, "what stands above may count on another target");
		diag_fix(c, "make this the first line of the schedule");
		return false;
	}
	c->target = t;
	return true;
}

/* m:target(name), m.target(name) */
static int choose(lua_State *L)
{
	const char *name = luaL_checkstring(L, lua_gettop(L));
	sandbox_directive(L);
	if (sched_target(sandbox_ctx(L), name, sandbox_where(L)))
		sched_log(sandbox_ctx(L), "m", base_internf(sandbox_ctx(L), "target(\"%s\")", name), sandbox_where(L));
	lua_settop(L, 1);
	return 1;
}

void load_target(lua_State *L)
{
	lua_newtable(L);
	load_answer(L, field, choose);
}
