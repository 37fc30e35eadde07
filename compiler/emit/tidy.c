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

/* The word in the line that begins at p; NULL: not there. */
static const char *in_line(const char *p, const char *word)
{
	const char *end = strchr(p, '\n');
	for (size_t n = strlen(word); (p = memchr(p, *word, (size_t)(end - p))); p++)
		if (!strncmp(p, word, n))
			return p;
	return NULL;
}

/* Does the word stand between p and the end of the block that p begins in? Blocks are told by their indentation. */
static bool is_used(const char *p, const char *word)
{
	const size_t n = strlen(word), depth = strspn(p, "\t");
	for (p = strchr(p, '\n'); p && p[1] && strspn(p + 1, "\t") >= depth; p = strchr(p + 1, '\n'))
		for (const char *at = p + 1; (at = in_line(at, word)); at += n)
			if (has_word_at(p, at, word))
				return true;
	return false;
}

/* Drops pointers that a look at a block asked for and nothing printed uses. */
void drop_unused(struct ctx *c, struct text *t)
{
	for (bool again = true; again;) {
		const char *code = code_of(c, t);
		struct text kept = { .c = c };
		again = false;
		for (const char *p = t->s; *p;) {
			const char *end = strchr(p, '\n') + 1, *at = in_line(p, "*const "), *eq = at ? in_line(p, " = ") : NULL;
			bool drop = eq && at < eq && p[strspn(p, "\t")] != '/' &&
			            !is_used(code + (p - t->s), base_internf(c, "%.*s", (int)(eq - at - 7), at + 7));
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
