/* text.c · paste the support functions that emitted C uses
 *
 * A text file is a row of sections, each a function with the functions it calls; lines before the first are notes:
 *
 *     ## tanh : needs abs fma max@1
 *     static inline @V tanh@n(@V x)
 *
 * Functions of other accuracy have a file of their own, which comes before maths where they are asked for.
 *
 * Placeholders: @V vector type, @M mask type, @U type of the bits, @N lanes, @n suffix. A need is of the same width
 * unless it says @1. For a width the target lists files; the first that has a section of a name wins, so that a
 * target's own text replaces the common one. Sections are put depth first: needs before users, else in text order. */
#include "text.h"

#include <stdbool.h>
#include <string.h>

#include "text_data.h"

enum { FILES = 5, WIDTHS = 2, SECTIONS = 64 };

struct width {
	int lanes;
	const char *vector, *mask, *bits;       /* @V, @M, @U */
	const char *file[FILES];                /* the first that has a section wins */
};

struct target {
	const char *name, *flags;
	const char *guard, *includes;           /* sections of head; guard may be NULL */
	struct width width[WIDTHS];             /* narrowest first */
};

static const struct target targets[] = {
	{ "generic", "", NULL, "includes", {
		{ 1, "float", "int", "uint32_t", { "scalar", "maths" } },
		{ 4, "v4", "m4", "u32x4", { "generic", "vector", "maths", "measure" } } } },
	{ "avx2", "-mavx2 -mfma", "guard_avx2", "includes_x86", {
		{ 1, "float", "int", "uint32_t", { "scalar_fma", "scalar", "fused", "maths" } },
		{ 8, "v8", "m8", "u32x8", { "avx2", "vector", "fused", "maths", "measure" } } } },
	{ "avx512", "-mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma", "guard_avx512", "includes_x86", {
		{ 1, "float", "int", "uint32_t", { "scalar_fma", "scalar", "fused", "maths" } },
		{ 16, "v16", "m16", "u32x16", { "avx512", "vector", "fused", "maths", "measure" } } } },
};

struct span {
	const char *s;
	size_t n;
};

struct section {
	struct span name, needs, body;
};

/* One width of a target with the sections that apply to it. */
struct table {
	const struct width *width;
	struct section section[SECTIONS];
	size_t count;
	bool wanted[SECTIONS], put[SECTIONS];
};

static const struct target *target_find(const char *name)
{
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
	return NULL;
}

static struct span file_find(const char *name)
{
	for (size_t i = 0; i < text_file_count; i++)
		if (strcmp(text_files[i].name, name) == 0)
			return (struct span){ text_files[i].text, text_files[i].size };
	return (struct span){ "", 0 };
}

static bool same(struct span a, const char *s)
{
	return strlen(s) == a.n && memcmp(a.s, s, a.n) == 0;
}

/* Cuts the next line, or word, off the front of rest; false at the end. */
static bool cut_line(struct span *rest, struct span *line)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->s, '\n', rest->n);
	line->s = rest->s;
	line->n = end ? (size_t)(end - rest->s) + 1 : rest->n;
	rest->s += line->n;
	rest->n -= line->n;
	return true;
}

static bool cut_word(struct span *rest, struct span *word)
{
	while (rest->n > 0 && (*rest->s == ' ' || *rest->s == '\n'))
		rest->s++, rest->n--;
	word->s = rest->s;
	while (rest->n > 0 && *rest->s != ' ' && *rest->s != '\n')
		rest->s++, rest->n--;
	word->n = (size_t)(rest->s - word->s);
	return word->n > 0;
}

/* Cuts the next section; needs is what follows ": needs" in its first line, body ends without blank lines. */
static bool cut_section(struct span *rest, struct section *out)
{
	struct span line, next, word;

	do
		if (!cut_line(rest, &line))
			return false;
	while (line.n < 3 || memcmp(line.s, "## ", 3) != 0);
	line.s += 3;
	line.n -= 3;
	cut_word(&line, &out->name);
	cut_word(&line, &word);
	cut_word(&line, &word);
	out->needs = line;

	out->body = (struct span){ rest->s, 0 };
	for (next = *rest; cut_line(&next, &line); *rest = next) {
		if (line.n >= 3 && memcmp(line.s, "## ", 3) == 0)
			break;
		out->body.n += line.n;
	}
	while (out->body.n > 1 && out->body.s[out->body.n - 2] == '\n')
		out->body.n--;
	if (out->body.n == 1)
		out->body.n = 0;
	return true;
}

static size_t table_find(const struct table *t, struct span name)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (t->section[i].name.n == name.n && memcmp(t->section[i].name.s, name.s, name.n) == 0)
			break;
	return i;
}

static void table_add(struct table *t, const char *file)
{
	struct span rest = file_find(file);
	struct section s;

	while (t->count < SECTIONS && cut_section(&rest, &s))
		if (table_find(t, s.name) == t->count)
			t->section[t->count++] = s;
}

static void table_fill(struct table *t, const struct width *w, int ulp)
{
	memset(t, 0, sizeof *t);
	t->width = w;
	for (int i = 0; i < FILES && w->file[i]; i++) {
		if (ulp == 1 && strcmp(w->file[i], "maths") == 0)
			table_add(t, "maths_1ulp");
		table_add(t, w->file[i]);
	}
}

/* Where text goes; one-line functions stand together, a blank line parts the others. */
struct out {
	text_put *put;
	void *ctx;
	bool any, short_last;
};

static bool is_short(struct span body)
{
	return memchr(body.s, '\n', body.n) == body.s + body.n - 1;
}

static void put_string(const char *s, struct out *out)
{
	out->put(out->ctx, s, strlen(s));
}

static void put_lanes(int lanes, struct out *out)
{
	const char digits[2] = { (char)('0' + lanes / 10), (char)('0' + lanes % 10) };

	out->put(out->ctx, digits + (lanes < 10), lanes < 10 ? 1 : 2);
}

static void put_filled(struct span body, const struct width *w, struct out *out)
{
	while (body.n > 0) {
		const char *at = memchr(body.s, '@', body.n);
		const size_t plain = at ? (size_t)(at - body.s) : body.n;

		out->put(out->ctx, body.s, plain);
		body.s += plain;
		body.n -= plain;
		if (body.n < 2)
			break;
		switch (body.s[1]) {
		case 'V': put_string(w->vector, out); break;
		case 'M': put_string(w->mask, out); break;
		case 'U': put_string(w->bits, out); break;
		case 'N':
		case 'n': put_lanes(w->lanes, out); break;
		default: out->put(out->ctx, body.s, 2); break;
		}
		body.s += 2;
		body.n -= 2;
	}
}

/* The body without the comment it begins with. */
static struct span bare(struct span body)
{
	const char *end = body.s;

	if (body.n < 2 || memcmp(body.s, "/*", 2) != 0)
		return body;
	do
		end = (const char *)memchr(end, '/', (size_t)(body.s + body.n - end)) + 1;
	while (end[-2] != '*' || end < body.s + 4);
	end += *end == '\n';
	return (struct span){ end, (size_t)(body.s + body.n - end) };
}

/* Puts section i of table t and, before it, what it needs. scalar is the target's table of one lane. */
static void put_section(struct table *t, struct table *scalar, size_t i, struct out *out)
{
	struct span body = t->section[i].body, needs, word;
	size_t twin;

	if (t->put[i])
		return;
	t->put[i] = true;
	needs = t->section[i].needs;
	while (cut_word(&needs, &word)) {
		const bool narrow = word.n > 2 && memcmp(word.s + word.n - 2, "@1", 2) == 0;
		struct table *from = narrow ? scalar : t;
		size_t j;

		word.n -= narrow ? 2 : 0;
		j = table_find(from, word);
		if (j < from->count)
			put_section(from, scalar, j, out);
	}
	if (body.n == 0)
		return;
	twin = table_find(scalar, t->section[i].name);
	if (t != scalar && twin < scalar->count && scalar->put[twin] && scalar->section[twin].body.s == body.s)
		body = bare(body);      /* the comment stands above already */
	if (out->any && !(out->short_last && is_short(body)))
		put_string("\n", out);
	put_filled(body, t->width, out);
	out->any = true;
	out->short_last = is_short(body);
}

static struct table *table_of(struct table *table, int lanes)
{
	for (int i = 0; i < WIDTHS; i++)
		if (table[i].width->lanes == lanes)
			return &table[i];
	return NULL;
}

int text_lanes(const char *target)
{
	const struct target *t = target_find(target);

	return t ? t->width[WIDTHS - 1].lanes : 0;
}

const char *text_flags(const char *target)
{
	const struct target *t = target_find(target);

	return t ? t->flags : NULL;
}

enum text_error text_head(const char *target, text_put *put, void *ctx)
{
	const struct target *t = target_find(target);
	const char *parts[3];

	if (!t)
		return TEXT_NO_TARGET;
	parts[0] = "contract";
	parts[1] = t->guard;
	parts[2] = t->includes;
	for (int i = 0; i < 3; i++) {
		struct span rest = file_find("head");
		struct section s;

		while (parts[i] && cut_section(&rest, &s))
			if (same(s.name, parts[i])) {
				put(ctx, s.body.s, s.body.n);
				put(ctx, "\n", 1);
			}
	}
	return TEXT_OK;
}

enum text_error text_functions(const struct text_request *ask, text_put *put, void *ctx, size_t *which)
{
	const struct target *target = target_find(ask->target);
	struct table table[WIDTHS];
	struct out out = { put, ctx, false, false };
	size_t at = 0;

	if (!which)
		which = &at;
	*which = 0;
	if (!target)
		return TEXT_NO_TARGET;
	for (int i = 0; i < WIDTHS; i++)
		table_fill(&table[i], &target->width[i], ask->ulp);
	for (size_t k = 0; k < ask->uses; k++) {
		const struct span name = { ask->use[k].name, strlen(ask->use[k].name) };
		struct table *t = table_of(table, ask->use[k].lanes);
		size_t i;

		*which = k;
		if (!t)
			return TEXT_NO_LANES;
		i = table_find(t, name);
		if (i == t->count)
			return TEXT_NO_FUNCTION;
		t->wanted[i] = true;
	}
	for (int w = 0; w < WIDTHS; w++)
		for (size_t i = 0; i < table[w].count; i++)
			if (table[w].wanted[i])
				put_section(&table[w], &table[0], i, &out);
	if (out.any)
		put_string("\n", &out);
	return TEXT_OK;
}
