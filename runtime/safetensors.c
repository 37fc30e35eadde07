/* safetensors.c · reads and writes safetensors files; interface, format and its source in safetensors.h
 *
 * Reading: length -> header text -> JSON -> a tensor an entry, each checked alone -> sorted by offset and checked
 * against its neighbours -> one aligned block, filled from the file tensor by tensor:
 *
 *   file:    | E: 100 bytes | W: 64 bytes |           gaps would be holes, which the format forbids
 *   memory:  | E: 100 bytes | pad to 128  | W: 64 |   every tensor on a 64-byte line
 *
 * Writing: header -> temporary file beside the target -> fsync -> rename -> fsync of the folder.
 *
 * Needs:      jansson >= 2.11 (keys keep the order of the file, errors have codes), a little-endian machine, POSIX.
 * Guarantees: no input, size or failed allocation makes it read or write outside its buffers; all that a file
 *             can get wrong is an error with a place. Values are not looked at: NaN or a BOOL of 2 pass. */
#include "safetensors.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors data is little endian and is used in place"
#endif

#define HEADER_MAX 100000000    /* bytes; the limit of the original implementation */
#define ALIGN 64                /* bytes; what rnn_model asks of weights */
#define RANK_MAX 8              /* of struct rnn_tensor */
#define WRITE_MAX (1 << 30)     /* bytes a write(); Linux takes just under 2 GiB */
#define METADATA "__metadata__"

static const struct {
	const char *name;
	size_t size;
} types[] = {
	[RNN_F32] = { "F32", 4 },   [RNN_F64] = { "F64", 8 }, [RNN_F16] = { "F16", 2 },  [RNN_BF16] = { "BF16", 2 },
	[RNN_I32] = { "I32", 4 },   [RNN_I64] = { "I64", 8 }, [RNN_BOOL] = { "BOOL", 1 },
};
#define TYPES ((int32_t)(sizeof types / sizeof types[0]))

/* A tensor of the file; data_offsets as they stand there. */
struct entry {
	struct rnn_st_tensor tensor;
	uint64_t begin, end;
	size_t key;             /* place among the keys of the header, to find its byte for a message */
};

struct rnn_st_file {
	char *path;
	json_t *root;           /* owns names and metadata */
	json_t *metadata;       /* inside root; NULL: none */
	struct entry *entry;    /* [count], by begin */
	size_t count;
	void *block;            /* all data, as allocated */
};

/* Whose errors go where. */
struct report {
	const char *path;
	char *err;
	size_t errsize;
};

/* What the steps of one read share. */
struct reader {
	struct report to;
	int fd;
	uint64_t file_size, header_size, data_size;
	char *header;           /* header_size bytes */
	struct rnn_st_file *file;
};

static void *st_alloc(size_t size)
{
	json_malloc_t alloc;
	json_get_alloc_funcs(&alloc, NULL);
	return alloc(size ? size : 1);
}

static void st_free(void *p)
{
	json_free_t release;
	json_get_alloc_funcs(NULL, &release);
	if (p)
		release(p);
}

/* --- messages ------------------------------------------------------------------------------------------------- */

/* "FILE: what". Returns -1, so that a check can end in `return st_error(...)`. */
__attribute__((format(printf, 2, 3)))
static int st_error(const struct report *to, const char *format, ...)
{
	if (to->errsize == 0)
		return -1;
	int n = snprintf(to->err, to->errsize, "%s: ", to->path);
	if (n >= 0 && (size_t)n < to->errsize) {
		va_list args;
		va_start(args, format);
		vsnprintf(to->err + n, to->errsize - (size_t)n, format, args);
		va_end(args);
	}
	for (char *c = to->err; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return -1;
}

static int st_no_memory(const struct report *to)
{
	return st_error(to, "out of memory");
}

/* Byte in the file of the key number `key` of the header, which is known to be a JSON object. */
static uint64_t st_key_byte(const struct reader *r, size_t key)
{
	int depth = 0, is_key = 0;
	for (uint64_t i = 0; i < r->header_size; i++) {
		char c = r->header[i];
		if (c == '{' || c == '[') {
			is_key = ++depth == 1;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == ',') {
			is_key = depth == 1;
		} else if (c == '"') {
			if (is_key && key-- == 0)
				return 8 + i;
			is_key = 0;
			for (i++; i < r->header_size && r->header[i] != '"'; i++)
				i += r->header[i] == '\\';
		}
	}
	return 8;
}

/* "FILE: tensor 'NAME' (header at byte B): what" */
__attribute__((format(printf, 3, 4)))
static int st_entry_error(const struct reader *r, const struct entry *e, const char *format, ...)
{
	char what[400];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return st_error(&r->to, "tensor '%.100s' (header at byte %" PRIu64 "): %s",
	                e->tensor.is.name, st_key_byte(r, e->key), what);
}

/* "F32 [4,128,64]"; a run-time extent reads "any". */
static const char *st_show(const struct rnn_tensor *t, char *text, size_t size)
{
	size_t n = (size_t)snprintf(text, size, "%s [", rnn_st_type_name(t->type) ? rnn_st_type_name(t->type) : "?");
	for (int32_t d = 0; d < t->rank && n < size; d++)
		n += (size_t)(t->shape[d] < 0 ? snprintf(text + n, size - n, "%sany", d ? "," : "")
		                              : snprintf(text + n, size - n, "%s%" PRId64, d ? "," : "", t->shape[d]));
	if (n < size)
		snprintf(text + n, size - n, "]");
	return text;
}

/* --- types and sizes ------------------------------------------------------------------------------------------ */

size_t rnn_st_type_size(int32_t type)
{
	return type >= 0 && type < TYPES ? types[type].size : 0;
}

const char *rnn_st_type_name(int32_t type)
{
	return type >= 0 && type < TYPES ? types[type].name : NULL;
}

/* Bytes of a tensor with known type and extents >= 0; -1: more than an int64_t holds, or a size_t once rounded up to
 * ALIGN. Extents of 0 are left out of the check, so that the product of the others fits as well, in any order. */
static int st_bytes(const struct rnn_tensor *t, size_t *bytes)
{
	uint64_t product = types[t->type].size;
	int empty = 0;
	for (int32_t d = 0; d < t->rank; d++) {
		uint64_t extent = (uint64_t)t->shape[d];
		if (extent > 0 && product > (uint64_t)INT64_MAX / extent)
			return -1;
		product *= extent ? extent : 1;
		empty |= extent == 0;
	}
	if (product > SIZE_MAX - ALIGN)
		return -1;
	*bytes = empty ? 0 : (size_t)product;
	return 0;
}

/* --- reading: the header -------------------------------------------------------------------------------------- */

static int st_read_bytes(const struct reader *r, void *to, uint64_t size, uint64_t at)
{
	char *p = to;
	while (size > 0) {
		ssize_t n = pread(r->fd, p, size < WRITE_MAX ? (size_t)size : WRITE_MAX, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return st_error(&r->to, "cannot read at byte %" PRIu64 ": %s", at, strerror(errno));
		if (n == 0)
			return st_error(&r->to, "ended at byte %" PRIu64 " while it was read", at);
		p += n;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

static int st_read_header(struct reader *r)
{
	unsigned char length[8];
	if (r->file_size < 8)
		return st_error(&r->to, "truncated header: the file has %" PRIu64
		                " bytes, but its header length takes the first 8", r->file_size);
	if (st_read_bytes(r, length, 8, 0))
		return -1;
	for (int i = 7; i >= 0; i--)
		r->header_size = r->header_size << 8 | length[i];
	if (r->header_size > HEADER_MAX)
		return st_error(&r->to, "header length %" PRIu64 " (byte 0) is over the limit of %d bytes; "
		                "this may not be a safetensors file", r->header_size, HEADER_MAX);
	if (r->header_size > r->file_size - 8)
		return st_error(&r->to, "truncated header: header length %" PRIu64 " (byte 0) goes beyond the "
		                "file, which has %" PRIu64 " bytes after byte 8", r->header_size, r->file_size - 8);
	r->data_size = r->file_size - 8 - r->header_size;
	r->header = st_alloc((size_t)r->header_size);
	if (!r->header)
		return st_error(&r->to, "out of memory for a header of %" PRIu64 " bytes", r->header_size);
	if (st_read_bytes(r, r->header, r->header_size, 8))
		return -1;
	if (r->header_size == 0 || r->header[0] != '{')
		return st_error(&r->to, "header (byte 8) does not begin with '{'");
	return 0;
}

static int st_parse(struct reader *r)
{
	json_error_t why;
	why.text[0] = '\0';
	r->file->root = json_loadb(r->header, (size_t)r->header_size, JSON_REJECT_DUPLICATES, &why);
	if (r->file->root)
		return 0;
	/* For a failed allocation jansson has no text, or, inside a string, calls the string bad syntax. To tell that
	 * from bad input, ask for as much as the longest string would have taken. */
	void *probe = st_alloc(2 * (size_t)r->header_size);
	st_free(probe);
	if (!probe || why.text[0] == '\0' || json_error_code(&why) == json_error_out_of_memory)
		return st_error(&r->to, "out of memory while parsing the header");
	return st_error(&r->to, "header is not valid JSON at byte %d: %s", 8 + why.position, why.text);
}

static int st_check_metadata(struct reader *r, json_t *metadata, size_t key)
{
	const char *name;
	json_t *value;
	uint64_t at = st_key_byte(r, key);
	if (!json_is_object(metadata))
		return st_error(&r->to, METADATA " (header at byte %" PRIu64 ") is not an object", at);
	json_object_foreach(metadata, name, value)
		if (!json_is_string(value))
			return st_error(&r->to, METADATA " (header at byte %" PRIu64 "): '%.100s' is not a string",
			                at, name);
	r->file->metadata = metadata;
	return 0;
}

/* --- reading: one tensor -------------------------------------------------------------------------------------- */

static int st_entry_type(const struct reader *r, struct entry *e, const json_t *dtype)
{
	if (!json_is_string(dtype))
		return st_entry_error(r, e, "dtype %s", dtype ? "is not a string" : "is missing");
	for (int32_t t = 0; t < TYPES; t++)
		if (strcmp(types[t].name, json_string_value(dtype)) == 0) {
			e->tensor.is.type = t;
			return 0;
		}
	return st_entry_error(r, e, "unknown dtype '%.20s'; known are F32, F64, F16, BF16, I32, I64, BOOL",
	                      json_string_value(dtype));
}

static int st_entry_shape(const struct reader *r, struct entry *e, const json_t *shape)
{
	struct rnn_tensor *t = &e->tensor.is;
	char text[240];
	if (!json_is_array(shape))
		return st_entry_error(r, e, "shape %s", shape ? "is not an array" : "is missing");
	if (json_array_size(shape) > RANK_MAX)
		return st_entry_error(r, e, "shape has %zu extents, at most %d are supported",
		                      json_array_size(shape), RANK_MAX);
	t->rank = (int32_t)json_array_size(shape);
	for (int32_t d = 0; d < t->rank; d++) {
		const json_t *extent = json_array_get(shape, (size_t)d);
		if (!json_is_integer(extent))
			return st_entry_error(r, e, "extent %d of shape is not an integer", d);
		if (json_integer_value(extent) < 0)
			return st_entry_error(r, e, "extent %d of shape is negative: %" JSON_INTEGER_FORMAT,
			                      d, json_integer_value(extent));
		t->shape[d] = json_integer_value(extent);
	}
	if (st_bytes(t, &e->tensor.size))
		return st_entry_error(r, e, "%s has too many bytes to count", st_show(t, text, sizeof text));
	return 0;
}

static int st_entry_offsets(const struct reader *r, struct entry *e, const json_t *offsets)
{
	int64_t at[2];
	char text[240];
	if (!json_is_array(offsets))
		return st_entry_error(r, e, "data_offsets %s", offsets ? "is not an array" : "is missing");
	if (json_array_size(offsets) != 2)
		return st_entry_error(r, e, "data_offsets has %zu numbers, not 2", json_array_size(offsets));
	for (size_t i = 0; i < 2; i++) {
		const json_t *offset = json_array_get(offsets, i);
		if (!json_is_integer(offset))
			return st_entry_error(r, e, "data_offsets[%zu] is not an integer", i);
		at[i] = json_integer_value(offset);
		if (at[i] < 0)
			return st_entry_error(r, e, "data_offsets[%zu] is negative: %" PRId64, i, at[i]);
	}
	e->begin = (uint64_t)at[0];
	e->end = (uint64_t)at[1];
	if (e->begin > e->end)
		return st_entry_error(r, e, "data_offsets are reversed: [%" PRId64 ",%" PRId64 "]", at[0], at[1]);
	if (e->end > r->data_size)
		return st_entry_error(r, e, "data_offsets [%" PRId64 ",%" PRId64 "] go beyond the end of the data, "
		                      "which has %" PRIu64 " bytes from byte %" PRIu64,
		                      at[0], at[1], r->data_size, 8 + r->header_size);
	if (e->end - e->begin != e->tensor.size)
		return st_entry_error(r, e, "data_offsets [%" PRId64 ",%" PRId64 "] span %" PRIu64 " bytes, "
		                      "but %s takes %zu", at[0], at[1], e->end - e->begin,
		                      st_show(&e->tensor.is, text, sizeof text), e->tensor.size);
	return 0;
}

static int st_read_entries(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	const char *name;
	json_t *value;
	size_t key = 0;
	f->entry = st_alloc(json_object_size(f->root) * sizeof *f->entry);
	if (!f->entry)
		return st_error(&r->to, "out of memory for %zu tensors", json_object_size(f->root));
	json_object_foreach(f->root, name, value) {
		if (strcmp(name, METADATA) == 0) {
			if (st_check_metadata(r, value, key++))
				return -1;
			continue;
		}
		struct entry *e = &f->entry[f->count++];
		*e = (struct entry){ .tensor.is.name = name, .key = key++ };
		if (!json_is_object(value))
			return st_entry_error(r, e, "is not an object");
		if (st_entry_type(r, e, json_object_get(value, "dtype")) ||
		    st_entry_shape(r, e, json_object_get(value, "shape")) ||
		    st_entry_offsets(r, e, json_object_get(value, "data_offsets")))
			return -1;
	}
	return 0;
}

/* --- reading: all tensors together ---------------------------------------------------------------------------- */

/* By begin; an empty tensor comes before the one that begins where it lies; then as in the header. */
static int st_by_offset(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

static int st_check_cover(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	uint64_t data = 8 + r->header_size, covered = 0;
	qsort(f->entry, f->count, sizeof *f->entry, st_by_offset);
	for (size_t i = 0; i < f->count; i++) {
		const struct entry *e = &f->entry[i];
		if (e->begin < covered)
			return st_entry_error(r, e, "data (byte %" PRIu64 ") overlaps tensor '%.100s', which ends at "
			                      "byte %" PRIu64, data + e->begin, f->entry[i - 1].tensor.is.name,
			                      data + covered);
		if (e->begin > covered)
			return st_entry_error(r, e, "hole of %" PRIu64 " bytes before its data, from byte %" PRIu64,
			                      e->begin - covered, data + covered);
		covered = e->end;
	}
	if (covered < r->data_size)
		return st_error(&r->to, "%" PRIu64 " trailing bytes from byte %" PRIu64 " belong to no tensor",
		                r->data_size - covered, data + covered);
	return 0;
}

static size_t st_aligned(size_t size)
{
	return (size + ALIGN - 1) / ALIGN * ALIGN;
}

static int st_read_data(struct reader *r)
{
	struct rnn_st_file *f = r->file;
	size_t total = ALIGN - 1;
	for (size_t i = 0; i < f->count; i++) {
		size_t size = st_aligned(f->entry[i].tensor.size);      /* st_bytes left room for it */
		if (size > SIZE_MAX - total)
			return st_no_memory(&r->to);
		total += size;
	}
	f->block = st_alloc(total);
	if (!f->block)
		return st_error(&r->to, "out of memory for %zu bytes of data", total);
	char *to = (char *)f->block + (ALIGN - (uintptr_t)f->block % ALIGN) % ALIGN;
	for (size_t i = 0; i < f->count; i++) {
		struct entry *e = &f->entry[i];
		if (st_read_bytes(r, to, e->tensor.size, 8 + r->header_size + e->begin))
			return -1;
		e->tensor.data = to;
		to += st_aligned(e->tensor.size);
	}
	return 0;
}

static int st_read_all(struct reader *r)
{
	struct stat status;
	/* Without O_NONBLOCK, a pipe that nobody writes to would hold us here before fstat can refuse it. */
	r->fd = open(r->to.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (r->fd < 0 || fstat(r->fd, &status))
		return st_error(&r->to, "cannot open: %s", strerror(errno));
	if (!S_ISREG(status.st_mode))
		return st_error(&r->to, "cannot open: not a regular file");
	r->file_size = (uint64_t)status.st_size;
	r->file = st_alloc(sizeof *r->file);
	if (!r->file)
		return st_no_memory(&r->to);
	*r->file = (struct rnn_st_file){ .path = st_alloc(strlen(r->to.path) + 1) };
	if (!r->file->path)
		return st_no_memory(&r->to);
	strcpy(r->file->path, r->to.path);
	return st_read_header(r) || st_parse(r) || st_read_entries(r) || st_check_cover(r) || st_read_data(r) ? -1 : 0;
}

struct rnn_st_file *rnn_st_read(const char *path, char *err, size_t errsize)
{
	struct reader r = { .to = { path, err, errsize }, .fd = -1 };
	if (st_read_all(&r)) {
		rnn_st_free(r.file);
		r.file = NULL;
	}
	st_free(r.header);
	if (r.fd >= 0)
		close(r.fd);
	return r.file;
}

void rnn_st_free(struct rnn_st_file *file)
{
	if (!file)
		return;
	json_decref(file->root);
	st_free(file->block);
	st_free(file->entry);
	st_free(file->path);
	st_free(file);
}

/* --- looking things up ---------------------------------------------------------------------------------------- */

size_t rnn_st_count(const struct rnn_st_file *file)
{
	return file->count;
}

const struct rnn_st_tensor *rnn_st_at(const struct rnn_st_file *file, size_t i)
{
	return &file->entry[i].tensor;
}

const struct rnn_st_tensor *rnn_st_find(const struct rnn_st_file *file, const char *name)
{
	for (size_t i = 0; i < file->count; i++)
		if (strcmp(file->entry[i].tensor.is.name, name) == 0)
			return &file->entry[i].tensor;
	return NULL;
}

const char *rnn_st_metadata(const struct rnn_st_file *file, const char *key)
{
	return json_string_value(json_object_get(file->metadata, key));
}

const struct rnn_st_tensor *rnn_st_match(const struct rnn_st_file *file, const struct rnn_tensor *want,
                                         char *err, size_t errsize)
{
	const struct report to = { file->path, err, errsize };
	char wanted[240], found[240];
	const struct rnn_st_tensor *t = rnn_st_find(file, want->name);
	int same = t && t->is.type == want->type && t->is.rank == want->rank;
	for (int32_t d = 0; same && d < want->rank; d++)
		same = want->shape[d] < 0 || want->shape[d] == t->is.shape[d];
	if (same)
		return t;
	st_show(want, wanted, sizeof wanted);
	if (!t)
		st_error(&to, "tensor '%.100s' is missing; wanted is %s", want->name, wanted);
	else
		st_error(&to, "tensor '%.100s' is %s; wanted is %s",
		         want->name, st_show(&t->is, found, sizeof found), wanted);
	return NULL;
}

/* --- writing -------------------------------------------------------------------------------------------------- */

/* What the steps of one write share. */
struct writer {
	struct report to;
	const struct rnn_st_tensor *tensors;
	size_t count;
	size_t *order;          /* [count]: the order of the data */
	size_t *size;           /* [count]: bytes, by number of the tensor */
	json_t *root;
	char *header;           /* length, JSON and padding: all that comes before the data */
	size_t header_size;
	char *temporary;        /* name */
	int fd;
	int exists;             /* the temporary file does, and has to go on failure */
};

/* A JSON string, or NULL after an error. */
static json_t *st_text(const struct writer *w, const char *what, const char *text)
{
	json_t *checked = json_string(text), *raw = checked ? NULL : json_string_nocheck(text);
	if (!checked && raw)
		st_error(&w->to, "%s '%.100s' is not UTF-8", what, text);
	else if (!checked)
		st_no_memory(&w->to);
	json_decref(raw);
	return checked;
}

static int st_add_metadata(struct writer *w, const struct rnn_st_pair *metadata, size_t pairs)
{
	json_t *object = json_object();
	if (json_object_set_new(w->root, METADATA, object))
		return st_no_memory(&w->to);
	for (size_t i = 0; i < pairs; i++) {
		const char *key = metadata[i].key;
		if (!key || !metadata[i].value)
			return st_error(&w->to, "metadata number %zu is NULL", i);
		if (json_object_get(object, key))
			return st_error(&w->to, "metadata '%.100s' is given twice", key);
		json_t *checked = st_text(w, "metadata key", key);
		json_t *value = checked ? st_text(w, key, metadata[i].value) : NULL;
		json_decref(checked);
		if (!value)
			return -1;
		if (json_object_set_new(object, key, value))
			return st_no_memory(&w->to);
	}
	return 0;
}

/* Checks a tensor and takes its name. */
static int st_check_tensor(struct writer *w, size_t i)
{
	const struct rnn_st_tensor *t = &w->tensors[i];
	const char *name = t->is.name;
	char text[240];
	if (!name)
		return st_error(&w->to, "tensor number %zu has no name", i);
	if (strcmp(name, METADATA) == 0 || json_object_get(w->root, name))
		return st_error(&w->to, "tensor '%.100s': the name is taken", name);
	if (rnn_st_type_size(t->is.type) == 0)
		return st_error(&w->to, "tensor '%.100s': unknown type %d", name, (int)t->is.type);
	if (t->is.rank < 0 || t->is.rank > RANK_MAX)
		return st_error(&w->to, "tensor '%.100s': rank is %d, not 0 to %d", name, (int)t->is.rank, RANK_MAX);
	for (int32_t d = 0; d < t->is.rank; d++)
		if (t->is.shape[d] < 0)
			return st_error(&w->to, "tensor '%.100s': extent %d of shape is negative: %" PRId64,
			                name, (int)d, t->is.shape[d]);
	if (st_bytes(&t->is, &w->size[i]))
		return st_error(&w->to, "tensor '%.100s': %s has too many bytes to count",
		                name, st_show(&t->is, text, sizeof text));
	if (!t->data && w->size[i] > 0)
		return st_error(&w->to, "tensor '%.100s': data is NULL", name);
	json_t *checked = st_text(w, "name of tensor", name);
	if (!checked)
		return -1;
	return json_object_set_new(w->root, name, checked) ? st_no_memory(&w->to) : 0;
}

static int st_add_tensor(struct writer *w, size_t i, uint64_t begin)
{
	const struct rnn_tensor *t = &w->tensors[i].is;
	json_t *shape = json_array();
	for (int32_t d = 0; d < t->rank; d++)
		if (json_array_append_new(shape, json_integer(t->shape[d]))) {
			json_decref(shape);
			return st_no_memory(&w->to);
		}
	/* json_pack takes over `shape`, also when it fails. */
	json_t *entry = json_pack("{s:s, s:o, s:[I,I]}", "dtype", types[t->type].name, "shape", shape, "data_offsets",
	                          (json_int_t)begin, (json_int_t)(begin + w->size[i]));
	return json_object_set_new(w->root, t->name, entry) ? st_no_memory(&w->to) : 0;
}

/* Wider elements first, so that each tensor lies on a multiple of its element size. */
static int st_add_tensors(struct writer *w)
{
	uint64_t begin = 0;
	size_t n = 0;
	for (size_t i = 0; i < w->count; i++)
		if (st_check_tensor(w, i))
			return -1;
	for (size_t width = 8; width > 0; width /= 2)
		for (size_t i = 0; i < w->count; i++) {
			if (rnn_st_type_size(w->tensors[i].is.type) != width)
				continue;
			if (w->size[i] > (uint64_t)INT64_MAX - begin)
				return st_error(&w->to, "too many bytes to count");
			if (st_add_tensor(w, i, begin))
				return -1;
			begin += w->size[i];
			w->order[n++] = i;
		}
	return 0;
}

static int st_make_header(struct writer *w)
{
	size_t text = json_dumpb(w->root, NULL, 0, JSON_COMPACT), padded = (text + 7) / 8 * 8;
	if (text == 0)
		return st_no_memory(&w->to);
	if (padded > HEADER_MAX)
		return st_error(&w->to, "header of %zu bytes is over the limit of %d", padded, HEADER_MAX);
	w->header_size = 8 + padded;
	w->header = st_alloc(w->header_size);
	if (!w->header)
		return st_no_memory(&w->to);
	for (int i = 0; i < 8; i++)
		w->header[i] = (char)(padded >> 8 * i & 0xff);
	memset(w->header + 8, ' ', padded);
	if (json_dumpb(w->root, w->header + 8, padded, JSON_COMPACT) != text)
		return st_no_memory(&w->to);
	return 0;
}

static int st_open_temporary(struct writer *w)
{
	size_t size = strlen(w->to.path) + 64;
	w->temporary = st_alloc(size);
	if (!w->temporary)
		return st_no_memory(&w->to);
	/* open instead of mkstemp: the file gets the mode that the user's umask gives, not 0600. */
	for (int i = 0; i < 1000; i++) {
		snprintf(w->temporary, size, "%s.tmp-%ld-%d", w->to.path, (long)getpid(), i);
		w->fd = open(w->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (w->fd >= 0 || errno != EEXIST)
			break;
	}
	if (w->fd < 0)
		return st_error(&w->to, "cannot create %s: %s", w->temporary, strerror(errno));
	w->exists = 1;
	return 0;
}

static int st_write_bytes(const struct writer *w, const void *from, size_t size)
{
	const char *p = from;
	while (size > 0) {
		ssize_t n = write(w->fd, p, size < WRITE_MAX ? size : WRITE_MAX);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return st_error(&w->to, "cannot write: %s", strerror(errno));
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Puts the new name of a file on disk. A folder that cannot be synced (some file systems) is no failure: the file
 * itself is complete, and after a crash either it or the one before it is there. */
static void st_sync_folder(const char *temporary)
{
	const char *slash = strrchr(temporary, '/');
	size_t length = slash == temporary ? 1 : slash ? (size_t)(slash - temporary) : 0;
	char *folder = st_alloc(length + 2);
	if (!folder)
		return;
	memcpy(folder, length ? temporary : ".", length ? length : 1);
	folder[length ? length : 1] = '\0';
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	st_free(folder);
}

static int st_write_all(struct writer *w, const struct rnn_st_pair *metadata, size_t pairs)
{
	if (w->count > SIZE_MAX / sizeof *w->order)
		return st_no_memory(&w->to);
	w->root = json_object();
	w->order = st_alloc(w->count * sizeof *w->order);
	w->size = st_alloc(w->count * sizeof *w->size);
	if (!w->root || !w->order || !w->size)
		return st_no_memory(&w->to);
	if ((pairs && st_add_metadata(w, metadata, pairs)) || st_add_tensors(w) || st_make_header(w) ||
	    st_open_temporary(w) || st_write_bytes(w, w->header, w->header_size))
		return -1;
	for (size_t i = 0; i < w->count; i++)
		if (st_write_bytes(w, w->tensors[w->order[i]].data, w->size[w->order[i]]))
			return -1;
	/* Delayed errors of the disk show up in fsync or close. */
	int bad = fsync(w->fd) ? errno : 0;
	if (close(w->fd) && !bad)
		bad = errno;
	w->fd = -1;
	if (bad)
		return st_error(&w->to, "cannot write: %s", strerror(bad));
	if (rename(w->temporary, w->to.path))
		return st_error(&w->to, "cannot rename from %s: %s", w->temporary, strerror(errno));
	w->exists = 0;
	st_sync_folder(w->temporary);
	return 0;
}

int rnn_st_write(const char *path, const struct rnn_st_tensor *tensors, size_t count,
                 const struct rnn_st_pair *metadata, size_t pairs, char *err, size_t errsize)
{
	struct writer w = { .to = { path, err, errsize }, .tensors = tensors, .count = count, .fd = -1 };
	int status = st_write_all(&w, metadata, pairs);
	if (w.fd >= 0)
		close(w.fd);
	if (w.exists)
		unlink(w.temporary);
	json_decref(w.root);
	st_free(w.order);
	st_free(w.size);
	st_free(w.header);
	st_free(w.temporary);
	return status;
}
