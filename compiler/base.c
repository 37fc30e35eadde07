/* base.c · memory, names, text, places, diagnostics (see base.h)
 *
 * The arena is a list of blocks, each twice the one before up to 4 MiB; large requests get a block of their own. In a
 * hostile build (RNNGEN_HOSTILE, tests/attack) every request does, so that each can fail and sanitizers see its ends. */
#include "base.h"
#include "ir/ir.h"

#include <stdlib.h>

struct block { struct block *next; size_t used, size; };
struct arena { struct block *head; size_t next_size, used; };
struct interner { const char **slot; uint32_t cap, n; };

NORETURN void base_oom(size_t bytes)
{
	fprintf(stderr, "rnngen: out of memory (%zu bytes wanted)\n", bytes);
	exit(3);
}

static struct block *block_new(struct arena *a, size_t bytes)
{
#ifdef RNNGEN_HOSTILE
	size_t size = ((sizeof(struct block) + 15) & ~(size_t)15) + bytes;
#else
	size_t size = a->next_size;
	while (size < bytes + sizeof(struct block) + 16) {
		if (size > SIZE_MAX / 2)
			base_oom(bytes);
		size *= 2;
	}
	if (a->next_size < ((size_t)4 << 20))
		a->next_size *= 2;
#endif
	struct block *b = calloc(1, size);
	if (!b)
		base_oom(bytes);
	*b = (struct block){ a->head, (sizeof *b + 15) & ~(size_t)15, size };
	a->head = b;
	return b;
}

void *base_alloc(struct ctx *c, size_t bytes)
{
	struct block *b = c->arena->head;
	if (bytes > SIZE_MAX / 4)
		base_oom(bytes);
	bytes = (bytes + 15) & ~(size_t)15;
	c->arena->used += bytes;
	if (!b || b->size - b->used < bytes)
		b = block_new(c->arena, bytes);
	void *p = (char *)b + b->used;
	b->used += bytes;
	return p;
}

size_t base_used(const struct ctx *c) { return c->arena->used; }

void *base_grow(struct ctx *c, void *at, uint32_t *cap, size_t size)
{
	uint32_t n = *cap ? *cap * 2 : 8;
	if (n < *cap)
		base_oom(SIZE_MAX);
	void *p = base_alloc(c, (size_t)n * size);
	if (*cap)
		memcpy(p, at, (size_t)*cap * size);
	*cap = n;
	return p;
}

struct ctx *ctx_new(const char *progname)
{
	struct arena *a = calloc(1, sizeof *a);
	struct ctx *c = calloc(1, sizeof *c);
	if (!a || !c) {
		free(a);
		free(c);
		base_oom(sizeof *c);
	}
	a->next_size = 1 << 16;
	c->arena = a;
	c->progname = progname;
	c->names = base_alloc(c, sizeof *c->names);
	/* handle 0 is "none" in every table */
	VEC_PUSH(c, c->files, "");
	VEC_PUSH(c, c->var, (struct var){ 0 });
	VEC_PUSH(c, c->expr, (struct expr){ 0 });
	VEC_PUSH(c, c->list, 0);
	VEC_PUSH(c, c->dim, (struct dim){ 0 });
	VEC_PUSH(c, c->tensor, (struct tensor){ .time = -1 });
	VEC_PUSH(c, c->def, (struct def){ 0 });
	return c;
}

static void settings_copy(struct ctx *c, settings *to, const settings *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		VEC_PUSH(c, *to, (struct setting){ base_intern(c, from->at[i].name), from->at[i].value, false, from->at[i].run_time });
}

struct ctx *ctx_again(struct ctx *c)
{
	struct ctx *n = ctx_new(c->progname);
	n->target = c->target;
	n->target_given = c->target_given;
	settings_copy(n, &n->set, &c->set);
	settings_copy(n, &n->knob, &c->knob);
	settings_copy(n, &n->plan, &c->plan);
	n->reassoc = c->reassoc;
	n->machine = c->machine;
	return n;
}

void ctx_free(struct ctx *c)
{
	struct arena *a = c->arena;
	for (struct block *b = a->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
	free(c);
}

bool idvec_has(const idvec *v, uint32_t x)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (v->at[i] == x)
			return true;
	return false;
}

/* ---- names ------------------------------------------------------------------------------------------------- */

static uint32_t hash_string(const char *s)
{
	uint32_t h = 2166136261u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

const char *base_intern(struct ctx *c, const char *s)
{
	struct interner *in = c->names;
	if (in->n * 2 >= in->cap) {
		uint32_t cap = in->cap ? in->cap * 2 : 256;
		const char **slot = base_alloc(c, cap * sizeof *slot);
		for (uint32_t i = 0; i < in->cap; i++) {
			if (!in->slot[i])
				continue;
			uint32_t at = hash_string(in->slot[i]) & (cap - 1);
			while (slot[at])
				at = (at + 1) & (cap - 1);
			slot[at] = in->slot[i];
		}
		in->slot = slot;
		in->cap = cap;
	}
	uint32_t at = hash_string(s) & (in->cap - 1);
	for (; in->slot[at]; at = (at + 1) & (in->cap - 1))
		if (!strcmp(in->slot[at], s))
			return in->slot[at];
	size_t n = strlen(s) + 1;
	char *copy = base_alloc(c, n);
	memcpy(copy, s, n);
	in->n++;
	return in->slot[at] = copy;
}

const char *base_internf(struct ctx *c, const char *fmt, ...)
{
	char small[256];  /* most fit, and most are known already: nothing of them stays in the arena */
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof small)
		return base_intern(c, small);
	va_start(ap, fmt);
	const char *s = base_vformat(c, fmt, ap);
	va_end(ap);
	return base_intern(c, s);
}

const char *base_ident(struct ctx *c, const char *name)
{
	char *copy = base_alloc(c, strlen(name) + 1);
	strcpy(copy, name);
	for (char *p = copy; *p; p++)
		if (*p == '.' || *p == '-' || *p == ' ')
			*p = '_';
	return base_intern(c, copy);
}

/* ---- text -------------------------------------------------------------------------------------------------- */

void text_putn(struct text *t, const char *s, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		size_t cap = t->cap ? t->cap : 64;
		while (cap < t->n + n + 1)
			cap *= 2;
		char *p = base_alloc(t->c, cap);
		if (t->n)
			memcpy(p, t->s, t->n);
		t->s = p;
		t->cap = cap;
	}
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = 0;
}

void text_puts(struct text *t, const char *s) { text_putn(t, s, strlen(s)); }

void text_vprintf(struct text *t, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof small, fmt, ap);
	if (n >= 0 && (size_t)n < sizeof small) {
		text_putn(t, small, (size_t)n);
	} else if (n >= 0) {
		char *big = base_alloc(t->c, (size_t)n + 1);
		vsnprintf(big, (size_t)n + 1, fmt, again);
		text_putn(t, big, (size_t)n);
	}
	va_end(again);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	text_vprintf(t, fmt, ap);
	va_end(ap);
}

/* ---- places ------------------------------------------------------------------------------------------------ */

loc_t loc_make(struct ctx *c, const char *file, int line)
{
	const char *name = base_intern(c, file);
	uint32_t f = 0;
	for (uint32_t i = 1; i < c->files.n; i++)
		if (c->files.at[i] == name)
			f = i;
	if (!f) {
		if (c->files.n >= 4096)
			return 0;
		f = c->files.n;
		VEC_PUSH(c, c->files, name);
	}
	return f << 20 | (uint32_t)(line < 0 ? 0 : line > 0xfffff ? 0xfffff : line);
}

const char *loc_file(struct ctx *c, loc_t l) { return c->files.at[l >> 20]; }
int loc_line(loc_t l) { return (int)(l & 0xfffff); }
const char *loc_text(struct ctx *c, loc_t l)
{
	return l ? base_internf(c, "%s:%d", loc_file(c, l), loc_line(l)) : "-";
}

/* ---- diagnostics ------------------------------------------------------------------------------------------- */

static const struct { const char *name, *fix; } diag_info[] = {
#define ERR(id, name, fix) { name, fix },
#include "front/errors.def"
#undef ERR
};

const char *diag_name(enum diag_id id) { return diag_info[id].name; }

const char *base_vformat(struct ctx *c, const char *fmt, va_list ap)
{
	struct text t = { .c = c };
	text_vprintf(&t, fmt, ap);
	return t.s ? t.s : "";
}

#define REASON_MAX 1000

/* A reason as it can be shown: a name in it may be of any length and hold any bytes. */
static const char *shown(struct ctx *c, const char *reason)
{
	size_t n = strlen(reason), keep = n < REASON_MAX ? n : REASON_MAX;
	struct text t = { .c = c };
	while (keep && keep < n && ((unsigned char)reason[keep] & 0xc0) == 0x80)  /* inside a character of UTF-8 */
		keep--;
	text_putn(&t, reason, keep);
	for (size_t i = 0; i < keep; i++)
		if (((unsigned char)t.s[i] < 0x20 && t.s[i] != '\n' && t.s[i] != '\t') || t.s[i] == 0x7f)
			t.s[i] = '?';
	if (keep < n)
		text_puts(&t, "...");
	return t.s;
}

void diag(struct ctx *c, enum diag_id id, loc_t at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *reason = shown(c, base_vformat(c, fmt, ap));
	va_end(ap);
	c->errors++;
	VEC_PUSH(c, c->diags, (struct diag_item){ .id = id, .at = at, .reason = reason, .fix = diag_info[id].fix,
	                                          .seq = c->diags.n });
}

void diag_note(struct ctx *c, loc_t at, const char *fmt, ...)
{
	if (!c->diags.n)
		return;
	struct diag_item *d = &c->diags.at[c->diags.n - 1];
	va_list ap;
	va_start(ap, fmt);
	const char *text = base_vformat(c, fmt, ap);
	va_end(ap);
	VEC_PUSH(c, d->notes, (struct diag_note_item){ at, text });
}

void diag_fix(struct ctx *c, const char *fmt, ...)
{
	if (!c->diags.n)
		return;
	va_list ap;
	va_start(ap, fmt);
	c->diags.at[c->diags.n - 1].fix = base_vformat(c, fmt, ap);
	va_end(ap);
}

void diag_forget(struct ctx *c)
{
	c->errors = c->diags.n = 0;
}

static int diag_order(const void *a, const void *b)
{
	const struct diag_item *x = a, *y = b;
	return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->seq < y->seq ? -1 : x->seq > y->seq;
}

void diag_print(struct ctx *c, FILE *out)
{
	if (c->diags.n)
		qsort(c->diags.at, c->diags.n, sizeof *c->diags.at, diag_order);
	for (uint32_t i = 0; i < c->diags.n; i++) {
		const struct diag_item *d = &c->diags.at[i];
		if (i && d->at == d[-1].at && d->id == d[-1].id && !strcmp(d->reason, d[-1].reason))
			continue;
		if (d->at)
			fprintf(out, "%s: ", loc_text(c, d->at));
		fprintf(out, "error[%s]: %s\n", diag_info[d->id].name, d->reason);
		for (uint32_t k = 0; k < d->notes.n; k++) {
			if (d->notes.at[k].at)
				fprintf(out, "  %s: %s\n", loc_text(c, d->notes.at[k].at), d->notes.at[k].text);
			else
				fprintf(out, "  %s\n", d->notes.at[k].text);
		}
		if (d->fix && *d->fix)
			fprintf(out, "  fix: %s\n", d->fix);
	}
	c->diags.n = 0;
}

/* Levenshtein distance, the first words of equal distance wins; NULL where nothing is near. */
const char *base_nearest(struct ctx *c, const char *word, const char *const *words, size_t n)
{
	size_t len = strlen(word), best = len < 2 ? 1 : len < 4 ? 2 : 1 + len / 3;
	const char *found = NULL;
	if (len > 100)
		return NULL;
	size_t *row = base_alloc(c, 3 * (len + 1) * sizeof *row), *last = row + len + 1, *before = last + len + 1;
	for (size_t w = 0; w < n; w++) {
		const char *s = words[w];
		for (size_t i = 0; i <= len; i++)
			row[i] = i;
		for (size_t j = 1; s[j - 1]; j++) {
			size_t *free = before;                     /* row, last, before: of j, j - 1, j - 2 letters of s */
			before = last;
			last = row;
			row = free;
			row[0] = j;
			for (size_t i = 1; i <= len; i++) {
				size_t cost = last[i - 1] + (word[i - 1] != s[j - 1]);
				size_t least = (last[i] < row[i - 1] ? last[i] : row[i - 1]) + 1;
				row[i] = cost < least ? cost : least;
				if (i > 1 && j > 1 && word[i - 1] == s[j - 2] && word[i - 2] == s[j - 1] && before[i - 2] + 1 < row[i])
					row[i] = before[i - 2] + 1;            /* two neighbours swapped */
			}
		}
		if (row[len] < best) {
			best = row[len];
			found = s;
		}
	}
	return found;
}
