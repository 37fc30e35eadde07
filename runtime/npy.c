/* npy.c · one array of NumPy: its header, and files that hold nothing else; interface and format in npy.h
 *
 * The header is a dict in Python's syntax. Exactly the three keys that NumPy writes are accepted, in any order; nothing
 * is evaluated.
 *
 * Guarantees: as safetensors_read.c. */
#include "npy.h"
#include "npy_inside.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "\x93NUMPY"
#define HEADER_MAX (1 << 20)    /* bytes; NumPy's own are below 200 */

static const struct { const char *descr; int32_t type; } types[] = {
	{ "<f4", RNN_F32 }, { "<f8", RNN_F64 }, { "<f2", RNN_F16 }, { "<i4", RNN_I32 }, { "<i8", RNN_I64 },
	{ "|b1", RNN_BOOL },
};
enum { TYPES = sizeof types / sizeof types[0] };

int npy_error(const struct npy_source *s, const char *format, ...)
{
	char what[400];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	if (!s->name)
		return st_error(&s->to, "%s", what);
	return st_error(&s->to, "array '%.100s' (entry at byte %" PRIu64 "): %s", s->name, s->start, what);
}

int npy_read(struct npy_source *s, void *to, uint64_t size)
{
	if (size > s->size - s->at)
		return npy_error(s, "truncated: it has %" PRIu64 " bytes, but byte %" PRIu64 " is needed", s->size,
		                 s->at + size - 1);
	if (size > SIZE_MAX || s->read(s, to, (size_t)size))
		return -1;
	s->at += size;
	return 0;
}

/* --- the header ----------------------------------------------------------------------------------------------- */

struct dict {
	const struct npy_source *s;
	const char *text, *p, *end;
	uint64_t begin;         /* byte of the npy where text begins */
};

static int npy_wrong(const struct dict *d, const char *wanted)
{
	return npy_error(d->s, "header at byte %" PRIu64 ": %s is expected", d->begin + (uint64_t)(d->p - d->text), wanted);
}

static int npy_accept(struct dict *d, const char *sign)
{
	size_t n = strlen(sign);
	while (d->p < d->end && strchr(" \t\n\r", *d->p) && *d->p)
		d->p++;
	if ((size_t)(d->end - d->p) < n || memcmp(d->p, sign, n))
		return 0;
	d->p += n;
	return 1;
}

/* A string without escapes, cut to fit. */
static int npy_string(struct dict *d, const char *what, char *to, size_t size)
{
	size_t n = 0;
	char quote = npy_accept(d, "'") ? '\'' : npy_accept(d, "\"") ? '"' : 0;
	if (!quote)
		return npy_wrong(d, what);
	for (; d->p < d->end && *d->p && *d->p != quote && *d->p != '\\'; d->p++)
		if (n + 1 < size)
			to[n++] = *d->p;
	to[n] = '\0';
	if (d->p == d->end || *d->p != quote)
		return npy_wrong(d, "the end of the string");
	d->p++;
	return 0;
}

static int npy_descr(struct dict *d, struct rnn_tensor *t)
{
	char descr[24];
	if (npy_accept(d, "["))
		return npy_error(d->s, "its elements are records; save its fields one by one: numpy.save(..., x['field'])");
	if (npy_string(d, "a string after 'descr'", descr, sizeof descr))
		return -1;
	for (int i = 0; i < TYPES; i++) {
		if (!strcmp(descr, types[i].descr)) {
			t->type = types[i].type;
			return 0;
		}
		if (descr[0] == '>' && !strcmp(descr + 1, types[i].descr + 1))
			return npy_error(d->s, "descr '%s' is big endian; save x.astype('%s')", descr, types[i].descr);
	}
	return npy_error(d->s, "unknown descr '%s'; known are <f4 <f8 <f2 <i4 <i8 |b1: save x.astype('<f4') or another of "
	                 "these", descr);
}

static int npy_shape(struct dict *d, struct rnn_tensor *t)
{
	if (!npy_accept(d, "("))
		return npy_wrong(d, "'(' after 'shape':");
	for (t->rank = 0; !npy_accept(d, ")"); ) {
		int64_t k = 0;
		if (d->p == d->end || *d->p < '0' || *d->p > '9')
			return npy_wrong(d, "an extent");
		for (; d->p < d->end && *d->p >= '0' && *d->p <= '9'; d->p++) {
			if (k > (INT64_MAX - 9) / 10)
				return npy_error(d->s, "extent %d of shape is too large", (int)t->rank);
			k = 10 * k + (*d->p - '0');
		}
		if (t->rank == RANK_MAX)
			return npy_error(d->s, "shape has over %d extents, which is the most", RANK_MAX);
		t->shape[t->rank++] = k;
		if (npy_accept(d, ","))
			continue;
		if (!npy_accept(d, ")"))
			return npy_wrong(d, "',' or ')'");
		break;
	}
	return 0;
}

static int npy_dict(struct dict *d, struct rnn_tensor *t)
{
	static const char *const keys[] = { "descr", "fortran_order", "shape" };
	int seen[3] = { 0 }, fortran = 0;
	char key[24];
	if (!npy_accept(d, "{"))
		return npy_wrong(d, "'{'");
	while (!npy_accept(d, "}")) {
		int k = 0;
		if (npy_string(d, "a key, or '}'", key, sizeof key))
			return -1;
		while (k < 3 && strcmp(key, keys[k]))
			k++;
		if (k == 3 || seen[k]++)
			return npy_error(d->s, "header has the key '%s'%s", key, k == 3 ? ", which is unknown" : " twice");
		if (!npy_accept(d, ":"))
			return npy_wrong(d, "':'");
		if (k == 0 ? npy_descr(d, t) : k == 2 ? npy_shape(d, t) : 0)
			return -1;
		if (k == 1 && !npy_accept(d, "False") && !(fortran = npy_accept(d, "True")))
			return npy_wrong(d, "True or False");
		if (!npy_accept(d, ",") && !(d->p < d->end && *d->p == '}'))
			return npy_wrong(d, "',' or '}'");
	}
	npy_accept(d, "");
	if (d->p < d->end)
		return npy_wrong(d, "the end of the header");
	for (int k = 0; k < 3; k++)
		if (!seen[k])
			return npy_error(d->s, "header has no key '%s'", keys[k]);
	if (fortran && t->rank > 1)
		return npy_error(d->s, "fortran_order is True: columns first; save numpy.ascontiguousarray(x)");
	return 0;
}

int npy_read_header(struct npy_source *s, struct rnn_st_tensor *t)
{
	unsigned char head[12];
	char text[240];
	if (npy_read(s, head, 10))
		return -1;
	if (memcmp(head, MAGIC, 6))
		return npy_error(s, "does not begin with \\x93NUMPY");
	if (head[6] < 1 || head[6] > 3 || head[7])
		return npy_error(s, "npy version %d.%d (byte 6); known are 1.0, 2.0 and 3.0", head[6], head[7]);
	size_t size = (size_t)head[8] | (size_t)head[9] << 8;
	if (head[6] > 1) {
		if (npy_read(s, head + 10, 2))
			return -1;
		size |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
	}
	if (size > HEADER_MAX || size > s->size - s->at)
		return npy_error(s, "header length %zu (byte 8) goes beyond %s", size, size > HEADER_MAX ?
		                 "the limit of 1 MiB" : "the end");
	char *header = st_alloc(size);
	if (!header)
		return st_no_memory(&s->to);
	struct dict d = { s, header, header, header + size, s->at };
	int bad = npy_read(s, header, size) || npy_dict(&d, &t->is);
	st_free(header);
	if (bad)
		return -1;
	if (st_bytes(&t->is, &t->size))
		return npy_error(s, "%s has too many bytes to count", st_show(&t->is, text, sizeof text));
	if (t->size != s->size - s->at)
		return npy_error(s, "%" PRIu64 " bytes follow the header (byte %" PRIu64 "), but %s takes %zu", s->size - s->at,
		                 s->at, st_show(&t->is, text, sizeof text), t->size);
	return 0;
}

size_t npy_make_header(const struct report *to, const struct rnn_tensor *t, char text[NPY_HEADER_MOST])
{
	const char *descr = NULL;
	for (int i = 0; i < TYPES; i++)
		if (types[i].type == t->type)
			descr = types[i].descr;
	if (!descr) {
		st_error(to, "tensor '%.100s' is %s, which NumPy does not have; write a .safetensors", t->name,
		         rnn_st_type_name(t->type));
		return 0;
	}
	int n = snprintf(text, NPY_HEADER_MOST, MAGIC "%c%c..{'descr': '%s', 'fortran_order': False, 'shape': (", 1, 0, descr);
	n = 10 + (int)strlen(text + 10);
	for (int32_t d = 0; d < t->rank; d++)
		n += snprintf(text + n, (size_t)(NPY_HEADER_MOST - n), d ? ", %" PRId64 : "%" PRId64, t->shape[d]);
	n += snprintf(text + n, (size_t)(NPY_HEADER_MOST - n), "%s), }", t->rank == 1 ? "," : "");
	int size = (n + 1 + 63) / 64 * 64;
	memset(text + n, ' ', (size_t)(size - n));
	text[size - 1] = '\n';
	text[8] = (char)((size - 10) & 255);
	text[9] = (char)((size - 10) >> 8);
	return (size_t)size;
}

/* --- files of one array --------------------------------------------------------------------------------------- */

enum rnn_npy_kind rnn_npy_kind(const char *path)
{
	char head[6] = "";
	int fd;
	uint64_t size;
	const struct report nobody = { path, NULL, 0 };
	int bad = st_open(&nobody, &fd, &size) || size < 6 || st_read_bytes(&nobody, fd, head, 6, 0);
	if (fd >= 0)
		close(fd);
	if (bad)
		return RNN_NPY_NEITHER;
	if (!memcmp(head, MAGIC, 6))
		return RNN_NPY;
	return !memcmp(head, "PK\3\4", 4) || !memcmp(head, "PK\5\6", 4) ? RNN_NPZ : RNN_NPY_NEITHER;
}

static int npy_from_file(struct npy_source *s, void *to, size_t size)
{
	return st_read_bytes(&s->to, *(int *)s->from, to, size, s->at);
}

static int npy_read_file(struct npy_source *s, int *fd, struct rnn_st_file **out)
{
	if (st_open(&s->to, fd, &s->size))
		return -1;
	struct rnn_st_file *f = *out = st_file_new(&s->to);
	if (!f)
		return -1;
	f->entry = st_alloc(sizeof *f->entry);
	if (!f->entry)
		return st_no_memory(&s->to);
	*f->entry = (struct entry){ .tensor.is.name = "" };
	f->count = 1;
	if (npy_read_header(s, &f->entry->tensor) || st_place_data(&s->to, f))
		return -1;
	return npy_read(s, (void *)(uintptr_t)f->entry->tensor.data, f->entry->tensor.size);
}

struct rnn_st_file *rnn_npy_read(const char *path, char *err, size_t errsize)
{
	int fd = -1;
	struct rnn_st_file *f = NULL;
	struct npy_source s = { .to = { path, err, errsize }, .read = npy_from_file, .from = &fd };
	if (npy_read_file(&s, &fd, &f)) {
		rnn_st_free(f);
		f = NULL;
	}
	if (fd >= 0)
		close(fd);
	return f;
}

int rnn_npy_write(const char *path, const struct rnn_st_tensor *t, char *err, size_t errsize)
{
	const struct report to = { path, err, errsize };
	char header[NPY_HEADER_MOST];
	struct st_out out;
	size_t size, n;
	if (st_check_tensor(&to, t, 0, &size) || !(n = npy_make_header(&to, &t->is, header)))
		return -1;
	int ok = !st_out_open(&out, &to) && !st_out_write(&out, header, n) && !st_out_write(&out, t->data, size);
	return st_out_close(&out, ok);
}
