/* sandbox_budget.c · what a file may use up: steps, memory, declarations, depth of calls, errors
 *
 * The first budget that is spent is reported where it happens. From then on memory is refused and the hook raises at
 * every instruction, and pcall passes that on, so no text outlives its budget.
 *
 * Steps:         the hook counts instructions. An instruction can touch a whole string, as many values as the stack
 *                holds, or all keys of a table that collide, so it counts for more the longer the longest string, the
 *                larger the largest table and the deeper the stack have been; functions of C whose work grows with
 *                their arguments say how much it is.
 * Memory:        Lua's through its allocator, the language's through the arena. Lua's collector is off: what a file
 *                may do must not depend on when it runs, nor may full collections near the limit take for ever.
 * Declarations:  counted in the tables of the compilation, since passes behind the front end are not linear.
 * Depth:         Lua's stack, for deep recursion and for calls with very many arguments.
 * Errors:        those reported, for texts that go on after each. */
#include "front/sandbox_inside.h"

#include <stdlib.h>

#define HOOK_EVERY 1024
#define STRING_FREE 256              /* bytes of the longest string that cost nothing */
#define STRING_STEP 64               /* bytes of a longer one that make an instruction count once more */
#define STACK_STEP 4096              /* bytes of stack that do */
#define BLOCK_STEP 1024              /* bytes of the largest block that do: keys of a table can be made to collide */
#define BLOCK_FREE 4096
#define STACK_MAX ((size_t)1 << 20)  /* bytes: some 20000 calls */
#define ERRORS_MAX 1000

struct sandbox_options sandbox_defaults = { .steps = 100000000, .memory = (size_t)256 << 20, .declarations = 20000 };

/* Dims, axes, tensors, definitions. Variables of other kinds appear in schedules only. */
static size_t things(const struct ctx *c) { return (size_t)c->dim.n + c->var.n + c->tensor.n + c->def.n + c->stage.n; }

void sandbox_budget_begin(struct sandbox *s, const struct sandbox_options *o)
{
	s->limit = o ? *o : sandbox_defaults;
	s->limit.steps = s->limit.steps ? s->limit.steps : sandbox_defaults.steps;
	s->limit.memory = s->limit.memory ? s->limit.memory : sandbox_defaults.memory;
	s->limit.declarations = s->limit.declarations ? s->limit.declarations : sandbox_defaults.declarations;
	s->left = s->limit.steps;
	s->arena = base_used(s->c);
	s->made = things(s->c);
	s->errors = s->c->errors;
	s->every = HOOK_EVERY;
}

/* How many steps more than one an instruction counts. */
static size_t weight(const struct sandbox *s)
{
	return (s->longest > STRING_FREE ? s->longest / STRING_STEP : 0) + s->stack_bytes / STACK_STEP +
	       (s->block > BLOCK_FREE ? s->block / BLOCK_STEP : 0);
}

static void on_count(lua_State *L, lua_Debug *ar);

/* The budget b is spent: says so, once. */
static void spend(struct sandbox *s, enum budget b)
{
	struct ctx *c = s->c;
	if (s->spent)
		return;
	s->spent = b;
	lua_sethook(s->L, on_count, LUA_MASKCOUNT, 1);
	loc_t here = sandbox_where(s->L), at = here ? here : s->last;
	switch (b) {
	case BUDGET_STEPS:
		diag(c, ERR_budget, at, "the file has used up its %llu steps", (unsigned long long)s->limit.steps);
		diag_fix(c, "%s, or raise the budget with --max-steps", weight(s) < 64 ? "make the file do less work" :
		         "make the file do less work on shorter strings and smaller tables (large ones make steps cost more)");
		break;
	case BUDGET_MEMORY:
		diag(c, ERR_budget, at, "the file needs more than %zu MiB of memory", (s->limit.memory + 0xfffff) >> 20);
		diag_fix(c, "keep less, or raise the budget with --max-memory");
		break;
	case BUDGET_DECLARATIONS:
		diag(c, ERR_budget, at, "the file makes more than %llu dims, axes, tensors, definitions or directives",
		     (unsigned long long)s->limit.declarations);
		diag_fix(c, "make fewer, or raise the budget with --max-declarations");
		break;
	case BUDGET_DEPTH:
		diag(c, ERR_budget, at, "calls are nested too deeply, or carry too many values");
		diag_fix(c, "end the recursion, or pass a table; no flag raises this");
		break;
	default:
		diag(c, ERR_budget, at, "the file has more than %d errors; the rest is left out", ERRORS_MAX);
		diag_fix(c, "correct the first ones; no flag raises this");
		break;
	}
	sandbox_note_callers(s->L);
}

static NORETURN void give_up(lua_State *L, enum budget b)
{
	spend(sandbox_of(L), b);
	sandbox_raise(L);
}

/* The heavier instructions are, the more often the hook comes: by powers of two. */
static void reweigh(struct sandbox *s)
{
	int every = HOOK_EVERY;
	for (size_t w = 1; every > 1 && w <= weight(s); w *= 2)
		every /= 2;
	if (every >= s->every)
		return;
	s->every = every;
	if (s->limited && !s->spent)
		lua_sethook(s->L, on_count, LUA_MASKCOUNT, every);
}

void sandbox_steps(lua_State *L, uint64_t n)
{
	struct sandbox *s = sandbox_of(L);
	if (s->limited && n >= s->left)
		give_up(L, BUDGET_STEPS);
	s->left -= s->limited ? n : 0;
}

/* May Lua have `more` bytes? */
static bool may_grow(struct sandbox *s, size_t more)
{
	size_t all = s->used + base_used(s->c) - s->arena;
	if (s->spent)
		return false;
	if (more > s->limit.memory || all > s->limit.memory - more)
		spend(s, BUDGET_MEMORY);
	return !s->spent;
}

/* Lua's stack moves: it gets new memory, and right then frees the old. */
static void see_stack(struct sandbox *s)
{
	s->stack = s->fresh;
	if (s->block == s->fresh_bytes)
		s->block = s->block_before;
	if (s->fresh_bytes <= s->stack_bytes)
		return;
	s->stack_bytes = s->fresh_bytes;
	if (s->limited && s->stack_bytes > STACK_MAX)
		spend(s, BUDGET_DEPTH);
	reweigh(s);
}

void *sandbox_allocate(void *user, void *p, size_t old, size_t size)
{
	struct sandbox *s = user;
	bool is_string = !p && old == LUA_TSTRING;   /* for new memory Lua says what it is for, 0: a part of an object */
	bool is_block = !p && old == 0 && s->limited;
	old = p ? old : 0;
	if (!size) {
		if (p && p == s->stack)
			see_stack(s);
		free(p);
		s->used -= old;
		return NULL;
	}
	if (s->limited && size > old && !may_grow(s, size - old))
		return NULL;
	bool moves = p && p == s->stack;
	void *q = realloc(p, size);
	if (!q) {
		if (size > old)
			base_oom(size);
		q = p;                                   /* Lua counts on smaller being possible */
	}
	s->used += size - old;
	s->fresh = q;
	s->fresh_bytes = size;
	if (moves)
		see_stack(s);
	if (is_string && size > s->longest) {
		s->longest = size;
		reweigh(s);
	}
	if (is_block && size > s->block) {           /* the hook will reweigh: this may turn out to be the stack */
		s->block_before = s->block;
		s->block = size;
	}
	return q;
}

/* What the language made in C: memory, declarations, errors. */
static void check_growth(lua_State *L, size_t more)
{
	struct sandbox *s = sandbox_of(L);
	if (!s->limited)
		return;
	if (s->used + base_used(s->c) - s->arena + more > s->limit.memory)
		give_up(L, BUDGET_MEMORY);
	if (things(s->c) - s->made + s->directives > s->limit.declarations)
		give_up(L, BUDGET_DECLARATIONS);
	if (s->c->errors - s->errors > ERRORS_MAX)
		give_up(L, BUDGET_ERRORS);
}

void sandbox_charge(lua_State *L, size_t bytes) { check_growth(L, bytes); }

void sandbox_directive(lua_State *L)
{
	sandbox_of(L)->directives++;
	check_growth(L, 0);
}

static void on_count(lua_State *L, lua_Debug *ar)
{
	struct sandbox *s = sandbox_of(L);
	(void)ar;
	if (s->spent)
		sandbox_raise(L);
	s->last = sandbox_where(L);
	check_growth(L, 0);
	sandbox_steps(L, (uint64_t)s->every * (weight(s) + 1));
	reweigh(s);
}

void sandbox_watch(struct sandbox *s)
{
	lua_checkstack(s->L, 8 * LUA_MINSTACK);  /* the stack grows: what is new then is the stack */
	s->stack = s->fresh;
	s->stack_bytes = s->fresh_bytes;
	lua_sethook(s->L, on_count, LUA_MASKCOUNT, s->every);
}
