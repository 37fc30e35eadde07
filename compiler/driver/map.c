/* map.c · maps: files that say which of the user's tensors make which param of the model (see tensors.h, README)
 *
 *   # torch.nn.LSTM                                            a comment
 *   layer{n}.b[4,*] = bias_ih_l{n-1} + bias_hh_l{n-1}          the sum of two
 *   W_f = weight_ih_l0[1 of 4]                                 block 1 of 4 along the first dim
 *   W = kernel[0 2 1 of 3]                                     blocks in another order
 *   b = 0                                                      zeros
 *   _ = decoder.*                                              tensors that are not needed
 *
 *   line  = name [ "[" extent, ... "]" ] "=" term { "+" term }     extent: a number, or * for any
 *   term  = name [ "[" block ... "of" count "]" ] | "0"            name: a word, or "in quotes"
 *
 * {n} on the left stands for a number, the same wherever it comes again; on the right {n}, {n+1}, {n-1}. Of several
 * lines for a param the first whose tensors are all in the file is taken. A prefix that all tensors of the file share,
 * up to a dot, need not be written. Shapes: map_regroups(). */
#include "driver/tensors.h"
#include "front/sandbox.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAP_BYTES = 1 << 20, BLOCKS = 64, EXTENT_ANY = -1 };

struct row {
	loc_t at;
	const char *left;
	int32_t rank;                          /* of extent; -1: not given */
	int64_t extent[8];                     /* EXTENT_ANY: * */
	VEC(struct map_term) term;             /* none: zeros */
};

struct map {
	const char *path;
	VEC(struct row) row;
};

const char *map_path(const struct map *m)
{
	return m->path;
}

/* ---- reading a map --------------------------------------------------------------------------------------------- */

struct lexer { struct ctx *c; const char *s; loc_t at; };

static void blanks(struct lexer *l)
{
	while (*l->s == ' ' || *l->s == '\t' || *l->s == '\r')
		l->s++;
}

static bool accept(struct lexer *l, const char *sign)
{
	blanks(l);
	if (strncmp(l->s, sign, strlen(sign)))
		return false;
	l->s += strlen(sign);
	return true;
}

static bool wrong(struct lexer *l, const char *wanted)
{
	blanks(l);
	int n = (int)strcspn(l->s, " \t\r\n");
	if (n)
		diag(l->c, ERR_data, l->at, "the map has '%.*s' where %s should be", n > 40 ? 40 : n, l->s, wanted);
	else
		diag(l->c, ERR_data, l->at, "this line of the map ends where %s should be", wanted);
	diag_fix(l->c, "a line of a map reads: PARAM = TENSOR + TENSOR, PARAM = TENSOR[0 2 1 of 3], PARAM = 0 or _ = TENSOR");
	return false;
}

/* A name, quoted or up to a sign; the + of {n+1} in the name of a source is none. NULL: there is no name. */
static const char *name(struct lexer *l, bool source)
{
	blanks(l);
	bool quoted = *l->s == '"';
	const char *from = l->s + quoted, *stop = quoted ? "\"\n" : " \t\r\n=+[]#\"";
	size_t n = strcspn(from, stop);
	while (source && from[n] == '+' && n > 1 && from[n - 2] == '{' && islower((unsigned char)from[n - 1]))
		n += 1 + strcspn(from + n + 1, stop);
	if (!n || (quoted && from[n] != '"'))
		return NULL;
	l->s = from + n + quoted;
	return base_internf(l->c, "%.*s", (int)n, from);
}

static bool number(struct lexer *l, int64_t *v)
{
	blanks(l);
	if (!isdigit((unsigned char)*l->s))
		return false;
	for (*v = 0; isdigit((unsigned char)*l->s); l->s++)
		*v = *v < INT64_MAX / 10 - 9 ? *v * 10 + (*l->s - '0') : INT64_MAX / 10 - 9;
	return true;
}

/* [4,*] */
static bool extents(struct lexer *l, struct row *row)
{
	row->rank = -1;
	if (!accept(l, "["))
		return true;
	for (row->rank = 0; row->rank < 8; ) {
		row->extent[row->rank] = EXTENT_ANY;
		if (!accept(l, "*") && !number(l, &row->extent[row->rank]))
			return wrong(l, "an extent");
		row->rank++;
		if (!accept(l, ","))
			break;
	}
	return accept(l, "]") || wrong(l, "']'");
}

/* [0 2 1 of 3] */
static bool blocks(struct lexer *l, struct map_term *t)
{
	uint32_t *block = base_alloc(l->c, BLOCKS * sizeof *block);
	int64_t v = 0;
	if (!accept(l, "["))
		return true;
	while (t->n < BLOCKS && number(l, &v))
		block[t->n++] = (uint32_t)(v < BLOCKS ? v : BLOCKS);
	if (!t->n || !accept(l, "of") || !number(l, &v) || v < 1 || v > BLOCKS)
		return wrong(l, "blocks, as in [0 2 1 of 3],");
	t->of = (uint32_t)v;
	t->block = block;
	for (uint32_t i = 0; i < t->n; i++)
		if (block[i] >= t->of)
			return diag(l->c, ERR_data, l->at, "the map asks for a block that is not among 0 to %u", t->of - 1),
			       diag_fix(l->c, "blocks are counted from 0"), false;
	return accept(l, "]") || wrong(l, "']'");
}

static bool row(struct lexer *l, struct row *out)
{
	*out = (struct row){ .at = l->at, .left = name(l, false) };
	if (!out->left)
		return wrong(l, "the name of a param");
	if (!extents(l, out))
		return false;
	if (!accept(l, "="))
		return wrong(l, "'='");
	blanks(l);
	if (*l->s == '0' && strchr(" \t\r\n#", l->s[1])) {
		l->s++;
	} else {
		do {
			struct map_term t = { .name = name(l, true) };
			if (!t.name)
				return wrong(l, "the name of a tensor");
			if (!blocks(l, &t))
				return false;
			VEC_PUSH(l->c, out->term, t);
		} while (accept(l, "+"));
	}
	blanks(l);
	return !*l->s || *l->s == '\n' || *l->s == '#' || wrong(l, "the end of the line");
}

/* The text of a small file, terminated; NULL: see diags. */
static const char *map_text(struct ctx *c, const char *path)
{
	char part[4096];
	struct text text = { .c = c };
	FILE *f = fopen(path, "rb");
	bool bad = !f, zero = false;
	text_puts(&text, "");
	for (size_t n; f && text.n <= MAP_BYTES && (n = fread(part, 1, sizeof part, f)) > 0; ) {
		zero |= memchr(part, 0, n) != NULL;
		text_putn(&text, part, n);
	}
	bad |= f && ferror(f);
	if (bad)
		diag(c, ERR_file, 0, "cannot read the map %s: %s", path, strerror(errno));
	else if (zero || text.n > MAP_BYTES)
		diag(c, ERR_data, 0, "%s is no map: it %s", path, zero ? "holds a zero byte" : "is over 1 MiB long");
	if (f)
		fclose(f);
	return bad || zero || text.n > MAP_BYTES ? NULL : text.s;
}

/* A file, or else the name of a shipped map. */
static const char *map_file(struct ctx *c, const char *s)
{
	const char *share = strchr(s, '/') || access(s, F_OK) == 0 ? NULL : sandbox_share(c);
	const char *shipped = share ? base_internf(c, "%s/models/maps/%s.map", share, s) : NULL;
	return shipped && access(shipped, F_OK) == 0 ? shipped : s;
}

const struct map *map_load(struct ctx *c, const char *path)
{
	struct map *m = base_alloc(c, sizeof *m);
	const char *text = map_text(c, path = map_file(c, path));
	bool ok = text;
	m->path = path;
	for (int line = 1; text && *text; line++) {
		struct lexer l = { c, text, loc_make(c, path, line) };
		struct row r;
		blanks(&l);
		if (*l.s && *l.s != '\n' && *l.s != '#') {
			if (row(&l, &r))
				VEC_PUSH(c, m->row, r);
			else
				ok = false;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return ok ? m : NULL;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

struct letters { int64_t value[26]; bool known[26]; };

/* Does `s` match the left side, where {n} stands for a number? */
static bool name_matches(const char *pattern, const char *s, struct letters *v)
{
	while (*pattern) {
		if (pattern[0] == '{' && islower((unsigned char)pattern[1]) && pattern[2] == '}') {
			int i = pattern[1] - 'a';
			size_t digits = strspn(s, "0123456789");
			int64_t k = strtoll(s, NULL, 10);
			if (!digits || digits > 6 || (v->known[i] && v->value[i] != k))
				return false;
			v->value[i] = k;
			v->known[i] = true;
			s += digits;
			pattern += 3;
		} else if (*pattern++ != *s++) {
			return false;
		}
	}
	return !*s;
}

/* The right side with its numbers filled in. */
static const char *name_filled(struct ctx *c, const char *pattern, const struct letters *v)
{
	struct text out = { .c = c };
	for (text_puts(&out, ""); *pattern; ) {
		int i = pattern[0] == '{' && islower((unsigned char)pattern[1]) ? pattern[1] - 'a' : -1;
		char *end = NULL;
		long by = i < 0 || pattern[2] == '}' ? 0 : strchr("+-", pattern[2]) ? strtol(pattern + 2, &end, 10) : 0;
		const char *after = i >= 0 && pattern[2] == '}' ? pattern + 2 : end;
		if (i >= 0 && v->known[i] && after && *after == '}' && by > -1000 && by < 1000) {
			text_printf(&out, "%" PRId64, v->value[i] + by);
			pattern = after + 1;
		} else {
			text_putn(&out, pattern++, 1);
		}
	}
	return out.s;
}

/* Length of the prefix, up to and with a dot, that all names of the file share. */
static size_t shared_prefix(const struct rnn_st_file *f)
{
	const char *first = rnn_st_count(f) ? rnn_st_at(f, 0)->is.name : "";
	size_t n = strlen(first);
	for (size_t i = 1; i < rnn_st_count(f); i++) {
		const char *s = rnn_st_at(f, i)->is.name;
		size_t k = 0;
		while (k < n && s[k] == first[k])
			k++;
		n = k;
	}
	while (n && first[n - 1] != '.')
		n--;
	return n;
}

static const struct rnn_st_tensor *tensor_named(struct ctx *c, const struct rnn_st_file *f, const char *s)
{
	const struct rnn_st_tensor *t = rnn_st_find(f, s);
	size_t n = t ? 0 : shared_prefix(f);
	return n ? rnn_st_find(f, base_internf(c, "%.*s%s", (int)n, rnn_st_at(f, 0)->is.name, s)) : t;
}

/* ---- what makes a param ---------------------------------------------------------------------------------------- */

static bool row_makes(const struct row *row, const struct rnn_tensor *want, struct letters *v)
{
	*v = (struct letters){ 0 };
	if (!name_matches(row->left, want->name, v) || (row->rank >= 0 && row->rank != want->rank))
		return false;
	for (int32_t d = 0; d < row->rank; d++)
		if (row->extent[d] != EXTENT_ANY && row->extent[d] != want->shape[d])
			return false;
	return true;
}

bool map_recipe(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const struct rnn_tensor *want,
                struct recipe *out)
{
	static const struct map_term whole = { 0 };
	for (uint32_t i = 0; m && i < m->row.n; i++) {
		const struct row *row = &m->row.at[i];
		struct letters v;
		if (!row_makes(row, want, &v))
			continue;
		*out = (struct recipe){ row->at, row->term.n, base_alloc(c, (row->term.n + 1) * sizeof *out->from), row->term.at };
		bool all = true;
		for (uint32_t k = 0; all && k < row->term.n; k++)
			all = (out->from[k] = tensor_named(c, f, name_filled(c, row->term.at[k].name, &v))) != NULL;
		if (all)
			return true;
	}
	*out = (struct recipe){ 0, m ? 0 : 1, base_alloc(c, sizeof *out->from), &whole };
	if (!m && rnn_st_count(f) == 1 && !*rnn_st_at(f, 0)->is.name)
		out->from[0] = rnn_st_at(f, 0);        /* a .npy: one array without a name */
	else if (!m)
		out->from[0] = rnn_st_find(f, want->name);
	return !m && out->from[0];
}

void map_explain(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const char *path,
                 const struct rnn_tensor *want)
{
	const char **names = base_alloc(c, (rnn_st_count(f) + 1) * sizeof *names);
	size_t prefix = shared_prefix(f), n = rnn_st_count(f);
	for (size_t i = 0; i < n; i++)
		names[i] = rnn_st_at(f, i)->is.name + prefix;
	for (uint32_t i = 0; i < m->row.n; i++) {
		struct letters v;
		if (!row_makes(&m->row.at[i], want, &v))
			continue;
		for (uint32_t k = 0; k < m->row.at[i].term.n; k++) {
			const char *source = name_filled(c, m->row.at[i].term.at[k].name, &v);
			if (tensor_named(c, f, source))
				continue;
			const char *near = base_nearest(c, source, names, n);
			diag(c, ERR_data, m->row.at[i].at, "'%s' of the model is made of '%s', which %s does not have", want->name,
			     source, path);
			if (near)
				diag_note(c, 0, "it has '%s'", near);
			return;
		}
	}
	diag(c, ERR_data, 0, "%s has no line that makes '%s' of the model", m->path, want->name);
	diag_fix(c, "add one: %s = NAME, with the name of a tensor of %s", want->name, path);
}

bool map_drops(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const char *s)
{
	for (uint32_t i = 0; m && i < m->row.n; i++)
		for (uint32_t k = 0; !strcmp(m->row.at[i].left, "_") && k < m->row.at[i].term.n; k++) {
			const char *what = m->row.at[i].term.at[k].name;
			size_t n = strlen(what);
			if (n && what[n - 1] == '*' ? !strncmp(what, s, n - 1) : !strcmp(what, s))
				return true;
		}
	return false;
}

/* ---- shapes ---------------------------------------------------------------------------------------------------- */

bool map_shape(const struct rnn_st_tensor *from, const struct map_term *term, struct rnn_tensor *out)
{
	*out = from->is;
	if (!term->of)
		return true;
	if (!out->rank || out->shape[0] % term->of)
		return false;
	out->shape[0] = out->shape[0] / term->of * term->n;
	return true;
}

bool map_regroups(const struct rnn_tensor *have, const struct rnn_tensor *want)
{
	int32_t i = 0, k = 0;
	while (i < have->rank && k < want->rank) {
		int64_t a = have->shape[i++], b = want->shape[k++];
		while (a != b) {
			if (a <= 0 || b <= 0 || (a < b ? i == have->rank : k == want->rank))
				return false;
			int64_t *less = a < b ? &a : &b, by = a < b ? have->shape[i++] : want->shape[k++];
			if (by <= 0 || *less > INT64_MAX / by)
				return false;
			*less *= by;
		}
	}
	for (; i < have->rank; i++)
		if (have->shape[i] != 1)
			return false;
	for (; k < want->rank; k++)
		if (want->shape[k] != 1)
			return false;
	return true;
}

/* ---- the shipped ones ------------------------------------------------------------------------------------------ */

bool map_names_fit(struct ctx *c, const struct map *m, const struct rnn_st_file *f, const struct rnn_tensor *want,
                   int32_t n)
{
	size_t count = rnn_st_count(f), used = 0;
	bool *seen = base_alloc(c, count + 1);
	for (int32_t i = 0; i < n; i++) {
		struct recipe made;
		if (!map_recipe(c, m, f, &want[i], &made))
			return false;
		for (uint32_t k = 0; k < made.n; k++)
			for (size_t j = 0; j < count; j++)
				seen[j] |= rnn_st_at(f, j) == made.from[k];
	}
	for (size_t j = 0; j < count; j++)
		used += seen[j] || map_drops(c, m, f, rnn_st_at(f, j)->is.name);
	return used == count;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const struct map *map_shipped(struct ctx *c, const struct rnn_st_file *f, const struct rnn_tensor *want, int32_t n)
{
	const char *share = sandbox_share(c);
	VEC(const char *) paths = { 0 };
	for (int32_t i = 0; i < n; i++)
		if (rnn_st_find(f, want[i].name))
			return NULL;
	DIR *dir = share && n ? opendir(base_internf(c, "%s/models/maps", share)) : NULL;
	for (struct dirent *d; dir && (d = readdir(dir)) != NULL; ) {
		size_t len = strlen(d->d_name);
		if (len > 4 && !strcmp(d->d_name + len - 4, ".map"))
			VEC_PUSH(c, paths, base_internf(c, "%s/models/maps/%s", share, d->d_name));
	}
	if (dir)
		closedir(dir);
	if (paths.n)
		qsort(paths.at, paths.n, sizeof *paths.at, by_name);
	for (uint32_t i = 0; i < paths.n; i++) {
		const struct map *m = map_load(c, paths.at[i]);
		if (m && map_names_fit(c, m, f, want, n))
			return m;
	}
	return NULL;
}
