/* tidy.c · emitted text as text: which words it uses, and pointers that nothing uses */
#include "emit/emit.h"

#include <ctype.h>
#include <stdlib.h>

/* Does the word stand at p, alone, and not as a member? */
static bool has_word_at(const char *text, const char *p, const char *word)
{
	size_t n = strlen(word);
	return !strncmp(p, word, n) && (p == text || (!isalnum((unsigned char)p[-1]) && p[-1] != '_' && p[-1] != '>')) &&
	       !isalnum((unsigned char)p[n]) && p[n] != '_';
}

bool has_word(const char *text, const char *word)
{
	for (const char *p = text; (p = strstr(p, word)); p++)
		if (has_word_at(text, p, word))
			return true;
	return false;
}

/* The text with comments blanked out. */
const char *code_of(struct ctx *c, const struct text *t)
{
	char *code = base_alloc(c, t->n + 1);
	memcpy(code, t->s, t->n);
	for (char *p = code; (p = strstr(p, "/*"));) {
		char *end = strstr(p, "*/");
		memset(p, ' ', (size_t)((end ? end + 2 : p + strlen(p)) - p));
	}
	return code;
}

/* Does the word stand there twice? */
static bool is_used(const char *text, const char *word)
{
	int n = 0;
	for (const char *p = text; n < 2 && (p = strstr(p, word)); p += strlen(word))
		n += has_word_at(text, p, word);
	return n > 1;
}

/* Drops pointers that a look at a block asked for and nothing printed uses. */
void drop_unused(struct ctx *c, struct text *t)
{
	for (bool again = true; again;) {
		const char *code = code_of(c, t);
		struct text kept = { .c = c };
		again = false;
		for (const char *p = t->s; *p;) {
			const char *end = strchr(p, '\n') + 1, *at = strstr(p, " *const "), *eq = strstr(p, " = ");
			bool drop = at && eq && at < eq && eq < end && p[strspn(p, "\t")] != '/' &&
			            !is_used(code, base_internf(c, "%.*s", (int)(eq - at - 8), at + 8));
			if (!drop)
				text_putn(&kept, p, (size_t)(end - p));
			again |= drop;
			p = end;
		}
		*t = kept;
		if (!t->s)
			text_puts(t, "");
	}
}
