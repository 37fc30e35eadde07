/* print.c · a schedule as canonical Lua: one call a line, in the order given, stages by name
 *
 * Print, load, print gives the same bytes. It begins with the model that it was made for (load_expects.c). */
#include "schedule/stages.h"

bool lua_word(const char *s)
{
	static const char *const reserved[] = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function",
		"goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
		"math", "expects", "bound", "specialize", "wavefront", "time", "layers", "recurrences", "recurrence", "stage", "target", "dims", "settings", "weights" };
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (!strcmp(s, reserved[i]))
			return false;
	for (const char *p = s; *p; p++)
		if (*p != '_' && !(*p >= '0' && *p <= '9') && !((*p | 32) >= 'a' && (*p | 32) <= 'z'))
			return false;
	return *s && !(*s >= '0' && *s <= '9');
}

const char *stage_lua(struct ctx *c, stage_id s)
{
	const char *n = c->stage.at[s].name;
	return base_internf(c, lua_word(n) ? "m.%s" : "m:stage(\"%s\")", n);
}

const char *rec_lua(struct ctx *c, rec_id r)
{
	return c->rec.n == 2 ? "m.time" : base_internf(c, "m:recurrence(\"%s\")", c->rec.at[r].name);
}

void sched_log(struct ctx *c, const char *on, const char *call, loc_t l)
{
	VEC_PUSH(c, c->sched->log, (struct directive){ on, call, l });
}

void sched_print(struct ctx *c, struct text *out)
{
	text_printf(out, "return function(m)\n");
	expects_print(c, out);
	for (uint32_t i = 0; i < c->sched->log.n; i++)
		text_printf(out, "  %s:%s\n", c->sched->log.at[i].on, c->sched->log.at[i].call);
	text_puts(out, "end\n");
}
